"""What the journal keeps of the life of cells: references, closed words, counts (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from backend.cells.models import ContactKind
from backend.cells.states import ActDecision
from policies.go_live import RequiredAct


@dataclass(frozen=True, slots=True)
class CellOpened(Event):
    """Cellule ouverte."""

    name: ClassVar[str] = "cells:cell:opened"
    cell: Reference


@dataclass(frozen=True, slots=True)
class CellRenamed(Event):
    """Cellule renommée."""

    name: ClassVar[str] = "cells:cell:renamed"
    cell: Reference


@dataclass(frozen=True, slots=True)
class CellClosed(Event):
    """Cellule fermée aux nouveaux signalements."""

    name: ClassVar[str] = "cells:cell:closed"
    cell: Reference


@dataclass(frozen=True, slots=True)
class CellCharterChanged(Event):
    """Version de la charte d'une cellule changée."""

    name: ClassVar[str] = "cells:charter:changed"
    cell: Reference


@dataclass(frozen=True, slots=True)
class ActEntered(Event):
    """Acte de mise en service ou accord d'élimination saisi, à confirmer par le délégué à la protection des données."""

    name: ClassVar[str] = "cells:act:entered"
    cell: Reference
    act: Reference
    kind: RequiredAct


@dataclass(frozen=True, slots=True)
class ActDecided(Event):
    """Acte de mise en service confirmé, refusé ou retiré."""

    name: ClassVar[str] = "cells:act:decided"
    act: Reference
    kind: RequiredAct
    decision: ActDecision


@dataclass(frozen=True, slots=True)
class ContactAdded(Event):
    """Contact d'une cellule ajouté."""

    name: ClassVar[str] = "cells:contact:added"
    cell: Reference
    contact: Reference
    kind: ContactKind


@dataclass(frozen=True, slots=True)
class ContactEnded(Event):
    """Contact d'une cellule retiré."""

    name: ClassVar[str] = "cells:contact:ended"
    contact: Reference


@dataclass(frozen=True, slots=True)
class EducationContactsConfirmed(Event):
    """Liste des correspondants de l'Éducation nationale confirmée pour l'année scolaire."""

    name: ClassVar[str] = "cells:education:confirmed"
    cell: Reference
    school_year: int
    contacts: int
