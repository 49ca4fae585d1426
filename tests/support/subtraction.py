"""Attacks on published figures: everything that somebody may compute from cells, totals, years and releases.

Exact arithmetic on whole numbers: what was published is solved as far as it goes (elimination), then bounded as far as
it goes (every count is zero or more, « moins de 5 » says what it says). A count whose two bounds meet is given back.
"""

import random
from collections.abc import Iterable, Mapping
from itertools import product
from math import gcd, inf

from policies.suppression import PARIS, THRESHOLD, Figure, Mark, Population, Slot

Row = dict[int, int]
"""A sum that is zero: what multiplies each unknown, and `CONSTANT` for the number that stands alone."""

Bounds = dict[int, tuple[float, float]]

CONSTANT = -1
ENDLESS = (inf, -inf)

FIRST = 2012
OUTCOMES, WAITING, ORIGINS = "abc", "w", "xz"
TOTAL = frozenset(OUTCOMES + WAITING)
NAMED = (TOTAL, frozenset("a"), frozenset("bc"))
DETAILED = tuple(frozenset(leaves) for leaves in ("b", "c", *ORIGINS))


def drawn(random_: random.Random, *, places: int, years: int) -> Population:
    """Draw a population of some sectors and years, counted by outcome and by origin; some still wait."""
    counts: dict[Slot, int] = {}
    for place, year in product(range(places), range(FIRST, FIRST + years)):
        scale = random_.choice([1, 3, 6, 12])
        numbers = [random_.randint(0, scale) for _ in OUTCOMES]
        numbers.append(random_.choice([0, 0, 0, 1, 3]))
        first = random_.randint(0, sum(numbers))
        for leaf, number in zip(OUTCOMES + WAITING + ORIGINS, (*numbers, first, sum(numbers) - first), strict=True):
            counts[str(place), year, leaf] = number
    families = {**dict.fromkeys(OUTCOMES, "outcome"), **dict.fromkeys(ORIGINS, "origin")}
    return Population(counts, families, (frozenset({"outcome", "origin"}),))


def released(population: Population, year: int, rolling: int) -> list[Figure]:
    """Give what the release of a year publishes: totals of sectors, all of Paris, details over rolling years."""
    spans = [(year,), *([tuple(range(year - rolling + 1, year + 1))] if year >= FIRST + rolling - 1 else [])]
    figures = [Figure(PARIS, span, leaves) for span in spans for leaves in (*NAMED, *DETAILED)]
    figures += [Figure(place, (year,), leaves) for place in population.places for leaves in NAMED]
    return figures + [
        Figure(place, span, leaves)
        for place in population.places
        for span in spans[1:]
        for leaves in (*NAMED, *DETAILED)
    ]


def given_back(population: Population, marks: Mapping[Figure, Mark], insider: str | None = None) -> list[Figure]:
    """Give the hidden figures whose value can be computed from what is published.

    An `insider` knows every count of a place too, and looks for the small ones of the others.
    """
    slots = {slot: number for number, slot in enumerate(population.counts)}
    hidden = [figure for figure, mark in marks.items() if mark is not Mark.SHOWN]
    unknown = {figure: number for number, figure in enumerate(hidden, start=len(slots))}
    bounds: Bounds = dict.fromkeys(slots.values(), (0, inf))
    rows: list[Row] = []
    for figure, mark in marks.items():
        value = population.value(figure)
        places = population.places if figure.place == PARIS else (figure.place,)
        row = dict.fromkeys((slots[slot] for slot in product(places, figure.years, figure.leaves)), 1)
        if mark is Mark.SHOWN:
            rows.append(row | {CONSTANT: -value} if value else row)
        else:
            # Somebody who guesses right that « moins de 5 » is no zero here knows more than what is published.
            small = mark is Mark.BELOW
            bounds[unknown[figure]] = (int(small and value > 0), THRESHOLD - 1 if small else inf)
            rows.append(row | {unknown[figure]: -1})
    rows += [
        {slots[place, year, leaf]: -1 if leaf in ORIGINS else 1 for leaf in OUTCOMES + WAITING + ORIGINS}
        for place, year in {(place, year) for place, year, _ in slots}
    ]
    # What waits is known too, to who has followed every situation.
    rows += [{slots[slot]: 1, CONSTANT: -number} for slot, number in population.counts.items() if slot[2] == WAITING]
    rows += [{slots[slot]: 1, CONSTANT: -number} for slot, number in population.counts.items() if slot[0] == insider]
    _bound([*rows, *_solved(rows, len(slots))], bounds)
    found = [figure for figure in hidden if bounds[unknown[figure]][0] == bounds[unknown[figure]][1]]
    if insider is None:
        return found
    return [figure for figure in found if figure.place != insider and 0 < population.value(figure) < THRESHOLD]


