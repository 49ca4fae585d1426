"""Which small counts are hidden, and what is hidden beside them so that no subtraction gives one back (AMB-37, R24).

A count of 1 to 4 minors, situations or signalements reads « moins de 5 » (primary suppression). Others are then
withheld until, for each hidden count, a *world* exists: a small transfer between slots which changes that count and
nothing that was ever published. Whatever is computed from cells, totals, years and successive releases holds in that
world as well as in ours: no calculation can tell them apart. Zero is published: it says that nobody is there.

Who sits in a cell knows its counts whole. A count of 1 to 4 elsewhere has a world that leaves that cell as it is.

The threshold is a hypothesis until the Ville decides (AMB-37); 5 is the lowest that legal.md, 5 allows.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import inf

from policies.vocabulary import Word

THRESHOLD = 5
"""Counts from 1 up to this one, excluded, are hidden."""

PARIS = "paris"
"""The place whose figures add up all the others."""

NEAR = 2
"""Years on either side among which a world looks for what to exchange: those that share a rolling period with one."""

PARIS_WEIGHT, LOCAL_WEIGHT = 1000, 50
"""What it costs to hide a figure: one of Paris is worth many local ones, a total more than its details."""

Slot = tuple[str, int, str]
"""Where something was counted, never published alone: a sector, a year, a closed value."""

World = Mapping[Slot, int]
"""A transfer between slots: by how many each differs from what was counted."""


class Mark(Word):
    """How a figure is published: `BELOW` is 1 to 4, or a zero that would give one back; `WITHHELD` may be anything."""

    SHOWN = "shown", "publié"
    BELOW = "below", "moins de 5"
    WITHHELD = "withheld", "non publié"


class GivenBackError(ValueError):
    """What was published for good already gives a hidden figure back: nothing more may be published."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is published or not: the sum, in a sector or Paris, over one year or several, of some closed values."""

    place: str
    years: tuple[int, ...]
    leaves: frozenset[str]


@dataclass(slots=True)
class Population:
    """What was counted, by slot, and what anybody knows of how it adds up.

    `families` gives the family of each value that a world may change; values of no family stay as they are, such as
    what waits between two steps. The families of a `tied` group count the same things: their sums agree in each sector
    and year, such as signalements by origin and by what became of them.
    """

    counts: Mapping[Slot, int]
    families: Mapping[str, str]
    tied: Collection[frozenset[str]] = ()
    places: tuple[str, ...] = field(init=False)
    members: dict[str, list[str]] = field(init=False)
    counted: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """List the places, the values of each family, and those that were counted at all."""
        self.places = tuple(sorted({place for place, _, _ in self.counts}))
        self.counted = {leaf for (_, _, leaf), number in self.counts.items() if number}
        self.members = {}
        for leaf, family in sorted(self.families.items()):
            self.members.setdefault(family, []).append(leaf)

    def value(self, figure: Figure) -> int:
        """Add up the slots of a figure."""
        places = self.places if figure.place == PARIS else (figure.place,)
        return sum(self.counts.get(slot, 0) for slot in product(places, figure.years, figure.leaves))

    def partners(self, family: str) -> set[str]:
        """Give the families that count the same things as this one, without it."""
        return {other for group in self.tied if family in group for other in group} - {family}


@dataclass(frozen=True, slots=True)
class Suppression:
    """How each figure is published, and the worlds that prove that no hidden count can be computed."""

    marks: Mapping[Figure, Mark]
    worlds: tuple[World, ...]


def suppress(population: Population, earlier: Mapping[Figure, Mark], new: Iterable[Figure]) -> Suppression:
    """Decide how the figures of a release are published, beside those that earlier ones published for good."""
    return _Release(population, earlier, list(new)).decided()


