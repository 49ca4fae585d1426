"""What the journal says of prior research: that it was opened, prepared, closed; never what somebody found."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference


@dataclass(frozen=True, slots=True)
class ResearchOpened(Event):
    """Recherche préalable ouverte."""

    name: ClassVar[str] = "research:situations:opened"
    situations: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class ResearchPrepared(Event):
    """Préparation d'un membre enregistrée."""

    name: ClassVar[str] = "research:situation:prepared"
    situation: Reference


@dataclass(frozen=True, slots=True)
class ResearchClosed(Event):
    """Recherche préalable close : accès retirés, notes détruites."""

    name: ClassVar[str] = "research:situation:closed"
    situation: Reference
    notes: int


@dataclass(frozen=True, slots=True)
class GuestInvited(Event):
    """Chef d'établissement invité à l'examen d'une situation."""

    name: ClassVar[str] = "research:guest:invited"
    situation: Reference


@dataclass(frozen=True, slots=True)
class GuestDismissed(Event):
    """Invitation d'un chef d'établissement retirée."""

    name: ClassVar[str] = "research:guest:dismissed"
    situation: Reference
