"""What a serving process does beside requests."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import backend.tables  # noqa: F401  the house needs every table
from backend.authorization.jobs import DailyJob
from backend.authorization.work import House
from backend.cli import loops
from backend.kernel.clock import DrivenClock
from tests.support.house import MORNING, new_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    urls = {name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")}
    built = new_house(urls, tmp_path, DrivenClock(MORNING))
    yield built
    built.stores.dispose()


def test_a_round_takes_the_day_of_the_daily_work_once(house: House) -> None:
    loops.go_round(house)
    loops.go_round(house)
    with house.transaction() as uow:
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(DailyJob)) == 1


def test_the_rounds_go_on_after_a_failure_and_stop_when_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def failing(_house: House) -> None:
        rounds.append(1)
        raise sa.exc.OperationalError("", {}, Exception())

    monkeypatch.setattr(loops, "go_round", failing)
    monkeypatch.setattr(loops, "EVERY", 0.01)
    stopped = loops.start_loops(house)
    deadline = time.monotonic() + 5
    while len(rounds) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    stopped.set()
    assert len(rounds) >= 3
