"""What the journal says of step 6: that a service answered or was reminded, never what it answered."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference


@dataclass(frozen=True, slots=True)
class FeedbackGiven(Event):
    """Retour d'un service enregistré."""

    name: ClassVar[str] = "feedback:feedback:given"
    transmission: Reference


@dataclass(frozen=True, slots=True)
class FeedbackCorrected(Event):
    """Retour d'un service corrigé par son auteur."""

    name: ClassVar[str] = "feedback:feedback:corrected"
    transmission: Reference


@dataclass(frozen=True, slots=True)
class RecipientReminded(Event):
    """Rappel envoyé à un service dont le retour est attendu."""

    name: ClassVar[str] = "feedback:recipient:reminded"
    transmission: Reference
    people: int
