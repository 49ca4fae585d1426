"""Sealing: every authentic event once, in order, under a signed checkpoint; killed anywhere, the next one finishes."""

import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from backend.audit import sealing
from backend.audit.checkpoints import Checkpoint, open_note, public_half
from backend.audit.journal import Journal
from backend.audit.models import (
    JournalCheckpoint,
    JournalEntry,
    JournalLeaf,
    JournalNode,
    JournalOutbox,
    JournalSubject,
    JournalWatermark,
)
from backend.audit.sealing import ContradictedError, SecondSealerError
from backend.audit.tree import size_of, stored_root
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import (
    ACCOUNT,
    LOG_KEY,
    OTHER,
    SITUATION,
    SituationsRead,
    new_journal,
    open_stores,
    owner,
    write,
)

KILLED = 9
KILL = """
import json, os, sys
import sqlalchemy as sa
from backend.kernel.clock import DrivenClock
from tests.support.journal import NOON, new_journal
from backend.kernel.database import Stores, open_store

urls = json.loads(sys.argv[1])
stores = Stores(*(open_store(urls[name], 5) for name in ("main", "keys", "journal")))
store = getattr(stores, sys.argv[2])

@sa.event.listens_for(store.engine, "before_cursor_execute")
def kill(connection, cursor, statement, *rest):
    if statement.startswith(sys.argv[3]):
        os._exit(9)

new_journal(stores, DrivenClock(NOON)).seal_outbox()
"""


def outbox(stores: Stores) -> int:
    with stores.main.transaction() as session:
        return len(session.exec(select(JournalOutbox)).all())


def test_an_empty_outbox_seals_nothing_and_signs_nothing(stores: Stores, journal: Journal) -> None:
    assert journal.seal_outbox() == 0
    with stores.journal.transaction() as session:
        assert session.exec(select(JournalCheckpoint)).all() == []


def test_what_waits_becomes_leaves_in_the_order_it_was_recorded(stores: Stores, journal: Journal) -> None:
    write(journal, 3, SITUATION, OTHER)
    assert journal.seal_outbox() == 3
    assert outbox(stores) == 0
    with stores.journal.transaction() as session:
        entries = session.exec(select(JournalEntry).order_by(col(JournalEntry.leaf))).all()
        subjects = session.exec(select(JournalSubject)).all()
        nodes = session.exec(select(JournalNode)).all()
    assert [(entry.leaf, entry.sequence) for entry in entries] == [(0, 1), (1, 2), (2, 3)]
    assert {(entry.name, entry.account) for entry in entries} == {("support:situation:read", ACCOUNT)}
    assert {(subject.leaf, subject.reference) for subject in subjects} == {
        (leaf, reference) for leaf in range(3) for reference in (SITUATION, OTHER)
    }
    assert [(node.level, node.number) for node in nodes] == [(1, 0)]


def test_two_identical_events_have_two_leaves_and_two_salts(stores: Stores, journal: Journal) -> None:
    write(journal, 2)
    journal.seal_outbox()
    with stores.journal.transaction() as session:
        entries = session.exec(select(JournalEntry)).all()
        leaves = session.exec(select(JournalLeaf)).all()
    assert len({entry.salt for entry in entries}) == len({leaf.hash for leaf in leaves}) == 2
    assert {len(entry.salt) for entry in entries} == {32}


