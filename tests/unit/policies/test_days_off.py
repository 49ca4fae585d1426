"""What is said beside a date: weekends, public holidays, school holidays of zone C, and what is not known."""

from datetime import date

import pytest

from policies.days_off import SchoolYear, public_holiday, remarks, school_years


@pytest.mark.parametrize(
    "day,said",
    [
        (date(2026, 11, 11), ("jour férié : Armistice",)),
        (date(2026, 11, 14), ("samedi",)),
        (date(2026, 11, 15), ("dimanche",)),
        (date(2026, 10, 17), ("samedi", "vacances de la Toussaint (zone C)")),
        (date(2026, 11, 1), ("dimanche", "jour férié : Toussaint", "vacances de la Toussaint (zone C)")),
        (date(2026, 11, 2), ()),
        (date(2027, 2, 8), ("vacances d'hiver (zone C)",)),
        (date(2027, 2, 22), ()),
        (date(2027, 9, 1), ("vacances scolaires 2027-2028 : non connu",)),
        (date(2024, 5, 6), ("vacances scolaires 2023-2024 : non connu",)),
    ],
)
def test_what_is_known_against_a_day_is_said_in_french(day: date, said: tuple[str, ...]) -> None:
    assert remarks(day) == said


def test_movable_feasts_are_public_holidays() -> None:
    assert public_holiday(date(2027, 3, 29)) == "Lundi de Pâques"
    assert public_holiday(date(2027, 5, 6)) == "Ascension"
    assert public_holiday(date(2027, 5, 7)) is None


@pytest.mark.parametrize("year", school_years().values(), ids=lambda year: str(year.year))
def test_the_holidays_of_a_school_year_follow_each_other_and_say_where_they_were_read(year: SchoolYear) -> None:
    stretches = year.holidays
    bounds = [day for stretch in stretches for day in (stretch.first, stretch.until)]
    assert bounds == sorted(bounds)
    assert len(stretches) == 5
    assert year.source
