"""`cenacle keys status`, `rotate-root`, `rotate-cell`, `resume`: where keys stand, and how they are renewed.

`docs/runbooks/renouvellement.md` is what an operator follows.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated

import sqlalchemy as sa
import typer
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from backend.authorization.work import House
from backend.cells.models import Cell
from backend.cli.opening import house_of
from backend.cli.refusals import refused
from backend.crypto.keyring.standing import active_root_of, standing_of
from backend.crypto.providers import RootKeyError, generation_path
from backend.crypto.roots import open_root
from backend.custody.actions.rotating import go_on
from backend.custody.actions.rotating import rotate_cell as renew_cell
from backend.custody.actions.rotating import rotate_root as renew_root
from backend.custody.queries import key_lines
from backend.custody.views import KeyLine
from backend.kernel.clock import paris_day
from backend.kernel.errors import Unavailable
from policies.rotation import RootPlace, RotationGround, old_root_life

WIDTH = 30
"""Signs of the progress bar."""

HEADERS = ("Clé", "Référence", "Génération", "Âge", "Renouvelée le", "À renouveler le", "En retard", "À resceller")

GROUNDS = "period, departure, exclusion, lost_copy, intrusion, disclosure, unexplained"


class Progress:
    """Says how far a rotation is: a bar on a terminal, a line per tenth elsewhere."""

    def __init__(self) -> None:
        self._bar = sys.stdout.isatty()
        self._tenth = -1

    def __call__(self, moved: int, total: int) -> None:
        """Show how many keys moved, out of how many."""
        share = 100 if total == 0 else moved * 100 // total
        words = f"{share:>3} %  {moved} clés sur {total}"
        if self._bar:
            full = WIDTH * share // 100
            typer.echo(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {words}", nl=moved >= total)
        elif share // 10 > self._tenth:
            self._tenth = share // 10
            typer.echo(words)


def status(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Pour un programme : une liste JSON.")] = False,
) -> None:
    """Dire où en sont les clés : âge, génération, ce qui reste à envelopper ou à resceller, prochaine échéance."""
    house = house_of(context)
    with house.transaction() as uow:
        lines = key_lines(uow)
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in lines], default=str, ensure_ascii=False, indent=2))
        return
    rows = [HEADERS, *(_cells(line) for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADERS))]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in lines:
        if line.late:
            reason = f" ({line.ground})" if line.ground else ""
            typer.echo(f"À renouveler : {line.label}{reason}.", err=True)


def rotate_root(
    context: typer.Context,
    place: Annotated[
        RootPlace | None,
        typer.Option(
            "--to",
            help="Où tirer la nouvelle clé : file ou module ; là où est l'ancienne, par défaut.",
            metavar="<support>",
        ),
    ] = None,
) -> None:
    """Renouveler la clé racine pendant que le service répond, ou la faire changer de support."""
    house = house_of(context)
    since = active_root_of(house.stores.keys)
    present = open_root(house.settings).place_of(since)
    target = place or present
    ground = RotationGround.PERIOD if target is present else RotationGround.MOVE
    with _told():
        ended = renew_root(house, target, ground, Progress())
    if not ended:
        raise refused("Un autre processus y travaille, ou tient encore des clés : « cenacle keys resume » finira.")
    generation = active_root_of(house.stores.keys)
    _say_what_follows(house, since, generation)


def rotate_cell(
    context: typer.Context,
    cell: Annotated[str, typer.Argument(help="Référence de la cellule (« cenacle keys status »).")],
    ground: Annotated[
        RotationGround, typer.Option("--because", help=f"Raison : {GROUNDS}.", metavar="<raison>")
    ] = RotationGround.PERIOD,
) -> None:
    """Renouveler les clés d'une cellule pendant que le service répond."""
    house = house_of(context)
    with house.transaction() as uow:
        found = uow.session.scalar(sa.select(Cell).where(col(Cell.reference) == cell.strip().upper()))
    standing = {one.cell: one for one in standing_of(house.stores.keys).cells}
    if found is None or found.id not in standing:
        raise refused("Aucune cellule n'a cette référence : « cenacle keys status » les donne.")
    with _told():
        ended = renew_cell(house, found.id, standing[found.id].generation, ground, Progress())
    if not ended:
        raise refused("Un autre processus y travaille, ou tient encore des clés : « cenacle keys resume » finira.")
    typer.echo("Chaque situation sera rescellée quand quelqu'un l'ouvrira ; le coordonnateur peut le faire d'un geste.")
    typer.echo("Sauvegardez les clés : cenacle backup --only keys")


def resume(context: typer.Context) -> None:
    """Reprendre les renouvellements interrompus."""
    house = house_of(context)
    with _told():
        ended = go_on(house, Progress(), draws=True)
    typer.echo(f"Renouvellements terminés : {ended}.")


@contextmanager
def _told() -> Iterator[None]:
    """Say in French why a rotation stopped, and that it goes on from where it stands."""
    try:
        yield
    except RootKeyError as error:
        raise refused(str(error)) from None
    except (SQLAlchemyError, Unavailable):
        raise refused(
            "La clé racine ou un magasin ne répond plus. Rien n'est perdu : ce qui est fait reste fait, tout s'ouvre "
            "encore. Rétablissez-les, puis « cenacle keys resume »."
        ) from None


def _say_what_follows(house: House, since: int, generation: int) -> None:
    roots, path = open_root(house.settings), house.settings.root_key_path()
    until = paris_day(house.clock()) + old_root_life() + timedelta(days=1)
    where = generation_path(path, generation)
    typer.echo(f"La clé racine est de génération {generation}, dans un {roots.place_of(generation).label}.")
    if roots.place_of(generation) is RootPlace.FILE:
        typer.echo(f"Son fichier : {where}. Copiez-le au coffre, ou partagez-le : cenacle keys split")
    old = generation_path(path, since) if roots.place_of(since) is RootPlace.FILE else "l'ancienne clé du jeton"
    typer.echo(
        f"Gardez {old} au coffre jusqu'au {_day(until)}, hors de cette machine : les sauvegardes des clés faites "
        "jusqu'ici ne s'ouvrent qu'avec elle. Détruisez-la ensuite, avec ses parts."
    )
    typer.echo("Sauvegardez les clés maintenant : cenacle backup --only keys")


def _cells(line: KeyLine) -> tuple[str, ...]:
    return (
        line.label,
        line.cell or "",
        str(line.generation),
        f"{line.age} j",
        _day(line.renewed_on),
        _day(line.due_on),
        str(line.behind),
        str(line.due),
    )


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"
