"""Rotations: nothing stops opening, nothing comes back, and a kill or a second process changes nothing to the end."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from backend.crypto.keyring import CACHE_LIFE, LEASE, Keyring, Rotations, ServiceKey
from backend.crypto.keyring import rotating as batches
from backend.crypto.keyring.rooted import Root
from backend.crypto.keyring.standing import due_subjects, standing_of
from backend.crypto.keystore import HolderKey, HolderKind, RootGeneration, RotationRecord, SubjectWrap
from backend.crypto.providers import FileRoot, RootKeyError, generation_path
from backend.crypto.sealed import Place, SubjectKey, seal, unseal
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Store
from backend.kernel.errors import Unavailable
from policies.rotation import RootPlace, RotationGround

PLACE = Place("situation_person", "last_name", uuid4())
WORKER, OTHER = uuid4(), uuid4()
ON_SQLITE = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)


class Killed(BaseException):
    """What stands for a process that dies: nobody catches it."""


def same_key(one: SubjectKey, other: SubjectKey) -> bool:
    return unseal(other, PLACE, seal(one, PLACE, b"Camille")) == b"Camille"


def rotations_of(keyring: Keyring) -> Rotations:
    return Rotations(keyring.store, keyring.root)


def begin(keyring: Keyring, cell: UUID, since: int = 1) -> UUID:
    rotations = rotations_of(keyring)
    assert rotations.begin_cell(cell, since, RotationGround.DEPARTURE)
    return rotations.unfinished()[-1]


def work(keyring: Keyring, rotation: UUID, worker: UUID = WORKER) -> int:
    """Do what a process does until a rotation is finished; give how many keys it moved."""
    rotations = rotations_of(keyring)
    taken = rotations.take(rotation, worker)
    assert taken is not None
    if taken.cell is None:
        assert rotations.establish(rotation, worker)
    total = 0
    while moved := rotations.step(rotation, worker):
        total += moved
    assert rotations.finish(rotation, worker)
    return total


def rotate_root(keyring: Keyring, path: Path, data: Path, generation: int = 2) -> None:
    FileRoot.create(path, data, generation=generation)
    rotations = rotations_of(keyring)
    assert rotations.begin_root(generation - 1, generation, RootPlace.FILE, RotationGround.PERIOD)
    work(keyring, rotations.unfinished()[0])


def generations(store: Store, cell: UUID, kind: HolderKind = HolderKind.CELL) -> dict[int, bool]:
    """Give the generations of a cell's key, and whether each is active."""
    with store.transaction() as session:
        query = sa.select(HolderKey).where(col(HolderKey.holder) == cell, col(HolderKey.kind) == kind)
        return {row.generation: row.retired_at is None for row in session.scalars(query)}


def holder_generation(store: Store, subject: UUID) -> int:
    with store.transaction() as session:
        return (
            session.scalars(sa.select(SubjectWrap).where(col(SubjectWrap.subject) == subject)).one().holder_generation
        )


def roots(store: Store) -> list[int]:
    with store.transaction() as session:
        return list(session.scalars(sa.select(col(RootGeneration.generation)).order_by(col(RootGeneration.generation))))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "data.root-key", tmp_path / "data"


# The keys of a cell


def test_new_subjects_go_under_the_new_keys_at_once_and_old_ones_open_throughout(
    keyring: Keyring, cell: UUID, clock: DrivenClock
) -> None:
    old, held, archived, new = (uuid4() for _ in range(4))
    keys = {subject: keyring.create_subject(subject, cell) for subject in (old, held, archived)}
    keyring.hold([held])
    keyring.archive([archived])
    rotation = begin(keyring, cell)
    keys[new] = keyring.create_subject(new, cell)
    assert generations(keyring.store, cell) == {1: False, 2: True}
    assert holder_generation(keyring.store, old) == 1
    assert holder_generation(keyring.store, new) == 2
    assert same_key(keys[old], keyring.open_subjects({(old, cell)})[old])
    assert work(keyring, rotation) == 3
    assert {holder_generation(keyring.store, subject) for subject in keys} == {2}
    clock.advance(2 * CACHE_LIFE)
    opened = keyring.open_subjects({(old, cell), (new, cell), (held, cell), (archived, cell)})
    assert opened.keys() == {old, new}
    assert all(same_key(keys[subject], opened[subject]) for subject in opened)
    assert same_key(keys[archived], keyring.open_archived({(archived, cell)})[archived])
    keyring.release([held])
    assert same_key(keys[held], keyring.open_subjects({(held, cell)})[held])


