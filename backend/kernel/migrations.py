"""Alembic from Python, one history per store, in `migrations/<name>` (architecture.md section 6).

Each `env.py` is one call to `run`. A batch operation on SQLite rebuilds its table: with foreign keys enforced,
dropping the old one would delete what hangs from it, so they are off meanwhile and checked before the commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic import command, context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from backend.kernel.database import Store

StoreName = Literal["main", "keys", "journal"]

HISTORIES = Path(__file__).parents[2] / "migrations"


def upgrade(store: Store, name: StoreName) -> None:
    """Bring a store to the head of its history, in one transaction: all of it or nothing."""
    with _migrating(store) as connection:
        command.upgrade(_configuration(name, connection), "head")


def downgrade(store: Store, name: StoreName, revision: str) -> None:
    """Take a store back to a revision, `base` for an empty one, in one transaction."""
    with _migrating(store) as connection:
        command.downgrade(_configuration(name, connection), revision)


def current(store: Store, name: StoreName) -> bool:
    """Tell whether a store is at the head of its history."""
    head = ScriptDirectory.from_config(_configuration(name)).get_current_head()
    with store.transaction() as session:
        return MigrationContext.configure(session.connection()).get_current_revision() == head


def revision(store: Store) -> str:
    """Give the revision where a store stands; an empty text for one without tables."""
    with store.transaction() as session:
        return MigrationContext.configure(session.connection()).get_current_revision() or ""


def is_known(name: StoreName, revision: str) -> bool:
    """Tell whether a revision is in the history of a store, as this version of the product knows it."""
    script = ScriptDirectory.from_config(_configuration(name))
    return revision in {found.revision for found in script.walk_revisions()}


def run(metadata: sa.MetaData) -> None:
    """Run the migrations that were asked for, on the connection that came with them; called by each `env.py`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_type,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def render_type(kind: str, item: object, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain types of SQLAlchemy that they store: a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _configuration(name: StoreName, connection: sa.Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(HISTORIES / name).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration


@contextmanager
def _migrating(store: Store) -> Iterator[sa.Connection]:
    with store.lock.turn(), store.engine.connect() as connection:
        if not store.embedded:
            with connection.begin():
                yield connection
            return
        _enforce_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                _check_foreign_keys(connection)
        finally:
            _enforce_foreign_keys(connection, "ON")


def _enforce_foreign_keys(connection: sa.Connection, state: Literal["ON", "OFF"]) -> None:
    # On the driver's connection: SQLAlchemy would begin a transaction, in which SQLite ignores this.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={state}")
    cursor.close()


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = {row.table for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if broken:
        raise RuntimeError(f"foreign keys broken in {', '.join(sorted(broken))}")
