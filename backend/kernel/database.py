"""The three stores, their transactions and column types, on SQLite and PostgreSQL (architecture.md sections 4 and 6).

SQLite: `secure_delete=ON` or deleted rows stay readable in the file; a write lock, across threads and processes, or
the busy handler starves writers (measured: p99 of writes tenfold).
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.orm import registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

from backend.kernel.errors import Unavailable
from policies.vocabulary import Word

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

LOCK_PATIENCE = 30.0
"""Seconds that a transaction waits for its turn to write before the request is answered 503."""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: aware on both sides, stored in UTC; SQLite would give it back naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant and convert the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive instant")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WordType(sa.types.TypeDecorator[Word]):
    """A closed value, stored as its text: native enumerations of PostgreSQL break downgrades."""

    impl = sa.String(32)
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        """Take the vocabulary whose members the column holds."""
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Word | str | None, dialect: Dialect) -> str | None:
        """Give the text of a member; raise `ValueError` for a value outside the vocabulary."""
        return None if value is None else str(self.words.of(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:
        """Give the member back."""
        return None if value is None else self.words.of(value)


class _MaskedRow(SQLModel):
    """A row never prints its values: they would end in a log or a trace."""

    def __repr__(self) -> str:
        """Show the table alone."""
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class MainRow(_MaskedRow, registry=registry(metadata=sa.MetaData(naming_convention=NAMING))):
    """A table of the store `main`: rows and sealed values."""


class KeysRow(_MaskedRow, registry=registry(metadata=sa.MetaData(naming_convention=NAMING))):
    """A table of the store `keys`: wraps, tokens of the blind indexes, tombstones."""


class JournalRow(_MaskedRow, registry=registry(metadata=sa.MetaData(naming_convention=NAMING))):
    """A table of the store `journal`: events and their tree."""


@dataclass(slots=True)
class WriteLock:
    """The turn to write in one SQLite file, across the threads of a process and across processes."""

    path: Path | None
    _threads: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the turn; raise `Unavailable` after `LOCK_PATIENCE` seconds. PostgreSQL needs none."""
        if self.path is None:
            yield
            return
        deadline = time.monotonic() + LOCK_PATIENCE
        if not self._threads.acquire(timeout=LOCK_PATIENCE):
            raise Unavailable
        try:
            handle = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                while True:
                    with suppress(BlockingIOError):
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        break
                    if time.monotonic() > deadline:
                        raise Unavailable
                    time.sleep(0.005)
                yield
            finally:
                os.close(handle)
        finally:
            self._threads.release()


@dataclass(frozen=True, slots=True)
class Store:
    """One database: its engine and the turn to write in it."""

    engine: sa.Engine
    lock: WriteLock

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session in one transaction: committed at the end, rolled back on any exception."""
        with self.lock.turn(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def erasing(self) -> Iterator[Session]:
        """Give a session in one transaction; once it is over, no file of an embedded store holds what it deleted.

        The write-ahead log would keep it until much later. Raises `Unavailable`, the transaction being durable, while
        somebody else reads the log: ask again.
        """
        with self.transaction() as session:
            yield session
        if self.embedded:
            with self.lock.turn():
                self._empty_log()

    def _empty_log(self) -> None:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_pages = cursor.fetchone() or (1,)
            cursor.close()
        finally:
            connection.close()
        if busy:
            raise Unavailable

    def rewrite(self, function: str) -> bool:
        """Rewrite tables of PostgreSQL by a function of its own, and leave behind the log that held them.

        Tell whether this role may. The checkpoint then takes away the old files of the tables and every segment of the
        log but the new one. Asked for directly, VACUUM FULL would skip tables of another role with a mere warning.
        """
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text(f"SELECT {function}()"))
                connection.execute(sa.text("SELECT pg_switch_wal()"))
                connection.execute(sa.text("CHECKPOINT"))
        except sa.exc.DBAPIError:
            return False
        return True

    @property
    def embedded(self) -> bool:
        """Tell whether the store is a SQLite file of this machine."""
        return self.engine.dialect.name == "sqlite"


@dataclass(frozen=True, slots=True)
class Stores:
    """The three stores; a request takes at most one connection of each, in this order."""

    main: Store
    keys: Store
    journal: Store

    def dispose(self) -> None:
        """Close every connection."""
        for store in (self.main, self.keys, self.journal):
            store.engine.dispose()


def open_store(url: str, pool_size: int) -> Store:
    """Open a store from its SQLAlchemy URL, with a pool of `pool_size` connections and no overflow."""
    options: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": LOCK_PATIENCE,
        "hide_parameters": True,
    }
    if not url.startswith("sqlite"):
        return Store(sa.create_engine(url, **options), WriteLock(None))
    engine = sa.create_engine(url, poolclass=sa.QueuePool, connect_args={"check_same_thread": False}, **options)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_immediate)
    return Store(engine, WriteLock(Path(f"{engine.url.database}.lock")))


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
