"""A house of its own for oversight, on SQLite, whose clock the test drives."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from tests.support.access import import_tables
from tests.support.house import MORNING, new_house

import_tables()


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    urls = {name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")}
    built = new_house(urls, tmp_path, clock)
    yield built
    built.stores.dispose()
