"""Judge the situations of a cell: what each one's day, agreement, limitation and notice make of it today."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.cells.models import RecordedAct
from backend.purge.models import PurgeNotice
from backend.purge.queries.rows import agreements_on, durations_on, ordinary_days
from backend.purge.queries.terms import ended, facts_of
from backend.situations.models import Situation
from policies.months import first_day
from policies.precedence import CATEGORIES, NOTICE_DAYS, Notice, Standing, verdict
from policies.retention import Durations, Kind, due
from policies.retention_words import RecordCategory, Verdict
from policies.terms import Step, end_of
from policies.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class Judged:
    """A situation with the step that ends it, its notice and agreement, and what a run of today does with it."""

    situation: Situation
    step: Step
    notice: PurgeNotice | None
    agreement: RecordedAct | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Bench:
    """What judging a cell on a day takes, read once."""

    cell: UUID
    today: date
    meetings: Sequence[date]
    durations: Durations
    agreements: Mapping[RecordCategory, RecordedAct]

    def judge(self, situation: Situation, notice: PurgeNotice | None) -> Judged:
        """Say what happens to a situation today."""
        agreement = self.agreements.get(CATEGORIES[situation.stage])
        step = end_of(facts_of(situation), self.meetings, self.durations)
        standing = Standing(
            ends_on=step.day,
            unreadable_on=due(Kind.AGE_LIMIT, first_day(situation.majority_month), self.durations).day,
            agreed=agreement is not None,
            limited=situation.limited_at is not None,
            notice=None if notice is None else Notice(notice.due_on, notice.opened_on, notice.seen),
        )
        return Judged(situation, step, notice, agreement, verdict(standing, self.today))

    def is_near(self) -> sa.ColumnElement[bool]:
        """Give the condition that the situations meet which a run looks at: ended, or to be announced."""
        ahead = self.today + timedelta(days=NOTICE_DAYS)
        return sa.and_(
            col(Situation.cell_id) == self.cell,
            col(Situation.stage) != Stage.MERGED,
            ended(ahead, self.meetings, self.durations),
        )


def bench(uow: UnitOfWork, cell: UUID) -> Bench:
    """Read what judging a cell today takes."""
    today = uow.today()
    return Bench(
        cell,
        today,
        ordinary_days(uow.session, cell, today),
        durations_on(uow.session, today),
        agreements_on(uow.session, cell, today),
    )


def judged(uow: UnitOfWork, on: Bench, after: UUID, size: int, *, locking: bool = True) -> Sequence[Judged]:
    """Give some situations of a cell that are ended or near it, judged, in order, after one of them.

    They are locked for a change unless `locking` is false.
    """
    statement = (
        sa.select(Situation)
        .where(on.is_near(), col(Situation.id) > after)
        .order_by(col(Situation.id))
        .limit(size)
        .execution_options(populate_existing=True)
    )
    if locking:
        statement = statement.with_for_update()
    situations = uow.session.scalars(statement).all()
    notices = notices_of(uow, [situation.id for situation in situations])
    return [on.judge(situation, notices.get(situation.id)) for situation in situations]


def notices_of(uow: UnitOfWork, situations: Collection[UUID]) -> dict[UUID, PurgeNotice]:
    """Give the notices of some situations."""
    statement = sa.select(PurgeNotice).where(col(PurgeNotice.situation_id).in_(sorted(situations)))
    return {notice.situation_id: notice for notice in uow.session.scalars(statement)}