def _solved(rows: Iterable[Row], slots: int) -> list[Row]:
    """Reduce the sums: slots are eliminated first, so that what is left ties hidden figures to one another."""
    pivots: dict[int, Row] = {}
    for given in rows:
        row = dict(given)
        for unknown in [unknown for unknown in row if unknown in pivots]:
            row = _combined(row, pivots[unknown], unknown)
        left = sorted(row.keys() - {CONSTANT}, key=lambda unknown: (unknown >= slots, unknown))
        if left:
            chosen = left[0]
            for unknown, pivot in pivots.items():
                if chosen in pivot:
                    pivots[unknown] = _combined(pivot, row, chosen)
            pivots[chosen] = row
    return list(pivots.values())


def _combined(row: Row, pivot: Row, unknown: int) -> Row:
    mine, other = row[unknown], pivot[unknown]
    whole = {key: number * other for key, number in row.items()}
    for key, number in pivot.items():
        whole[key] = whole.get(key, 0) - number * mine
    left = {key: number for key, number in whole.items() if number}
    divisor = gcd(*left.values()) if left else 1
    return {key: number // divisor for key, number in left.items()} if divisor > 1 else left


def _bound(rows: Iterable[Row], bounds: Bounds) -> None:
    """Narrow the bounds of every unknown by every sum, until nothing moves."""
    lines = [(row.get(CONSTANT, 0), [(key, number) for key, number in row.items() if key != CONSTANT]) for row in rows]
    moved = True
    while moved:
        moved = False
        for constant, terms in lines:
            for unknown, low, high in _narrowed(constant, terms, bounds):
                before = bounds[unknown]
                if low > before[0] or high < before[1]:
                    bounds[unknown], moved = (max(before[0], low), min(before[1], high)), True


def _narrowed(constant: int, terms: list[tuple[int, int]], bounds: Bounds) -> list[tuple[int, float, float]]:
    """Give what a sum says of each of its unknowns; nothing while two of the others have no bound."""
    lows = [number * bounds[key][number < 0] for key, number in terms]
    highs = [number * bounds[key][number > 0] for key, number in terms]
    least, endless_down = _finite(lows)
    most, endless_up = _finite(highs)
    found: list[tuple[int, float, float]] = []
    for (unknown, number), low, high in zip(terms, lows, highs, strict=True):
        below = least - (0 if low == -inf else low) + constant if endless_down == (low == -inf) else -inf
        above = most - (0 if high == inf else high) + constant if endless_up == (high == inf) else inf
        first, last = (-above, -below) if number > 0 else (below, above)
        size = abs(number)
        found.append(
            (
                unknown,
                first if first == -inf else -(-int(first) // size),
                last if last == inf else int(last) // size,
            )
        )
    return found


def _finite(ends: list[float]) -> tuple[float, int]:
    """Add up what is bounded, and count what is not."""
    return sum(end for end in ends if end not in ENDLESS), sum(end in ENDLESS for end in ends)
