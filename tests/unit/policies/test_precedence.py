"""Precedence, pair by pair: agreement, limitation, twenty-fifth birthday, durations (domain.md section 6)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.precedence import CATEGORIES, NOTICE_DAYS, Notice, Standing, clock_is_far, is_too_many, verdict
from policies.retention_words import RecordCategory, Verdict
from policies.vocabulary import Stage

END = date(2026, 3, 10)
AFTER = END + timedelta(days=1)
FAR = date(2040, 1, 1)
SERVED = Notice(END, END - timedelta(days=NOTICE_DAYS), NOTICE_DAYS)


def standing(
    *, old: bool = False, agreed: bool = True, limited: bool = False, notice: Notice | None = SERVED
) -> Standing:
    return Standing(END, END if old else FAR, agreed=agreed, limited=limited, notice=notice)


@pytest.mark.parametrize(
    "given_, expected",
    [
        (standing(), Verdict.DESTROYED),
        (standing(agreed=False), Verdict.LOCKED),
        (standing(limited=True), Verdict.LIMITED),
        (standing(old=True), Verdict.DESTROYED),
        (standing(agreed=False, limited=True), Verdict.LOCKED),
        (standing(agreed=False, old=True), Verdict.LOCKED),
        (standing(limited=True, old=True), Verdict.LOCKED),
        (standing(agreed=False, limited=True, old=True), Verdict.LOCKED),
        (standing(notice=None), Verdict.ANNOUNCED),
        (standing(notice=None, old=True), Verdict.LOCKED),
        (standing(notice=None, agreed=False), Verdict.LOCKED),
        (standing(notice=None, limited=True), Verdict.LIMITED),
    ],
)
def test_past_its_day_each_pair_of_rules_has_one_winner(given_: Standing, expected: Verdict) -> None:
    assert verdict(given_, END) is expected
    assert verdict(given_, AFTER) is expected


def test_every_situation_has_a_category_but_one_that_another_absorbed() -> None:
    assert set(CATEGORIES) == set(Stage) - {Stage.MERGED}
    assert set(CATEGORIES.values()) == set(RecordCategory)


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(min_value=1, max_value=400))
def test_before_its_day_nothing_is_locked_or_destroyed_whatever_else_holds(
    agreed: bool,  # noqa: FBT001  Hypothesis gives its values in order
    limited: bool,  # noqa: FBT001
    noticed: bool,  # noqa: FBT001
    days: int,
) -> None:
    found = verdict(
        standing(agreed=agreed, limited=limited, notice=SERVED if noticed else None), END - timedelta(days=days)
    )
    assert found is (Verdict.ANNOUNCED if days <= NOTICE_DAYS else Verdict.KEPT)


@pytest.mark.parametrize(
    "notice",
    [
        Notice(END, END - timedelta(days=6), 40),
        Notice(END, END - timedelta(days=60), 6),
        Notice(END + timedelta(days=1), END - timedelta(days=60), 60),
        Notice(END - timedelta(days=1), END - timedelta(days=60), 60),
    ],
)
def test_a_notice_too_young_too_little_seen_or_for_another_day_destroys_nothing(notice: Notice) -> None:
    assert verdict(standing(notice=notice), END) is Verdict.ANNOUNCED


@given(
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(min_value=-30, max_value=30),
    st.integers(min_value=0, max_value=30),
    st.integers(min_value=0, max_value=30),
)
def test_destruction_needs_an_agreement_no_limitation_its_day_and_a_served_notice(
    agreed: bool,  # noqa: FBT001
    limited: bool,  # noqa: FBT001
    old: bool,  # noqa: FBT001
    late: int,
    seen: int,
    age: int,
) -> None:
    today = END + timedelta(days=late)
    notice = Notice(END, today - timedelta(days=age), seen)
    if verdict(standing(agreed=agreed, limited=limited, old=old, notice=notice), today) is Verdict.DESTROYED:
        assert agreed
        assert not limited
        assert late >= 0
        assert seen >= NOTICE_DAYS
        assert age >= NOTICE_DAYS


@pytest.mark.parametrize("hours, far", [(0, False), (48, False), (49, True), (-48, False), (-49, True)])
def test_the_clock_is_far_beyond_two_days_forward_or_back(hours: int, far: bool) -> None:  # noqa: FBT001
    known = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert clock_is_far(known + timedelta(hours=hours), known) is far
    assert not clock_is_far(known, None)


@pytest.mark.parametrize("number, held, expected", [(0, 0, False), (1, 5, False), (2, 5, True), (20, 100, False)])
def test_a_fifth_of_a_cell_passes_and_more_does_not(
    number: int,
    held: int,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_too_many(number, held) is expected
