"""What the journal says of a meeting in progress: that something was decided, never what."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference


@dataclass(frozen=True, slots=True)
class SituationPresented(Event):
    """Situation non retenue présentée par le parquet."""

    name: ClassVar[str] = "examination:situation:presented"
    meeting: Reference
    situation: Reference


@dataclass(frozen=True, slots=True)
class ExaminationBegun(Event):
    """Examen d'une situation commencé."""

    name: ClassVar[str] = "examination:situation:begun"
    meeting: Reference
    situation: Reference


@dataclass(frozen=True, slots=True)
class GuestAdmitted(Event):
    """Chef d'établissement invité entré en séance."""

    name: ClassVar[str] = "examination:guest:admitted"
    meeting: Reference
    situation: Reference


@dataclass(frozen=True, slots=True)
class SituationDecided(Event):
    """Décision de la cellule enregistrée."""

    name: ClassVar[str] = "examination:situation:decided"
    meeting: Reference
    situation: Reference


@dataclass(frozen=True, slots=True)
class AttendanceChecked(Event):
    """Assiduité scolaire vérifiée."""

    name: ClassVar[str] = "examination:attendance:checked"
    situation: Reference


@dataclass(frozen=True, slots=True)
class ClosedUnexamined(Event):
    """Situation retenue close sans examen."""

    name: ClassVar[str] = "examination:situation:closed_unexamined"
    situation: Reference
