"""Renew keys while everything is served: the root by a command, the keys of a cell by a command or by the round.

A rotation that was killed, or whose root went away, is taken up by the next command or round; one process at a time
works at it. The journal says that it was taken up and that it ended, at least once each (architecture.md section 4).
"""

import logging
import time
from collections.abc import Callable
from uuid import UUID

from sqlmodel import col, select

from backend.audit.events import Reference
from backend.authorization.resealing import is_sealed_under
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.crypto.keyring import Rotation, Rotations
from backend.crypto.keyring.standing import (
    active_root_of,
    drop_replaced,
    due_cells,
    keep_replaced,
    replaced_keys,
    untidy_cells,
)
from backend.crypto.providers import RootKeyError
from backend.crypto.roots import open_root
from backend.custody.events import RotationEnded, RotationTaken
from policies.rotation import RootPlace, RotationGround, replaced_key_life

LOG = logging.getLogger("cenacle")

PATIENCE = 20
"""How often a process looks again at keys that somebody else holds, before it leaves them to the next round."""

PAUSE = 0.1
"""Seconds between two looks."""

Told = Callable[[int, int], None]
"""Hears how many keys moved, and out of how many."""


def rotate_root(house: House, place: RootPlace, ground: RotationGround, told: Told) -> bool:
    """Draw a new root key in a place and put every key under it, or go on with the rotation that had begun.

    Tell whether it ended. Raises `RootKeyError` when the key cannot be drawn, `Unavailable` when the root goes away:
    what was done stays done, and both generations open.
    """
    rotations = _rotations(house)
    roots = open_root(house.settings)
    if rotations.under_way(None) is None:
        since = active_root_of(house.stores.keys)
        generation = since + 1
        while roots.is_taken(generation):
            generation += 1
        rotations.begin_root(since, generation, place, ground)
    rotation = rotations.under_way(None)
    return rotation is not None and _work(house, rotation, told)


def rotate_cell(house: House, cell: UUID, since: int, ground: RotationGround, told: Told) -> bool:
    """Draw new keys of a cell and put its subjects' keys under them, or go on with the rotation that had begun.

    `since` is the generation to leave: what another process left already is not left twice. Tell whether it ended.
    """
    rotations = _rotations(house)
    rotations.begin_cell(cell, since, ground)
    rotation = rotations.under_way(cell)
    return rotation is not None and _work(house, rotation, told)


def go_on(house: House, told: Told, *, draws: bool = False) -> int:
    """Go on with every rotation that had begun; give how many ended. Raises as `rotate_root`.

    `draws` lets it draw the new root key here, if it was not yet: it must be where it will stay, so that a round leaves
    it to who was asked.
    """
    return sum(_work(house, rotation, told) for rotation in _rotations(house).unfinished(drawn=not draws))


def keep_up(house: House) -> None:
    """Do what is due without anybody asking: go on, renew the keys of cells that are due, destroy retired ones.

    A root that this process cannot reach is left to who can.
    """
    try:
        go_on(house, _unheard)
        for due in due_cells(house.stores.keys, house.clock()):
            rotate_cell(house, due.cell, due.generation, due.ground, _unheard)
    except RootKeyError:
        LOG.error("a rotation needs a root key that this process cannot reach: see docs/runbooks")  # noqa: TRY400
    rotations = _rotations(house)
    for cell in untidy_cells(house.stores.keys):
        rotations.tidy(cell)


def drop_replaced_keys(house: House) -> int:
    """Destroy the keys replaced for so long that no backup of `main` needs them; give how many.

    A key under which a value is still sealed is kept, and its situation sealed again at its next opening.
    """
    dropped = 0
    before = house.clock() - replaced_key_life()
    with house.transaction() as uow:
        cells = uow.session.exec(select(Cell.id)).all()
    for cell in cells:
        for subject, generation in replaced_keys(house.stores.keys, cell, before):
            with house.transaction() as uow:
                uow.hand_over(cell)
                left = is_sealed_under(uow.session, subject, generation)
            if left:
                keep_replaced(house.stores.keys, subject, generation)
            else:
                drop_replaced(house.stores.keys, subject, generation)
                dropped += 1
    return dropped


def _work(house: House, rotation: UUID, told: Told) -> bool:
    """Work at a rotation until it ends, unless another process does; tell whether it ended."""
    rotations, worker = _rotations(house), house.journal.writer
    taken = rotations.take(rotation, worker)
    if taken is None:
        return False
    try:
        if taken.place is not None and not _establish(house, taken, taken.place):
            return False
        _record(house, taken)
        moved = _move(rotations, taken, worker, told)
        if moved is None:
            return False
        _record(house, taken, moved)
        return rotations.finish(rotation, worker)
    finally:
        rotations.leave(rotation, worker)


def _establish(house: House, taken: Rotation, place: RootPlace) -> bool:
    """Make the new root active, drawn in its place unless it was; tell whether the lease was still held."""
    rotations, roots = _rotations(house), open_root(house.settings)
    if not rotations.is_established(taken.generation) and not roots.is_taken(taken.generation):
        roots.draw(taken.generation, place)
    return rotations.establish(taken.id, house.journal.writer)


def _move(rotations: Rotations, taken: Rotation, worker: UUID, told: Told) -> int | None:
    """Move batch after batch; give how many keys in all, None when the lease was lost or somebody holds the rest."""
    moved, total, looks = taken.moved, taken.moved + taken.behind, 0
    told(moved, total)
    while looks < PATIENCE:
        step = rotations.step(taken.id, worker)
        if step is None:
            return None
        moved += step
        told(moved, max(total, moved))
        if step == 0 and rotations.is_done(taken.id):
            return moved
        if step == 0:
            looks += 1
            time.sleep(PAUSE)
    return None


def _record(house: House, taken: Rotation, moved: int | None = None) -> None:
    with house.transaction() as uow:
        cell = None if taken.cell is None else _reference(uow, taken.cell)
        if moved is None:
            uow.record(RotationTaken(taken.kind, cell, taken.generation, taken.ground, taken.behind))
        else:
            uow.record(RotationEnded(taken.kind, cell, taken.generation, moved))


def _reference(uow: UnitOfWork, cell: UUID) -> Reference | None:
    found = uow.session.exec(select(Cell.reference).where(col(Cell.id) == cell)).first()
    return None if found is None else Reference(found)


def _rotations(house: House) -> Rotations:
    return Rotations(house.stores.keys, house.keyring.root)


def _unheard(_moved: int, _total: int) -> None:
    """Nobody looks at a round."""
