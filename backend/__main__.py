"""The command `cenacle`: exit code 0, 1 when refused, 2 for a usage error."""

import typer

from backend.cli import audit, demo, doctor, installation, opening, serving, tokens, users

app = typer.Typer(
    name="cenacle",
    help="Cénacle, coordination confidentielle des cellules CENOMED.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(installation.init)
app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("migrate")(installation.migrate)
app.command("doctor")(doctor.doctor)
app.command("token")(tokens.token)
app.add_typer(users.app, name="user", callback=opening.open_for)
app.add_typer(audit.app, name="audit", callback=opening.open_for)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
