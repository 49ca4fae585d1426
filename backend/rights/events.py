"""What the journal says of the rights of persons: references, closed words, counts; never who asks nor about whom."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.rights_words import (
    Decision,
    ExtensionGround,
    RecipientDuty,
    RefusalGround,
    ReturnGround,
    Right,
    SearchState,
)


@dataclass(frozen=True, slots=True)
class RequestRegistered(Event):
    """Demande d'exercice des droits enregistrée."""

    name: ClassVar[str] = "rights:request:registered"
    request: Reference
    claim: Right
    cells: int


@dataclass(frozen=True, slots=True)
class RequestExtended(Event):
    """Délai d'une demande prolongé."""

    name: ClassVar[str] = "rights:request:extended"
    request: Reference
    ground: ExtensionGround


@dataclass(frozen=True, slots=True)
class RequestDecided(Event):
    """Demande décidée."""

    name: ClassVar[str] = "rights:request:decided"
    request: Reference
    decision: Decision
    ground: RefusalGround | None


@dataclass(frozen=True, slots=True)
class RequestAnswered(Event):
    """Réponse envoyée : identité cherchée et exports détruits."""

    name: ClassVar[str] = "rights:request:answered"
    request: Reference
    destroyed: int


@dataclass(frozen=True, slots=True)
class PersonSearched(Event):
    """Personne cherchée dans une cellule pour une demande."""

    name: ClassVar[str] = "rights:person:searched"
    search: Reference
    found: int


@dataclass(frozen=True, slots=True)
class SearchAnswered(Event):
    """Réponse d'une cellule à une recherche de personne."""

    name: ClassVar[str] = "rights:search:answered"
    search: Reference
    state: SearchState
    situations: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class SituationFrozen(Event):
    """Situation placée sous limitation."""

    name: ClassVar[str] = "rights:situation:frozen"
    situation: Reference


@dataclass(frozen=True, slots=True)
class SituationFreed(Event):
    """Limitation d'une situation levée."""

    name: ClassVar[str] = "rights:situation:freed"
    situation: Reference


@dataclass(frozen=True, slots=True)
class ErasureDecided(Event):
    """Effacement d'une situation décidé."""

    name: ClassVar[str] = "rights:situation:erasure_decided"
    situation: Reference


@dataclass(frozen=True, slots=True)
class PersonRectified(Event):
    """Données d'une personne rectifiées."""

    name: ClassVar[str] = "rights:person:rectified"
    situation: Reference
    fields: int


@dataclass(frozen=True, slots=True)
class FindingSetAside(Event):
    """Situation reconnue devenue sans objet : elle a quitté la base active."""

    name: ClassVar[str] = "rights:finding:set_aside"
    finding: Reference
    situation: Reference


@dataclass(frozen=True, slots=True)
class ExportPrepared(Event):
    """Export d'une personne préparé et masqué."""

    name: ClassVar[str] = "rights:export:prepared"
    finding: Reference
    masked: int
    passages: int


@dataclass(frozen=True, slots=True)
class ExportSigned(Event):
    """Export d'une personne validé."""

    name: ClassVar[str] = "rights:export:signed"
    finding: Reference


@dataclass(frozen=True, slots=True)
class ExportReturned(Event):
    """Export d'une personne renvoyé au coordonnateur."""

    name: ClassVar[str] = "rights:export:returned"
    finding: Reference
    ground: ReturnGround


@dataclass(frozen=True, slots=True)
class ExportTaken(Event):
    """Export d'une personne emporté pour être remis."""

    name: ClassVar[str] = "rights:export:taken"
    finding: Reference


@dataclass(frozen=True, slots=True)
class RecipientTold(Event):
    """Destinataire notifié d'une rectification, d'un effacement ou d'une limitation."""

    name: ClassVar[str] = "rights:recipient:told"
    request: Reference
    duty: RecipientDuty
    people: int
