"""What the journal keeps of institutions: references only (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from backend.audit.events import Event, Reference


@dataclass(frozen=True, slots=True)
class InstitutionCreated(Event):
    """Institution créée."""

    name: ClassVar[str] = "institutions:institution:created"
    institution: Reference


@dataclass(frozen=True, slots=True)
class InstitutionRenamed(Event):
    """Institution renommée."""

    name: ClassVar[str] = "institutions:institution:renamed"
    institution: Reference


@dataclass(frozen=True, slots=True)
class ReferentsNamed(Event):
    """Référents d'une institution nommés."""

    name: ClassVar[str] = "institutions:institution:referents_named"
    institution: Reference
    referent: UUID | None
    deputy: UUID | None


@dataclass(frozen=True, slots=True)
class InstitutionClosed(Event):
    """Institution fermée."""

    name: ClassVar[str] = "institutions:institution:closed"
    institution: Reference
