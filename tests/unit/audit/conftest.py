"""Three stores with the journal's tables, on both engines, and a writer whose clock the test drives."""

from collections.abc import Iterator

import pytest

from backend.audit.journal import Journal
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import NOON, new_journal, open_stores


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(NOON)


@pytest.fixture
def stores(store_urls: dict[str, str]) -> Iterator[Stores]:
    stores = open_stores(store_urls)
    yield stores
    stores.dispose()


@pytest.fixture
def journal(stores: Stores, clock: DrivenClock) -> Journal:
    return new_journal(stores, clock)
