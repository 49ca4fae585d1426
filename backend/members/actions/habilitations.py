"""The steps of a habilitation, each by another person, none by its holder (domain.md section 2; R13).

An institution's referent proposes, an administrator grants, the cell's coordinator confirms; for coordinators and what
is held for the city, a second administrator confirms, with the reference of the designation by the mayor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.members.events import HabilitationMoved, HabilitationProposed, HabilitationReviewed
from backend.members.models import Account, Habilitation
from backend.members.states import CONFIRM, END, EXCLUDE, GRANT, HABILITATION, OPEN, RESTART, REVIEW, SUSPEND
from policies.access import Action
from policies.habilitation import ENDED_ACCOUNTS, AccountStatus, Confirmer, HabilitationState, confirmer_of, may_be_held
from policies.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for somebody: a role, the reference of its cell (None for the city), its days, both included."""

    role: Role
    cell: str | None
    valid_from: date
    valid_until: date | None = None


def propose(uow: UnitOfWork, account_reference: str, proposal: Proposal) -> Habilitation:
    """Propose a habilitation for a colleague; raises `Forbidden` for anybody but the institution's referent or deputy.

    Raises `InvalidInput` for a role that is not held there, or that the person holds already.
    """
    account = fetch(uow, Account, account_reference, to=Action.ACCOUNT_PROPOSE)
    if account.status in ENDED_ACCOUNTS:
        raise WrongMoment(f"Ce compte est {AccountStatus.of(account.status).label}.")
    if not may_be_held(proposal.role, for_city=proposal.cell is None):
        raise InvalidInput({"cell": _where(proposal.role)})
    if proposal.valid_until is not None and proposal.valid_until < proposal.valid_from:
        raise InvalidInput({"valid_until": "La fin ne peut pas précéder le début."})
    cell = None if proposal.cell is None else _cell(uow, proposal.cell)
    habilitation = Habilitation(
        account_id=account.id,
        cell_id=None if cell is None else cell.id,
        role=proposal.role,
        confirmer=confirmer_of(proposal.role, for_city=cell is None),
        valid_from=proposal.valid_from,
        valid_until=proposal.valid_until,
        proposed_by=uow.actor.account,
    )
    _check_new(uow, habilitation)
    uow.session.add(habilitation)
    uow.record(HabilitationProposed(Reference(habilitation.reference), Reference(account.reference), proposal.role))
    return habilitation


def grant(uow: UnitOfWork, reference: str, version: int) -> Habilitation:
    """Grant what was proposed; an administrator who neither holds nor proposed it."""
    habilitation = fetch(uow, Habilitation, reference, to=Action.HABILITATION_GRANT, version=version)
    _step(uow, habilitation, GRANT)
    habilitation.granted_by = uow.actor.account
    return habilitation


def confirm(uow: UnitOfWork, reference: str, version: int, *, designation: str | None = None) -> Habilitation:
    """Confirm what was granted, or what a change of credentials suspended.

    Raises `InvalidInput` when a second administrator gives no reference of the designation.
    """
    habilitation = fetch(uow, Habilitation, reference, to=Action.HABILITATION_CONFIRM, version=version)
    if habilitation.confirmer == Confirmer.ADMINISTRATOR:
        if not designation:
            raise InvalidInput({"designation": "Indiquez la référence de la désignation par la maire."})
        habilitation.designation = designation
    _step(uow, habilitation, CONFIRM)
    habilitation.confirmed_by = uow.actor.account
    habilitation.reviewed_on = uow.today()
    return habilitation


def review(uow: UnitOfWork, reference: str, version: int) -> Habilitation:
    """Say that a habilitation is still needed, for twelve months more (R13)."""
    habilitation = fetch(uow, Habilitation, reference, to=Action.HABILITATION_REVIEW, version=version)
    habilitation.state = HABILITATION.step(HabilitationState.of(habilitation.state), REVIEW)
    habilitation.reviewed_on = uow.today()
    uow.record(HabilitationReviewed(Reference(habilitation.reference)))
    return habilitation


def suspend(uow: UnitOfWork, reference: str, version: int) -> Habilitation:
    """Suspend a habilitation at once, until it is confirmed again."""
    habilitation = fetch(uow, Habilitation, reference, to=Action.HABILITATION_SUSPEND, version=version)
    _step(uow, habilitation, SUSPEND)
    habilitation.confirmed_by = None
    return habilitation


