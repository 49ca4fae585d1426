"""What the journal says of meetings and agendas: references, kinds and counts, never where or about whom."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.charter_words import Gravity
from policies.meeting_words import AgendaPart, MeetingKind


@dataclass(frozen=True, slots=True)
class MeetingPlanned(Event):
    """Réunion prévue."""

    name: ClassVar[str] = "agenda:meeting:planned"
    meeting: Reference
    kind: MeetingKind


@dataclass(frozen=True, slots=True)
class EmergencyAsked(Event):
    """Réunion d'urgence demandée."""

    name: ClassVar[str] = "agenda:emergency:asked"
    meeting: Reference
    gravity: Gravity


@dataclass(frozen=True, slots=True)
class EmergencyAgreed(Event):
    """Accord de la mairie enregistré pour une réunion d'urgence."""

    name: ClassVar[str] = "agenda:emergency:agreed"
    meeting: Reference


@dataclass(frozen=True, slots=True)
class DatesProposed(Event):
    """Dates proposées aux membres."""

    name: ClassVar[str] = "agenda:dates:proposed"
    meeting: Reference
    dates: int


@dataclass(frozen=True, slots=True)
class AvailabilityAnswered(Event):
    """Disponibilités données."""

    name: ClassVar[str] = "agenda:availability:answered"
    meeting: Reference
    dates: int


@dataclass(frozen=True, slots=True)
class DateSet(Event):
    """Date d'une réunion fixée."""

    name: ClassVar[str] = "agenda:date:set"
    meeting: Reference


@dataclass(frozen=True, slots=True)
class MeetingConvened(Event):
    """Réunion convoquée."""

    name: ClassVar[str] = "agenda:meeting:convened"
    meeting: Reference
    members: int


@dataclass(frozen=True, slots=True)
class MeetingMoved(Event):
    """Réunion déplacée."""

    name: ClassVar[str] = "agenda:meeting:moved"
    meeting: Reference
    sequence: int


@dataclass(frozen=True, slots=True)
class MeetingCancelled(Event):
    """Réunion annulée."""

    name: ClassVar[str] = "agenda:meeting:cancelled"
    meeting: Reference
    sequence: int


@dataclass(frozen=True, slots=True)
class MeetingOpened(Event):
    """Réunion ouverte."""

    name: ClassVar[str] = "agenda:meeting:opened"
    meeting: Reference


@dataclass(frozen=True, slots=True)
class MeetingClosed(Event):
    """Réunion close."""

    name: ClassVar[str] = "agenda:meeting:closed"
    meeting: Reference
    carried: int


@dataclass(frozen=True, slots=True)
class AgendaFilled(Event):
    """Ordre du jour complété d'après ce qui peut être examiné."""

    name: ClassVar[str] = "agenda:agenda:filled"
    meeting: Reference
    situations: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class SituationListed(Event):
    """Situation inscrite à un ordre du jour."""

    name: ClassVar[str] = "agenda:situation:listed"
    meeting: Reference
    situation: Reference


@dataclass(frozen=True, slots=True)
class SituationWithdrawn(Event):
    """Situation retirée d'un ordre du jour, reportée au suivant quand il y en a un."""

    name: ClassVar[str] = "agenda:situation:withdrawn"
    meeting: Reference
    situation: Reference
    carried_to: Reference | None


@dataclass(frozen=True, slots=True)
class AgendaReordered(Event):
    """Ordre du jour réordonné."""

    name: ClassVar[str] = "agenda:agenda:reordered"
    meeting: Reference
    part: AgendaPart


@dataclass(frozen=True, slots=True)
class AgendaShown(Event):
    """Ordre du jour nominatif affiché."""

    name: ClassVar[str] = "agenda:agenda:shown"
    meeting: Reference
