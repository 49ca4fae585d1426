"""A store of keys, empty or initialised, on both engines; a clock that the test drives; a root key in a file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backend.crypto.keyring import Keyring
from backend.crypto.keystore import KeysIdentity
from backend.crypto.providers import FileRoot
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Store, open_store


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))


@pytest.fixture
def root(tmp_path: Path) -> FileRoot:
    return FileRoot.create(tmp_path / "data.root-key", tmp_path / "data")


@pytest.fixture
def store(store_urls: dict[str, str]) -> Iterator[Store]:
    opened = open_store(store_urls["keys"], 5)
    KeysIdentity.metadata.create_all(opened.engine)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def keyring(store: Store, root: FileRoot, clock: DrivenClock) -> Keyring:
    return Keyring.initialise(store, root, clock, "demo", uuid4())


@pytest.fixture
def cell(keyring: Keyring) -> UUID:
    cell = uuid4()
    keyring.create_cell(cell)
    return cell
