"""What makes the accesses of a day unusual, at its threshold and just under it."""

from datetime import datetime
from uuid import UUID

import pytest

from policies.oversight_words import Oddity
from policies.unusual_access import LATE, MANY, REFUSALS, THRESHOLDS, Opening, Unusual, is_out_of_hours, unusual

AGENT, OTHER = UUID(int=1), UUID(int=2)
MORNING = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001  an hour of Paris
SUNDAY = datetime(2026, 11, 29, 10, 0)  # noqa: DTZ001


def opened(number: int, account: UUID = AGENT, at: datetime = MORNING) -> list[Opening]:
    return [Opening(account, at, frozenset({f"REF{place}"})) for place in range(number)]


def test_every_oddity_has_its_threshold_in_words() -> None:
    assert set(THRESHOLDS) == set(Oddity)


@pytest.mark.parametrize("number, expected", [(MANY - 1, ()), (MANY, (Unusual(AGENT, Oddity.MANY, MANY),))])
def test_many_situations_in_a_day_are_unusual(number: int, expected: tuple[Unusual, ...]) -> None:
    assert unusual(opened(number), []) == expected
    assert unusual([*opened(number), *opened(number)], []) == expected
    assert unusual([*opened(MANY - 1), *opened(MANY - 1, OTHER)], []) == ()


@pytest.mark.parametrize("number, expected", [(LATE - 1, ()), (LATE, (Unusual(AGENT, Oddity.LATE, LATE),))])
def test_situations_opened_out_of_hours_are_unusual(number: int, expected: tuple[Unusual, ...]) -> None:
    assert unusual(opened(number, at=SUNDAY), []) == expected


@pytest.mark.parametrize(
    "number, expected", [(REFUSALS - 1, ()), (REFUSALS, (Unusual(AGENT, Oddity.REFUSALS, REFUSALS),))]
)
def test_refusals_in_series_are_unusual(number: int, expected: tuple[Unusual, ...]) -> None:
    assert unusual([], [AGENT] * number + [OTHER]) == expected


@pytest.mark.parametrize(
    "at, out",
    [
        (datetime(2026, 11, 24, 6, 59), True),  # noqa: DTZ001
        (datetime(2026, 11, 24, 7, 0), False),  # noqa: DTZ001
        (datetime(2026, 11, 24, 20, 59), False),  # noqa: DTZ001
        (datetime(2026, 11, 24, 21, 0), True),  # noqa: DTZ001
        (datetime(2026, 11, 28, 10, 0), True),  # noqa: DTZ001  a Saturday
        (datetime(2026, 11, 11, 10, 0), True),  # noqa: DTZ001  a public holiday
    ],
)
def test_people_work_in_the_day_on_working_days(at: datetime, *, out: bool) -> None:
    assert is_out_of_hours(at) is out
