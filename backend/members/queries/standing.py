"""Which habilitations are in force, and what the others lack (domain.md section 2, conditions a to c).

Read at every request: a signature that ends, a review that lapses or an exclusion takes effect at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import col

from backend.authorization.actor import Grant
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.charters.queries import binding_versions
from backend.institutions.models import Institution
from backend.members.models import Account, CharterAcceptance, Habilitation, Undertaking
from backend.members.states import OPEN
from policies.charter import published
from policies.habilitation import (
    CHARTER_ROLES,
    REVIEW_MONTHS,
    AccountStatus,
    Commitment,
    Condition,
    HabilitationState,
    InstitutionStatus,
    commitment_of,
)
from policies.months import add_months
from policies.vocabulary import Role

_AWAITED = {
    HabilitationState.PROPOSED: Condition.GRANT,
    HabilitationState.GRANTED: Condition.CONFIRMATION,
    HabilitationState.SUSPENDED: Condition.SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A habilitation of a person, with what it lacks to be in force, and the charter version to accept for it."""

    habilitation: Habilitation
    lacking: tuple[Condition, ...]
    to_accept: str | None

    @property
    def grant(self) -> Grant:
        """Give what it lets the person be, once in force."""
        return Grant(Role.of(self.habilitation.role), self.habilitation.cell_id)


def held_by(uow: UnitOfWork, account: Account) -> tuple[Held, ...]:
    """Give the open habilitations of a person that have not run out, with what each lacks."""
    day = uow.today()
    until = col(Habilitation.valid_until)
    rows = uow.session.execute(
        sa.select(Habilitation, col(Cell.kind))
        .outerjoin(Cell, col(Cell.id) == col(Habilitation.cell_id))
        .where(
            col(Habilitation.account_id) == account.id,
            col(Habilitation.state).in_(sorted(OPEN)),
            sa.or_(until.is_(None), until >= day),
        )
        .order_by(col(Habilitation.valid_from), col(Habilitation.id))
    ).all()
    if not rows:
        return ()
    person = _about_person(uow, account)
    undertaken = frozenset(_kinds(uow, account.id))
    accepted = frozenset(_accepted(uow, account.id))
    # A role of a cell that is held in none has no charter, so it is void.
    binding: dict[str | None, frozenset[str]] = {None: frozenset()}
    held = []
    for habilitation, kind in rows:
        lacking = [*person, *_about_steps(habilitation, day)]
        to_accept = None
        if habilitation.role in CHARTER_ROLES:
            if kind is not None and kind not in binding:
                binding[kind] = binding_versions(uow, account.institution_id, kind, day)
            if not binding[kind]:
                lacking.append(Condition.SIGNATURE)
            elif not binding[kind] & accepted:
                lacking.append(Condition.ACCEPTANCE)
                to_accept = max(binding[kind], key=lambda version: published()[version].valid_from)
        elif (commitment := commitment_of(Role.of(habilitation.role))) not in undertaken:
            lacking.append(
                Condition.CLAUSE if commitment is Commitment.CONFIDENTIALITY_CLAUSE else Condition.UNDERTAKING
            )
        held.append(Held(habilitation, tuple(lacking), to_accept))
    return tuple(held)


def grants_of(uow: UnitOfWork, account: Account) -> frozenset[Grant]:
    """Give the habilitations of a person that are in force at this moment."""
    return frozenset(held.grant for held in held_by(uow, account) if not held.lacking)


def missing_conditions(uow: UnitOfWork, account: Account) -> tuple[Held, ...]:
    """Give the habilitations of a person that are not in force, so that the first page can say kindly why."""
    return tuple(held for held in held_by(uow, account) if held.lacking)


def review_due(habilitation: Habilitation) -> date | None:
    """Give the first day on which a habilitation is void for lack of an annual review (R13)."""
    return None if habilitation.reviewed_on is None else add_months(habilitation.reviewed_on, REVIEW_MONTHS)


def holders(uow: UnitOfWork, role: Role, cell: UUID | None = None) -> Sequence[Account]:
    """Give the people whose habilitation for a role, in a cell if one is given, is confirmed today: whom to tell."""
    day = uow.today()
    until = col(Habilitation.valid_until)
    return uow.session.scalars(
        sa.select(Account)
        .options(*unproven())
        .join(Habilitation, col(Habilitation.account_id) == col(Account.id))
        .where(
            col(Account.status) == AccountStatus.ACTIVE,
            col(Habilitation.role) == role,
            sa.true() if cell is None else col(Habilitation.cell_id) == cell,
            col(Habilitation.state) == HabilitationState.CONFIRMED,
            col(Habilitation.valid_from) <= day,
            sa.or_(until.is_(None), until >= day),
        )
        .order_by(col(Account.email))
        .distinct()
    ).all()


def unproven() -> tuple[ORMOption, ...]:
    """Leave aside what proves who a person is, which the purge may not even ask for (decision 0019)."""
    return defer(Account.password_hash), defer(Account.totp_wrapped)  # type: ignore[arg-type]


def _about_person(uow: UnitOfWork, account: Account) -> list[Condition]:
    lacking = []
    if account.status != AccountStatus.ACTIVE:
        lacking.append(Condition.ACCOUNT)
    if account.password_hash is None or account.totp_confirmed_at is None:
        lacking.append(Condition.SECOND_FACTOR)
    institution = uow.session.get_one(Institution, account.institution_id)
    if institution.status != InstitutionStatus.ACTIVE:
        lacking.append(Condition.INSTITUTION)
    return lacking


def _about_steps(habilitation: Habilitation, day: date) -> list[Condition]:
    state = HabilitationState.of(habilitation.state)
    if state in _AWAITED:
        return [_AWAITED[state]]
    lacking = []
    if habilitation.valid_from > day:
        lacking.append(Condition.NOT_YET)
    due = review_due(habilitation)
    if due is None or due <= day:
        lacking.append(Condition.REVIEW)
    return lacking


def _kinds(uow: UnitOfWork, account: UUID) -> Sequence[str]:
    return uow.session.scalars(sa.select(col(Undertaking.kind)).where(col(Undertaking.account_id) == account)).all()


def _accepted(uow: UnitOfWork, account: UUID) -> Sequence[str]:
    version = col(CharterAcceptance.charter_version)
    return uow.session.scalars(sa.select(version).where(col(CharterAcceptance.account_id) == account)).all()
