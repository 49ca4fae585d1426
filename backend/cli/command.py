"""The commands of `cenacle` (fixed interface): init demo serve migrate doctor token user audit."""

import typer

from backend.cli import audit, demo, doctor, installation, opening, serving, tokens, users

app = typer.Typer(
    name="cenacle",
    help="Cénacle, coordination confidentielle des cellules CENOMED.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("init")(installation.init)
app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("migrate")(installation.migrate)
app.command("doctor")(doctor.doctor)
app.command("token")(tokens.token)
app.add_typer(users.app, name="user", callback=opening.open_for)
app.add_typer(audit.app, name="audit", callback=opening.open_for)
