"""Restore stores from their backups, then apply every destruction that came after: nothing is served before the end.

A mark in `keys` says that a restoration is under way; whoever opens the stores meanwhile is refused. Killed anywhere
once the stores are back, it is resumed. What is newer than the backup is never destroyed: keys whose rows did not come
back stay until an operator says otherwise (architecture.md section 4).
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.crypto.backups import BackupBroken, read_content, read_manifest, skip_wrapped_key, unlock
from backend.crypto.keystore import (
    IdentityColumns,
    IdentityError,
    JournalIdentity,
    KeysIdentity,
    MainIdentity,
    RestorationRecord,
    check_identity,
)
from backend.custody.actions.protecting import protect_again
from backend.custody.actions.reapplying import bury_again, end_access, give_back, write_journalled
from backend.custody.actions.register import RegisterError, keep_register, read_register, tombstone_life
from backend.custody.actions.retelling import to_do_again
from backend.custody.actions.saving import journal_size, store_of
from backend.custody.events import StoresRestored
from backend.custody.views import Manifest, RestoredView
from backend.kernel.clock import Clock
from backend.kernel.database import Stores
from backend.kernel.dumps import DumpError, check, is_empty, load
from backend.kernel.migrations import StoreName, is_known, upgrade
from policies.custody_words import StoreKind

NAMES: Mapping[StoreKind, StoreName] = {
    StoreKind.MAIN: "main",
    StoreKind.KEYS: "keys",
    StoreKind.JOURNAL: "journal",
}
"""The history of each store."""

IDENTITIES: Mapping[StoreKind, type[IdentityColumns]] = {
    StoreKind.MAIN: MainIdentity,
    StoreKind.KEYS: KeysIdentity,
    StoreKind.JOURNAL: JournalIdentity,
}
"""Where each store says which set it belongs to."""


class RestoreError(Exception):
    """A restoration is refused before anything was changed; the French message is for the operator."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A backup to restore: its file, read no further than its manifest, which its key vouches for."""

    path: Path
    manifest: Manifest
    key: bytes

    def content(self, file: BinaryIO) -> Iterator[bytes]:
        """Give the content again, from the beginning; raise `BackupBroken` where it was altered."""
        file.seek(0)
        line = read_manifest(file)
        skip_wrapped_key(file)
        return read_content(file, self.key, line)


def choose(files: Mapping[StoreKind, Path], private: bytes) -> dict[StoreKind, Chosen]:
    """Read the manifest of each backup, which its key vouches for; raise `RestoreError` for any that is not one."""
    chosen = {}
    for kind, path in files.items():
        try:
            with path.open("rb") as file:
                line = read_manifest(file)
                found = Chosen(path, Manifest.read(line), unlock(file, private, line))
        except OSError:
            raise RestoreError(f"La sauvegarde {path.name} ne peut pas être lue.") from None
        except BackupBroken:
            raise RestoreError(
                f"{path.name} n'est pas une sauvegarde, a été modifiée, ou n'est pas pour cette clé privée."
            ) from None
        if found.manifest.store is not kind:
            raise RestoreError(f"{path.name} est une sauvegarde du magasin « {found.manifest.store.label} ».")
        chosen[kind] = found
    return chosen


def inspect(chosen: Mapping[StoreKind, Chosen]) -> None:
    """Read backups to their end, and change nothing; raise `RestoreError` for one that is not whole."""
    for one in chosen.values():
        try:
            with one.path.open("rb") as file:
                check(one.content(file), embedded=one.manifest.engine == "sqlite")
        except (BackupBroken, DumpError):
            raise RestoreError(f"{one.path.name} est incomplète ou a été modifiée : prenez-en une autre.") from None


def require_restorable(
    stores: Stores, mode: str, chosen: Mapping[StoreKind, Chosen], now: datetime, *, register: bool
) -> None:
    """Raise `RestoreError`, before anything is changed, for what must not be restored.

    A backup older than the tombstones would bring back what nobody remembers destroying.
    """
    for kind, one in chosen.items():
        _require_suitable(stores, mode, kind, one, now)
    sets = {one.manifest.store_set for one in chosen.values()}
    if len(sets | {_set_of(stores, kind) for kind in StoreKind if kind not in chosen}) > 1:
        raise RestoreError("Ces sauvegardes et ces magasins ne viennent pas de la même installation.")
    if StoreKind.KEYS in chosen and not register:
        raise RestoreError(
            "Le registre des destructions manque : sans lui, des clés détruites depuis cette sauvegarde reviendraient. "
            "Donnez-en une copie avec --register."
        )
    if _size(stores, StoreKind.MAIN, chosen) > _size(stores, StoreKind.JOURNAL, chosen):
        raise RestoreError(
            "Cette sauvegarde du journal est plus ancienne que les données : le journal ne pourrait plus être "
            "continué. Restaurez les données et le journal de la même nuit."
        )


def _set_of(stores: Stores, kind: StoreKind) -> UUID:
    store = store_of(stores, kind)
    if is_empty(store):
        raise RestoreError(f"Le magasin « {kind.label} » est vide : donnez aussi sa sauvegarde.")
    with store.transaction() as session:
        return session.get_one(IDENTITIES[kind], 1).store_set


