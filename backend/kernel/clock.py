"""The only place that reads the time; tests and the replay drive it (architecture.md sections 6 and 11).

Instants are UTC and aware; days are days of Europe/Paris.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""


def system_clock() -> datetime:
    """Give the machine's present instant, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class DrivenClock:
    """A clock that moves only when told: the replay and the tests hold the hands."""

    instant: datetime

    def __call__(self) -> datetime:
        """Give the instant the clock was set to."""
        return self.instant

    def advance(self, by: timedelta) -> None:
        """Move the hands by a duration, backwards when it is negative."""
        self.instant += by


def paris_day(instant: datetime) -> date:
    """Give the day of Europe/Paris in which an instant falls."""
    return instant.astimezone(PARIS).date()


def paris_instant(day: date, hour: time) -> datetime:
    """Give the instant, in UTC, of an hour of Europe/Paris on a day."""
    return datetime.combine(day, hour, PARIS).astimezone(UTC)
