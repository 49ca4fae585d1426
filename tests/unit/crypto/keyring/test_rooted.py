"""What the root opens stays in memory for minutes of the clock, and no longer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backend.crypto.keyring import CACHE_LIFE, Keyring
from backend.crypto.keyring.rooted import Root
from backend.crypto.providers import FileRoot, RootKeyError
from backend.kernel.clock import DrivenClock


class CountingRoot:
    """A root that counts how often it is asked to open, and can be taken away."""

    def __init__(self, root: FileRoot) -> None:
        self.root = root
        self.generation = root.generation
        self.asked = 0
        self.present = True

    def at(self, generation: int) -> "CountingRoot":
        return self

    def wrap(self, secret: bytes, associated: bytes) -> bytes:
        return self.root.wrap(secret, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        self.asked += 1
        if not self.present:
            raise RootKeyError("gone")
        return self.root.unwrap(wrapped, associated)


def test_the_root_is_asked_once_per_key_and_cache_life(
    keyring: Keyring, root: FileRoot, clock: DrivenClock, cell: UUID
) -> None:
    counting = CountingRoot(root)
    ring = Keyring(keyring.store, Root(counting, clock))
    subjects = {(uuid4(), cell) for _ in range(3)}
    for subject, _ in subjects:
        ring.create_subject(subject, cell)
    ring.open_subjects(subjects)
    assert counting.asked == 1
    clock.advance(CACHE_LIFE - timedelta(seconds=1))
    ring.open_subjects(subjects)
    assert counting.asked == 1
    clock.advance(timedelta(seconds=1))
    ring.open_subjects(subjects)
    assert counting.asked == 2


def test_without_its_root_a_process_opens_nothing_after_the_cache_life(
    keyring: Keyring, root: FileRoot, clock: DrivenClock, cell: UUID
) -> None:
    counting = CountingRoot(root)
    ring = Keyring(keyring.store, Root(counting, clock))
    subject = uuid4()
    ring.create_subject(subject, cell)
    counting.present = False
    assert ring.open_subjects({(subject, cell)}).keys() == {subject}
    clock.advance(CACHE_LIFE)
    with pytest.raises(RootKeyError):
        ring.open_subjects({(subject, cell)})


def test_a_clock_that_goes_back_forgets_the_keys(tmp_path: Path) -> None:
    clock = DrivenClock(datetime(2026, 11, 21, tzinfo=UTC))
    root = Root(FileRoot.create(tmp_path / "root-key", tmp_path / "data"), clock)
    values = iter([b"first", b"second"])
    assert root.kept("key", lambda: next(values)) == b"first"
    clock.advance(-timedelta(seconds=1))
    assert root.kept("key", lambda: next(values)) == b"second"


def test_an_old_key_leaves_the_memory_when_another_comes(tmp_path: Path) -> None:
    clock = DrivenClock(datetime(2026, 11, 21, tzinfo=UTC))
    root = Root(FileRoot.create(tmp_path / "root-key", tmp_path / "data"), clock)
    root.kept("old", lambda: b"old")
    clock.advance(CACHE_LIFE)
    root.kept("new", lambda: b"new")
    assert root._kept.keys() == {"new"}  # noqa: SLF001  the memory is what is looked at


def test_nothing_of_a_root_is_printed(tmp_path: Path) -> None:
    clock = DrivenClock(datetime(2026, 11, 21, tzinfo=UTC))
    root = Root(FileRoot.create(tmp_path / "root-key", tmp_path / "data"), clock)
    root.kept("key", lambda: b"secret")
    assert "secret" not in repr(root)
