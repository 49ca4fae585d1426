"""How the indicators add up: what anybody who reads several of them may subtract (AMB-37).

A leaf is one closed value of one indicator. A published figure is a sum of leaves, so that « retenues » is what was
examined, what was closed without examination for each reason, and what still waits. What waits is never published and
belongs to no family: a world leaves it as it is, for who knows it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from math import ceil

from policies.indicator_words import Delay, Indicator
from policies.indicators import DECLARED
from policies.orientations import taxonomy
from policies.vocabulary import Word

COHORT = "cohort"
ORIGINS = Indicator.SIGNALEMENT_BY_ORIGIN.value

TIED = (frozenset({COHORT, ORIGINS}),)
"""What became of the signalements, and where they came from, count the same ones."""

_COHORT = (
    Indicator.EXAMINED,
    Indicator.NOT_EXAMINED,
    Indicator.NOT_RETAINED,
    Indicator.INADMISSIBLE,
    Indicator.REDIRECTED,
    Indicator.MERGED,
)


def leaf(indicator: Indicator, value: Word | str | None = None) -> str:
    """Name a leaf: an indicator, and its closed value when it has any."""
    return indicator.value if value is None else f"{indicator.value}:{value}"


def waiting(indicator: Indicator) -> str:
    """Name the leaf of what an indicator counts beyond the leaves that are known of it."""
    return f"{indicator.value}:*"


def _leaves(indicator: Indicator) -> frozenset[str]:
    values = DECLARED[indicator].values
    return frozenset(leaf(indicator, value) for value in values) if values else frozenset({leaf(indicator)})


def _union(*indicators: Indicator) -> frozenset[str]:
    return frozenset().union(*(_leaves(indicator) for indicator in indicators))


_SET_ASIDE = _union(Indicator.INADMISSIBLE, Indicator.REDIRECTED, Indicator.MERGED)
_RETAINED = _union(Indicator.EXAMINED, Indicator.NOT_EXAMINED) | {waiting(Indicator.RETAINED)}
_SENT = _RETAINED | _union(Indicator.NOT_RETAINED) | {waiting(Indicator.SENT_TO_PARQUET)}

SUMS: Mapping[Indicator, frozenset[str]] = {
    Indicator.SIGNALEMENT_RECEIVED: _SENT | _SET_ASIDE | {waiting(Indicator.SIGNALEMENT_RECEIVED)},
    Indicator.SET_ASIDE: _SET_ASIDE,
    Indicator.SENT_TO_PARQUET: _SENT,
    Indicator.RETAINED: _RETAINED,
    Indicator.SCHOOL_ORIENTED: frozenset(
        leaf(Indicator.ORIENTED, rule.destination) for rule in taxonomy().destinations if rule.school
    )
    | {waiting(Indicator.SCHOOL_ORIENTED)},
}
"""The indicators that are sums of the leaves of others; each of the rest is the sum of its own."""


_WITH_WAITING = (
    Indicator.RETAINED,
    Indicator.SENT_TO_PARQUET,
    Indicator.SIGNALEMENT_RECEIVED,
    Indicator.SCHOOL_ORIENTED,
)
"""From the inside out: what waits at a step is what is left once the steps after it are known."""


@cache
def leaves_of(indicator: Indicator, value: Word | None = None) -> frozenset[str]:
    """Give the leaves that an indicator adds up, or the one of a closed value."""
    if value is not None:
        return frozenset({leaf(indicator, value)})
    return SUMS.get(indicator) or _leaves(indicator)


FAMILIES: Mapping[str, str] = {
    found: COHORT if indicator in _COHORT else indicator.value
    for indicator, declared in DECLARED.items()
    if declared.suppressed and indicator not in SUMS
    for found in _leaves(indicator)
}
"""The family of each leaf that a world may change."""


def filled(counted: Mapping[tuple[Indicator, str | None], int]) -> dict[str, int]:
    """Give the leaves of a sector and year from what its counters say, what waits being what is left."""
    numbers = {leaf(indicator, value): number for (indicator, value), number in counted.items()}
    found = {name: numbers.get(name, 0) for name in FAMILIES}
    for indicator in _WITH_WAITING:
        rest = SUMS[indicator] - {waiting(indicator)}
        found[waiting(indicator)] = numbers.get(leaf(indicator), 0) - sum(found[name] for name in rest)
    return found


def summed_up(days: Mapping[int, int]) -> dict[Delay, int]:
    """Give the median and the ninth decile of a histogram of days: the least number that so many do not exceed.

    Raises `ValueError` for an empty histogram.
    """
    ordered: Sequence[int] = sorted(day for day, number in days.items() for _ in range(number))
    if not ordered:
        raise ValueError("no delay")
    ranks = {Delay.MEDIAN: 0.5, Delay.NINTH_DECILE: 0.9}
    return {delay: ordered[ceil(len(ordered) * share) - 1] for delay, share in ranks.items()}
