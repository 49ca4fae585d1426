"""Each line of the table of domain.md section 6 that concerns a situation, by its starting event."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.months import add_months, first_day, last_day, month_of
from policies.retention import DEFAULTS, Decided, Durations, Kind, Outcome
from policies.terms import (
    LAPSES,
    TERMS,
    Facts,
    Step,
    end_of,
    latest_majority,
    latest_start,
    meeting_reached,
    steps,
)
from policies.vocabulary import Stage

DAY = date(2026, 1, 31)
MEETINGS = [date(2026, 2, 10), date(2026, 5, 12), date(2026, 9, 8)]
ARCHIVED = Durations({Kind.ARCHIVE: Decided(12, "décision fictive")})
days = st.dates(min_value=date(2012, 1, 1), max_value=date(2060, 12, 31))


def facts(stage: Stage, **known: Any) -> Facts:  # noqa: ANN401
    return Facts(**{"stage": stage, "majority_month": "2035-04", "received": DAY, **known})


def first(found: Facts, durations: Durations = DEFAULTS) -> tuple[Kind, date, Outcome]:
    step = steps(found, MEETINGS, durations)[0]
    return step.rule.kind, step.day, step.then


@pytest.mark.parametrize(
    "found, kind, day, then",
    [
        (facts(Stage.RECEIVED), Kind.UNQUALIFIED, date(2026, 3, 31), Outcome.INADMISSIBLE),
        (facts(Stage.ADMISSIBLE), Kind.UNANSWERED, date(2026, 5, 13), Outcome.INADMISSIBLE),
        (facts(Stage.WITH_PARQUET), Kind.UNANSWERED, date(2026, 5, 13), Outcome.INADMISSIBLE),
        (facts(Stage.INADMISSIBLE, qualified=DAY), Kind.INADMISSIBLE, date(2026, 2, 28), Outcome.DESTROYED),
        (
            facts(Stage.INADMISSIBLE, qualified=DAY, lapsed=date(2026, 5, 13)),
            Kind.INADMISSIBLE,
            date(2026, 6, 13),
            Outcome.DESTROYED,
        ),
        (facts(Stage.REDIRECTED, qualified=DAY), Kind.INADMISSIBLE, date(2026, 2, 28), Outcome.DESTROYED),
        (facts(Stage.MOVED, qualified=DAY), Kind.INADMISSIBLE, date(2026, 2, 28), Outcome.DESTROYED),
        (facts(Stage.MOVED), Kind.INADMISSIBLE, date(2026, 2, 28), Outcome.DESTROYED),
        (
            facts(Stage.NOT_RETAINED, answered=DAY, presented=date(2026, 2, 10)),
            Kind.NOT_RETAINED,
            date(2026, 3, 10),
            Outcome.DESTROYED,
        ),
        (facts(Stage.NOT_RETAINED, answered=DAY), Kind.NOT_RETAINED_LIMIT, date(2026, 5, 31), Outcome.DESTROYED),
        (
            facts(Stage.NOT_RETAINED, answered=DAY, presented=date(2026, 5, 12)),
            Kind.NOT_RETAINED_LIMIT,
            date(2026, 5, 31),
            Outcome.DESTROYED,
        ),
        (facts(Stage.RETAINED, answered=DAY), Kind.NOT_EXAMINED, date(2026, 5, 13), Outcome.CLOSED),
        (facts(Stage.UNDER_EXAMINATION, answered=DAY), Kind.NOT_EXAMINED, date(2026, 5, 13), Outcome.CLOSED),
        (
            facts(Stage.UNDER_EXAMINATION, answered=DAY, decided=date(2026, 2, 10)),
            Kind.FOLLOW_UP_LIMIT,
            date(2027, 2, 10),
            Outcome.CLOSED,
        ),
        (facts(Stage.FOLLOWED, decided=DAY), Kind.FOLLOW_UP_REVIEW, date(2026, 7, 31), Outcome.REVIEW),
        (facts(Stage.CLOSED, closed=DAY), Kind.CLOSED, date(2026, 4, 30), Outcome.DESTROYED),
        (facts(Stage.RECEIVED, majority_month="2026-02"), Kind.MAJORITY, date(2026, 2, 28), Outcome.CLOSED),
        (
            facts(Stage.FOLLOWED, decided=DAY, majority_month="2026-02"),
            Kind.MAJORITY,
            date(2026, 2, 28),
            Outcome.CLOSED,
        ),
        (facts(Stage.MERGED), Kind.AGE_LIMIT, date(2042, 4, 1), Outcome.READING_ENDS),
    ],
)
def test_each_line_of_the_table_gives_its_day_and_what_then(found: Facts, kind: Kind, day: date, then: Outcome) -> None:
    assert first(found) == (kind, day, then)


def test_an_archive_comes_between_the_active_base_and_the_end() -> None:
    closed = facts(Stage.CLOSED, closed=DAY)
    assert first(closed, ARCHIVED) == (Kind.CLOSED, date(2026, 4, 30), Outcome.ARCHIVED)
    end = end_of(closed, MEETINGS, ARCHIVED)
    assert (end.rule.kind, end.day, end.rule.authority) == (Kind.ARCHIVE, date(2027, 4, 30), "décision fictive")
    assert end_of(closed, MEETINGS).day == date(2026, 4, 30)


def test_what_is_followed_closes_at_twelve_months_and_then_ends_by_its_age_only() -> None:
    followed = facts(Stage.FOLLOWED, decided=DAY)
    assert {step.rule.kind: step.day for step in steps(followed, MEETINGS)} == {
        Kind.FOLLOW_UP_REVIEW: date(2026, 7, 31),
        Kind.FOLLOW_UP_LIMIT: date(2027, 1, 31),
        Kind.MAJORITY: date(2035, 4, 30),
        Kind.AGE_LIMIT: date(2042, 4, 1),
    }
    assert end_of(followed, MEETINGS).rule.kind is Kind.AGE_LIMIT


@pytest.mark.parametrize(
    "found, kind",
    [
        (facts(Stage.ADMISSIBLE), Kind.UNANSWERED_LIMIT),
        (facts(Stage.WITH_PARQUET), Kind.UNANSWERED_LIMIT),
        (facts(Stage.RETAINED, answered=DAY), Kind.NOT_EXAMINED_LIMIT),
        (facts(Stage.UNDER_EXAMINATION, answered=DAY), Kind.NOT_EXAMINED_LIMIT),
    ],
)
def test_without_meetings_the_lapse_comes_at_twelve_months(found: Facts, kind: Kind) -> None:
    met = {step.rule.kind: step.day for step in steps(found, MEETINGS[:1])}
    assert met == {kind: date(2027, 1, 31), Kind.MAJORITY: date(2035, 4, 30), Kind.AGE_LIMIT: date(2042, 4, 1)}


def test_an_unanswered_delay_has_no_start_before_its_event() -> None:
    assert Kind.NOT_RETAINED not in {step.rule.kind for step in steps(facts(Stage.NOT_RETAINED), MEETINGS)}


@given(st.sampled_from(Stage), days, st.sampled_from([DEFAULTS, ARCHIVED]))
def test_every_situation_ends_at_the_twenty_fifth_birthday_at_the_latest(
    stage: Stage, event: date, durations: Durations
) -> None:
    known = dict.fromkeys(("qualified", "lapsed", "answered", "presented", "decided", "closed"), event)
    end = end_of(facts(stage, received=event, **known), [], durations)
    assert end.day <= add_months(first_day("2035-04"), 84)


@given(days, st.integers(min_value=0, max_value=130))
def test_the_latest_start_is_the_inverse_of_adding_months(today: date, months: int) -> None:
    latest = latest_start(today, months)
    assert add_months(latest, months) <= today < add_months(latest + timedelta(days=1), months)


@given(days)
def test_the_latest_month_of_majority_is_the_last_one_that_is_over(today: date) -> None:
    majority = latest_majority(Kind.MAJORITY, today)
    following = month_of(add_months(first_day(majority), 1))
    assert last_day(majority) <= today < last_day(following)
    limit = latest_majority(Kind.AGE_LIMIT, today)
    assert add_months(first_day(limit), 84) <= today < add_months(first_day(limit), 85)


def test_a_meeting_of_today_may_still_decide() -> None:
    assert meeting_reached(MEETINGS[1], MEETINGS, 2) is None
    assert meeting_reached(MEETINGS[1] + timedelta(days=1), MEETINGS, 2) == MEETINGS[0]


def test_every_lapse_has_a_term_and_every_stage_an_end() -> None:
    assert {term.kind for term in TERMS} >= set(LAPSES)
    assert all(isinstance(end_of(facts(stage), []), Step) for stage in Stage)
