"""The quarters of a year, in which a cell holds its ordinary meetings."""

from datetime import date

import pytest

from policies.meeting_words import Quarter


@pytest.mark.parametrize(
    "day, quarter",
    [
        (date(2027, 1, 1), Quarter.FIRST),
        (date(2027, 3, 31), Quarter.FIRST),
        (date(2027, 4, 1), Quarter.SECOND),
        (date(2027, 6, 30), Quarter.SECOND),
        (date(2027, 9, 30), Quarter.THIRD),
        (date(2027, 10, 1), Quarter.FOURTH),
        (date(2027, 12, 31), Quarter.FOURTH),
    ],
)
def test_a_quarter_holds_three_months(day: date, quarter: Quarter) -> None:
    assert Quarter.holding(day) is quarter
