"""What the journal keeps of the directory: references, closed words and counts."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.vocabulary import Word


class EntryChange(Word):
    """What was done to a sheet of the directory."""

    ADDED = "added", "ajoutée"
    CHANGED = "changed", "modifiée"
    REVISED = "revised", "relue"
    WITHDRAWN = "withdrawn", "retirée"


@dataclass(frozen=True, slots=True)
class EntrySet(Event):
    """Fiche de l'annuaire des dispositifs ajoutée, modifiée, relue ou retirée."""

    name: ClassVar[str] = "directory:entry:set"
    entry: Reference
    change: EntryChange


@dataclass(frozen=True, slots=True)
class DirectoryBegun(Event):
    """Annuaire des dispositifs complété d'après la liste de départ."""

    name: ClassVar[str] = "directory:list:begun"
    entries: int
