"""What the journal says of the filter: that it was asked and answered, never which way."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference


@dataclass(frozen=True, slots=True)
class SituationsSent(Event):
    """Situations transmises au parquet."""

    name: ClassVar[str] = "parquet:situations:sent"
    situations: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class SituationAnswered(Event):
    """Réponse du parquet enregistrée."""

    name: ClassVar[str] = "parquet:situation:answered"
    situation: Reference
    rank: int
