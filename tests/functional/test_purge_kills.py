"""A purge killed at any point: the next run finishes it, in one attestation; nothing is half destroyed or half kept.

The process that dies is a real one, forked: nothing of it is rolled back or closed.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from backend.app import open_house
from backend.authorization.work import House
from backend.counts.deltas import CountDelta
from backend.crypto.keyring import Keyring
from backend.crypto.keystore import SearchToken, SubjectRecord, SubjectWrap, TombstoneRecord
from backend.kernel.clock import DrivenClock
from backend.purge.actions.running import LEASE, run
from backend.purge.models import PurgeRun
from backend.settings import Settings
from backend.situations.models import Situation
from policies.retention_words import RunState
from tests.functional.test_purge import exists, inadmissible, live, others
from tests.support.cast import Cast, copied
from tests.support.journeys import agreed, sent

KILLED = 9
PROCESSES = 4
MADE = 7
"""What a process that made a run ends with."""

STRIDE = 9
"""Commits between two deaths: with 1, every commit of the run, in four minutes."""

METHODS = tuple(
    (name, moment)
    for name in ("write_tombstones", "destroy_subjects", "hold", "finish_tombstones", "leave_no_trace")
    for moment in ("before", "after")
)
"""What the keyring is asked for during a run."""


@dataclass(frozen=True)
class Ready:
    """Stores on the morning when two situations of the 13e are to be destroyed and one of the 18e to be locked."""

    settings: Settings
    morning: datetime
    ended: tuple[str, str]
    locked: str
    figures: int


@pytest.fixture(scope="module")
def ready(troupe: Cast, tmp_path_factory: pytest.TempPathFactory) -> Ready:
    cast = copied(troupe, tmp_path_factory.mktemp("tuee") / "house")
    agreed(cast)
    ended = inadmissible(cast), inadmissible(cast, last_name="Autre", first_name="Nom")
    locked = sent(cast, arrondissement="18", quartier="70").situation
    others(cast, 9)
    live(cast, 29)
    with cast.house.stores.main.transaction() as session:
        session.execute(
            sa.update(Situation)
            .where(col(Situation.reference) == locked)
            .values(stage="inadmissible", qualified_at=cast.clock() - timedelta(days=40))
        )
        figures = session.scalar(sa.select(sa.func.sum(col(CountDelta.delta)))) or 0
    assert exists(cast, ended[0]) is not None
    cast.house.stores.dispose()
    return Ready(cast.house.settings, cast.clock() + timedelta(days=1), ended, locked, figures)


def fresh(ready: Ready, folder: Path) -> Ready:
    import shutil  # noqa: PLC0415

    data = folder / "data"
    shutil.copytree(ready.settings.data, data)
    shutil.copy(ready.settings.root_key_path(), data.with_name("data.root-key"))
    return Ready(
        ready.settings.model_copy(update={"data": data}), ready.morning, ready.ended, ready.locked, ready.figures
    )


def die(ready: Ready, arm: Callable[[], None]) -> int:
    """Run the purge in another process that dies where it was armed to; give its exit code."""
    child = os.fork()
    if child == 0:
        try:
            house = open_house(ready.settings, DrivenClock(ready.morning))
            arm()
            run(house)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def at_method(name: str, moment: str) -> Callable[[], None]:
    def arm() -> None:
        act: Callable[..., Any] = getattr(Keyring, name)

        def dying(*given: Any, **named: Any) -> None:  # noqa: ANN401
            if moment == "after":
                act(*given, **named)
            os._exit(KILLED)

        setattr(Keyring, name, dying)

    return arm


def at_commit(rank: int) -> Callable[[], None]:
    def arm() -> None:
        passed = [0]

        def count(_session: Session) -> None:
            passed[0] += 1
            if passed[0] == rank:
                os._exit(KILLED)

        sa.event.listen(Session, "before_commit", count)

    return arm


def finished(ready: Ready) -> None:
    """Make the next run, once the lease of the dead process is over, and look at everything."""
    house = open_house(ready.settings, DrivenClock(ready.morning + LEASE + timedelta(minutes=1)))
    try:
        run(house)
        _look(house, ready)
    finally:
        house.stores.dispose()


def _look(house: House, ready: Ready) -> None:
    with house.stores.main.transaction() as session:
        left = set(session.scalars(sa.select(col(Situation.reference))))
        assert not left & set(ready.ended)
        custody = session.scalar(sa.select(col(Situation.custody)).where(col(Situation.reference) == ready.locked))
        runs = session.scalars(sa.select(PurgeRun).where(col(PurgeRun.day) == ready.morning.date())).all()
        assert session.scalar(sa.select(sa.func.sum(col(CountDelta.delta)))) == ready.figures
        owners = {table: session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() for table in ORPHANS}
        subjects = set(session.scalars(sa.select(col(Situation.id))))
    assert custody is not None
    assert custody.value == "locked"
    [row] = runs
    assert row.state is RunState.FINISHED
    assert row.attestation is not None
    counts = json.loads(row.attestation)["document"]["counts"]
    assert sum(count["number"] for count in counts if count["verdict"] == "destroyed" and count["cell"]) == 2
    with house.stores.keys.transaction() as session:
        buried = set(
            session.scalars(
                sa.select(col(TombstoneRecord.subject)).where(col(TombstoneRecord.ground).startswith("purged:"))
            )
        )
        for model in (SubjectRecord, SubjectWrap, SearchToken):
            assert not buried & set(session.scalars(sa.select(col(model.subject))))
        held = session.scalars(sa.select(SubjectWrap).where(col(SubjectWrap.holder_kind) == "hold")).all()
    assert buried
    assert not buried & subjects
    assert {wrap.subject for wrap in held} & subjects
    assert owners["situation"] == owners["situation_person"]
    assert house.journal.verify().problems == ()


ORPHANS = ("situation", "situation_person")


def test_four_processes_at_once_make_one_run(ready: Ready, tmp_path: Path) -> None:
    own = fresh(ready, tmp_path)
    children = []
    for _ in range(PROCESSES):
        child = os.fork()
        if child == 0:
            made = None
            try:
                made = run(open_house(own.settings, DrivenClock(own.morning)))
            finally:
                os._exit(MADE if made is not None else 0)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sorted(codes) == [0] * (PROCESSES - 1) + [MADE]
    house = open_house(own.settings, DrivenClock(own.morning))
    try:
        _look(house, own)
    finally:
        house.stores.dispose()


def test_the_run_that_is_not_killed_ends_like_the_others(ready: Ready, tmp_path: Path) -> None:
    own = fresh(ready, tmp_path)
    assert die(own, lambda: None) == 0
    finished(own)


@pytest.mark.parametrize("name, moment", METHODS)
def test_killed_around_the_keys_the_next_run_finishes(ready: Ready, tmp_path: Path, name: str, moment: str) -> None:
    own = fresh(ready, tmp_path)
    assert die(own, at_method(name, moment)) == KILLED
    finished(own)


def test_killed_before_a_commit_the_next_run_finishes(ready: Ready, tmp_path: Path) -> None:
    rank = 1
    while die(own := fresh(ready, tmp_path / str(rank)), at_commit(rank)) == KILLED:
        finished(own)
        rank += STRIDE
    assert rank > 20
