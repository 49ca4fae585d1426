"""What the journal says of retention and purge: references, closed words and counts (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.retention import Kind
from policies.retention_words import Guard, Opinion, Verdict


@dataclass(frozen=True, slots=True)
class SituationLapsed(Event):
    """Situation arrivée au terme d'un délai, sans décision."""

    name: ClassVar[str] = "purge:situation:lapsed"
    situation: Reference
    kind: Kind


@dataclass(frozen=True, slots=True)
class SituationAnnounced(Event):
    """Destruction annoncée."""

    name: ClassVar[str] = "purge:situation:announced"
    situation: Reference
    kind: Kind


@dataclass(frozen=True, slots=True)
class NoticeWithdrawn(Event):
    """Annonce d'une destruction retirée."""

    name: ClassVar[str] = "purge:notice:withdrawn"
    situation: Reference


@dataclass(frozen=True, slots=True)
class CustodyChanged(Event):
    """Situation verrouillée, archivée ou rendue à sa cellule."""

    name: ClassVar[str] = "purge:custody:changed"
    situation: Reference
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SituationDestroyed(Event):
    """Situation détruite au terme de sa conservation."""

    name: ClassVar[str] = "purge:situation:destroyed"
    situation: Reference
    kind: Kind
    agreement: Reference | None
    subjects: int


@dataclass(frozen=True, slots=True)
class RecordsExpired(Event):
    """Enregistrements détruits au terme de leur conservation."""

    name: ClassVar[str] = "purge:records:expired"
    kind: Kind
    number: int


@dataclass(frozen=True, slots=True)
class RunRefused(Event):
    """Passage de la purge refusé."""

    name: ClassVar[str] = "purge:run:refused"
    run: Reference
    guard: Guard


@dataclass(frozen=True, slots=True)
class RunConfirmed(Event):
    """Passage refusé confirmé par une personne."""

    name: ClassVar[str] = "purge:run:confirmed"
    run: Reference
    guard: Guard


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """Passage de la purge terminé et attesté."""

    name: ClassVar[str] = "purge:run:finished"
    run: Reference
    destroyed: int


@dataclass(frozen=True, slots=True)
class PurgeSwitched(Event):
    """Purge arrêtée ou remise en marche."""

    name: ClassVar[str] = "purge:state:switched"
    stopped: bool


@dataclass(frozen=True, slots=True)
class DurationEntered(Event):
    """Durée de conservation décidée par la Ville enregistrée."""

    name: ClassVar[str] = "purge:duration:entered"
    decision: Reference
    kind: Kind
    months: int


@dataclass(frozen=True, slots=True)
class DurationAdvised(Event):
    """Avis du délégué donné sur une durée de conservation."""

    name: ClassVar[str] = "purge:duration:advised"
    decision: Reference
    opinion: Opinion
