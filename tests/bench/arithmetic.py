"""Medians, spreads, interleaved runs and verdicts: what the table is made of, without a clock of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf
from statistics import median

Work = Callable[[], float]
"""Does a piece of work once, and gives what it cost: seconds, milliseconds, whatever is compared."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Several measures of one thing: the median, which is quoted, and the two ends."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Spread":
        """Sum samples up; raise `ValueError` for fewer than three: one measure is no measure."""
        if len(samples) < 3:
            raise ValueError("fewer than three samples")
        return cls(median(samples), min(samples), max(samples))


def interleaved(works: Sequence[Work], rounds: int) -> list[list[float]]:
    """Do each work `rounds` times, all of them in each round, every other round backwards; give the costs by work.

    What slows the machine down for a while then slows both sides of a ratio.
    """
    costs: list[list[float]] = [[] for _ in works]
    for turn in range(rounds):
        order = range(len(works)) if turn % 2 == 0 else reversed(range(len(works)))
        for place in order:
            costs[place].append(works[place]())
    return costs


def ratios(over: Sequence[float], under: Sequence[float]) -> Spread:
    """Give the ratio of two works, round by round: never a median over a median of other moments."""
    return Spread.of([one / other for one, other in zip(over, under, strict=True)])


def percentile(samples: Sequence[float], share: float) -> float:
    """Give the smallest sample that `share` of them, from 0 to 1, do not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


class Sense(StrEnum):
    """On which side of its limit a figure must stand."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must reach, in its own unit."""

    sense: Sense
    limit: float

    def met(self, figure: float) -> bool:
        """Tell whether a figure reaches it."""
        return figure <= self.limit if self.sense is Sense.AT_MOST else figure >= self.limit

    def missed_by(self, figure: float) -> float:
        """Give by which share of the limit a figure misses it, 0 when it is met, infinite where nothing was allowed."""
        if self.met(figure):
            return 0.0
        return abs(figure - self.limit) / self.limit if self.limit else inf


def at_most(limit: float) -> Goal:
    """Give the goal of a figure that must not exceed a limit."""
    return Goal(Sense.AT_MOST, limit)


def at_least(limit: float) -> Goal:
    """Give the goal of a figure that must reach a limit."""
    return Goal(Sense.AT_LEAST, limit)
