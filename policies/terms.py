"""When the time of a situation is over, by which rule, and what then: each term declared once (domain.md section 6).

A term is read twice: here in Python for one situation, with its sentence; in `backend.purge.queries.terms` in SQL for
batches. A Hypothesis test compares the two. Both read OPERATIONAL facts only: no job opens anything (architecture 4).
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from policies.months import add_months, first_day, last_day, month_of
from policies.retention import DEFAULTS, Due, Durations, Kind, Outcome, RetentionRule, due, due_at_meeting
from policies.vocabulary import Stage

MAJORITY = "majority"
"""Start of the terms that count from the month of majority, the only trace of a birth date outside sealed values."""

UNFINISHED = frozenset(
    {Stage.RECEIVED, Stage.ADMISSIBLE, Stage.WITH_PARQUET, Stage.RETAINED, Stage.UNDER_EXAMINATION, Stage.FOLLOWED}
)
"""Stages that majority closes; what is not retained has nearer terms, the others are over already."""


@dataclass(frozen=True, slots=True)
class Term:
    """One rule on some stages, from the first known of some starts; `unless` names a fact that sets it aside.

    `after` is a duration that is counted first: the archive begins where the active base ends.
    """

    kind: Kind
    stages: frozenset[Stage]
    starts: tuple[str, ...]
    unless: str | None = None
    after: Kind | None = None


TERMS = (
    Term(Kind.ERASURE, frozenset(Stage), ("erased",)),
    Term(Kind.AGE_LIMIT, frozenset(Stage), (MAJORITY,)),
    Term(Kind.INADMISSIBLE, frozenset({Stage.INADMISSIBLE}), ("lapsed", "qualified", "received")),
    Term(Kind.INADMISSIBLE, frozenset({Stage.REDIRECTED, Stage.MOVED}), ("qualified", "received")),
    Term(Kind.NOT_RETAINED, frozenset({Stage.NOT_RETAINED}), ("presented",)),
    Term(Kind.NOT_RETAINED_LIMIT, frozenset({Stage.NOT_RETAINED}), ("answered", "received")),
    Term(Kind.CLOSED, frozenset({Stage.CLOSED}), ("closed", "received")),
    Term(Kind.ARCHIVE, frozenset({Stage.CLOSED}), ("closed", "received"), after=Kind.CLOSED),
    Term(Kind.MAJORITY, UNFINISHED, (MAJORITY,)),
    Term(Kind.UNQUALIFIED, frozenset({Stage.RECEIVED}), ("received",)),
    Term(Kind.UNANSWERED, frozenset({Stage.ADMISSIBLE, Stage.WITH_PARQUET}), ("received",)),
    Term(Kind.UNANSWERED_LIMIT, frozenset({Stage.ADMISSIBLE, Stage.WITH_PARQUET}), ("received",)),
    Term(Kind.NOT_EXAMINED, frozenset({Stage.RETAINED, Stage.UNDER_EXAMINATION}), ("answered",), unless="decided"),
    Term(
        Kind.NOT_EXAMINED_LIMIT, frozenset({Stage.RETAINED, Stage.UNDER_EXAMINATION}), ("answered",), unless="decided"
    ),
    Term(Kind.FOLLOW_UP_REVIEW, frozenset({Stage.FOLLOWED}), ("decided",)),
    Term(Kind.FOLLOW_UP_LIMIT, frozenset({Stage.FOLLOWED, Stage.UNDER_EXAMINATION}), ("decided",)),
)
"""Every term, in the order in which two that fall on one day are told apart.

What was merged has none: it goes with the situation that absorbed it.
"""

ENDS = frozenset({Outcome.DESTROYED, Outcome.READING_ENDS})
"""Outcomes after which nothing remains; the twenty-fifth birthday ends reading too, whatever holds the rest back."""

LAPSES = (
    Kind.MAJORITY,
    Kind.UNQUALIFIED,
    Kind.UNANSWERED,
    Kind.UNANSWERED_LIMIT,
    Kind.NOT_EXAMINED,
    Kind.NOT_EXAMINED_LIMIT,
    Kind.FOLLOW_UP_LIMIT,
)
"""Terms that move a situation on when nobody decided, in the order in which they are looked at."""

IN_MEETINGS = frozenset({Kind.UNANSWERED, Kind.NOT_EXAMINED})
"""Terms counted in ordinary meetings: over on the day after, since the meeting itself may still decide.

