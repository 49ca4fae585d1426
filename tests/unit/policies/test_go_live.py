"""The go-live gate: five acts, all in force, all confirmed, or no nominative input."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.go_live import REQUIREMENTS, RecordedAct, RequiredAct, missing

TODAY = date(2026, 11, 21)
ONE_DAY = timedelta(days=1)
ALL = tuple(RecordedAct(act, TODAY, TODAY + 30 * ONE_DAY, confirmed=True) for act in RequiredAct)


def test_each_act_is_required_once_with_its_source() -> None:
    assert [requirement.act for requirement in REQUIREMENTS] == list(RequiredAct)
    assert all(requirement.source and requirement.statement.endswith(".") for requirement in REQUIREMENTS)


def test_nothing_is_missing_when_the_five_acts_are_in_force() -> None:
    assert missing(ALL, TODAY) == ()


def test_everything_is_missing_when_nothing_is_recorded() -> None:
    assert missing([], TODAY) == REQUIREMENTS


@pytest.mark.parametrize("act", RequiredAct)
def test_each_act_closes_input_by_its_absence(act: RequiredAct) -> None:
    lacking = missing([recorded for recorded in ALL if recorded.act is not act], TODAY)
    assert [requirement.act for requirement in lacking] == [act]


@pytest.mark.parametrize("act", RequiredAct)
def test_an_act_that_the_dpo_has_not_confirmed_does_not_count(act: RequiredAct) -> None:
    acts = [replace(recorded, confirmed=recorded.act is not act) for recorded in ALL]
    assert [requirement.act for requirement in missing(acts, TODAY)] == [act]


def test_an_act_counts_from_its_first_to_its_last_day() -> None:
    last = ALL[0].ends
    assert last is not None
    assert missing(ALL, last) == ()
    assert missing(ALL, last + ONE_DAY) == REQUIREMENTS
    assert missing(ALL, TODAY - ONE_DAY) == REQUIREMENTS


def test_an_act_without_an_end_does_not_expire() -> None:
    acts = [replace(recorded, ends=None) for recorded in ALL]
    assert missing(acts, date(2100, 1, 1)) == ()


def test_a_renewed_act_takes_over_from_the_expired_one() -> None:
    expired = replace(ALL[0], starts=TODAY - 20 * ONE_DAY, ends=TODAY - ONE_DAY)
    assert missing([expired, *ALL], TODAY) == ()


@given(st.sets(st.sampled_from(list(RequiredAct))))
def test_what_is_missing_is_exactly_what_is_not_recorded(recorded: set[RequiredAct]) -> None:
    acts = [found for found in ALL if found.act in recorded]
    assert {requirement.act for requirement in missing(acts, TODAY)} == set(RequiredAct) - recorded
