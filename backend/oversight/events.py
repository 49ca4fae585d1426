"""What the journal says of those who oversee it: references, closed words and counts (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.oversight_words import AccessOutcome, LiftGround, Oddity


@dataclass(frozen=True, slots=True)
class CheckpointPublished(Event):
    """Point de contrôle du journal publié."""

    name: ClassVar[str] = "oversight:checkpoint:published"
    size: int


@dataclass(frozen=True, slots=True)
class EventProved(Event):
    """Preuve d'un événement du journal donnée."""

    name: ClassVar[str] = "oversight:event:proved"
    number: int


@dataclass(frozen=True, slots=True)
class UnusualAccessFound(Event):
    """Accès inhabituel relevé."""

    name: ClassVar[str] = "oversight:access:found"
    access: Reference
    oddity: Oddity


@dataclass(frozen=True, slots=True)
class PseudonymLifted(Event):
    """Pseudonyme d'un accès inhabituel levé."""

    name: ClassVar[str] = "oversight:access:lifted"
    access: Reference
    ground: LiftGround


@dataclass(frozen=True, slots=True)
class NamesakesLifted(Event):
    """Pseudonyme des ouvertures d'homonymes levé."""

    name: ClassVar[str] = "oversight:namesakes:lifted"
    ground: LiftGround


@dataclass(frozen=True, slots=True)
class UnusualAccessSettled(Event):
    """Accès inhabituel traité."""

    name: ClassVar[str] = "oversight:access:settled"
    access: Reference
    outcome: AccessOutcome


@dataclass(frozen=True, slots=True)
class LookersRead(Event):
    """Ouvertures d'une situation consultées."""

    name: ClassVar[str] = "oversight:lookers:read"
    situation: Reference
