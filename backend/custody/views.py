"""What is said of backups and restorations: closed shapes, without a name, a path or a key."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from backend.crypto.backups import BackupBroken
from policies.custody_words import StoreKind


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself, in clear: nothing of it names anybody.

    `tombstones` is how many traces of destruction the keys held then, `journal_size` how many events the store has
    seen sealed, `checkpoint` the signed note of the journal at that moment.
    """

    store: StoreKind
    taken_at: datetime
    mode: str
    store_set: UUID
    engine: str
    revision: str
    tombstones: int
    journal_size: int
    checkpoint: str

    def line(self) -> bytes:
        """Give the manifest as one line of canonical JSON."""
        values = {**asdict(self), "taken_at": self.taken_at.isoformat(), "store_set": str(self.store_set)}
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Read a manifest back; raise `BackupBroken` for anything else."""
        try:
            values = json.loads(line)
            return cls(
                store=StoreKind.of(values["store"]),
                taken_at=datetime.fromisoformat(values["taken_at"]),
                mode=str(values["mode"]),
                store_set=UUID(values["store_set"]),
                engine=str(values["engine"]),
                revision=str(values["revision"]),
                tombstones=int(values["tombstones"]),
                journal_size=int(values["journal_size"]),
                checkpoint=str(values["checkpoint"]),
            )
        except (ValueError, KeyError, TypeError):
            raise BackupBroken("no manifest") from None


@dataclass(frozen=True, slots=True)
class SavedView:
    """A backup that was written and read again: its store, the name of its file, its size and SHA-256."""

    manifest: Manifest
    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class ToDoAgain:
    """An act that the restored rows do not know: its French label, and who or what it is about, by reference."""

    label: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestoredView:
    """What a restoration did, in counts of subjects and of situations protected again; whether the purge stopped."""

    tombstones: int
    destroyed_again: int
    reinstated: int
    unreadable: int
    protected_again: int
    purge_stopped: bool
    to_do_again: tuple[ToDoAgain, ...]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """Where a key stands: its generation, its age in days, what is behind, when it was and is to be renewed.

    `cell` is the reference of its cell, None for a key of the whole service. `behind` counts keys still wrapped under
    an older generation, `due` the subjects to be sealed again. `due_on` is None for what no period renews.
    """

    label: str
    cell: str | None
    generation: int
    age: int
    renewed_on: date | None
    due_on: date | None
    late: bool
    ground: str | None
    behind: int
    due: int


@dataclass(frozen=True, slots=True)
class CellKeysView:
    """The keys of one cell, and what the reader may do about them."""

    line: KeyLine
    can_suspect: bool
    can_reseal: bool


@dataclass(frozen=True, slots=True)
class KeysView:
    """The keys that the reader may know of: those of the service for who oversees it, those of cells."""

    service: tuple[KeyLine, ...]
    cells: tuple[CellKeysView, ...]
