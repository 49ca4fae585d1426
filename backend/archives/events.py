"""What the journal says of the intermediate archive: references and closed words, never the written reason."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.archive_words import OpeningDecision, OpeningGround


@dataclass(frozen=True, slots=True)
class OpeningAsked(Event):
    """Ouverture d'une archive demandée."""

    name: ClassVar[str] = "archives:opening:asked"
    opening: Reference
    situation: Reference
    ground: OpeningGround


@dataclass(frozen=True, slots=True)
class OpeningDecided(Event):
    """Ouverture d'une archive signée ou refusée par le délégué."""

    name: ClassVar[str] = "archives:opening:decided"
    opening: Reference
    decision: OpeningDecision


@dataclass(frozen=True, slots=True)
class OpeningEnded(Event):
    """Ouverture d'une archive terminée, à son heure ou avant."""

    name: ClassVar[str] = "archives:opening:ended"
    opening: Reference


@dataclass(frozen=True, slots=True)
class ArchiveConsulted(Event):
    """Situation archivée lue pendant son ouverture."""

    name: ClassVar[str] = "archives:situation:consulted"
    opening: Reference
    situation: Reference
