"""What the journal says of backups and restorations: closed words and counts (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.custody_words import StoreKind
from policies.rotation import RotationGround, RotationKind


@dataclass(frozen=True, slots=True)
class BackupMade(Event):
    """Sauvegarde écrite, relue et reconnue entière."""

    name: ClassVar[str] = "custody:backup:made"
    store: StoreKind
    tombstones: int


@dataclass(frozen=True, slots=True)
class RootKeySplit(Event):
    """Clé racine partagée entre plusieurs personnes."""

    name: ClassVar[str] = "custody:root_key:split"
    needed: int
    count: int


@dataclass(frozen=True, slots=True)
class RootKeyRebuilt(Event):
    """Clé racine reconstituée d'après ses parts."""

    name: ClassVar[str] = "custody:root_key:rebuilt"
    shares: int


@dataclass(frozen=True, slots=True)
class StoresRestored(Event):
    """Restauration terminée, traces de destruction appliquées."""

    name: ClassVar[str] = "custody:stores:restored"
    stores: tuple[StoreKind, ...]
    tombstones: int
    destroyed_again: int
    reinstated: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class RotationTaken(Event):
    """Renouvellement de clés commencé, ou repris."""

    name: ClassVar[str] = "custody:rotation:taken"
    kind: RotationKind
    cell: Reference | None
    generation: int
    ground: RotationGround
    behind: int


@dataclass(frozen=True, slots=True)
class RotationEnded(Event):
    """Renouvellement de clés terminé."""

    name: ClassVar[str] = "custody:rotation:ended"
    kind: RotationKind
    cell: Reference | None
    generation: int
    moved: int


@dataclass(frozen=True, slots=True)
class CellSuspected(Event):
    """Suspicion déclarée sur les clés d'une cellule."""

    name: ClassVar[str] = "custody:cell:suspected"
    cell: Reference
    ground: RotationGround
