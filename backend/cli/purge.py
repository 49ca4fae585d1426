"""`cenacle purge`: preview, run, verify an attestation offline, audit what is overdue (`docs/retention.md`)."""

from pathlib import Path
from typing import Annotated

import typer

from backend.authorization.work import House
from backend.cli.opening import house_of
from backend.cli.refusals import refused
from backend.crypto.attestations import ForgedError, read_signed
from backend.crypto.keyring import ServiceKey
from backend.custody.actions.register import RegisterError, keep_register
from backend.purge.actions.destroying import FiguresMovedError
from backend.purge.actions.running import run as make_run
from backend.purge.actions.running import standing
from backend.purge.actions.sweeping import people_due
from backend.purge.queries.boards import audits
from backend.purge.views import CellAuditView
from policies.retention_words import RunState, Verdict

app = typer.Typer(
    help="Purge : prévoir, passer, vérifier une attestation, rendre compte.",
    no_args_is_help=True,
)

PUBLIC_BYTES = 32


@app.command()
def preview(context: typer.Context) -> None:
    """Dire ce que le prochain passage détruirait, sans rien changer."""
    _show(house_of(context))


@app.command()
def run(
    context: typer.Context,
    execute: Annotated[  # noqa: FBT002  an option of the command line
        bool, typer.Option("--execute", help="Détruire vraiment, au lieu de prévoir.")
    ] = False,
) -> None:
    """Faire le passage du jour, ou reprendre celui qui a été interrompu."""
    house = house_of(context)
    if not execute:
        _show(house)
        typer.echo("Rien n'a été détruit : ajoutez --execute pour faire ce passage.")
        return
    try:
        made = make_run(house)
    except FiguresMovedError:
        raise refused(
            "Un lot a été gardé entier : le détruire aurait changé les compteurs de la cellule. Le passage reste "
            "ouvert ; relancez la commande, et si elle refuse encore, prévenez qui maintient le service."
        ) from None
    if made is None:
        typer.echo(
            "Rien à faire : le passage du jour est fait, la purge est arrêtée, ou un autre processus y travaille."
        )
        return
    try:
        keep_register(house)
    except RegisterError as error:
        typer.echo(str(error), err=True)
    line = standing(house, made)
    typer.echo(f"Passage {line.reference} : {line.state.label}, situations détruites : {line.destroyed}.")
    if line.guard is not None and line.state is RunState.REFUSED:
        raise refused(
            f"Ce passage ne détruit rien tant que personne ne l'a confirmé : {line.guard.label}. "
            "Le délégué le confirme le jour même, page « Purge »."
        )


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="Attestation téléchargée (JSON).", exists=True, dir_okay=False)],
    key: Annotated[str, typer.Option(help="Clé publique des attestations : 64 caractères, page « Purge ».")],
) -> None:
    """Vérifier une attestation hors ligne : il ne faut que le fichier et la clé publique."""
    try:
        public = bytes.fromhex(key.strip())
    except ValueError:
        public = b""
    if len(public) != PUBLIC_BYTES:
        raise refused("La clé publique se compose de 64 caractères, de 0 à 9 et de a à f.")
    try:
        document = read_signed(public, file.read_text(encoding="utf-8"))
    except (ForgedError, UnicodeDecodeError):
        raise refused(
            "Cette attestation n'est PAS authentique : elle a été modifiée, ou la clé n'est pas la bonne."
        ) from None
    typer.echo(f"Attestation authentique du passage {document['run']}.")
    typer.echo(f"Détruit le : {document['destroyed_on']}")
    typer.echo(f"Irrécupérable à partir du : {document['irrecoverable_from'] or 'non attesté'}")
    for count in document["counts"]:
        where = count["cell"] or "toute la Ville"
        typer.echo(f"{count['label']}, {where}, {Verdict.of(count['verdict']).label} : {count['number']}")


@app.command()
def audit(context: typer.Context) -> None:
    """Rendre compte de ce qui a dépassé son terme ; code 1 si quelque chose reste sans raison."""
    house = house_of(context)
    found = _audits(house)
    for cell in found:
        typer.echo(
            f"{cell.cell} : conservées {cell.held}, annoncées {cell.announced}, terme dépassé {cell.overdue} "
            f"(verrouillées {cell.locked}, sous limitation {cell.limited}, annonce en cours {cell.waiting}, "
            f"au prochain passage {cell.next_run})"
        )
        for category in cell.uncovered:
            lacking = f"aucun accord d'élimination en vigueur pour les {category.label}"
            typer.echo(f"{cell.cell} : {lacking}, rien n'en sera détruit.", err=True)
    typer.echo(f"Clé publique des attestations : {house.keyring.public_key(ServiceKey.ATTESTATION).hex()}")
    if any(cell.next_run for cell in found):
        raise refused("Des situations attendent le prochain passage.")
    typer.echo("Rien n'a dépassé son terme sans raison.")


def _show(house: House) -> None:
    for cell in _audits(house):
        typer.echo(f"{cell.cell} : à détruire {cell.next_run}, annoncées {cell.announced + cell.waiting}")
    people = people_due(house)
    typer.echo(f"Comptes sans connexion : à suspendre {people.suspended}, à supprimer {people.removed}")
    typer.echo(f"Habilitations terminées depuis un an : à détruire {people.habilitations}")


def _audits(house: House) -> tuple[CellAuditView, ...]:
    with house.transaction() as uow:
        return audits(uow)
