"""What is read of keys: ages, counts and dates, never a key (`cenacle keys status`, page « Clés »)."""

from datetime import datetime

import sqlalchemy as sa

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import by_name
from backend.crypto.keyring import OF_ROOT
from backend.crypto.keyring.standing import CellStanding, RootStanding, Standing, standing_of
from backend.custody.views import CellKeysView, KeyLine, KeysView
from backend.kernel.clock import paris_day
from policies.access import Action
from policies.custody_words import KeyUse
from policies.rotation import SUSPICIONS, RotationGround, RotationKind, due_at


def key_lines(uow: UnitOfWork) -> tuple[KeyLine, ...]:
    """Give every key: the root, those of the service, those of each cell."""
    standing = standing_of(uow.stores.keys)
    names = {cell.id: cell for cell in uow.session.scalars(sa.select(Cell))}
    cells = (_cell_line(one, names[one.cell], standing, uow.now()) for one in standing.cells if one.cell in names)
    return *_service_lines(standing, uow.now()), *sorted(cells, key=lambda line: line.label)


def keys_view(uow: UnitOfWork) -> KeysView:
    """Give the keys that the person may know of; raise `Forbidden` for who may know of none."""
    cells = [
        cell for cell in by_name(uow.session.scalars(sa.select(Cell))) if gate.permits(uow, cell, Action.CELL_KEYS)
    ]
    oversees = gate.permits(uow, Cell(), Action.CELL_SUSPECT)
    if not cells and not oversees:
        gate.require(uow, Cell(), Action.CELL_KEYS)
    standing = standing_of(uow.stores.keys)
    known = {one.cell: one for one in standing.cells}
    return KeysView(
        _service_lines(standing, uow.now()) if oversees else (),
        tuple(
            CellKeysView(
                _cell_line(known[cell.id], cell, standing, uow.now()),
                gate.permits(uow, cell, Action.CELL_SUSPECT),
                gate.permits(uow, cell, Action.CELL_RESEAL),
            )
            for cell in cells
            if cell.id in known
        ),
    )


def suspicion_page(uow: UnitOfWork, reference: str) -> tuple[str, tuple[RotationGround, ...]]:
    """Give the name of a cell whose keys may be suspected, and the grounds; raises as `actions.marking.suspect`."""
    cell = gate.fetch(uow, Cell, reference, to=Action.CELL_READ)
    gate.require(uow, cell, Action.CELL_SUSPECT)
    return cell.name, tuple(ground for ground in RotationGround if ground in SUSPICIONS)


def _service_lines(standing: Standing, now: datetime) -> tuple[KeyLine, ...]:
    root = next(one for one in standing.roots if one.active)
    others = (
        KeyLine(
            label=KeyUse.of(one.kind).label,
            cell=None,
            generation=one.generation,
            age=_days(one.created_at, now),
            renewed_on=None,
            due_on=None,
            late=False,
            ground=None,
            behind=0,
            due=0,
        )
        for one in standing.services
    )
    return _root_line(root, standing, now), *others


def _root_line(root: RootStanding, standing: Standing, now: datetime) -> KeyLine:
    due = due_at(root.created_at, None)
    renewed = standing.renewed.get(OF_ROOT)
    return KeyLine(
        label=RotationKind.ROOT.label,
        cell=None,
        generation=root.generation,
        age=_days(root.created_at, now),
        renewed_on=None if renewed is None else paris_day(renewed),
        due_on=paris_day(due),
        late=due <= now,
        ground=None,
        behind=sum(one.wraps for one in standing.roots if not one.active),
        due=0,
    )


def _cell_line(one: CellStanding, cell: Cell, standing: Standing, now: datetime) -> KeyLine:
    due = due_at(one.created_at, one.due_at)
    renewed: datetime | None = standing.renewed.get(one.cell)
    return KeyLine(
        label=cell.name,
        cell=cell.reference,
        generation=one.generation,
        age=_days(one.created_at, now),
        renewed_on=None if renewed is None else paris_day(renewed),
        due_on=paris_day(due),
        late=due <= now,
        ground=None if one.ground is None else one.ground.label,
        behind=one.behind,
        due=one.due,
    )


def _days(since: datetime, now: datetime) -> int:
    return (paris_day(now) - paris_day(since)).days
