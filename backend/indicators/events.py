"""What the journal keeps of the indicators: periods, closed words and counts."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.indicator_words import TextKind


@dataclass(frozen=True, slots=True)
class ReleasePublished(Event):
    """Indicateurs d'un trimestre publiés."""

    name: ClassVar[str] = "indicators:release:published"
    year: int
    quarter: int
    figures: int
    hidden: int


@dataclass(frozen=True, slots=True)
class BalanceTextWritten(Event):
    """Texte d'un bilan annuel écrit."""

    name: ClassVar[str] = "indicators:balance_text:written"
    text: Reference
    kind: TextKind
    year: int
