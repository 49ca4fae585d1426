"""School years turn on 1 September."""

from datetime import date

import pytest

from policies.school_years import school_year, school_year_label


@pytest.mark.parametrize(
    "day,year",
    [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026), (date(2027, 8, 31), 2026)],
)
def test_a_school_year_runs_from_september_to_august(day: date, year: int) -> None:
    assert school_year(day) == year


def test_a_school_year_is_written_with_both_years() -> None:
    assert school_year_label(2026) == "2026-2027"
