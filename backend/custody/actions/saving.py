"""Save the three stores: each as of one instant, encrypted for a key that is not here, read again before it counts.

The order is main, keys, journal: every key of the rows that were saved is in the keys saved after them, and every
event that they have seen sealed is in the journal (architecture.md section 4).
"""

import fcntl
import os
from collections.abc import Collection, Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalLeaf, JournalWatermark
from backend.authorization.timekeeping import clock_is_refused
from backend.authorization.work import House
from backend.crypto.backups import (
    BackupBroken,
    read_content,
    read_manifest,
    skip_wrapped_key,
    write_backup,
)
from backend.crypto.keystore import MainIdentity
from backend.custody.actions.register import keep_register
from backend.custody.events import BackupMade
from backend.custody.views import Manifest, SavedView
from backend.kernel.clock import paris_day
from backend.kernel.database import Store, Stores
from backend.kernel.dumps import DumpError, check, dump
from backend.kernel.migrations import revision
from policies.custody_words import StoreKind
from policies.precedence import clock_is_far
from policies.retention import Kind, rule

SUFFIX = ".backup"
PARTIAL = f"{SUFFIX}.partial"
"""How a copy ends that is being written, or that a kill left: nothing reads it."""

LIFE: Mapping[StoreKind, Kind] = {
    StoreKind.MAIN: Kind.MAIN_BACKUP,
    StoreKind.KEYS: Kind.KEYS_BACKUP,
    StoreKind.JOURNAL: Kind.MAIN_BACKUP,
}
"""The duration that ends a backup of each store."""


def save(house: House, public: bytes, folder: Path, kinds: Collection[StoreKind] = tuple(StoreKind)) -> list[SavedView]:
    """Save stores under a folder, one subfolder each, remember them, and destroy the backups that are over.

    `public` has 32 raw bytes (X25519). Raises `DumpError` when a store cannot be read whole, or when what was written
    does not read back: nothing is then remembered, and no older backup is destroyed. Nor on a clock that is refused
    (`clock_is_refused`): the copies are made, and go with the first ones that a trusted clock dates. What a kill left
    unfinished goes at once, on any clock: it never was a backup.
    """
    trusted = not clock_is_refused(house.stores, house.clock())
    tombstones = keep_register(house)
    for path in interrupted(folder):
        path.unlink()
    saved = [_save(house, store, public, folder / store.value, tombstones) for store in StoreKind if store in kinds]
    if not trusted:
        return saved
    for one in saved:
        house.keyring.record_backup(one.manifest.store, one.manifest.taken_at, one.digest)
    with house.transaction() as uow:
        for one in saved:
            uow.record(BackupMade(one.manifest.store, one.manifest.tombstones))
    for store in kinds:
        _destroy_ended(house, store, folder / store.value)
    return saved


def interrupted(folder: Path) -> list[Path]:
    """Give the copies that a process which is dead did not finish, in the subfolders of the three stores."""
    return [path for kind in StoreKind for path in (folder / kind.value).glob(f"*{PARTIAL}") if _is_dead(path)]


def _is_dead(path: Path) -> bool:
    """Tell whether nobody writes a partial copy any more: its writer holds a lock on it, which dies with it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def store_of(stores: Stores, kind: StoreKind) -> Store:
    """Give one of the three stores."""
    return {StoreKind.MAIN: stores.main, StoreKind.KEYS: stores.keys, StoreKind.JOURNAL: stores.journal}[kind]


def journal_size(stores: Stores, kind: StoreKind) -> int:
    """Give how many sealed events a store has seen: the journal its leaves, `main` its watermark, `keys` none."""
    if kind is StoreKind.KEYS:
        return 0
    if kind is StoreKind.MAIN:
        with stores.main.transaction() as session:
            return session.scalar(sa.select(col(JournalWatermark.size))) or 0
    with stores.journal.transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(JournalLeaf)) or 0


def _save(house: House, kind: StoreKind, public: bytes, folder: Path, tombstones: int) -> SavedView:
    store = store_of(house.stores, kind)
    with house.stores.main.transaction() as session:
        identity = session.get_one(MainIdentity, 1)
    manifest = Manifest(
        store=kind,
        taken_at=house.clock(),
        mode=identity.mode,
        store_set=identity.store_set,
        engine=store.engine.dialect.name,
        revision=revision(store),
        tombstones=tombstones,
        journal_size=journal_size(house.stores, kind),
        checkpoint=house.journal.checkpoint() or "",
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{kind.value}-{manifest.taken_at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    partial = folder / f"{name.removesuffix(SUFFIX)}{PARTIAL}"
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            key = write_backup(file, public, manifest.line(), dump(store))
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            digest = _read_again(file, key, manifest, embedded=store.embedded)
        partial.rename(folder / name)
    finally:
        partial.unlink(missing_ok=True)
    _sync(folder)
    return SavedView(manifest, name, size, digest)


def _read_again(file: BinaryIO, key: bytes, manifest: Manifest, *, embedded: bool) -> str:
    """Read what was just written as a restoration would, and give its SHA-256, in hexadecimal."""
    file.seek(0)
    try:
        line = read_manifest(file)
        skip_wrapped_key(file)
        check(read_content(file, key, line), embedded=embedded)
    except BackupBroken:
        raise DumpError("La sauvegarde relue n'est pas celle qui a été écrite : vérifiez le disque.") from None
    if line != manifest.line():
        raise DumpError("La sauvegarde relue n'est pas celle qui a été écrite : vérifiez le disque.")
    file.seek(0)
    digest = sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _destroy_ended(house: House, kind: StoreKind, folder: Path) -> None:
    now = house.clock()
    life = timedelta(days=rule(LIFE[kind]).days or 0)
    for path in folder.glob(f"{kind.value}-*{SUFFIX}"):
        with path.open("rb") as file:
            try:
                taken = Manifest.read(read_manifest(file)).taken_at
            except BackupBroken:
                continue
        ahead = taken > now and clock_is_far(now, taken)
        if ahead or paris_day(taken) + life <= paris_day(now):
            path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
