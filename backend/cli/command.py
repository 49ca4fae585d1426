"""The commands of `cenacle`, one module of this package each or each group."""

from typing import Any

import typer
from pydantic import ValidationError
from typer._click.exceptions import BadParameter, MissingParameter, NoArgsIsHelpError, NoSuchOption, UsageError

from backend.cli import (
    aipd,
    audit,
    custody,
    demo,
    doctor,
    indicators,
    installation,
    keys,
    purge,
    roles,
    rotation,
    serving,
    tokens,
    users,
)
from backend.settings import Settings

PROGRAM = "cenacle"

KINDS = {
    "<path>": "<chemin>",
    "<str>": "<texte>",
    "<list[str]>": "<texte>",
    "<list[Path]>": "<fichier>",
    "<int>": "<nombre>",
    "<int range>": "<nombre>",
    "<file>": "<fichier>",
}
"""The kinds of values, which the library names in English."""

app = typer.Typer(
    name=PROGRAM,
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
app.command("roles")(roles.roles)
app.command("doctor")(doctor.doctor)
app.command("token")(tokens.token)
app.command("backup")(custody.backup)
app.command("restore")(custody.restore)
app.command("aipd")(aipd.aipd)
keys.app.command("status")(rotation.status)
keys.app.command("rotate-root")(rotation.rotate_root)
keys.app.command("rotate-cell")(rotation.rotate_cell)
keys.app.command("resume")(rotation.resume)
app.add_typer(users.app, name="user")
app.add_typer(audit.app, name="audit")
app.add_typer(purge.app, name="purge")
app.add_typer(keys.app, name="keys")
app.add_typer(indicators.app, name="indicators")


def run() -> int:
    """Run what was typed, and give the exit code: 0, 1 when refused, 2 for a usage error."""
    command = typer.main.get_command(app)
    _speak_french(command)
    try:
        code = command.main(prog_name=PROGRAM, standalone_mode=False)
    except NoArgsIsHelpError as shown:
        typer.echo(shown.format_message(), err=True)
        return shown.exit_code
    except UsageError as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        typer.echo(f"Erreur : {_sentence(error)}\nPour l'aide : {path} --help", err=True)
        return error.exit_code
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        names = ", ".join(f"CENACLE_{found['loc'][0]}".upper() for found in error.errors(include_input=False))
        typer.echo(f"Réglage refusé : {names}. Voyez docs/settings.md.", err=True)
        return 1
    except typer.Abort:
        typer.echo("Interrompu.", err=True)
        return 1
    return code if isinstance(code, int) else 0


def _speak_french(command: Any) -> None:  # noqa: ANN401  commands and groups, whose classes the library keeps private
    """Put what the library writes in every help into French: its sentence, the kinds of values, how to call."""
    option = command.get_help_option(typer.Context(command))
    option.help = "Afficher cette aide et s'arrêter."
    for parameter in (found for found in command.params if found.param_type_name == "option"):
        parameter.metavar = KINDS.get(parameter.display_type(typer.Context(command)), parameter.metavar)
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = "COMMANDE [ARGUMENTS]..."
    for below in getattr(command, "commands", {}).values():
        _speak_french(below)


def _sentence(error: UsageError) -> str:
    """Say in French what is wrong; a sentence that we raised ourselves is one already."""
    if isinstance(error, NoSuchOption):
        return f"l'option {error.option_name} n'existe pas."
    if isinstance(error, MissingParameter):
        return f"il manque {_named(error)}."
    if isinstance(error, BadParameter):
        return f"la valeur de {_named(error)} n'est pas acceptée." if error.param else error.message
    return error.format_message()


def _named(error: BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return "un paramètre"
    return parameter.opts[0] if parameter.opts else str(parameter.name)
