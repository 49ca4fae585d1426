"""School years, by the year of their rentrée: the education contacts are read again at each one (CEN-22).

A year turns on 1 September (hypothèse: the national calendar moves by a few days).
"""

from datetime import date

RENTREE_MONTH = 9


def school_year(day: date) -> int:
    """Give the school year of a day: 2026 from 1 September 2026 to 31 August 2027."""
    return day.year if day.month >= RENTREE_MONTH else day.year - 1


def school_year_label(year: int) -> str:
    """Write a school year as people do: « 2026-2027 »."""
    return f"{year}-{year + 1}"
