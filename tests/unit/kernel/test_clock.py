"""Instants are UTC and aware, days are days of Paris, a driven clock moves only when told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.kernel.clock import DrivenClock, paris_day, system_clock

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "instant,day",
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),  # winter: one hour ahead
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),  # summer: two hours ahead
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), date(2026, 3, 29)),  # the night that loses an hour
    ],
)
def test_a_day_is_a_day_of_paris(instant: datetime, day: date) -> None:
    assert paris_day(instant) == day


def test_the_machine_s_clock_is_aware_and_in_utc() -> None:
    assert system_clock().utcoffset() == timedelta(0)
    assert system_clock() <= system_clock()


def test_a_driven_clock_moves_only_when_told_even_backwards() -> None:
    clock = DrivenClock(START)
    assert clock() == clock() == START
    clock.advance(timedelta(days=1))
    assert clock() == START + timedelta(days=1)
    clock.advance(timedelta(days=-2))
    assert clock() == START - timedelta(days=1)
