"""Who opened a situation, for its coordinator: institution, role and instant, read in the journal (R14)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalEntry, JournalSubject
from backend.authorization import gate
from backend.authorization.vault import Opened, Purpose
from backend.authorization.work import UnitOfWork
from backend.institutions.models import Institution
from backend.kernel.clock import paris_day
from backend.members.models import Account, Habilitation
from backend.oversight.views import LookerLine, LookersView
from backend.situations.models import Situation
from policies.access import Action
from policies.vocabulary import Role

READ_BACK = 500
"""Openings read in the journal at most, the latest first."""

HOUSEKEEPING = frozenset({Purpose.MATCH, Purpose.RESEAL})
"""Purposes that show nothing to anybody: they are journalled, not told."""

GONE = "compte supprimé"

UNKNOWN = "rôle terminé"


@dataclass(frozen=True, slots=True)
class _Opening:
    account: UUID
    at: datetime
    purpose: Purpose


def lookers_view(uow: UnitOfWork, reference: str) -> LookersView:
    """Give everybody who opened a situation; raises `Forbidden` for who does not coordinate its cell."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_WATCH, moves=False)
    return lookers_of(uow, situation, READ_BACK)


def lookers_of(uow: UnitOfWork, situation: Situation, limit: int) -> LookersView:
    """Give who opened a situation already fetched, one line for each day, institution, role and purpose."""
    openings = _openings(uow, situation.reference)
    people = _people(uow, situation.cell_id, {opening.account for opening in openings})
    lines: dict[tuple[date, str, str, Purpose], LookerLine] = {}
    for opening in openings:
        institution, roles = people.get(opening.account, (GONE, UNKNOWN))
        line = LookerLine(institution, roles, opening.purpose, opening.at)
        lines.setdefault((paris_day(opening.at), institution, roles, opening.purpose), line)
    shown = tuple(lines.values())
    return LookersView(situation.reference, shown[:limit], more=len(shown) > limit)


def _openings(uow: UnitOfWork, reference: str) -> list[_Opening]:
    wanted = (
        sa.select(JournalEntry.account, JournalEntry.recorded_at, JournalEntry.body)  # type: ignore[call-overload]
        .join(JournalSubject, col(JournalSubject.leaf) == col(JournalEntry.leaf))
        .where(
            col(JournalSubject.reference) == reference,
            col(JournalEntry.name) == Opened.name,
            col(JournalEntry.account).is_not(None),
        )
        .order_by(col(JournalEntry.leaf).desc())
        .limit(READ_BACK)
    )
    with uow.stores.journal.transaction() as session:
        found = [
            _Opening(account, at, Purpose.of(json.loads(body)["values"]["purpose"]))
            for account, at, body in session.execute(wanted)
        ]
    return [opening for opening in found if opening.purpose not in HOUSEKEEPING]


def _people(uow: UnitOfWork, cell: UUID, accounts: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Give institution and roles in the cell of some accounts; their names stay out of it."""
    working = (
        sa.select(col(Account.id), col(Institution.name))
        .join(Institution, col(Institution.id) == col(Account.institution_id))
        .where(col(Account.id).in_(sorted(accounts)))
    )
    institutions = {row[0]: row[1] for row in uow.session.execute(working)}
    roles: dict[UUID, set[str]] = {}
    held = sa.select(Habilitation).where(
        col(Habilitation.account_id).in_(sorted(accounts)),
        sa.or_(col(Habilitation.cell_id) == cell, col(Habilitation.cell_id).is_(None)),
    )
    for habilitation in uow.session.scalars(held):
        roles.setdefault(habilitation.account_id, set()).add(Role.of(habilitation.role).label)
    return {account: (name, ", ".join(sorted(roles.get(account, {UNKNOWN})))) for account, name in institutions.items()}
