"""One transaction per unit of work: all of it or nothing, and what follows a commit never undoes it."""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.audit.events import Event, Reference
from backend.audit.models import JournalEntry, JournalOutbox
from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import House, UnitOfWork
from backend.counts.deltas import CountDelta, total
from backend.kernel.clock import PARIS
from backend.kernel.database import WriteLock
from backend.kernel.errors import SignInRequired, Unavailable, WrongMoment
from backend.kernel.identifiers import new_reference
from backend.situations.events import SituationOpened
from policies.indicator_words import Indicator
from policies.vocabulary import Origin
from tests.unit.authorization.conftest import Scene, rolled_back, table_of


def delta_count(house: House) -> int:
    with house.stores.main.transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table_of(CountDelta))) or 0


def told(house: House) -> int:
    """Count the events recorded, sealed or not."""
    with house.stores.journal.transaction() as session:
        sealed = session.scalar(sa.select(sa.func.count()).select_from(JournalEntry)) or 0
    with house.stores.main.transaction() as session:
        return sealed + (session.scalar(sa.select(sa.func.count()).select_from(table_of(JournalOutbox))) or 0)


def test_a_unit_of_work_acts_for_nobody_until_somebody_enters(scene: Scene) -> None:
    with scene.house.transaction() as uow:
        assert uow.actor is ANONYMOUS
        with pytest.raises(SignInRequired):
            uow.account()
        uow.enter(scene.coordinator)
        assert uow.account() == scene.coordinator.account
        assert uow.circumstances().who is scene.coordinator


def test_what_was_counted_recorded_and_changed_is_committed_together(scene: Scene) -> None:
    with scene.house.transaction(scene.coordinator) as uow:
        uow.count(Indicator.SIGNALEMENT_BY_ORIGIN, scene.cell, Origin.POLICE)
        uow.record(SituationOpened(Reference(new_reference())))
    assert delta_count(scene.house) == 1
    assert told(scene.house) == 1
    with scene.house.stores.main.transaction() as session:
        assert total(session, Indicator.SIGNALEMENT_BY_ORIGIN, scene.cell, since="2026-11", until="2026-11") == 1


def test_a_delay_is_counted_in_days_of_paris_and_says_no_day(scene: Scene) -> None:
    with scene.house.transaction(scene.coordinator) as uow:
        uow.count_delay(Indicator.ANSWER_DELAY, scene.cell, uow.now() - timedelta(days=40))
    with scene.house.stores.main.transaction() as session:
        [delta] = session.scalars(sa.select(CountDelta))
        assert (delta.indicator, delta.month, delta.value, delta.delta) == ("answer_delay", "2026-11", "40", 1)


def test_an_exception_takes_everything_back_and_runs_nothing_after(scene: Scene) -> None:
    ran: list[str] = []
    with rolled_back(scene.house, scene.coordinator) as uow:
        uow.count(Indicator.MOVED, scene.cell)
        uow.record(SituationOpened(Reference(new_reference())))
        uow.after_commit(lambda: ran.append("ran"))
    assert delta_count(scene.house) == told(scene.house) == 0
    assert ran == []


def test_an_act_after_commit_runs_once_what_was_changed_is_durable(scene: Scene) -> None:
    seen: list[int] = []
    with scene.house.transaction(scene.coordinator) as uow:
        uow.count(Indicator.MOVED, scene.cell)
        uow.after_commit(lambda: seen.append(delta_count(scene.house)))
        assert seen == []
    assert seen == [1]


def test_a_store_that_fails_after_the_commit_fails_nobody(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    def unreachable() -> None:
        raise Unavailable

    ran: list[str] = []
    with caplog.at_level(logging.WARNING), scene.house.transaction(scene.coordinator) as uow:
        uow.count(Indicator.MOVED, scene.cell)
        uow.after_commit(unreachable)
        uow.after_commit(lambda: ran.append("ran"))
    assert delta_count(scene.house) == 1
    assert ran == ["ran"]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_mistake_of_ours_after_the_commit_is_not_swallowed(scene: Scene) -> None:
    def mistaken() -> None:
        raise LookupError

    with pytest.raises(LookupError), scene.house.transaction(scene.coordinator) as uow:
        uow.after_commit(mistaken)


def test_a_statement_that_fails_records_nothing(scene: Scene) -> None:
    with pytest.raises(sa.exc.DBAPIError), scene.house.transaction() as uow:
        uow.session.execute(sa.text("SELECT * FROM nowhere"))
    assert told(scene.house) == 0


def test_a_store_that_gives_no_turn_to_write_is_told_as_it_is(scene: Scene, tmp_path: Path) -> None:
    main = replace(scene.house.stores.main, lock=WriteLock(tmp_path / "missing" / "main.lock"))
    house = replace(scene.house, stores=replace(scene.house.stores, main=main))
    with pytest.raises(FileNotFoundError), house.transaction():
        pass
    assert told(scene.house) == 0


def test_the_day_is_a_day_of_paris(scene: Scene) -> None:
    scene.clock.instant = datetime(2026, 12, 31, 23, 30, tzinfo=PARIS).astimezone()
    with scene.house.transaction() as uow:
        assert uow.today() == date(2026, 12, 31)
        scene.clock.advance(timedelta(hours=1))
        assert uow.today() == date(2027, 1, 1)
        uow.count(Indicator.MOVED, scene.cell)
    with scene.house.stores.main.transaction() as session:
        assert session.scalar(sa.select(table_of(CountDelta).c.month)) == "2027-01"


def test_what_follows_an_event_is_of_the_same_transaction_and_its_error_is_the_verb_s(scene: Scene) -> None:
    followed: list[Event] = []

    def follow(uow: UnitOfWork, event: SituationOpened) -> None:
        followed.append(event)
        uow.count(Indicator.MERGED, scene.cell)
        if len(followed) > 1:
            raise WrongMoment("Une suite refuse.")

    house = replace(scene.house, handlers={SituationOpened: (follow,)})
    event = SituationOpened(Reference(new_reference()))
    with house.transaction(scene.coordinator) as uow:
        uow.record(event)
    assert followed == [event]
    assert (delta_count(house), told(house)) == (1, 1)
    with pytest.raises(WrongMoment), house.transaction(scene.coordinator) as uow:
        uow.record(event)
    assert (delta_count(house), told(house)) == (1, 1)
