"""The cast, built once per test process and copied for each test that changes something."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.cast import Cast, as_application, build, copied
from tests.support.postgresql import Cluster


@pytest.fixture(scope="session")
def troupe(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """Build the house once; its stores are closed, it is only copied."""
    cast = build(tmp_path_factory.mktemp("troupe"))
    cast.house.stores.dispose()
    return cast


@pytest.fixture
def cast(troupe: Cast, tmp_path: Path) -> Iterator[Cast]:
    """Give a test a house of its own."""
    own = copied(troupe, tmp_path / "house")
    yield own
    own.house.stores.dispose()


@pytest.fixture
def guarded(postgresql: Cluster, tmp_path: Path) -> Iterator[Cast]:
    """Give the same house on PostgreSQL: `owner` migrated it, `application` serves it under row-level security."""
    names = {store: f"{store}_{uuid4().hex[:12]}" for store in ("main", "keys", "journal")}
    for name in names.values():
        postgresql.create_database(name)
    built = build(tmp_path, {store: postgresql.url(name) for store, name in names.items()})
    cast = as_application(built, names, postgresql)
    yield cast
    cast.house.stores.dispose()
    cast.purging.stores.dispose()
    for name in names.values():
        postgresql.drop_database(name)
