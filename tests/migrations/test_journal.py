"""The history of `journal`: up, in step with the models, down, up again; its triggers are attacked at each revision."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from backend.audit.models import JournalLeaf
from backend.audit.triggers import REFUSED
from backend.kernel.database import Store, open_store
from backend.kernel.migrations import HISTORIES, downgrade, upgrade
from tests.support.histories import check_history, table_names

UUID = "5f0c6a43c8a14b3e9d1f6f1f2a3b4c5d"
OTHER = "0a0c6a43c8a14b3e9d1f6f1f2a3b4c5e"
ROWS = {
    "store_identity": f"(id, mode, store_set, created_at) VALUES (1, 'demo', '{UUID}', '2026-11-21 09:00:00.000000')",
    "journal_leaf": f"(number, event, hash) VALUES (0, '{UUID}', ''), (1, '{OTHER}', '')",
    "journal_entry": "(leaf, writer, sequence, recorded_at, name, body, mac, salt)"
    f" VALUES (0, '{UUID}', 1, '2026-01-21 09:00:00.000000', 'name', 'body', '', ''),"
    f" (1, '{UUID}', 2, '2026-11-21 09:00:00.000000', 'name', 'body', '', '')",
    "journal_subject": "(leaf, reference) VALUES (0, '7K3M-9QX2-PD4T'), (1, '7K3M-9QX2-PD4T')",
    "journal_node": "(level, number, hash) VALUES (1, 0, '')",
    "journal_checkpoint": "(size, note) VALUES (1, 'note')",
    "journal_expiry": "(size, until, decided_at, mac)"
    " VALUES (1, '2026-02-01 00:00:00.000000', '2026-11-21 09:00:00.000000', '')",
    "journal_expiry_mark": f"(size, writer, reached) VALUES (1, '{UUID}', 1)",
}
"""Rows for each table that only grows; the first leaf is old enough to expire, the second is not."""


def revisions() -> list[str]:
    return [script.revision for script in ScriptDirectory(str(HISTORIES / "journal")).walk_revisions()]


def attack(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def existing(store: Store) -> list[str]:
    """Give the tables of the revision, in the order in which they take their rows."""
    found = table_names(store)
    return [table for table in ROWS if table in found]


def attacks(store: Store, table: str) -> list[str]:
    column = ROWS[table][1:].partition(",")[0]
    found = [
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} {ROWS[table]} ON CONFLICT ({conflict(store, table)}) DO UPDATE SET {column} = 0",
    ]
    if store.embedded:
        return [*found, f"INSERT OR REPLACE INTO {table} {ROWS[table]}", f"REPLACE INTO {table} {ROWS[table]}"]
    return [*found, f"TRUNCATE {table} CASCADE"]


def conflict(store: Store, table: str) -> str:
    return ", ".join(sa.inspect(store.engine).get_pk_constraint(table)["constrained_columns"])


def content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]
            for table in existing(store)
        }


@pytest.fixture
def journal(store_urls: dict[str, str]) -> Iterator[Store]:
    store = open_store(store_urls["journal"], 2)
    yield store
    store.engine.dispose()


def test_the_journal_goes_up_matches_its_models_goes_down_and_up_again(journal: Store) -> None:
    check_history(journal, "journal", JournalLeaf.metadata)


def test_every_table_of_the_journal_is_attacked_below(journal: Store) -> None:
    upgrade(journal, "journal")
    assert table_names(journal) == set(ROWS)


@pytest.mark.parametrize("revision", revisions())
def test_after_each_revision_the_database_refuses_to_rewrite_the_journal(journal: Store, revision: str) -> None:
    upgrade(journal, "journal")
    downgrade(journal, "journal", revision)
    for table in existing(journal):
        attack(journal, f"INSERT INTO {table} {ROWS[table]}")
    before = content(journal)
    for table in before:
        for statement in attacks(journal, table):
            with pytest.raises(DBAPIError, match=REFUSED):
                attack(journal, statement)
    assert content(journal) == before
    assert all(before.values())


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_superuser_who_plays_a_replica_is_refused_too(journal: Store) -> None:
    upgrade(journal, "journal")
    attack(journal, f"INSERT INTO journal_leaf {ROWS['journal_leaf']}")
    superuser = sa.create_engine(journal.engine.url.set(username="postgres"), poolclass=sa.NullPool)
    with superuser.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = 'replica'")
        with pytest.raises(DBAPIError, match=REFUSED):
            connection.exec_driver_sql("DELETE FROM journal_leaf")
