"""`cenacle audit`: verify the journal, print its last signed checkpoint (`docs/journal.md`)."""

import signal
import threading
from dataclasses import replace

import typer

from backend.audit.guards import missing_guards
from backend.cli.opening import house_of
from backend.crypto.keyring import ServiceKey
from backend.kernel.clock import paris_day

app = typer.Typer(help="Journal : le vérifier, publier son point de contrôle.", no_args_is_help=True)


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
    typer.echo(f"Racine de l'arbre : {found.root.hex()}")
    for gap in found.gaps:
        typer.echo(f"Numéros manquants, écrivain {gap.writer} : de {gap.first} à {gap.last}", err=True)
    for problem in found.problems:
        typer.echo(problem, err=True)
    guards = missing_guards(house.stores)
    for guard in guards:
        typer.echo(f"Protection retirée de la base : {guard}", err=True)
    if guards or not found.ok:
        typer.echo("Le journal n'est PAS intègre.", err=True)
        raise typer.Exit(1)
    typer.echo("Le journal est intègre.")


@app.command()
def checkpoint(context: typer.Context) -> None:
    """Afficher le dernier point de contrôle signé, à conserver hors de cette machine."""
    house = house_of(context)
    note = house.journal.checkpoint()
    if note is None:
        typer.echo("Rien n'a encore été scellé : il n'y a pas de point de contrôle.", err=True)
        raise typer.Exit(1)
    typer.echo(note, nl=False)


@app.command()
def seal(context: typer.Context) -> None:
    """Sceller le journal chaque seconde, jusqu'à l'arrêt : un seul processus, sur PostgreSQL."""
    house = house_of(context)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    sealer = replace(house.journal, log_key=house.keyring.service_key(ServiceKey.LOG))
    while not stopped.is_set():
        sealer.seal_outbox()
        stopped.wait(1)
