"""Move on what nobody decided in time: the delay ends it, by the lifecycle, as a person would (domain.md section 6)."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem, Meeting
from backend.agenda.queries.rows import pending_item
from backend.agenda.states import CARRY, ITEM
from backend.audit.events import Reference
from backend.authorization.work import House, UnitOfWork
from backend.kernel.clock import paris_day
from backend.purge.actions.switching import require_running
from backend.purge.actions.tallying import tally
from backend.purge.events import SituationLapsed
from backend.purge.queries.rows import durations_on, ordinary_days
from backend.purge.queries.terms import lapsed
from backend.research.actions import close_research
from backend.situations.models import Situation
from backend.situations.states import EXPIRE, LAPSE, SITUATION
from policies.indicator_words import Indicator
from policies.meeting_words import IN_PREPARATION, ItemState, MeetingStage
from policies.retention import Durations, Kind
from policies.retention_words import Custody, Verdict
from policies.terms import LAPSES
from policies.vocabulary import ClosingReason, Inadmissibility

BATCH = 50
"""Situations moved on in one transaction."""

GROUNDS: Mapping[Kind, Inadmissibility] = MappingProxyType(
    {
        Kind.UNQUALIFIED: Inadmissibility.UNQUALIFIED_IN_TIME,
        Kind.UNANSWERED: Inadmissibility.UNANSWERED_IN_TIME,
        Kind.UNANSWERED_LIMIT: Inadmissibility.UNANSWERED_IN_TIME,
    }
)
"""Why a situation becomes inadmissible when its delay ends."""

REASONS: Mapping[Kind, ClosingReason] = MappingProxyType(
    {
        Kind.MAJORITY: ClosingReason.OF_AGE,
        Kind.NOT_EXAMINED: ClosingReason.NOT_EXAMINED_IN_TIME,
        Kind.NOT_EXAMINED_LIMIT: ClosingReason.NOT_EXAMINED_IN_TIME,
        Kind.FOLLOW_UP_LIMIT: ClosingReason.NO_DECISION_IN_TIME,
    }
)
"""Why a situation closes when its delay ends."""


def lapse(house: House, run: UUID, cell: UUID) -> int:
    """Move on the situations of a cell whose delay ended without a decision; give how many.

    Raises `StoppedError` between two batches once somebody stopped the purge.
    """
    moved = 0
    for kind in _overdue(house, cell):
        after: UUID | None = UUID(int=0)
        while after is not None:
            with house.transaction() as uow:
                require_running(uow)
                uow.hand_over(cell)
                number, after = _batch(uow, run, cell, kind, after)
                moved += number
    return moved


def _overdue(house: House, cell: UUID) -> list[Kind]:
    """Give the kinds of delay that ended for a situation of a cell: most days none did, in most cells."""
    with house.transaction() as uow:
        uow.hand_over(cell)
        today = uow.today()
        meetings, durations = ordinary_days(uow.session, cell, today), durations_on(uow.session, today)
        ended = (sa.exists().where(*_due(cell, kind, today, meetings, durations)) for kind in LAPSES)
        found = uow.session.execute(sa.select(*ended)).one()
        return [kind for kind, some in zip(LAPSES, found, strict=True) if some]


def _batch(uow: UnitOfWork, run: UUID, cell: UUID, kind: Kind, after: UUID) -> tuple[int, UUID | None]:
    """Move on some situations after one; give how many, and the last one looked at, None when there is no more."""
    today = uow.today()
    meetings, durations = ordinary_days(uow.session, cell, today), durations_on(uow.session, today)
    found = uow.session.scalars(
        sa.select(col(Situation.id))
        .where(*_due(cell, kind, today, meetings, durations), col(Situation.id) > after)
        .order_by(col(Situation.id))
        .limit(BATCH)
    ).all()
    moved = 0
    for identifier in found:
        situation = _taken(uow, identifier, *_due(cell, kind, today, meetings, durations))
        if situation is not None:
            _end(uow, situation, kind)
            moved += 1
    tally(uow, run, kind, Verdict.LAPSED, moved, cell=cell)
    return moved, found[-1] if len(found) == BATCH else None


def _due(
    cell: UUID, kind: Kind, today: date, meetings: Sequence[date], durations: Durations
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Situation.cell_id) == cell,
        col(Situation.custody) == Custody.ACTIVE,
        # Under limitation a situation is kept as it is, and ends only once it is free (RGPD, article 18.2).
        col(Situation.limited_at).is_(None),
        lapsed(kind, today, meetings, durations),
    )


def _taken(uow: UnitOfWork, identifier: UUID, *due: sa.ColumnElement[bool]) -> Situation | None:
    """Lock a situation and take it off its agenda; None when it is at the table today, or no longer due.

    Meeting, point, situation: in the order in which the closing of a meeting takes them.
    """
    item = pending_item(uow, identifier)
    meeting = None if item is None else _locked(uow, item.meeting_id)
    statement = sa.select(Situation).where(col(Situation.id) == identifier, *due).with_for_update()
    situation = uow.session.scalar(statement.execution_options(populate_existing=True))
    if situation is None or _is_today(uow, meeting):
        return None
    if item is not None and meeting is not None:
        _leave_agenda(uow, item, meeting)
    return situation


def leave_agenda(uow: UnitOfWork, situation: UUID) -> None:
    """Take a situation that is about to leave the active base off its agenda, before it is itself locked."""
    item = pending_item(uow, situation)
    if item is not None:
        _leave_agenda(uow, item, _locked(uow, item.meeting_id))


def _locked(uow: UnitOfWork, meeting: UUID) -> Meeting:
    return uow.session.get_one(Meeting, meeting, with_for_update=True, populate_existing=True)


def _is_today(uow: UnitOfWork, meeting: Meeting | None) -> bool:
    return meeting is not None and meeting.stage is MeetingStage.OPEN and paris_day(meeting.starts_at) == uow.today()


def _leave_agenda(uow: UnitOfWork, item: AgendaItem, meeting: Meeting) -> None:
    if meeting.stage in IN_PREPARATION and item.state is ItemState.LISTED:
        uow.session.delete(item)
    else:
        item.state = ITEM.step(item.state, CARRY)
        item.version += 1
    meeting.version += 1
    uow.session.flush()


def _end(uow: UnitOfWork, situation: Situation, kind: Kind) -> None:
    close_research(uow, situation)
    if kind in GROUNDS:
        situation.stage = SITUATION.step(situation.stage, LAPSE)
        situation.inadmissibility = GROUNDS[kind]
        uow.count(Indicator.INADMISSIBLE, situation.cell_id, GROUNDS[kind])
    else:
        examined = situation.decided_at is not None
        sent = situation.answered_at is not None
        situation.stage = SITUATION.step(situation.stage, EXPIRE)
        situation.closed_at = uow.now()
        situation.closing_reason = REASONS[kind]
        if sent:
            indicator = Indicator.CLOSED if examined else Indicator.NOT_EXAMINED
            uow.count(indicator, situation.cell_id, REASONS[kind])
    situation.lapsed_at = uow.now()
    situation.version += 1
    uow.record(SituationLapsed(Reference(situation.reference), kind))
