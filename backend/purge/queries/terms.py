"""The SQL reading of the terms of `policies.terms`, for batches; a Hypothesis test compares it with the Python one.

No date arithmetic in SQL: the latest start for which a term is over today is computed once, then compared.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.kernel.clock import paris_day, paris_instant
from backend.situations.models import Situation
from policies.retention import Durations, Kind, rule
from policies.terms import (
    ENDS,
    IN_MEETINGS,
    MAJORITY,
    TERMS,
    Facts,
    Term,
    has_archive,
    latest_majority,
    latest_start,
    meeting_reached,
)


def facts_of(row: Situation) -> Facts:
    """Give what the terms read of a situation: nothing of it is opened."""
    return Facts(
        stage=row.stage,
        majority_month=row.majority_month,
        received=paris_day(row.received_at),
        qualified=_day(row.qualified_at),
        lapsed=_day(row.lapsed_at),
        answered=_day(row.answered_at),
        presented=_day(row.presented_at),
        decided=_day(row.decided_at),
        closed=_day(row.closed_at),
        erased=_day(row.erased_at),
    )


def over(term: Term, today: date, meetings: Sequence[date], durations: Durations) -> sa.ColumnElement[bool]:
    """Give the condition that the situations of a cell meet for which a term is over today.

    `meetings` are the days of the cell's ordinary meetings.
    """
    if term.starts == (MAJORITY,):
        return sa.and_(applies(term), col(Situation.majority_month) <= latest_majority(term.kind, today, durations))
    latest = _latest_start(term, today, meetings, durations)
    if latest is None:
        return sa.false()
    return sa.and_(applies(term), _start(term) < _midnight_after(latest))


def applies(term: Term) -> sa.ColumnElement[bool]:
    """Give the condition that the situations meet to which a term applies, whether it is over or not."""
    conditions = [col(Situation.stage).in_(sorted(term.stages))]
    if term.unless is not None:
        conditions.append(_column(term.unless).is_(None))
    if term.starts != (MAJORITY,):
        conditions.append(_start(term).is_not(None))
    return sa.and_(*conditions)


def ended(today: date, meetings: Sequence[date], durations: Durations) -> sa.ColumnElement[bool]:
    """Give the condition that the situations of a cell meet of which nothing may remain on a day."""
    ends = [term for term in TERMS if _ends(term, durations)]
    return sa.or_(*(over(term, today, meetings, durations) for term in ends))


def lapsed(kind: Kind, today: date, meetings: Sequence[date], durations: Durations) -> sa.ColumnElement[bool]:
    """Give the condition that the situations of a cell meet that a term of this kind moves on."""
    return sa.or_(*(over(term, today, meetings, durations) for term in TERMS if term.kind is kind))


def _ends(term: Term, durations: Durations) -> bool:
    if term.kind is Kind.CLOSED:
        return not has_archive(durations)
    if term.kind is Kind.ARCHIVE:
        return has_archive(durations)
    return rule(term.kind).then in ENDS


def _latest_start(term: Term, today: date, meetings: Sequence[date], durations: Durations) -> date | None:
    if term.kind in IN_MEETINGS:
        reached = meeting_reached(today, meetings, rule(term.kind).meetings or 0)
        return None if reached is None else reached - timedelta(days=1)
    latest = latest_start(today, durations.months(term.kind))
    return latest if term.after is None else latest_start(latest, durations.months(term.after))


def _start(term: Term) -> sa.ColumnElement[datetime]:
    first, *others = (_column(name) for name in term.starts)
    return sa.func.coalesce(first, *others) if others else first


def _column(name: str) -> sa.ColumnElement[datetime]:
    column: sa.ColumnElement[datetime] = getattr(Situation, f"{name}_at")
    return column


def _midnight_after(day: date) -> datetime:
    return paris_instant(day + timedelta(days=1), time.min)


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else paris_day(instant)