def _require_suitable(stores: Stores, mode: str, kind: StoreKind, one: Chosen, now: datetime) -> None:
    if one.manifest.mode != mode:
        raise RestoreError(f"{one.path.name} vient d'une installation en mode {one.manifest.mode}.")
    if one.manifest.taken_at < now - tombstone_life():
        raise RestoreError(
            f"{one.path.name} date du {one.manifest.taken_at:%d/%m/%Y} : elle est plus ancienne que les traces de "
            f"destruction, gardées {tombstone_life().days} jours. Elle ferait revenir ce qui a été détruit : "
            "détruisez-la."
        )
    store = store_of(stores, kind)
    if one.manifest.engine != store.engine.dialect.name:
        raise RestoreError(f"{one.path.name} vient de {one.manifest.engine}, et ce magasin est d'une autre sorte.")
    if not is_known(NAMES[kind], one.manifest.revision):
        raise RestoreError(f"{one.path.name} vient d'une version plus récente de Cénacle : installez-la d'abord.")
    if not is_empty(store):
        raise RestoreError(
            f"Le magasin « {kind.label} » n'est pas vide : rien n'a été remplacé. Mettez-le de côté (docs/runbooks), "
            "puis recommencez."
        )


def _size(stores: Stores, kind: StoreKind, chosen: Mapping[StoreKind, Chosen]) -> int:
    return chosen[kind].manifest.journal_size if kind in chosen else journal_size(stores, kind)


def bring_back(stores: Stores, mode: str, chosen: Mapping[StoreKind, Chosen], clock: Clock) -> None:
    """Load the backups into their empty stores, under the mark that keeps everybody out until `finish_restoration`.

    Raises `RestoreError` when a backup is not whole, or when the stores do not go together.
    """
    if StoreKind.KEYS in chosen:
        _load(stores, StoreKind.KEYS, chosen[StoreKind.KEYS])
    rows_from = chosen[StoreKind.MAIN].manifest.taken_at if StoreKind.MAIN in chosen else None
    with stores.keys.transaction() as session:
        session.add(RestorationRecord(id=uuid4(), started_at=clock(), rows_from=rows_from))
    # The rows last, once all that says what was destroyed is there.
    for kind in (StoreKind.JOURNAL, StoreKind.MAIN):
        if kind in chosen:
            _load(stores, kind, chosen[kind])
    try:
        check_identity(stores, mode)
    except IdentityError as error:
        raise RestoreError(str(error)) from None


def _load(stores: Stores, kind: StoreKind, one: Chosen) -> None:
    store = store_of(stores, kind)
    try:
        with ExitStack() as opened:
            load(store, one.content(opened.enter_context(one.path.open("rb"))))
        upgrade(store, NAMES[kind])
    except BackupBroken:
        raise RestoreError(f"{one.path.name} est incomplète ou a été modifiée : prenez-en une autre.") from None
    except DumpError as error:
        raise RestoreError(str(error)) from None


def finish_restoration(house: House, registers: tuple[Path, ...]) -> RestoredView:
    """Apply every destruction that is known to what came back, end every session, and take the mark away.

    The tombstones are those of the keys, of the registers and of the journal. Older rows also get back what protected
    somebody since, and the purge is stopped. Safe to repeat. Raises `RegisterError`
    for a register that was altered, `RestoreError` when nothing is being restored.
    """
    with house.stores.keys.transaction() as session:
        marks = session.scalars(sa.select(RestorationRecord).where(col(RestorationRecord.finished_at).is_(None))).all()
    if not marks:
        raise RestoreError("Aucune restauration n'est en cours.")
    rows_from = min((mark.rows_from for mark in marks if mark.rows_from is not None), default=None)
    for path in registers:
        house.keyring.write_tombstones(read_register(path, house.keyring))
    write_journalled(house)
    destroyed = bury_again(house)
    reinstated, left = give_back(house)
    # After the keys were given back: what is protected is then taken out of the cell's hands again.
    protected = protect_again(house, rows_from)
    end_access(house)
    total = keep_register(house)
    with house.transaction() as uow:
        uow.record(StoresRestored(tuple(StoreKind), total, destroyed, reinstated, left))
    with house.stores.keys.transaction() as session:
        session.execute(
            sa.update(RestorationRecord)
            .where(col(RestorationRecord.finished_at).is_(None))
            .values(finished_at=house.clock())
        )
    done = to_do_again(house, rows_from)
    return RestoredView(total, destroyed, reinstated, left, protected, rows_from is not None, done)


def registers_at(settings_path: Path, given: tuple[Path, ...]) -> tuple[Path, ...]:
    """Give the registers to read: those that were given, and the one beside the stores when it is there."""
    missing = [path for path in given if not path.is_file()]
    if missing:
        raise RegisterError(f"Le registre des destructions {missing[0].name} est absent ou illisible.")
    return tuple(dict.fromkeys((*given, *((settings_path,) if settings_path.is_file() else ()))))
