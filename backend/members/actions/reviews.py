"""Reminders of the annual review, to who must make it, 60, 30 and 7 days before (domain.md section 2; R13)."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.work import UnitOfWork
from backend.mail.outbox import queue
from backend.members.models import Habilitation
from backend.members.queries.standing import holders, review_due
from policies.habilitation import REMINDER_DAYS, REVIEW_MONTHS, Confirmer, HabilitationState
from policies.months import add_months
from policies.vocabulary import Role


def remind_reviews(uow: UnitOfWork) -> int:
    """Queue the reminders of this day, to be called once a day; gives how many."""
    today = uow.today()
    farthest = add_months(today + timedelta(days=max(REMINDER_DAYS)), -REVIEW_MONTHS) + timedelta(days=3)
    rows = uow.session.scalars(
        sa.select(Habilitation)
        .where(
            col(Habilitation.state) == HabilitationState.CONFIRMED,
            col(Habilitation.reviewed_on) <= farthest,
        )
        .order_by(col(Habilitation.id))
    )
    queued = 0
    for habilitation in rows:
        due = review_due(habilitation)
        if due is None or (due - today).days not in REMINDER_DAYS:
            continue
        for reviewer in _reviewers(uow, habilitation):
            queue(
                uow,
                reviewer,
                "review_reminder",
                day=due,
                habilitation=Reference(habilitation.reference),
                role=Role.of(habilitation.role),
            )
            queued += 1
    return queued


def _reviewers(uow: UnitOfWork, habilitation: Habilitation) -> list[str]:
    by_coordinator = habilitation.confirmer == Confirmer.COORDINATOR
    role, cell = (Role.COORDINATOR, habilitation.cell_id) if by_coordinator else (Role.ADMINISTRATOR, None)
    return [person.email for person in holders(uow, role, cell) if person.id != habilitation.account_id]