def end(uow: UnitOfWork, reference: str, version: int) -> Habilitation:
    """End a habilitation, or turn a proposal down; it keeps its trace and never comes back."""
    habilitation = fetch(uow, Habilitation, reference, to=Action.HABILITATION_END, version=version)
    _step(uow, habilitation, END)
    return habilitation


def suspend_all(uow: UnitOfWork, account: Account) -> None:
    """Suspend what somebody holds because the person who acts touched their credentials.

    Who touched them takes the granter's place, and so cannot confirm. What was not confirmed yet, what they had
    proposed, and what somebody else's touch had suspended already, must be granted again too: otherwise one person
    could do two of the steps around the innocent act of another.
    """
    toucher = uow.actor.account
    for habilitation in _open(uow, account):
        state = HabilitationState.of(habilitation.state)
        again = state is HabilitationState.SUSPENDED and habilitation.granted_by != toucher
        if state is HabilitationState.CONFIRMED:
            _step(uow, habilitation, SUSPEND)
            habilitation.confirmed_by, habilitation.granted_by = None, toucher
        if state is HabilitationState.GRANTED or again or _proposed_by(habilitation, toucher):
            habilitation.confirmed_by, habilitation.granted_by = None, None
            if habilitation.state != HabilitationState.PROPOSED:
                _step(uow, habilitation, RESTART)


def suspend_own(uow: UnitOfWork, account: Account) -> None:
    """Suspend what somebody holds because they gave themselves another way in, until it is confirmed again.

    Nobody takes the granter's place: a holder never confirms.
    """
    for habilitation in _open(uow, account):
        if habilitation.state == HabilitationState.CONFIRMED:
            _step(uow, habilitation, SUSPEND)
            habilitation.confirmed_by = None


def exclude_all(uow: UnitOfWork, account: Account) -> None:
    """Take away what somebody holds, for a breach."""
    for habilitation in _open(uow, account):
        _step(uow, habilitation, EXCLUDE)


def end_all(uow: UnitOfWork, account: Account, *, on: date) -> None:
    """End what somebody holds, because they leave; `on` is the last day, or the first one of what began later."""
    for habilitation in _open(uow, account):
        last = max(on, habilitation.valid_from)
        habilitation.valid_until = last if habilitation.valid_until is None else min(last, habilitation.valid_until)
        _step(uow, habilitation, END)


def _proposed_by(habilitation: Habilitation, account: UUID | None) -> bool:
    return habilitation.proposed_by is not None and habilitation.proposed_by == account


def _step(uow: UnitOfWork, habilitation: Habilitation, verb: str) -> None:
    state = HABILITATION.step(HabilitationState.of(habilitation.state), verb)
    habilitation.state = state
    if state not in OPEN:
        habilitation.ended_on = uow.today()
    uow.record(HabilitationMoved(Reference(habilitation.reference), state))


def _open(uow: UnitOfWork, account: Account) -> Sequence[Habilitation]:
    return uow.session.scalars(
        sa.select(Habilitation)
        .where(col(Habilitation.account_id) == account.id, col(Habilitation.state).in_(sorted(OPEN)))
        .order_by(col(Habilitation.id))
        .with_for_update()
    ).all()


def _check_new(uow: UnitOfWork, proposed: Habilitation) -> None:
    same_cell = (
        col(Habilitation.cell_id).is_(None)
        if proposed.cell_id is None
        else col(Habilitation.cell_id) == proposed.cell_id
    )
    until = col(Habilitation.valid_until)
    held = sa.exists().where(
        col(Habilitation.account_id) == proposed.account_id,
        col(Habilitation.role) == proposed.role,
        col(Habilitation.state).in_(sorted(OPEN)),
        sa.or_(until.is_(None), until >= proposed.valid_from),
        same_cell,
    )
    if uow.session.scalar(sa.select(held)):
        raise InvalidInput({"role": "Cette personne a déjà cette habilitation, ou elle lui est déjà proposée."})


def _cell(uow: UnitOfWork, reference: str) -> Cell:
    cell = uow.session.scalar(sa.select(Cell).where(col(Cell.reference) == reference))
    if cell is None:
        raise InvalidInput({"cell": "Choisissez une cellule de la liste."})
    return cell


def _where(role: Role) -> str:
    return (
        "Ce rôle s'exerce dans une cellule : choisissez-la."
        if may_be_held(role, for_city=False)
        else "Ce rôle s'exerce pour toute la Ville : ne choisissez pas de cellule."
    )
