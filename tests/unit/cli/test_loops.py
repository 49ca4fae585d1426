"""What a serving process does beside requests."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import backend.tables  # noqa: F401  the house needs every table
from backend.authorization.work import House
from backend.cli import loops
from backend.crypto.keyring import Tombstone
from backend.custody.actions.register import keep_register, read_register
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_id
from tests.support.house import MORNING, new_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    urls = {name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")}
    built = new_house(urls, tmp_path, DrivenClock(MORNING))
    yield built
    built.stores.dispose()


@pytest.mark.parametrize(
    "work", ["remind_reviews", "remind_unused", "remind_requests", "forget_breaches", "publish_due"]
)
def test_a_round_does_the_work_of_the_day_once(house: House, monkeypatch: pytest.MonkeyPatch, work: str) -> None:
    done: list[object] = []
    monkeypatch.setattr(loops, work, done.append)
    loops.go_round(house)
    loops.go_round(house)
    assert len(done) == 1


def test_the_daily_round_writes_what_was_destroyed_in_the_register(house: House) -> None:
    loops.go_round(house)
    register = house.settings.register_path()
    assert read_register(register, house.keyring) == []
    entry = Tombstone("7K3M-9QX2-PD4T", new_id(), "purged:closed", MORNING)
    house.keyring.write_tombstones([entry])
    loops.go_round(house)
    assert read_register(register, house.keyring) == [], "the day of the work is over"
    assert keep_register(house) == 1
    assert read_register(register, house.keyring) == [entry]
    house.keyring.destroy_subjects([entry.subject])
    house.keyring.forget_tombstones(MORNING + timedelta(days=1))
    assert keep_register(house) == 1, "what the keys lost, the register still knows"


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
