"""The hands of the demonstration's clock: always forward, in working hours of Paris, never past the present."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backend.kernel.clock import DrivenClock, paris_day, paris_instant

SPAN = timedelta(days=64)
"""How long the live part of the demonstration has lived when it is shown."""

BREATH = timedelta(minutes=1)
"""Between two acts that were planned at the same instant."""

SATURDAY = 5

NIGHT = time(3)
"""When the daily purge runs."""

NIGHTS = timedelta(days=21)
"""The nights that are lived, the last ones: enough to announce and destroy; all of them would take a minute."""


@dataclass(slots=True)
class Timeline:
    """Moves a clock, from where it stands when the story begins to the present, night after night."""

    clock: DrivenClock
    present: datetime
    nightly: Callable[[], object] | None = None

    def day(self, before: int) -> date:
        """Give the working day that stands some days before the present: on a weekend, the Friday before."""
        found = paris_day(self.present) - timedelta(days=before)
        return found - timedelta(days=max(0, found.weekday() - SATURDAY + 1))

    def at(self, before: int, hour: int, minute: int = 0) -> None:
        """Move to an hour of Paris, some days before the present; a little later when it is past already."""
        self.on(self.day(before), hour, minute)

    def on(self, day: date, hour: int, minute: int = 0) -> None:
        """Move to an hour of Paris on a day; a little later when it is past already."""
        self._move(max(paris_instant(day, time(hour, minute)), self.clock() + BREATH))

    def later(self, minutes: int = 1) -> None:
        """Let some minutes pass."""
        self._move(self.clock() + timedelta(minutes=minutes))

    def end(self) -> None:
        """Reach the present."""
        self._move(self.present)

    def _move(self, instant: datetime) -> None:
        target = min(instant, self.present)
        while (night := self._next_night()) < target:
            self.clock.advance(night - self.clock())
            if self.nightly is not None and night > self.present - NIGHTS:
                self.nightly()
        self.clock.advance(target - self.clock())

    def _next_night(self) -> datetime:
        today = paris_instant(paris_day(self.clock()), NIGHT)
        return today if self.clock() < today else paris_instant(paris_day(self.clock()) + timedelta(days=1), NIGHT)
