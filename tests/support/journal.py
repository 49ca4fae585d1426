"""A journal to write in, and the attacker who owns its databases: triggers and foreign keys do not stop them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from backend.audit.events import Event, Reference
from backend.audit.journal import Journal
from backend.audit.triggers import outbox_triggers
from backend.audit.verification import IN_FLIGHT
from backend.kernel.clock import DrivenClock
from backend.kernel.database import JournalRow, MainRow, Store, Stores, open_store
from backend.kernel.migrations import upgrade

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
MAC_KEY = bytes(range(32))
LOG_KEY = bytes(range(32, 64))
ACCOUNT = UUID("6b1d2c3e-4f50-4a61-8b72-9c83ad94be05")
SITUATION = Reference("7K3M-9QX2-PD4T")
OTHER = Reference("00AB-CDEF-GHJK")
LEAF, ENTRY, SUBJECT, NODE, CHECKPOINT, EXPIRY, MARK = (
    JournalRow.metadata.tables[f"journal_{name}"]
    for name in ("leaf", "entry", "subject", "node", "checkpoint", "expiry", "expiry_mark")
)
OUTBOX, WATERMARK = (MainRow.metadata.tables[f"journal_{name}"] for name in ("outbox", "watermark"))


@dataclass(frozen=True, slots=True)
class SituationsRead(Event):
    """Situations lues."""

    name: ClassVar[str] = "support:situation:read"
    situations: tuple[Reference, ...]
    pages: int = 1


def open_stores(urls: dict[str, str]) -> Stores:
    """Open the three stores with what the journal needs of each."""
    stores = Stores(*(open_store(urls[name], 5) for name in ("main", "keys", "journal")))
    upgrade(stores.journal, "journal")
    tables = [MainRow.metadata.tables[name] for name in ("journal_outbox", "journal_watermark")]
    with stores.main.engine.begin() as connection:
        MainRow.metadata.create_all(connection, tables)
        for statement in outbox_triggers(connection.dialect.name):
            connection.exec_driver_sql(statement)
    return stores


def new_journal(stores: Stores, clock: DrivenClock) -> Journal:
    """Start a writer."""
    return Journal(stores, MAC_KEY, LOG_KEY, clock)


def write(journal: Journal, count: int = 1, *references: Reference) -> None:
    """Write events, each in a transaction of its own."""
    for page in range(count):
        with journal.stores.main.transaction() as session:
            journal.record(session, SituationsRead(references, page), account=ACCOUNT, at=journal.clock())


def filled(stores: Stores, clock: DrivenClock) -> Journal:
    """Give a journal of 11 events under three checkpoints, then two that wait, long enough ago to be noticed."""
    journal = new_journal(stores, clock)
    for count in (4, 4, 3):
        write(journal, count, SITUATION, OTHER)
        journal.seal_outbox()
    write(journal, 2, SITUATION)
    clock.advance(IN_FLIGHT)
    return journal


@contextmanager
def owner(store: Store) -> Iterator[sa.Connection]:
    """Be the owner of a database, who removes its guards and then does as they please, in one transaction."""
    engine = sa.create_engine(store.engine.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        if store.embedded:
            for trigger in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
                connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
        else:
            inspector = sa.inspect(connection)
            for table in inspector.get_table_names():
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                for key in inspector.get_foreign_keys(table):
                    connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {key['name']}")
        yield connection
