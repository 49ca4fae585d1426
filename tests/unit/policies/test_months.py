"""Calendar months: the ends of months, and what holds for every day."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.months import add_months, add_years, first_day, last_day, month_of

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
counts = st.integers(min_value=-600, max_value=600)


@pytest.mark.parametrize(
    "day, count, expected",
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
    ],
)
def test_a_month_is_a_calendar_month(day: date, count: int, expected: date) -> None:
    assert add_months(day, count) == expected


def test_a_person_born_on_29_february_is_counted_on_28_february_of_a_common_year() -> None:
    assert add_years(date(2008, 2, 29), 18) == date(2026, 2, 28)
    assert add_years(date(2008, 2, 29), 20) == date(2028, 2, 29)


@given(days, counts)
def test_adding_months_moves_exactly_that_many_months(day: date, count: int) -> None:
    moved = add_months(day, count)
    assert (moved.year - day.year) * 12 + moved.month - day.month == count
    assert moved.day == min(day.day, monthrange(moved.year, moved.month)[1])


@given(days, days, counts)
def test_adding_months_keeps_the_order_of_days(first: date, second: date, count: int) -> None:
    earlier, later = sorted((first, second))
    assert add_months(earlier, count) <= add_months(later, count)


@given(days, st.integers(min_value=0, max_value=600))
def test_coming_back_never_lands_later_than_the_start(day: date, count: int) -> None:
    assert add_months(add_months(day, count), -count) <= day


@given(days)
def test_every_day_lies_between_the_first_and_the_last_of_its_month(day: date) -> None:
    month = month_of(day)
    assert first_day(month) <= day <= last_day(month)
    assert month_of(first_day(month)) == month_of(last_day(month)) == month


@pytest.mark.parametrize("count", [1, -12 * 9999])
def test_a_day_out_of_the_calendar_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="out of the calendar"):
        add_months(date(9999, 12, 1), count)


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "2026-011", "mai", "", "202601-"])
def test_a_month_of_another_shape_is_refused(month: str) -> None:
    with pytest.raises(ValueError, match=r"YYYY-MM|month must be in|Invalid isoformat"):
        first_day(month)
