"""What the journal keeps of signatures: references only (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from backend.audit.events import Event, Reference


@dataclass(frozen=True, slots=True)
class SignatureRecorded(Event):
    """Signature de la charte et du règlement intérieur enregistrée."""

    name: ClassVar[str] = "charters:signature:recorded"
    signature: Reference
    institution: UUID


@dataclass(frozen=True, slots=True)
class SignatureEnded(Event):
    """Signature de la charte terminée."""

    name: ClassVar[str] = "charters:signature:ended"
    signature: Reference
    institution: UUID