def test_each_batch_is_signed_and_the_last_note_is_copied_to_main(
    stores: Stores, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    write(journal, 10)
    assert journal.seal_outbox() == 10
    with stores.journal.transaction() as session:
        notes = session.exec(select(JournalCheckpoint).order_by(col(JournalCheckpoint.size))).all()
        signed = [open_note(row.note, public_half(LOG_KEY)) for row in notes]
        roots = [stored_root(session, size) for size in (4, 8, 10)]
    with stores.main.transaction() as session:
        watermark = session.get_one(JournalWatermark, 1)
    assert signed == [Checkpoint(size, root) for size, root in zip((4, 8, 10), roots, strict=True) if root]
    assert (watermark.size, watermark.note) == (10, notes[-1].note)
    assert journal.verify().ok


@pytest.mark.parametrize(
    "store, statement, sealed",
    [
        ("journal", "INSERT INTO journal_leaf", 0),
        ("journal", "INSERT INTO journal_checkpoint", 0),
        ("main", "DELETE FROM journal_outbox", 3),
        ("main", "INSERT INTO journal_watermark", 3),
    ],
)
def test_a_sealer_killed_anywhere_leaves_nothing_half_done(
    store_urls: dict[str, str], journal: Journal, store: str, statement: str, sealed: int
) -> None:
    write(journal, 3, SITUATION)
    killed = subprocess.run(
        [sys.executable, "-c", KILL, json.dumps(store_urls), store, statement],
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert killed.returncode == KILLED
    between = journal.verify()
    assert (between.entries, between.waiting, between.problems, between.gaps) == (sealed, 3, (), ())
    assert journal.seal_outbox() == 3
    after = journal.verify()
    assert (after.entries, after.waiting, after.ok) == (3, 0, True)


def test_an_event_sealed_before_a_kill_and_new_ones_go_on_together(stores: Stores, journal: Journal) -> None:
    write(journal, 2)
    with stores.main.transaction() as session:
        waiting = [row.model_dump() for row in session.exec(select(JournalOutbox))]
    journal.seal_outbox()
    with stores.main.transaction() as session:
        session.add_all([JournalOutbox(**row) for row in waiting])
    write(journal, 2)
    assert journal.seal_outbox() == 4
    assert journal.verify().entries == 4
    assert journal.verify().ok


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_second_sealer_fails_on_the_number_of_the_leaf(stores: Stores, journal: Journal) -> None:
    write(journal)
    failures: list[BaseException] = []

    def second() -> None:
        try:
            journal.seal_outbox()
        except SecondSealerError as failure:
            failures.append(failure)

    with stores.journal.engine.begin() as first:
        first.execute(sa.insert(JournalLeaf).values(number=0, event=ACCOUNT, hash=bytes(32)))
        thread = threading.Thread(target=second)
        thread.start()
        while not _waits(stores):
            time.sleep(0.01)
    thread.join()
    assert len(failures) == 1
    assert outbox(stores) == 1


def _waits(stores: Stores) -> bool:
    with stores.journal.engine.connect() as connection:
        blocked = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name")
        return bool(connection.scalar(blocked, {"name": stores.journal.engine.url.database}))


def test_two_sealers_at_once_seal_each_event_once(stores: Stores, clock: DrivenClock) -> None:
    journals = [new_journal(stores, clock) for _ in range(2)]
    for journal in journals:
        write(journal, 20)

    def work(journal: Journal) -> None:
        while outbox(stores):
            try:
                journal.seal_outbox()
            except SecondSealerError:
                time.sleep(0.01)

    threads = [threading.Thread(target=work, args=(journal,)) for journal in journals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verification = journals[0].verify()
    assert (verification.entries, verification.ok) == (40, True)


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)  # SQLite's write lock leaves no such moment
def test_a_sealer_that_commits_between_two_readings_is_no_contradiction(
    stores: Stores, clock: DrivenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, early = (new_journal(stores, clock) for _ in range(2))
    write(late, 3)
    waiting = [early]

    def meanwhile(session: Session) -> int:
        if waiting:
            waiting.pop().seal_outbox()
        return size_of(session)

    monkeypatch.setattr("backend.audit.sealing.size_of", meanwhile)
    with pytest.raises(SecondSealerError):
        late.seal_outbox()
    monkeypatch.undo()
    verification = late.verify()
    assert (verification.entries, verification.ok) == (3, True)


def test_requests_that_commit_together_leave_nothing_waiting(tmp_path: Path, clock: DrivenClock) -> None:
    stores = open_stores({name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")})
    journal = new_journal(stores, clock)

    def work() -> None:
        for _ in range(10):
            write(journal, 1, SITUATION)
            journal.seal_after_commit()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verification = journal.verify()
    assert (verification.entries, verification.waiting, verification.ok) == (40, 0, True)
    stores.dispose()


def test_only_the_embedded_mode_seals_after_each_commit(stores: Stores, journal: Journal) -> None:
    write(journal)
    journal.seal_after_commit()
    assert outbox(stores) == (0 if stores.main.embedded else 1)


def test_a_journal_that_cannot_be_sealed_fails_no_request_but_shows_in_the_lag(
    tmp_path: Path, clock: DrivenClock, caplog: pytest.LogCaptureFixture
) -> None:
    stores = open_stores({name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")})
    journal = new_journal(stores, clock)
    with owner(stores.journal) as connection:
        connection.exec_driver_sql("DROP TABLE journal_entry")
    write(journal, 1, SITUATION)
    clock.advance(timedelta(minutes=1))
    with caplog.at_level(logging.WARNING):
        journal.seal_after_commit()
    assert journal.lag() == timedelta(minutes=1)
    assert caplog.messages == ["the journal was not sealed: OperationalError"]
    stores.dispose()


def test_a_commit_that_told_nothing_reads_nothing_and_a_failure_is_made_good_at_the_next_one(
    tmp_path: Path, clock: DrivenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = open_stores({name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")})
    journal = new_journal(stores, clock)
    asked: list[bool] = []

    def failing(*_: object) -> int:
        asked.append(True)
        raise SecondSealerError

    def commit() -> None:
        with stores.main.transaction() as session:
            session.execute(sa.text("SELECT 1"))
        journal.seal_after_commit()

    with monkeypatch.context() as patched:
        patched.setattr("backend.audit.journal.seal", failing)
        commit()
        assert asked == [True], "what a process that was killed left is sealed by the first commit"
        write(journal, 1, SITUATION)
        journal.seal_after_commit()
        assert asked == [True, True]
    assert outbox(stores) == 1
    commit()
    assert outbox(stores) == 0
    monkeypatch.setattr("backend.audit.journal.seal", failing)
    commit()
    with stores.main.transaction() as session:
        with contextlib.suppress(ZeroDivisionError), session.begin_nested():
            journal.record(session, SituationsRead((SITUATION,), 0), account=ACCOUNT, at=clock())
            raise ZeroDivisionError
        session.execute(sa.text("SELECT 1"))
    journal.seal_after_commit()
    assert asked == [True, True], "what was rolled back with its savepoint was never told"
    stores.dispose()


def test_the_sealer_does_not_extend_a_journal_whose_last_checkpoint_is_not_its_own(
    stores: Stores, journal: Journal
) -> None:
    write(journal, 2)
    journal.seal_outbox()
    with owner(stores.journal) as connection:
        connection.exec_driver_sql("UPDATE journal_checkpoint SET note = 'note'")
    write(journal)
    with pytest.raises(ContradictedError):
        journal.seal_outbox()
    assert outbox(stores) == 1
