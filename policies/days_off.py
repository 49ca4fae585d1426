"""Days on which a meeting is ill placed: weekends, public holidays, school holidays of Paris (domain.md section 5).

They are shown beside a date and forbid nothing. Beyond the school years that were published, nothing is guessed.
"""

from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field

from policies.closed import Closed, Text, read_toml
from policies.school_years import school_year, school_year_label

SATURDAY = 5


class SchoolHoliday(Closed):
    """A stretch without school: its first day, and the day on which school starts again."""

    name: Text
    first: date
    until: date


class SchoolYear(Closed):
    """The holidays of a school year, named by the year of its rentrée, and where they were read."""

    year: int
    source: Text
    holidays: Annotated[tuple[SchoolHoliday, ...], Field(min_length=1)]


class _Years(Closed):
    years: tuple[SchoolYear, ...]


@cache
def school_years() -> dict[int, SchoolYear]:
    """Give the school years whose holidays are known, by the year of their rentrée."""
    return {year.year: year for year in _Years.model_validate(read_toml("taxonomies/school_holidays.toml")).years}


def public_holiday(day: date) -> str | None:
    """Give the name of the public holiday that falls on a day, or None."""
    from holidays import country_holidays  # noqa: PLC0415  most processes never ask, and it takes long to import

    return country_holidays("FR", years=day.year, language="fr").get(day)


def remarks(day: date) -> tuple[str, ...]:
    """Say in French what makes a day ill placed for a meeting; empty when nothing is known against it."""
    found = []
    if day.weekday() >= SATURDAY:
        found.append("samedi" if day.weekday() == SATURDAY else "dimanche")
    if name := public_holiday(day):
        found.append(f"jour férié : {name}")
    year = school_years().get(school_year(day))
    if year is None:
        found.append(f"vacances scolaires {school_year_label(school_year(day))} : non connu")
    else:
        found += [f"{stretch.name} (zone C)" for stretch in year.holidays if stretch.first <= day < stretch.until]
    return tuple(found)
