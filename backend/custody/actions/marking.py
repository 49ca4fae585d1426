"""What makes the keys of a cell due: somebody who leaves or is excluded, or a suspicion that somebody states (R19).

The round renews them; a mark stays when the change that it comes from is rolled back, which costs one rotation.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.actor import Grant
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.crypto.keyring.standing import mark_due
from backend.custody.events import CellSuspected
from backend.custody.forms import SuspicionForm
from backend.institutions.models import Institution
from backend.mail.outbox import queue
from backend.members.events import InstitutionExcluded, PersonExcluded, PersonLeft
from backend.members.models import Account, Habilitation
from backend.members.queries.standing import grants_of, holders
from policies.access import Action
from policies.habilitation import HabilitationState
from policies.rotation import RotationGround
from policies.vocabulary import Role


def suspect(uow: UnitOfWork, reference: str, form: SuspicionForm) -> Cell:
    """State a suspicion on the keys of a cell: they are renewed at the next round, and the DPO is told."""
    cell = gate.fetch(uow, Cell, reference, to=Action.CELL_SUSPECT, moves=False)
    mark_due(uow.stores.keys, [cell.id], form.ground, uow.now())
    uow.record(CellSuspected(Reference(cell.reference), form.ground))
    for person in holders(uow, Role.DPO):
        if Grant(Role.DPO, None) in grants_of(uow, person):
            queue(uow, person.email, "keys_suspected", cell=cell.reference, day=uow.today())
    return cell


def on_left(uow: UnitOfWork, event: PersonLeft) -> None:
    """Mark the keys of every cell in which somebody held anything until today."""
    _mark_ended(uow, event.subject, RotationGround.DEPARTURE)


def on_person_excluded(uow: UnitOfWork, event: PersonExcluded) -> None:
    """Mark the keys of every cell in which somebody excluded held anything until today."""
    _mark_ended(uow, event.subject, RotationGround.EXCLUSION)


def on_institution_excluded(uow: UnitOfWork, event: InstitutionExcluded) -> None:
    """Mark the keys of every cell in which somebody of an excluded institution holds anything."""
    held = (
        sa.select(col(Habilitation.cell_id))
        .join(Account, col(Account.id) == col(Habilitation.account_id))
        .join(Institution, col(Institution.id) == col(Account.institution_id))
        .where(col(Institution.reference) == event.subject, col(Habilitation.state) == HabilitationState.CONFIRMED)
    )
    _mark(uow, held, RotationGround.EXCLUSION)


def _mark_ended(uow: UnitOfWork, account: str, ground: RotationGround) -> None:
    ended = (
        sa.select(col(Habilitation.cell_id))
        .join(Account, col(Account.id) == col(Habilitation.account_id))
        .where(col(Account.reference) == account, col(Habilitation.ended_on) == uow.today())
    )
    _mark(uow, ended, ground)


def _mark(uow: UnitOfWork, held: sa.Select[UUID | None], ground: RotationGround) -> None:
    cells = {cell for cell in uow.session.scalars(held) if cell is not None}
    if cells:
        mark_due(uow.stores.keys, cells, ground, uow.now())
