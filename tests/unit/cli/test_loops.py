"""What a serving process does beside requests."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from sqlmodel import col

import backend.tables  # noqa: F401  the house needs every table
from backend.authorization.jobs import DailyJob
from backend.authorization.work import House
from backend.cli import loops
from backend.crypto.keyring import Tombstone
from backend.custody.actions.register import keep_register, read_register
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_id
from backend.purge.actions.switching import confirm
from backend.purge.models import PurgeRun
from policies.retention_words import RunState
from policies.vocabulary import Role
from tests.support.house import MORNING, new_house, someone

WORK = (
    "remind_reviews",
    "remind_unused",
    "remind_requests",
    "forget_old_attempts",
    "forget_old_devices",
    "forget_old_requests",
    "watch_daily",
    "publish_daily",
    "publish_due",
)
"""What a round does on a day, in its order."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    urls = {name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")}
    built = new_house(urls, tmp_path, DrivenClock(MORNING))
    yield built
    built.stores.dispose()


@pytest.mark.parametrize("work", ["remind_reviews", "remind_unused", "remind_requests", "publish_due"])
def test_a_round_does_the_work_of_the_day_once(house: House, monkeypatch: pytest.MonkeyPatch, work: str) -> None:
    done: list[object] = []
    monkeypatch.setattr(loops, work, done.append)
    loops.go_round(house)
    loops.go_round(house)
    assert len(done) == 1


@pytest.mark.parametrize("years", [10, -10])
def test_a_round_on_a_wrong_clock_forgets_claims_and_publishes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, years: int
) -> None:
    clock = cast("DrivenClock", house.clock)
    loops.go_round(house)
    jump = timedelta(days=365 * years)
    done: list[str] = []
    for work in WORK:
        monkeypatch.setattr(loops, work, lambda *_, work=work: done.append(work))
    clock.advance(jump)
    for _ in range(3):
        loops.go_round(house)
    assert done == []
    assert "the clock is refused" in caplog.text
    with house.transaction() as uow:
        assert set(uow.session.scalars(sa.select(col(DailyJob.day)))) == {MORNING.date()}
    clock.advance(timedelta(days=1) - jump)
    for _ in range(3):
        loops.go_round(house)
    assert set(done) == set(WORK), "once something is written on the right clock, the day's work goes on"


def test_a_purge_confirmed_on_its_clock_puts_the_work_of_the_day_back_in_motion(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops.go_round(house)
    cast("DrivenClock", house.clock).advance(timedelta(days=5))
    done: list[object] = []
    monkeypatch.setattr(loops, "publish_due", done.append)
    loops.go_round(house)
    with house.transaction(replace(someone(Role.DPO), stepped_up=True)) as uow:
        refused = uow.session.scalars(sa.select(PurgeRun).where(col(PurgeRun.state) == RunState.REFUSED)).one()
        confirm(uow, refused.reference)
    assert done == []
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
