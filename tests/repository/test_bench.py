"""What the figures of the bench are made of: a wrong median would hide a missed goal."""

import math
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import Actor, Grant
from backend.boards.queries.lists import sheet
from backend.settings import Settings
from backend.situations.models import Situation
from policies.vocabulary import Role
from tests.bench import installation
from tests.bench.arithmetic import Goal, Spread, at_least, at_most, interleaved, percentile, ratios
from tests.bench.installation import Installation, Population, cells, coordinator, kept
from tests.bench.lines import Line, load, save, table


def test_a_spread_is_the_median_and_the_two_ends() -> None:
    assert Spread.of([3, 1, 100, 2, 4]) == Spread(3, 1, 100)


def test_a_single_time_is_no_measure() -> None:
    with pytest.raises(ValueError, match="three"):
        Spread.of([1.0, 1.0])


def test_works_are_interleaved_and_every_other_round_goes_backwards() -> None:
    done: list[str] = []

    def work(name: str, cost: float) -> float:
        done.append(name)
        return cost

    costs = interleaved([lambda: work("ours", 2), lambda: work("theirs", 1)], 3)
    assert done == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert costs == [[2, 2, 2], [1, 1, 1]]


def test_a_ratio_is_taken_round_by_round() -> None:
    assert ratios([2, 20, 6], [1, 10, 2]) == Spread(2, 2, 3)
    with pytest.raises(ValueError, match="zip"):
        ratios([1, 2, 3], [1, 2])


@pytest.mark.parametrize("share,expected", [(0.0, 1), (0.5, 50), (0.95, 95), (1.0, 100)])
def test_a_percentile_is_a_sample_that_was_measured(share: float, expected: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == expected


@pytest.mark.parametrize(
    "goal,figure,met,missed",
    [
        (at_most(1.8), 1.8, True, 0.0),
        (at_most(1.8), 3.6, False, 1.0),
        (at_most(0), 0, True, 0.0),
        (at_most(0), 1, False, math.inf),
        (at_least(5), 5, True, 0.0),
        (at_least(5), 4, False, 0.2),
    ],
)
def test_a_goal_is_met_or_missed_by_a_share_of_its_limit(goal: Goal, figure: float, met: bool, missed: float) -> None:  # noqa: FBT001  parametrized
    assert goal.met(figure) is met
    assert goal.missed_by(figure) == pytest.approx(missed)


def test_the_table_says_both_sides_the_goal_and_the_verdict() -> None:
    line = Line(
        "ouvrir", "SQLite", 5000, "ms", Spread(4, 3, 5), Spread(2, 1.5, 2.5), at_most(1.6), "jumeau", Spread(2, 1, 3)
    )
    shown = table([line])
    for text in (
        "ouvrir",
        "5 000",
        "4 [3 à 5] ms",
        "jumeau : 2 [1 à 3] ms",
        "× 2 [1,5 à 2,5]",
        "≤ 1,6",
        "manqué de 25 %",
    ):
        assert text in shown


def test_lines_come_back_as_they_were_saved(tmp_path: Path) -> None:
    lines = [
        Line("a", "SQLite", None, "s", Spread(1, 1, 1), Spread(1, 1, 1), None, note="sans but"),
        Line("b", "PostgreSQL", 5, "s", Spread(1, 1, 1), Spread(2, 2, 2), at_least(2), "c", Spread(1, 1, 2)),
    ]
    save(lines, tmp_path / "deep" / "results.json", "--quick", "2026-11-30")
    found, said = load(tmp_path / "deep" / "results.json")
    assert found == lines
    assert "--quick" in said


def test_the_situations_made_in_bulk_read_as_those_of_real_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "CACHE", tmp_path)
    population = Population(20)
    folder, rate = kept(population)
    assert rate
    with Installation("SQLite", Settings(mode="demo", data=folder / "data"), population).opened() as house:
        person, [cell, *_] = coordinator(house), cells(house)
        actor = Actor(person.id, person.institution, frozenset({Grant(Role.COORDINATOR, cell)}))
        with house.transaction(actor) as uow:
            references = uow.session.scalars(sa.select(col(Situation.reference))).all()
            assert len(references) == 20
            assert all(sheet(uow, reference).content.signalements for reference in references)
