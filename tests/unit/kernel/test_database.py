"""Stores: one transaction or nothing, aware instants, closed words, erased pages, one writer at a time."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.kernel import database
from backend.kernel.clock import PARIS
from backend.kernel.database import MainRow, Store, Stores, UtcDateTime, WordType, WriteLock, open_store
from backend.kernel.errors import Unavailable
from policies.vocabulary import Role, Stage

METADATA = sa.MetaData()
THINGS = sa.Table(
    "thing",
    METADATA,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("at", UtcDateTime()),
    sa.Column("stage", WordType(Stage)),
    sa.Column("text", sa.String(64)),
)
NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
MARKER = "Marqueur-Efface-Jamais-Relu"


@pytest.fixture
def store(store_urls: dict[str, str]) -> Iterator[Store]:
    opened = open_store(store_urls["main"], 2)
    METADATA.create_all(opened.engine)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'main.sqlite'}", 3)
    METADATA.create_all(opened.engine)
    yield opened
    opened.engine.dispose()


def add(store: Store, **values: object) -> None:
    with store.transaction() as session:
        session.execute(sa.insert(THINGS).values(**values))


def erase(store: Store) -> None:
    with store.erasing() as session:
        session.execute(sa.text("PRAGMA busy_timeout=1"))
        session.execute(sa.delete(THINGS))


def count(store: Store) -> int:
    with store.transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(THINGS)) or 0


@pytest.mark.parametrize("zone", [UTC, PARIS, timezone(timedelta(hours=-10))])
def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(store: Store, zone: timezone) -> None:
    add(store, id=1, at=NOON.astimezone(zone))
    with store.transaction() as session:
        found = session.scalar(sa.select(THINGS.c.at))
    assert found == NOON
    assert found is not None
    assert found.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"):
        add(store, id=1, at=NOON.replace(tzinfo=None))


def test_an_unknown_value_stays_unknown(store: Store) -> None:
    add(store, id=1, at=None, stage=None)
    with store.transaction() as session:
        row = session.execute(sa.select(THINGS)).one()
    assert (row.at, row.stage) == (None, None)


def test_a_closed_word_comes_back_as_its_member_and_another_is_refused(store: Store) -> None:
    add(store, id=1, stage=Stage.RECEIVED)
    add(store, id=2, stage="admissible")
    with store.transaction() as session:
        assert set(session.scalars(sa.select(THINGS.c.stage))) == {Stage.RECEIVED, Stage.ADMISSIBLE}
        assert set(session.scalars(sa.text("SELECT stage FROM thing"))) == {"received", "admissible"}
    for outside in (Role.POLICE, "RECEIVED", "n'importe quoi"):
        with pytest.raises(sa.exc.StatementError, match="Stage"):
            add(store, id=3, stage=outside)


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError):
        fail_after_adding(store)
    assert count(store) == 0


def fail_after_adding(store: Store) -> None:
    with store.transaction() as session:
        session.execute(sa.insert(THINGS).values(id=1))
        raise RuntimeError


def test_a_fault_of_the_database_does_not_print_the_values(store: Store) -> None:
    add(store, id=1)
    with pytest.raises(sa.exc.IntegrityError) as fault:
        add(store, id=1, text=MARKER)
    assert MARKER not in str(fault.value)


def test_a_store_knows_whether_it_is_a_file_of_this_machine(store: Store, engine_kind: str) -> None:
    assert store.embedded is (engine_kind == "sqlite")


def test_three_stores_are_closed_together(store_urls: dict[str, str]) -> None:
    stores = Stores(**{name: open_store(url, 1) for name, url in store_urls.items()})
    for opened in (stores.main, stores.keys, stores.journal):
        with opened.transaction() as session:
            assert session.scalar(sa.text("SELECT 1")) == 1
    stores.dispose()
    assert {opened.engine.pool.checkedin() for opened in (stores.main, stores.keys, stores.journal)} == {0}  # type: ignore[attr-defined]


def test_what_is_deleted_is_no_longer_in_the_file(embedded: Store, tmp_path: Path) -> None:
    for number in range(50):
        add(embedded, id=number, text=f"{MARKER}-{number}")
    with embedded.transaction() as session:
        session.execute(sa.delete(THINGS))
    with embedded.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    found = [path.name for path in tmp_path.iterdir() if MARKER.encode() in path.read_bytes()]
    assert found == []


def test_what_is_erased_is_in_no_file_at_once_not_even_in_the_write_ahead_log(embedded: Store, tmp_path: Path) -> None:
    add(embedded, id=1, text=MARKER)
    with embedded.erasing() as session:
        session.execute(sa.delete(THINGS))
    assert [path.name for path in tmp_path.iterdir() if MARKER.encode() in path.read_bytes()] == []


def test_what_somebody_else_is_reading_is_not_said_to_be_erased(embedded: Store, tmp_path: Path) -> None:
    add(embedded, id=1, text=MARKER)
    with sqlite3.connect(tmp_path / "main.sqlite", isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM thing").fetchall()
        with pytest.raises(Unavailable):
            erase(embedded)
    reader.close()
    assert count(embedded) == 0


def test_foreign_keys_hold_on_sqlite(embedded: Store) -> None:
    with embedded.transaction() as session:
        pragmas = {
            name: session.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("foreign_keys", "secure_delete", "journal_mode", "synchronous", "temp_store")
        }
    assert pragmas == {"foreign_keys": 1, "secure_delete": 1, "journal_mode": "wal", "synchronous": 2, "temp_store": 2}


def test_one_writes_at_a_time_and_none_is_lost(embedded: Store) -> None:
    def write(start: int) -> None:
        for number in range(20):
            add(embedded, id=start + number)

    writers = [threading.Thread(target=write, args=(1000 * writer,)) for writer in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert count(embedded) == 120


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in one process, by a thread, and from another one, by the lock of the file."""
    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.05)
    with embedded.lock.turn():
        waited = time.monotonic()
        with pytest.raises(Unavailable) as refusal, embedded.lock.turn():
            pass
        assert time.monotonic() - waited < 5
        with pytest.raises(Unavailable), WriteLock(embedded.lock.path).turn():
            pass
    assert refusal.value.status == 503
    with WriteLock(embedded.lock.path).turn():
        pass
    with embedded.lock.turn():
        pass


def test_a_turn_comes_to_who_waits(embedded: Store) -> None:
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with WriteLock(embedded.lock.path).turn():
            order.append("second")

    with embedded.lock.turn():
        waiting = threading.Thread(target=second)
        waiting.start()
        started.wait()
        time.sleep(0.05)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_the_lock_of_a_store_is_its_owner_s_alone(embedded: Store) -> None:
    add(embedded, id=1)
    assert embedded.lock.path is not None
    assert embedded.lock.path.stat().st_mode & 0o077 == 0


def test_postgresql_needs_no_turn() -> None:
    lock = WriteLock(None)
    with lock.turn(), lock.turn():
        pass


def test_a_row_prints_its_table_alone() -> None:
    class Printed(MainRow):
        name: str

    assert repr(Printed(name=MARKER)) == str(Printed(name=MARKER)) == "<Printed>"
