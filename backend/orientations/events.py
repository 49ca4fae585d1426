"""What the journal says of step 5: that something was decided, sent or opened, never what it says."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.charter_words import InformationWaiver, RecipientCategory
from policies.orientation_words import InformationMode, NoticeGround


@dataclass(frozen=True, slots=True)
class OrientationRecorded(Event):
    """Orientation enregistrée en séance."""

    name: ClassVar[str] = "orientations:orientation:recorded"
    situation: Reference
    orientation: Reference


@dataclass(frozen=True, slots=True)
class OrientationWithdrawn(Event):
    """Orientation retirée en séance."""

    name: ClassVar[str] = "orientations:orientation:withdrawn"
    situation: Reference
    orientation: Reference


@dataclass(frozen=True, slots=True)
class FamilyInformed(Event):
    """Information de la famille enregistrée, ou tentative sans succès."""

    name: ClassVar[str] = "orientations:family:informed"
    situation: Reference
    mode: InformationMode


@dataclass(frozen=True, slots=True)
class NoticeExcepted(Event):
    """Exception à l'information de la famille décidée."""

    name: ClassVar[str] = "orientations:notice:excepted"
    situation: Reference
    ground: NoticeGround


@dataclass(frozen=True, slots=True)
class FamilyLetterWritten(Event):
    """Lettre d'information de la famille exportée."""

    name: ClassVar[str] = "orientations:letter:exported"
    situation: Reference


@dataclass(frozen=True, slots=True)
class TransmissionSent(Event):
    """Transmission nominative envoyée."""

    name: ClassVar[str] = "orientations:transmission:sent"
    situation: Reference
    transmission: Reference
    category: RecipientCategory
    waiver: InformationWaiver | None


@dataclass(frozen=True, slots=True)
class TransmissionOpened(Event):
    """Engagement de confidentialité accepté, transmission ouverte."""

    name: ClassVar[str] = "orientations:transmission:opened"
    transmission: Reference


@dataclass(frozen=True, slots=True)
class TransmissionRecalled(Event):
    """Transmission retirée avec son orientation."""

    name: ClassVar[str] = "orientations:transmission:recalled"
    transmission: Reference
