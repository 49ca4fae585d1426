"""What the journal says of a situation's life (step 1 to 1b)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.vocabulary import ExitChannel, ExitKind


@dataclass(frozen=True, slots=True)
class SituationOpened(Event):
    """Situation ouverte."""

    name: ClassVar[str] = "situation:situation:opened"
    situation: Reference


@dataclass(frozen=True, slots=True)
class ExitRecorded(Event):
    """Sortie enregistrée : information préoccupante ou saisine du parquet."""

    name: ClassVar[str] = "situation:exit:recorded"
    situation: Reference
    kind: ExitKind
    channel: ExitChannel


@dataclass(frozen=True, slots=True)
class ExitsAcknowledged(Event):
    """Sorties lues par le coordonnateur."""

    name: ClassVar[str] = "situation:exits:acknowledged"
    situation: Reference
