"""What every history of migrations is asked: it makes the declared tables, goes down to nothing, and comes up again."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.kernel.database import Store
from backend.kernel.migrations import StoreName, current, downgrade, upgrade


def differences(store: Store, metadata: sa.MetaData) -> list[Any]:
    """Give what separates the tables of a store from those that the models declare."""
    with store.transaction() as session:
        migration = MigrationContext.configure(session.connection(), opts={"compare_server_default": True})
        return list(compare_metadata(migration, metadata))


def table_names(store: Store) -> set[str]:
    """Give the tables of a store, Alembic's own apart."""
    with store.transaction() as session:
        return set(sa.inspect(session.connection()).get_table_names()) - {"alembic_version"}


def check_history(store: Store, name: StoreName, metadata: sa.MetaData, kept: Iterable[str] = ()) -> None:
    """Go up, down and up again; `kept` are tables that the way down may leave."""
    assert not current(store, name)
    upgrade(store, name)
    assert current(store, name)
    assert differences(store, metadata) == []
    downgrade(store, name, "base")
    assert table_names(store) == set(kept)
    assert not current(store, name)
    upgrade(store, name)
    assert differences(store, metadata) == []