class _Release:
    def __init__(self, population: Population, earlier: Mapping[Figure, Mark], new: list[Figure]) -> None:
        self._population = population
        self._frozen = len(earlier)
        self._figures = [*earlier, *new]
        self._values = [population.value(figure) for figure in self._figures]
        first = (Mark.BELOW if 0 < value < THRESHOLD else Mark.SHOWN for value in self._values[self._frozen :])
        self._marks = [*earlier.values(), *first]
        self._oldest = min((year for figure in new for year in figure.years), default=0) - NEAR
        self._containing: dict[Slot, list[int]] = {}
        for index, figure in enumerate(self._figures):
            places = population.places if figure.place == PARIS else (figure.place,)
            for slot in product(places, figure.years, figure.leaves):
                self._containing.setdefault(slot, []).append(index)

    def decided(self) -> Suppression:
        """Find a world for each hidden figure, hide what it needs, and give how each figure is published."""
        worlds: list[World] = []
        touching: dict[int, frozenset[str]] = {}
        hidden = [index for index, mark in enumerate(self._marks) if mark is not Mark.SHOWN and self._is_near(index)]
        for index in sorted(hidden, key=lambda index: (len(self._figures[index].leaves), index)):
            while index not in touching or (insiders := touching[index] - self._own(index)):
                world = self._cheapest(index, None if index not in touching else min(insiders))
                effects = self._effects(world)
                places = frozenset(place for place, _, _ in world)
                for touched, change in effects.items():
                    self._marks[touched] = self._hidden(touched, change)
                    touching[touched] = touching.get(touched, places) & places
                worlds.append(world)
        return Suppression(dict(zip(self._figures, self._marks, strict=True)), tuple(worlds))

    def _own(self, index: int) -> frozenset[str]:
        """Give the places that every world of a figure may touch: nobody there learns from it what they should not.

        The place of the figure; the only one there is; any, when what is withheld is large.
        """
        places = self._population.places
        if not 0 < self._values[index] < THRESHOLD or len(places) == 1:
            return frozenset(places)
        return frozenset({self._figures[index].place})

    def _is_near(self, index: int) -> bool:
        """Tell whether what is new could touch the worlds of a figure: those of an older one exchange older slots."""
        return max(self._figures[index].years) >= self._oldest

    def _effects(self, world: World) -> dict[int, int]:
        found: Counter[int] = Counter()
        for slot, change in world.items():
            for index in self._containing.get(slot, ()):
                found[index] += change
        return {index: change for index, change in found.items() if change}

    def _cheapest(self, index: int, kept: str | None) -> World:
        """Give the world that changes a figure, leaves a place as it is, and hides the least.

        There is one: what is counted in the years of a new figure stands in no earlier one, and the world that an
        earlier release found for an old figure is among those that are tried. Raises `GivenBackError` when what was
        published already gives the figure back.
        """
        best: World = {}
        lowest = inf
        for world in self._worlds(self._figures[index], kept):
            cost = self._cost(world)
            if cost < lowest:
                best, lowest = world, cost
            if not cost:
                break
        if lowest == inf:
            raise GivenBackError("published figures give a hidden one back")
        return best

    def _cost(self, world: World) -> float:
        """Weigh what a world hides besides; infinite when it changes what was published for good."""
        cost = 0
        for index, change in self._effects(world).items():
            mark, hidden = self._marks[index], self._hidden(index, change)
            if hidden is not mark:
                if index < self._frozen:
                    return inf
                figure = self._figures[index]
                cost += PARIS_WEIGHT if figure.place == PARIS else LOCAL_WEIGHT
                cost += len(figure.leaves) + min(self._values[index], LOCAL_WEIGHT)
        return cost

    def _hidden(self, index: int, change: int) -> Mark:
        """Give the mark under which a figure may be as it is, and as a world changes it."""
        mark, value = self._marks[index], self._values[index]
        small = value < THRESHOLD and bool(value) <= value + change < THRESHOLD
        return Mark.BELOW if small and mark is not Mark.WITHHELD else Mark.WITHHELD

    def _worlds(self, figure: Figure, kept: str | None) -> Iterator[World]:
        """Give the transfers that may change a figure: between values, sectors and years, as few slots as it takes."""
        population = self._population
        local = figure.place != PARIS
        free = [place for place in population.places if place != kept]
        for leaf in sorted(figure.leaves & population.families.keys()):
            family = population.families[leaf]
            others = (other for other in population.members[family] if other not in figure.leaves)
            leaves = [None, *(other for other in others if other in population.counted)]
            for year in figure.years:
                near = range(year - NEAR, year + NEAR + 1)
                years = [None, *(other for other in near if other not in figure.years)]
                for place in (figure.place,) if local else free:
                    places = [None, *(other for other in free if other != place)] if local else [None]
                    for exchanged in product(places, years, leaves):
                        for by in (1, -1) if population.counts.get((place, year, leaf)) else (1,):
                            yield from self._whole(_transfer((place, year, leaf), exchanged, by), family)

    def _whole(self, world: World, family: str) -> Iterator[World]:
        """Complete a transfer so that tied families still agree; give nothing when a slot would fall below zero."""
        if not self._is_possible(world):
            return
        sums: Counter[tuple[str, int]] = Counter()
        for (place, year, _), change in world.items():
            sums[place, year] += change
        partners = sorted(self._population.partners(family)) if any(sums.values()) else []
        for leaves in product(*(self._population.members[partner] for partner in partners)):
            followed = {(place, year, leaf): change for (place, year), change in sums.items() for leaf in leaves}
            if self._is_possible(followed):
                yield {**world, **followed}

    def _is_possible(self, world: World) -> bool:
        return all(change > 0 or self._population.counts.get(slot, 0) + change >= 0 for slot, change in world.items())


def _transfer(slot: Slot, exchanged: tuple[str | None, int | None, str | None], by: int) -> World:
    """Add `by` to a slot, and take it back along each axis on which something is exchanged."""
    _, year, leaf = slot
    other_place, other_year, other_leaf = exchanged
    world = {slot: by}
    if other_place is not None:
        world |= {(other_place, year, leaf): -by}
    if other_year is not None:
        world |= {(at, other_year, leaf): -change for (at, _, _), change in world.items()}
    if other_leaf is not None:
        world |= {(at, when, other_leaf): -change for (at, when, _), change in world.items()}
    return world