Each has a limit in months too: a cell that no longer meets keeps nobody's situation for years.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a situation without opening it: stage, month of majority, days in Paris."""

    stage: Stage
    majority_month: str
    received: date
    qualified: date | None = None
    lapsed: date | None = None
    answered: date | None = None
    presented: date | None = None
    decided: date | None = None
    closed: date | None = None
    erased: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What a rule does to a situation, and the first day on which it applies."""

    day: date
    rule: RetentionRule
    then: Outcome


def steps(facts: Facts, meetings: Sequence[date], durations: Durations = DEFAULTS) -> tuple[Step, ...]:
    """Give every step that the stage of a situation leads to, the nearest first.

    `meetings` are the days of the ordinary meetings of its cell; a step counted in meetings that have no day yet is
    absent.
    """
    found = [step for term in TERMS if (step := _step(term, facts, meetings, durations)) is not None]
    return tuple(sorted(found, key=lambda step: step.day))


def end_of(facts: Facts, meetings: Sequence[date], durations: Durations = DEFAULTS) -> Step:
    """Give the step that leaves nothing: there is always one, the twenty-fifth birthday at the latest."""
    return next(step for step in steps(facts, meetings, durations) if step.then in ENDS)


def has_archive(durations: Durations) -> bool:
    """Tell whether what leaves the active base is archived for a time; otherwise it is destroyed at once."""
    return durations.months(Kind.ARCHIVE) > 0


def start_of(term: Term, facts: Facts) -> date | None:
    """Give the day from which a term counts for a situation, or None when it does not apply to it."""
    if facts.stage not in term.stages or (term.unless is not None and getattr(facts, term.unless) is not None):
        return None
    if term.starts == (MAJORITY,):
        return first_day(facts.majority_month) if term.kind is Kind.AGE_LIMIT else last_day(facts.majority_month)
    known: list[date | None] = [getattr(facts, name) for name in term.starts]
    return next((day for day in known if day is not None), None)


def latest_start(today: date, months: int) -> date:
    """Give the latest day from which some months are over today: 31 January for 28 February and one month.

    The inverse of `add_months`, which holds days to the end of a shorter month; batches compare starts with it.
    """
    start = add_months(today, -months)
    if today.day == monthrange(today.year, today.month)[1]:
        return start.replace(day=monthrange(start.year, start.month)[1])
    return start


def latest_majority(kind: Kind, today: date, durations: Durations = DEFAULTS) -> str:
    """Give the latest month of majority, YYYY-MM, whose term of this kind is over today."""
    if kind is Kind.AGE_LIMIT:
        return month_of(latest_start(today, durations.months(kind)))
    return month_of(today if today == last_day(month_of(today)) else add_months(today.replace(day=1), -1))


def meeting_reached(today: date, meetings: Sequence[date], count: int) -> date | None:
    """Give the day before which a start must fall for some ordinary meetings to have passed since, or None."""
    passed = sorted(day for day in meetings if day < today)
    return passed[-count] if len(passed) >= count else None


def _step(term: Term, facts: Facts, meetings: Sequence[date], durations: Durations) -> Step | None:
    start = start_of(term, facts)
    if start is None:
        return None
    over: Due | None
    if term.kind in IN_MEETINGS:
        over = due_at_meeting(term.kind, start, meetings)
        return None if over is None else Step(over.day + timedelta(days=1), over.rule, over.rule.then)
    if term.after is not None:
        if not has_archive(durations):
            return None
        start = due(term.after, start, durations).day
    over = due(term.kind, start, durations)
    destroyed_at_once = term.kind is Kind.CLOSED and not has_archive(durations)
    return Step(over.day, over.rule, Outcome.DESTROYED if destroyed_at_once else over.rule.then)
