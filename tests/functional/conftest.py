"""The cast, built once per test process and copied for each test that changes something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cast import Cast, build, copied


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
