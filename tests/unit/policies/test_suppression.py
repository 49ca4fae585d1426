"""No hidden count is given back by what is published: attacked with exact arithmetic, then proved world by world."""

import random
from collections.abc import Iterator

import pytest

from policies.suppression import PARIS, THRESHOLD, Figure, GivenBackError, Mark, Population, Suppression, suppress
from tests.support.subtraction import FIRST, ORIGINS, drawn, given_back, released

ROLLING = 2


def releases(population: Population, years: int) -> Iterator[Suppression]:
    """Publish year after year, each release beside what the earlier ones published for good."""
    marks: dict[Figure, Mark] = {}
    for year in range(FIRST, FIRST + years):
        made = suppress(population, marks, released(population, year, ROLLING))
        assert all(made.marks[figure] is mark for figure, mark in marks.items() if mark is Mark.SHOWN)
        marks = dict(made.marks)
        yield made


def populations(number: int, **size: int) -> Iterator[Population]:
    draw = random.Random(20262)  # noqa: S311  the same populations each time
    for _ in range(number):
        yield drawn(draw, **size)


@pytest.mark.parametrize("number,places,years", [(950, 2, 2), (50, 3, 3)])
def test_a_thousand_populations_give_nothing_back(number: int, places: int, years: int) -> None:
    attacked = 0
    for population in populations(number, places=places, years=years):
        *_, last = releases(population, years)
        assert given_back(population, last.marks) == []
        attacked += any(mark is not Mark.SHOWN for mark in last.marks.values())
    assert attacked > number * 0.9


@pytest.mark.parametrize("number,places,years", [(100, 2, 2), (25, 3, 3)])
def test_who_knows_the_counts_of_one_cell_computes_no_small_one_of_another(
    number: int, places: int, years: int
) -> None:
    for population in populations(number, places=places, years=years):
        *_, last = releases(population, years)
        for insider in population.places:
            assert given_back(population, last.marks, insider) == []


def test_who_knows_one_cell_computes_another_when_a_single_world_hides_it() -> None:
    numbers = {"13": 3, "18": 9, "19": 30, "20": 10}
    counts = {(place, FIRST, leaf): 0 for place in numbers for leaf in "abcwxz"}
    counts |= {(place, FIRST, leaf): number for place, number in numbers.items() for leaf in "ax"}
    population = Population(counts, {"a": "outcome", "x": "origin"}, (frozenset({"outcome", "origin"}),))
    figures = {place: Figure(place, (FIRST,), frozenset("a")) for place in (*population.places, PARIS)}
    alone = dict.fromkeys(figures.values(), Mark.SHOWN)
    alone |= {figures["13"]: Mark.BELOW, figures["18"]: Mark.WITHHELD}
    assert given_back(population, alone) == []
    assert given_back(population, alone, "18") == [figures["13"]]
    made = suppress(population, {}, figures.values())
    assert all(given_back(population, made.marks, insider) == [] for insider in population.places)


def test_the_attack_gives_back_what_is_only_hidden_where_it_is_small() -> None:
    given = 0
    for population in populations(40, places=2, years=2):
        figures = [figure for year in range(FIRST, FIRST + 2) for figure in released(population, year, ROLLING)]
        small = {figure: 0 < population.value(figure) < THRESHOLD for figure in figures}
        marks = {figure: Mark.BELOW if below else Mark.SHOWN for figure, below in small.items()}
        given += bool(given_back(population, marks))
    assert given > 30


def test_each_hidden_figure_differs_in_a_world_that_publishes_the_same() -> None:
    for population in populations(20, places=3, years=4):
        for made in releases(population, 4):
            changed: set[Figure] = set()
            for world in made.worlds:
                slots = population.counts.keys() | world.keys()
                counts = {slot: population.counts.get(slot, 0) + world.get(slot, 0) for slot in slots}
                assert min(counts.values()) >= 0
                other = Population(counts, population.families, population.tied)
                assert is_consistent(other)
                for figure, mark in made.marks.items():
                    here, there = population.value(figure), other.value(figure)
                    assert mark is not Mark.SHOWN or here == there
                    assert mark is not Mark.BELOW or there < THRESHOLD
                    assert mark is not Mark.BELOW or not here or there
                    changed |= {figure} if here != there else set()
            assert {figure for figure, mark in made.marks.items() if mark is not Mark.SHOWN} <= changed


def is_consistent(population: Population) -> bool:
    """Tell whether outcomes and origins still add up to the same, in each sector and year."""
    sums: dict[tuple[str, int], int] = {}
    for (place, year, leaf), number in population.counts.items():
        sums[place, year] = sums.get((place, year), 0) + (-number if leaf in ORIGINS else number)
    return not any(sums.values())


def test_one_small_sector_hides_another_and_never_paris() -> None:
    counts = {("13", FIRST, "a"): 3, ("18", FIRST, "a"): 9, ("19", FIRST, "a"): 30, ("20", FIRST, "a"): 0}
    population = Population(counts, {"a": "outcome"})
    figures = [Figure(place, (FIRST,), frozenset("a")) for place in (*population.places, PARIS)]
    made = suppress(population, {}, figures)
    marks = {figure.place: mark for figure, mark in made.marks.items()}
    assert marks["13"] is Mark.BELOW
    assert marks[PARIS] is Mark.SHOWN
    # Two others: with one alone, its own people would compute the small one.
    assert sorted(marks.values()).count(Mark.SHOWN) == 2


def test_what_is_large_or_nobody_is_published() -> None:
    population = Population({("13", FIRST, "a"): THRESHOLD, ("18", FIRST, "a"): 0}, {"a": "outcome"})
    figures = [Figure(place, (FIRST,), frozenset("a")) for place in (*population.places, PARIS)]
    made = suppress(population, {}, figures)
    assert set(made.marks.values()) == {Mark.SHOWN}
    assert made.worlds == ()


def test_a_single_small_sector_hides_paris_too() -> None:
    population = Population({("13", FIRST, "a"): 2}, {"a": "outcome"})
    figures = [Figure(place, (FIRST,), frozenset("a")) for place in ("13", PARIS)]
    assert set(suppress(population, {}, figures).marks.values()) == {Mark.BELOW}


def test_a_transfer_that_no_origin_can_follow_is_no_world() -> None:
    # One signalement less in the 18e would need an origin there, and it has none; the 19e has one.
    counts = {("13", FIRST, "a"): 2, ("18", FIRST, "a"): 7, ("19", FIRST, "a"): 9, ("19", FIRST, "x"): 9}
    population = Population(counts, {"a": "outcome", "x": "origin"}, (frozenset({"outcome", "origin"}),))
    figures = [Figure(place, (FIRST,), frozenset("a")) for place in (*population.places, PARIS)]
    marks = {figure.place: mark for figure, mark in suppress(population, {}, figures).marks.items()}
    assert marks["18"] is Mark.SHOWN
    assert marks["19"] is Mark.WITHHELD
    # Without Paris, the people of the 19e would know the 13e.
    assert marks[PARIS] is Mark.WITHHELD


def test_nothing_more_is_published_when_a_hidden_figure_is_given_back_already() -> None:
    population = Population({("13", FIRST, "a"): 2, ("18", FIRST, "a"): 7}, {"a": "outcome"})
    hidden, *others = (Figure(place, (FIRST,), frozenset("a")) for place in (*population.places, PARIS))
    with pytest.raises(GivenBackError):
        suppress(population, {hidden: Mark.BELOW, **dict.fromkeys(others, Mark.SHOWN)}, [])
