"""What the journal says of backups and restorations: closed words and counts (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event
from policies.custody_words import StoreKind


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
