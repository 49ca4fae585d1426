"""Durations: each default of the domain, and a file that cannot say something else by accident."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.charter import published
from policies.closed import read_toml
from policies.months import add_months, add_years, first_day, last_day, month_of
from policies.retention import (
    DEFAULTS,
    Decided,
    Durations,
    Kind,
    Outcome,
    RetentionRule,
    Schedule,
    due,
    due_at_meeting,
    rule,
    rules,
)

START = date(2026, 1, 31)
FIELDS: dict[str, object] = {
    "kind": "draft",
    "statement": "Une durée.",
    "starts": "création",
    "then": "destroyed",
    "authority": "hypothèse",
}

days = st.dates(min_value=date(2012, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    "kind, day, outcome",
    [
        (Kind.DRAFT, date(2026, 3, 2), Outcome.DESTROYED),
        (Kind.UNQUALIFIED, date(2026, 3, 31), Outcome.INADMISSIBLE),
        (Kind.INADMISSIBLE, date(2026, 2, 28), Outcome.DESTROYED),
        (Kind.UNANSWERED_LIMIT, date(2027, 1, 31), Outcome.INADMISSIBLE),
        (Kind.NOT_RETAINED, date(2026, 2, 28), Outcome.DESTROYED),
        (Kind.NOT_RETAINED_LIMIT, date(2026, 5, 31), Outcome.DESTROYED),
        (Kind.NOT_EXAMINED_LIMIT, date(2027, 1, 31), Outcome.CLOSED),
        (Kind.FOLLOW_UP_REVIEW, date(2026, 7, 31), Outcome.REVIEW),
        (Kind.FOLLOW_UP_LIMIT, date(2027, 1, 31), Outcome.CLOSED),
        (Kind.CLOSED, date(2026, 4, 30), Outcome.ARCHIVED),
        (Kind.ARCHIVE, START, Outcome.DESTROYED),
        (Kind.ERASURE, START, Outcome.DESTROYED),
        (Kind.TRANSMISSION_ANSWERED, date(2026, 2, 28), Outcome.READING_ENDS),
        (Kind.TRANSMISSION_LIMIT, date(2026, 7, 31), Outcome.READING_ENDS),
        (Kind.RESEARCH_NOTE, START, Outcome.DESTROYED),
        (Kind.MAJORITY, START, Outcome.CLOSED),
        (Kind.RECEIPT, date(2026, 2, 28), Outcome.DESTROYED),
        (Kind.RECEIPT_LIMIT, date(2027, 2, 28), Outcome.DESTROYED),
        (Kind.JOURNAL, date(2027, 1, 31), Outcome.DESTROYED),
        (Kind.UNUSED_ACCOUNT, date(2026, 7, 31), Outcome.SUSPENDED),
        (Kind.UNUSED_OCCASIONAL_ACCOUNT, date(2027, 2, 28), Outcome.SUSPENDED),
        (Kind.REMOVED_ACCOUNT, date(2027, 7, 31), Outcome.DESTROYED),
        (Kind.HABILITATION, date(2027, 1, 31), Outcome.DESTROYED),
        (Kind.LOCAL_CONTACT, date(2027, 1, 31), Outcome.DESTROYED),
        (Kind.RIGHTS_REQUEST, date(2027, 1, 31), Outcome.DESTROYED),
        (Kind.BREACH, date(2031, 1, 31), Outcome.DESTROYED),
        (Kind.EVIDENCE, date(2036, 1, 31), Outcome.DESTROYED),
        (Kind.RAV_CONFIRMATION, date(2027, 1, 31), Outcome.REVIEW),
        (Kind.RAV_GRACE, date(2026, 4, 30), Outcome.DESTROYED),
        (Kind.MAIL, date(2026, 2, 7), Outcome.DESTROYED),
        (Kind.SESSION, date(2026, 2, 1), Outcome.DESTROYED),
        (Kind.LINK, date(2026, 2, 7), Outcome.DESTROYED),
        (Kind.ACCESS_LOG, date(2026, 3, 2), Outcome.DESTROYED),
        (Kind.MAIN_BACKUP, date(2026, 3, 2), Outcome.DESTROYED),
        (Kind.KEYS_BACKUP, date(2026, 2, 7), Outcome.DESTROYED),
    ],
)
def test_each_default_of_the_domain_is_the_one_that_applies(kind: Kind, day: date, outcome: Outcome) -> None:
    found = due(kind, START)
    assert (found.day, found.rule.then) == (day, outcome)


@pytest.mark.parametrize("kind", [Kind.UNANSWERED, Kind.NOT_EXAMINED])
def test_the_second_ordinary_meeting_after_the_start_ends_the_wait(kind: Kind) -> None:
    meetings = [date(2026, 7, 2), date(2026, 4, 2), START, date(2025, 12, 1), date(2026, 10, 1)]
    found = due_at_meeting(kind, START, meetings)
    assert found is not None
    assert found.day == date(2026, 7, 2)
    assert due_at_meeting(kind, date(2026, 7, 2), meetings) is None


def test_days_and_meetings_are_not_mistaken_for_each_other() -> None:
    with pytest.raises(ValueError, match="counted in ordinary meetings"):
        due(Kind.UNANSWERED, START)
    with pytest.raises(ValueError, match="not counted in meetings"):
        due_at_meeting(Kind.DRAFT, START, [])


@given(st.dates(min_value=date(2008, 1, 1), max_value=date(2030, 12, 31)))
def test_nothing_can_be_read_after_the_twenty_fifth_birthday(birth: date) -> None:
    majority = published()["cenomed-2023"].majority_month(birth)
    limit = due(Kind.AGE_LIMIT, first_day(majority)).day
    assert limit <= add_years(birth, 25)
    assert month_of(limit) == month_of(add_years(birth, 25))


@given(st.dates(min_value=date(2008, 1, 1), max_value=date(2030, 12, 31)))
def test_majority_closes_within_the_month_of_the_eighteenth_birthday(birth: date) -> None:
    majority = published()["cenomed-2023"].majority_month(birth)
    closing = due(Kind.MAJORITY, last_day(majority)).day
    assert add_years(birth, 18) <= closing < add_months(first_day(majority), 1)


@given(days)
def test_a_tombstone_outlives_the_longest_backup_by_thirty_days(destroyed: date) -> None:
    last_backup_gone = due(Kind.MAIN_BACKUP, destroyed).day
    assert due(Kind.TOMBSTONE, destroyed).day == last_backup_gone + timedelta(days=30)


@pytest.mark.parametrize("version", ["cenomed-2012", "cenomed-2023"])
def test_charter_and_schedule_give_the_same_time_to_qualify(version: str) -> None:
    assert rule(Kind.UNQUALIFIED).months == published()[version].rules.unqualified.months


def test_what_no_source_fixes_is_labelled_a_hypothesis() -> None:
    fixed = {found.kind for found in rules() if not found.is_hypothesis}
    assert fixed == {Kind.CLOSED, Kind.ARCHIVE, Kind.AGE_LIMIT, Kind.JOURNAL, Kind.ERASURE}


def test_the_bounds_of_the_ville_s_decisions_are_those_of_the_texts() -> None:
    assert (rule(Kind.ARCHIVE).minimum_months, rule(Kind.ARCHIVE).maximum_months) == (0, 36)
    assert (rule(Kind.JOURNAL).minimum_months, rule(Kind.JOURNAL).maximum_months) == (6, 36)


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({}, "in days, in months or in meetings"),
        ({"days": 1, "months": 1}, "in days, in months or in meetings"),
        ({"meetings": 0}, "from the first"),
        ({"months": 5, "minimum_months": 6}, "below its own minimum"),
        ({"months": 37, "maximum_months": 36}, "above its own maximum"),
        ({"days": -1}, "greater than or equal to 0"),
        ({"days": 1, "weeks": 1}, "Extra inputs"),
        ({"days": 1, "kind": "anything"}, "draft"),
    ],
)
def test_a_duration_that_makes_no_sense_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        RetentionRule.model_validate(FIELDS | change)


def test_every_kind_has_exactly_one_rule() -> None:
    content = read_toml("retention.toml")
    every = [found.model_dump() for found in Schedule.model_validate(content).rules]
    for wrong in (every[1:], [*every, every[0]]):
        with pytest.raises(ValidationError, match="each kind has one rule"):
            Schedule.model_validate({"rules": wrong})


def test_every_statement_is_a_french_sentence() -> None:
    for found in rules():
        assert found.statement[0].isupper()
        assert found.statement.endswith(".")


def test_a_decision_of_the_ville_replaces_a_default_and_says_so() -> None:
    durations = Durations({Kind.CLOSED: Decided(2, "décision 12")})
    found = due(Kind.CLOSED, START, durations)
    assert (found.day, found.rule.authority) == (date(2026, 3, 31), "décision 12")
    assert found.rule.statement == "Situation close : 2 mois à partir de « fin du suivi », par décision de la Ville."
    assert due(Kind.INADMISSIBLE, START, durations) == due(Kind.INADMISSIBLE, START)
    assert durations.months(Kind.CLOSED) == 2
    with pytest.raises(ValueError, match="not counted in months"):
        durations.months(Kind.DRAFT)


def test_the_fingerprint_changes_with_every_decision() -> None:
    prints = {
        Durations({kind: Decided(months, "décision")}).fingerprint()
        for kind in (Kind.CLOSED, Kind.ARCHIVE)
        for months in (1, 2)
    } | {DEFAULTS.fingerprint()}
    assert len(prints) == 5


def test_the_ville_decides_between_two_bounds_that_differ() -> None:
    assert {found.kind for found in rules() if found.is_decidable} == {
        Kind.UNQUALIFIED,
        Kind.INADMISSIBLE,
        Kind.UNANSWERED_LIMIT,
        Kind.NOT_RETAINED,
        Kind.NOT_RETAINED_LIMIT,
        Kind.NOT_EXAMINED_LIMIT,
        Kind.FOLLOW_UP_REVIEW,
        Kind.FOLLOW_UP_LIMIT,
        Kind.CLOSED,
        Kind.ARCHIVE,
        Kind.RECEIPT,
        Kind.JOURNAL,
    }


def test_each_duration_is_said_to_be_a_hypothesis_or_names_a_dated_source() -> None:
    sourced = [rule for rule in rules() if not rule.is_hypothesis]
    assert [rule.kind for rule in sourced if not re.search(r"\b20\d\d\b", rule.authority)] == []
