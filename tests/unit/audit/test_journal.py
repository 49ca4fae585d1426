"""Recording: in the caller's transaction or not at all, numbered, with what was rolled back declared void."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from backend.audit.events import refused
from backend.audit.journal import Journal
from backend.audit.models import JournalOutbox
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from backend.kernel.errors import NotFound
from tests.support.journal import ACCOUNT, LOG_KEY, MAC_KEY, NOON, SITUATION, SituationsRead, write


def bodies(stores: Stores) -> list[dict[str, Any]]:
    with stores.main.transaction() as session:
        return [
            json.loads(row.body) for row in session.exec(select(JournalOutbox).order_by(col(JournalOutbox.sequence)))
        ]


def numbers(stores: Stores) -> list[tuple[int, list[int]]]:
    return [(body["sequence"], body["void"]) for body in bodies(stores)]


def note(journal: Journal, session: Session) -> None:
    journal.record(session, SituationsRead((SITUATION,)), account=None, at=NOON)


class InterruptedVerbError(Exception):
    """Something went wrong in a verb."""


@contextmanager
def interrupted(begin: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """Do something in a transaction or a savepoint that is then rolled back."""
    with suppress(InterruptedVerbError), begin() as session:
        yield session
        raise InterruptedVerbError


def test_an_event_waits_with_who_when_and_its_number(stores: Stores, journal: Journal) -> None:
    write(journal, 1, SITUATION)
    (body,) = bodies(stores)
    assert body == {
        "account": str(ACCOUNT),
        "at": "2026-11-21T11:00:00.000000Z",
        "event": body["event"],
        "name": "support:situation:read",
        "sequence": 1,
        "values": {"situations": [SITUATION], "pages": 0},
        "void": [],
        "writer": str(journal.writer),
    }


def test_an_event_goes_with_the_transaction_that_it_tells(stores: Stores, journal: Journal) -> None:
    with interrupted(stores.main.transaction) as session:
        note(journal, session)
    assert bodies(stores) == []


def test_the_next_event_declares_void_what_was_rolled_back(stores: Stores, journal: Journal) -> None:
    for _ in range(2):
        with interrupted(stores.main.transaction) as session:
            note(journal, session)
            note(journal, session)
    write(journal, 2)
    assert numbers(stores) == [(5, [1, 2, 3, 4]), (6, [])]


def test_forgetting_and_then_rolling_back_declares_each_number_once(stores: Stores, journal: Journal) -> None:
    with interrupted(stores.main.transaction) as session:
        note(journal, session)
        journal.forget(session)
    write(journal)
    assert numbers(stores) == [(2, [1])]


def test_a_commit_that_fails_declares_its_numbers_void(stores: Stores, journal: Journal) -> None:
    with stores.main.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"
        )

    def commit_an_orphan() -> None:
        with stores.main.transaction() as session:
            note(journal, session)
            session.execute(sa.text("INSERT INTO child VALUES (1)"))

    with pytest.raises(IntegrityError):
        commit_an_orphan()
    write(journal)
    assert numbers(stores) == [(2, [1])]


def test_a_declaration_that_is_rolled_back_is_made_again(stores: Stores, journal: Journal) -> None:
    for _ in range(3):
        with interrupted(stores.main.transaction) as session:
            note(journal, session)
    write(journal)
    assert numbers(stores) == [(4, [1, 2, 3])]


def test_a_savepoint_that_is_rolled_back_takes_only_its_own_numbers(stores: Stores, journal: Journal) -> None:
    with stores.main.transaction() as session:
        note(journal, session)
        with interrupted(session.begin_nested):
            note(journal, session)
            with session.begin_nested():
                note(journal, session)
        with session.begin_nested():
            note(journal, session)
    write(journal)
    assert numbers(stores) == [(1, []), (4, [2, 3]), (5, [])]


def test_a_released_savepoint_falls_with_its_transaction(stores: Stores, journal: Journal) -> None:
    with interrupted(stores.main.transaction) as session, session.begin_nested():
        note(journal, session)
    write(journal)
    assert numbers(stores) == [(2, [1])]


def test_what_is_committed_is_not_void_when_the_session_goes_on(stores: Stores, journal: Journal) -> None:
    with stores.main.lock.turn(), Session(stores.main.engine) as session:
        note(journal, session)
        session.commit()
        note(journal, session)
        session.rollback()
    write(journal)
    assert numbers(stores) == [(1, []), (3, [2])]


def test_threads_share_a_writer_without_ever_sharing_a_number(stores: Stores, journal: Journal) -> None:
    def work() -> None:
        for turn in range(10):
            if turn % 3 == 0:
                with interrupted(stores.main.transaction) as session:
                    note(journal, session)
            else:
                write(journal)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    write(journal)
    used = [number for sequence, void in numbers(stores) for number in (sequence, *void)]
    assert sorted(used) == list(range(1, 42))


def test_a_refusal_survives_the_rollback_of_what_it_refused(stores: Stores, journal: Journal) -> None:
    with pytest.raises(NotFound), stores.main.transaction():
        raise NotFound
    journal.record_refusal(refused(NotFound(), asked=SITUATION), ACCOUNT)
    verification = journal.verify()
    assert verification.entries + verification.waiting == 1
    assert verification.entries == (1 if stores.main.embedded else 0)


def test_a_value_that_may_not_enter_uses_no_number(stores: Stores, journal: Journal) -> None:
    with pytest.raises(TypeError), stores.main.transaction() as session:
        journal.record(session, SituationsRead(("Camille",)), account=None, at=NOON)  # type: ignore[arg-type]
    write(journal)
    assert numbers(stores) == [(1, [])]


def test_the_lag_is_the_age_of_the_oldest_event_that_waits(journal: Journal, clock: DrivenClock) -> None:
    assert journal.lag() == timedelta(0)
    write(journal)
    clock.advance(timedelta(seconds=61))
    write(journal)
    assert journal.lag() == timedelta(seconds=61)
    assert journal.seal_outbox() == 2
    assert journal.lag() == timedelta(0)


def test_a_clock_set_back_gives_no_negative_lag(journal: Journal, clock: DrivenClock) -> None:
    write(journal)
    clock.advance(timedelta(hours=-1))
    assert journal.lag() == timedelta(0)


def test_the_last_checkpoint_is_given_once_something_is_sealed(journal: Journal) -> None:
    assert journal.checkpoint() is None
    write(journal, 3)
    journal.seal_outbox()
    assert str(journal.checkpoint()).split("\n")[1] == "3"


def test_a_process_without_the_signing_key_neither_seals_nor_verifies(stores: Stores, clock: DrivenClock) -> None:
    journal = Journal(stores, MAC_KEY, None, clock)
    write(journal)
    with pytest.raises(ValueError, match="signing key"):
        journal.seal_outbox()
    with pytest.raises(ValueError, match="signing key"):
        journal.verify()


def test_a_short_authentication_key_is_refused(stores: Stores, clock: DrivenClock) -> None:
    with pytest.raises(ValueError, match="too short"):
        Journal(stores, MAC_KEY[:31], LOG_KEY, clock)


def test_a_journal_never_prints_its_keys(journal: Journal) -> None:
    assert repr(MAC_KEY) not in repr(journal)
    assert repr(LOG_KEY) not in repr(journal)
