"""`cenacle audit`: verify the journal, publish its checkpoints, prove what they commit to (`docs/journal.md`)."""

import signal
import threading
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from backend.audit.checkpoints import BadCheckpointError, open_note
from backend.audit.cosignatures import BadWitnessError
from backend.audit.guards import missing_guards
from backend.audit.proving import NothingToProveError, prove_consistency, prove_event
from backend.audit.tiles import NotEmptyError, NothingToExportError
from backend.audit.tiles import export as write_tiles
from backend.authorization.work import House
from backend.cli.opening import house_of
from backend.cli.refusals import refused
from backend.crypto.keyring import ServiceKey
from backend.kernel.clock import paris_day
from backend.oversight.actions.publishing import channels
from backend.oversight.actions.publishing import publish as publish_last
from backend.oversight.actions.witnessing import latest_cosigned, witnessed

app = typer.Typer(help="Journal : le vérifier, publier ses points de contrôle, prouver.", no_args_is_help=True)

UNSEALED = "Rien n'a encore été scellé : il n'y a pas de point de contrôle."


@app.command()
def verify(context: typer.Context) -> None:
    """Vérifier tout le journal : rien n'y a été modifié, retiré, déplacé ni ajouté."""
    house = house_of(context)
    found = house.journal.verify(house.keyring.public_key(ServiceKey.LOG))
    typer.echo(f"Événements scellés : {found.entries}")
    typer.echo(f"Événements en attente : {found.waiting}")
    if found.expired.until is not None:
        typer.echo(
            f"Contenus expirés : {found.expired.size}, inscrits avant le {paris_day(found.expired.until):%d/%m/%Y} ; "
            "leurs empreintes restent."
        )
    typer.echo(f"Clé publique du journal : {house.keyring.public_key(ServiceKey.LOG).hex()}")
    typer.echo(f"Racine de l'arbre : {found.root.hex()}")
    for gap in found.gaps:
        typer.echo(f"Numéros manquants, écrivain {gap.writer} : de {gap.first} à {gap.last}", err=True)
    for problem in found.problems:
        typer.echo(problem, err=True)
    contradicted = _tell_witness(house)
    guards = missing_guards(house.stores)
    for guard in guards:
        typer.echo(f"Protection retirée de la base : {guard}", err=True)
    if guards or contradicted or not found.ok:
        typer.echo("Le journal n'est PAS intègre.", err=True)
        raise typer.Exit(1)
    typer.echo("Le journal est intègre.")


@app.command()
def checkpoint(context: typer.Context) -> None:
    """Afficher le dernier point de contrôle signé, à conserver hors de cette machine."""
    house = house_of(context)
    note = house.journal.checkpoint()
    if note is None:
        raise refused(UNSEALED)
    typer.echo(note, nl=False)


@app.command()
def prove(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Numéro de la feuille, à partir de 0.")],
) -> None:
    """Donner la preuve d'un événement (C2SP tlog-proof) sous le dernier point de contrôle."""
    house = house_of(context)
    try:
        proof = prove_event(house.stores.journal, number, house.keyring.public_key(ServiceKey.LOG))
    except NothingToProveError:
        raise refused(
            "Aucune preuve : ce numéro n'existe pas, n'est pas encore scellé, ou son contenu a expiré."
        ) from None
    typer.echo(proof, nl=False)


@app.command()
def consistency(
    context: typer.Context,
    earlier: Annotated[Path, typer.Argument(help="Point de contrôle gardé hors de cette machine.", dir_okay=False)],
    later: Annotated[Path | None, typer.Argument(help="Un autre, plus récent ; le dernier par défaut.")] = None,
) -> None:
    """Dire si rien n'a été retiré ni changé entre deux points de contrôle."""
    house = house_of(context)
    key = house.keyring.public_key(ServiceKey.LOG)
    notes = [_read(earlier), house.journal.checkpoint() or "" if later is None else _read(later)]
    try:
        first, second = (open_note(note, key) for note in notes)
    except BadCheckpointError:
        raise refused("Un point de contrôle n'est pas signé par la clé de ce journal.") from None
    steps = prove_consistency(house.stores.journal, first, second)
    if steps is None:
        raise refused(
            f"INCOHÉRENT : le journal n'est pas celui de ces deux points de contrôle ({first.size} puis {second.size}"
            " événements). Prévenez le délégué à la protection des données."
        )
    for step in steps:
        typer.echo(b64encode(step).decode())
    typer.echo(f"Cohérent : les {first.size} premiers événements sont les mêmes, il y en a {second.size}.")


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Dossier nouveau ou vide.", file_okay=False)],
    entries: Annotated[  # noqa: FBT002  an option of the command line
        bool, typer.Option("--entries", help="Joindre les contenus : références et comptes pseudonymes.")
    ] = False,
) -> None:
    """Écrire un export (C2SP tlog-tiles), à vérifier sans Cénacle par docs/verify_journal.py."""
    house = house_of(context)
    key = house.keyring.public_key(ServiceKey.LOG)
    try:
        exported = write_tiles(house.stores.journal, folder, key, entries=entries)
    except NothingToExportError:
        raise refused(UNSEALED) from None
    except NotEmptyError:
        raise refused("Ce dossier n'est pas vide : donnez-en un nouveau.") from None
    except OSError:
        raise refused("L'export ne peut pas être écrit dans ce dossier : vérifiez ses droits et la place.") from None
    if (cosigned := latest_cosigned(house)) is not None:
        (folder / "checkpoint.cosigned").write_text(cosigned, encoding="utf-8")
    typer.echo(f"Feuilles exportées : {exported.size} ; paquets de contenus : {exported.bundles}.")
    typer.echo(f"Clé publique du journal : {key.hex()}")


@app.command()
def publish(context: typer.Context) -> None:
    """Publier le dernier point de contrôle : dossier, courriel, témoin, selon les réglages."""
    house = house_of(context)
    opened = channels(house.settings)
    if not opened:
        raise refused("Aucune publication n'est réglée : CENACLE_CHECKPOINT_FOLDER, _MAIL ou _COMMAND.")
    try:
        failed = publish_last(house)
    except BadCheckpointError:
        raise refused("Le dernier point de contrôle n'est pas signé par la clé de ce journal.") from None
    if failed is None:
        raise refused(UNSEALED)
    for channel in opened:
        typer.echo(f"{channel.label} : {'échec' if channel in failed else 'fait'}", err=channel in failed)
    if failed:
        raise typer.Exit(1)


@app.command()
def seal(context: typer.Context) -> None:
    """Sceller le journal chaque seconde, jusqu'à l'arrêt : un seul processus, sur PostgreSQL."""
    house = house_of(context, destroying=False)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    sealer = replace(house.journal, log_key=house.keyring.service_key(ServiceKey.LOG))
    while not stopped.is_set():
        sealer.seal_outbox()
        stopped.wait(1)


def _tell_witness(house: House) -> bool:
    """Say what the witness cosigned; tell whether the journal contradicts it."""
    try:
        seen = witnessed(house)
    except BadWitnessError:
        raise refused("CENACLE_CHECKPOINT_WITNESS n'est pas la clé de vérification d'un témoin.") from None
    if seen.at is not None:
        typer.echo(
            f"Points de contrôle cosignés par le témoin : {seen.number} ; le dernier, de {seen.size} événements, le "
            f"{paris_day(seen.at):%d/%m/%Y}."
        )
    for size in seen.contradicted:
        typer.echo(f"Le journal contredit le point de contrôle cosigné de {size} événements.", err=True)
    return bool(seen.contradicted)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise refused(f"Le fichier « {path.name} » ne se lit pas.") from None
