"""Calendar month arithmetic on Europe/Paris days (AMB-02): « un mois » is a calendar month, not thirty days.

Pure functions on dates; the kernel's clock turns an instant into a day before it comes here.
"""

from calendar import monthrange
from datetime import date

MONTHS_A_YEAR = 12


def add_months(day: date, count: int) -> date:
    """Return the same day `count` months later, or earlier when negative, held to the end of a shorter month.

    31 January and one month give 28 or 29 February. Raises ValueError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + count, MONTHS_A_YEAR)
    if not date.min.year <= year <= date.max.year:
        raise ValueError("day out of the calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, count: int) -> date:
    """Return the same day `count` years later; 29 February becomes 28 February in a common year."""
    return add_months(day, MONTHS_A_YEAR * count)


def month_of(day: date) -> str:
    """Return the month of a day as "YYYY-MM", the only trace of a birth date outside sealed values."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(month: str) -> date:
    """Return the first day of a "YYYY-MM" month; raises ValueError on any other shape."""
    if len(month) != len("YYYY-MM"):
        raise ValueError("a month reads YYYY-MM")
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    """Return the last day of a "YYYY-MM" month, when majority closes a situation (domain section 6)."""
    first = first_day(month)
    return first.replace(day=monthrange(first.year, first.month)[1])
