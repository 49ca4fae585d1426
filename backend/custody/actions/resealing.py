"""A coordinator seals the situations of their cell again under new keys, without waiting until each is opened."""

from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.resealing import reseal
from backend.authorization.vault import Opened, Purpose
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.crypto.keyring.standing import due_subjects
from backend.situations.models import Situation
from policies.access import Action

AT_ONCE = 100
"""Situations sealed again by one request: about a second."""

LOOKED_AT = 500
"""Subjects of one query: drafts and notes are among them, which end with their term."""


def reseal_cell(uow: UnitOfWork, reference: str) -> int:
    """Seal some situations of a cell that are due again, `AT_ONCE` at most, and journal which; give how many.

    Nothing is shown of them. Raises `Forbidden` for anybody but the coordinator of the cell.
    """
    cell = gate.fetch(uow, Cell, reference, to=Action.CELL_RESEAL, moves=False)
    done: list[str] = []
    due = due_subjects(uow.stores.keys, cell.id)
    for start in range(0, len(due), LOOKED_AT):
        readable = gate.readable(uow, Situation).where(col(Situation.id).in_(due[start : start + LOOKED_AT]))
        found = uow.session.scalars(readable.limit(AT_ONCE - len(done))).all()
        done += [situation.reference for situation in found if reseal(uow, situation.id, cell.id)]
        if len(done) >= AT_ONCE:
            break
    if done:
        uow.record(Opened(Purpose.RESEAL, tuple(map(Reference, done))))
    return len(done)