def test_another_process_follows_a_rotation_at_once(
    keyring: Keyring, cell: UUID, root: FileRoot, clock: DrivenClock
) -> None:
    other, before, after = Keyring.open(keyring.store, root, clock), uuid4(), uuid4()
    key = other.create_subject(before, cell)  # the old generation is in its memory
    rotation = begin(keyring, cell)
    other.create_subject(after, cell)
    assert holder_generation(keyring.store, after) == 2
    work(keyring, rotation)
    assert same_key(key, other.open_subjects({(before, cell)})[before])


class SlowRoots:
    """Roots that let something else happen before their first answer."""

    def __init__(self, root: FileRoot, meanwhile: Callable[[], object]) -> None:
        self.root = root
        self.generation = root.generation
        self.meanwhile = [meanwhile]

    def at(self, generation: int) -> "SlowRoots":
        return self

    def wrap(self, secret: bytes, associated: bytes) -> bytes:
        return self.root.wrap(secret, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        while self.meanwhile:
            self.meanwhile.pop()()
        return self.root.unwrap(wrapped, associated)


@ON_POSTGRESQL  # SQLite's write lock leaves no such moment
def test_a_rotation_between_reading_the_key_and_wrapping_makes_the_wrap_start_again(
    keyring: Keyring, cell: UUID, root: FileRoot, clock: DrivenClock
) -> None:
    slow = SlowRoots(root, lambda: begin(keyring, cell))
    subject = uuid4()
    key = Keyring(keyring.store, Root(slow, clock)).create_subject(subject, cell)
    assert holder_generation(keyring.store, subject) == 2
    assert same_key(key, keyring.open_subjects({(subject, cell)})[subject])


def test_a_cell_has_one_active_generation(keyring: Keyring, cell: UUID) -> None:
    begin(keyring, cell)
    with pytest.raises(sa.exc.IntegrityError), keyring.store.transaction() as session:
        session.execute(sa.update(HolderKey).values(retired_at=None))


def test_retired_keys_go_when_they_hold_nothing_and_have_left_every_memory(
    keyring: Keyring, cell: UUID, clock: DrivenClock
) -> None:
    subject = uuid4()
    key = keyring.create_subject(subject, cell)
    rotation = begin(keyring, cell)
    rotations = rotations_of(keyring)
    work(keyring, rotation)
    with keyring.store.transaction() as session:  # a slow process, which wrapped under the old key
        old = session.scalars(sa.select(SubjectWrap)).one()
        assert old.holder_generation == 2
    clock.advance(CACHE_LIFE - timedelta(seconds=1))
    assert rotations.tidy(cell) == 0
    clock.advance(timedelta(seconds=1))
    assert rotations.tidy(cell) == 3
    assert generations(keyring.store, cell) == {2: True}
    assert generations(keyring.store, cell, HolderKind.INDEX) == {1: True}
    assert same_key(key, keyring.open_subjects({(subject, cell)})[subject])


def test_what_a_slow_process_left_under_a_retired_key_is_moved_before_that_key_goes(
    keyring: Keyring, cell: UUID, clock: DrivenClock
) -> None:
    subject = uuid4()
    key = keyring.create_subject(subject, cell)
    rotation = begin(keyring, cell)
    with keyring.store.transaction() as session:
        session.execute(sa.update(RotationRecord).values(finished_at=clock()))
    assert rotations_of(keyring).take(rotation, WORKER) is None
    clock.advance(CACHE_LIFE)
    assert rotations_of(keyring).tidy(cell) == 3
    assert same_key(key, keyring.open_subjects({(subject, cell)})[subject])


@pytest.mark.parametrize("deaths", range(1, 5))
@ON_SQLITE
def test_killed_before_each_commit_a_rotation_goes_on_from_where_it_stands(
    keyring: Keyring, cell: UUID, clock: DrivenClock, monkeypatch: pytest.MonkeyPatch, deaths: int
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    keys = {subject: keyring.create_subject(subject, cell) for subject in (uuid4() for _ in range(5))}
    rotation = begin(keyring, cell)
    passed = [0]

    def die(_session: Session) -> None:
        passed[0] += 1
        if passed[0] == deaths:
            raise Killed

    sa.event.listen(Session, "before_commit", die)
    try:
        with pytest.raises(Killed):
            work(keyring, rotation)
    finally:
        sa.event.remove(Session, "before_commit", die)
    assert all(same_key(keys[subject], keyring.open_subjects({(subject, cell)})[subject]) for subject in keys)
    if deaths > 1:  # the lease was taken
        assert rotations_of(keyring).take(rotation, OTHER) is None
    clock.advance(LEASE + timedelta(seconds=1))
    work(keyring, rotation, OTHER)
    assert {holder_generation(keyring.store, subject) for subject in keys} == {2}
    assert all(same_key(keys[subject], keyring.open_subjects({(subject, cell)})[subject]) for subject in keys)
    assert rotations_of(keyring).unfinished() == []


def test_a_lease_is_one_processs_and_is_lost_to_another_once_over(
    keyring: Keyring, cell: UUID, clock: DrivenClock
) -> None:
    keyring.create_subject(uuid4(), cell)
    rotation, rotations = begin(keyring, cell), rotations_of(keyring)
    taken = rotations.take(rotation, WORKER)
    assert taken is not None
    assert (taken.cell, taken.generation, taken.moved, taken.behind) == (cell, 2, 0, 1)
    assert rotations.take(rotation, OTHER) is None
    clock.advance(LEASE + timedelta(seconds=1))
    assert rotations.take(rotation, OTHER) is not None
    assert rotations.step(rotation, WORKER) is None
    assert not rotations.establish(rotation, WORKER)
    assert not rotations.finish(rotation, WORKER)
    rotations.leave(rotation, WORKER)
    assert rotations.take(rotation, WORKER) is None
    rotations.leave(rotation, OTHER)
    assert rotations.take(rotation, WORKER) is not None
    assert not rotations.finish(rotation, WORKER), "one key is behind"


def test_a_rotation_begins_once_whoever_asks_for_it(keyring: Keyring, cell: UUID) -> None:
    begin(keyring, cell)
    rotations = rotations_of(keyring)
    assert not rotations.begin_cell(cell, 1, RotationGround.DEPARTURE), "already left"
    assert not rotations.begin_cell(cell, 2, RotationGround.DEPARTURE), "under way"
    assert generations(keyring.store, cell) == {1: False, 2: True}
    with pytest.raises(LookupError):
        rotations.begin_cell(uuid4(), 1, RotationGround.DEPARTURE)


def test_what_is_destroyed_during_a_rotation_does_not_come_back(
    keyring: Keyring, cell: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    subjects = [uuid4() for _ in range(6)]
    for subject in subjects:
        keyring.create_subject(subject, cell)
    rotation, rotations = begin(keyring, cell), rotations_of(keyring)
    assert rotations.take(rotation, WORKER) is not None
    gone: list[UUID] = []
    for subject in subjects[:3]:
        rotations.step(rotation, WORKER)
        keyring.destroy_subjects([subject])
        gone.append(subject)
    work(keyring, rotation)
    opened = keyring.open_subjects({(subject, cell) for subject in subjects})
    assert opened.keys() == set(subjects) - set(gone)
    with keyring.store.transaction() as session:
        assert set(session.scalars(sa.select(col(SubjectWrap.subject)))) == opened.keys()


def test_sealing_opening_and_destroying_go_on_while_keys_move(
    keyring: Keyring, cell: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 5)
    made = {subject: keyring.create_subject(subject, cell) for subject in (uuid4() for _ in range(40))}
    doomed = list(made)[:10]
    faults: list[BaseException] = []

    def serve() -> None:
        try:
            for number in range(20):
                subject = uuid4()
                made[subject] = keyring.create_subject(subject, cell)
                chosen = list(made)[10 + number]
                assert same_key(made[chosen], keyring.open_subjects({(chosen, cell)})[chosen])
                if number < len(doomed):
                    keyring.destroy_subjects([doomed[number]])
        except BaseException as fault:  # noqa: BLE001  a thread's failure is the test's
            faults.append(fault)

    server = threading.Thread(target=serve)
    rotation = begin(keyring, cell)
    server.start()
    rotations = rotations_of(keyring)
    assert rotations.take(rotation, WORKER) is not None
    while server.is_alive() or rotations.step(rotation, WORKER):
        assert rotations.step(rotation, WORKER) is not None
    server.join()
    assert faults == []
    assert rotations.finish(rotation, WORKER)
    opened = keyring.open_subjects({(subject, cell) for subject in made})
    assert opened.keys() == made.keys() - set(doomed)
    assert all(same_key(made[subject], opened[subject]) for subject in opened)
    assert {holder_generation(keyring.store, subject) for subject in opened} == {2}


# The root


def test_every_key_goes_under_the_new_root_and_the_old_one_opens_nothing_any_more(
    keyring: Keyring, cell: UUID, files: tuple[Path, Path], clock: DrivenClock
) -> None:
    path, data = files
    subject = uuid4()
    key = keyring.create_subject(subject, cell)
    mac, public = keyring.service_key(ServiceKey.JOURNAL_MAC), keyring.public_key(ServiceKey.LOG)
    secret = keyring.wrap_credential(subject, b"totp")
    stale = Keyring.open(keyring.store, FileRoot(path, data), clock)
    rotate_root(keyring, path, data)
    assert roots(keyring.store) == [2]
    path.rename(path.with_name("drawer"))  # the custodians took it away
    for ring in (keyring, stale, Keyring.open(keyring.store, FileRoot(path, data, 2), clock)):
        assert same_key(key, ring.open_subjects({(subject, cell)})[subject])
        assert ring.service_key(ServiceKey.JOURNAL_MAC) == mac
        assert ring.public_key(ServiceKey.LOG) == public
        assert ring.unwrap_credential(subject, secret) == b"totp"
        ring.create_cell(uuid4())
    clock.advance(2 * CACHE_LIFE)
    assert same_key(key, stale.open_subjects({(subject, cell)})[subject])
    assert [row.wraps for row in standing_of(keyring.store).roots] == [4 * 4 + len(ServiceKey)]


def test_a_process_that_cannot_reach_the_new_root_waits_and_opens_when_it_can(
    keyring: Keyring, cell: UUID, files: tuple[Path, Path], clock: DrivenClock, caplog: pytest.LogCaptureFixture
) -> None:
    path, data = files
    subject = uuid4()
    keyring.create_subject(subject, cell)
    stale = Keyring.open(keyring.store, FileRoot(path, data), clock)
    rotate_root(keyring, path, data)
    new = generation_path(path, 2)
    away = new.rename(new.with_name("away"))
    for ask in (lambda: stale.open_subjects({(subject, cell)}), lambda: stale.create_cell(uuid4())):
        with pytest.raises(Unavailable):
            ask()
    assert "generation 2 of the root key is out of reach" in caplog.text
    with pytest.raises(RootKeyError, match="est absent"):
        Keyring.open(keyring.store, FileRoot(path, data), clock)
    away.rename(new)
    assert stale.open_subjects({(subject, cell)}).keys() == {subject}


def test_nothing_is_wrapped_under_a_root_that_is_not_the_one_of_the_stores(
    keyring: Keyring, cell: UUID, files: tuple[Path, Path], clock: DrivenClock
) -> None:
    path, data = files
    stale = Keyring.open(keyring.store, FileRoot(path, data), clock)
    FileRoot.create(path, data, generation=2)
    rotations = rotations_of(keyring)
    assert rotations.begin_root(1, 2, RootPlace.FILE, RotationGround.PERIOD)
    [rotation] = rotations.unfinished()
    assert rotations.take(rotation, WORKER) is not None
    assert not rotations.is_established(2)
    assert rotations.establish(rotation, WORKER)
    assert rotations.establish(rotation, WORKER), "safe to repeat"
    assert rotations.is_established(2)
    new = generation_path(path, 2)
    right = new.read_bytes()
    new.unlink()
    FileRoot.create(path, data, generation=2)
    with pytest.raises(RootKeyError, match="n'est pas celle de ces magasins"):
        stale.create_cell(uuid4())
    clock.advance(LEASE + timedelta(seconds=1))
    with pytest.raises(RootKeyError, match="n'est pas celle de ces magasins"):
        rotations_of(stale).take(rotation, OTHER)
    new.write_bytes(right)
    fresh = Keyring.open(keyring.store, FileRoot(path, data), clock)
    work(fresh, rotation, OTHER)
    assert roots(keyring.store) == [2]
    assert cell in {row.cell for row in standing_of(keyring.store).cells}


def test_an_old_root_is_not_dropped_while_it_wraps_anything_even_by_hand(
    keyring: Keyring, cell: UUID, files: tuple[Path, Path]
) -> None:
    path, data = files
    FileRoot.create(path, data, generation=2)
    rotations = rotations_of(keyring)
    assert rotations.begin_root(1, 2, RootPlace.FILE, RotationGround.PERIOD)
    assert not rotations.begin_root(1, 2, RootPlace.FILE, RotationGround.PERIOD)
    [rotation] = rotations.unfinished()
    taken = rotations.take(rotation, WORKER)
    assert taken is not None
    assert (taken.cell, taken.behind) == (None, 4 + len(ServiceKey))
    assert rotations.establish(rotation, WORKER)
    assert not rotations.begin_root(1, 3, RootPlace.FILE, RotationGround.PERIOD), "already left"
    assert not rotations.finish(rotation, WORKER)
    with pytest.raises(sa.exc.IntegrityError), keyring.store.transaction() as session:
        session.execute(sa.delete(RootGeneration).where(col(RootGeneration.generation) == 1))
    assert cell not in due_subjects(keyring.store, cell)


@ON_SQLITE
def test_a_root_lost_in_the_middle_leaves_the_batch_as_it_was(
    keyring: Keyring, cell: UUID, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, data = files
    monkeypatch.setattr(batches, "ROOT_BATCH", 2)
    subject = uuid4()
    key = keyring.create_subject(subject, cell)
    FileRoot.create(path, data, generation=2)
    rotations = rotations_of(keyring)
    assert rotations.begin_root(1, 2, RootPlace.FILE, RotationGround.PERIOD)
    [rotation] = rotations.unfinished()
    assert rotations.take(rotation, WORKER) is not None
    assert rotations.establish(rotation, WORKER)
    assert rotations.step(rotation, WORKER) == 2
    provider = keyring.root.at(2)
    monkeypatch.setattr(type(provider), "wrap", _gone)
    with pytest.raises(Unavailable):
        rotations.step(rotation, WORKER)
    monkeypatch.undo()
    taken = rotations.take(rotation, WORKER)
    assert taken is not None
    assert (taken.moved, taken.behind) == (2, 2 + len(ServiceKey))
    assert same_key(key, keyring.open_subjects({(subject, cell)})[subject])
    work(keyring, rotation)
    assert roots(keyring.store) == [2]


def _gone(_self: object, _secret: bytes, _associated: bytes) -> bytes:
    raise Unavailable
