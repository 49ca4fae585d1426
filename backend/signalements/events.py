"""What the journal says of intake and qualification: who acted on which reference, never what was written."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from backend.signalements.states import FactsState
from policies.vocabulary import ConcernAnswer, Diversion, Inadmissibility, ReturnReason


@dataclass(frozen=True, slots=True)
class SignalementDiverted(Event):
    """Saisie réorientée par une question préalable."""

    name: ClassVar[str] = "signalement:intake:diverted"
    diversion: Diversion


@dataclass(frozen=True, slots=True)
class DraftSaved(Event):
    """Brouillon enregistré."""

    name: ClassVar[str] = "signalement:draft:saved"
    draft: Reference


@dataclass(frozen=True, slots=True)
class DraftAbandoned(Event):
    """Brouillon abandonné."""

    name: ClassVar[str] = "signalement:draft:abandoned"
    draft: Reference


@dataclass(frozen=True, slots=True)
class SignalementSubmitted(Event):
    """Signalement envoyé."""

    name: ClassVar[str] = "signalement:signalement:submitted"
    receipt: Reference


@dataclass(frozen=True, slots=True)
class SituationAdmitted(Event):
    """Situation déclarée recevable."""

    name: ClassVar[str] = "signalement:situation:admitted"
    situation: Reference
    concern_answer: ConcernAnswer | None


@dataclass(frozen=True, slots=True)
class SituationRefused(Event):
    """Situation déclarée non recevable."""

    name: ClassVar[str] = "signalement:situation:refused"
    situation: Reference
    ground: Inadmissibility


@dataclass(frozen=True, slots=True)
class SituationRedirected(Event):
    """Situation réorientée sans délai vers la CRIP."""

    name: ClassVar[str] = "signalement:situation:redirected"
    situation: Reference


@dataclass(frozen=True, slots=True)
class FactsReviewed(Event):
    """Texte libre relu."""

    name: ClassVar[str] = "signalement:facts:reviewed"
    situation: Reference
    signalement: Reference
    outcome: FactsState


@dataclass(frozen=True, slots=True)
class SignalementReturned(Event):
    """Signalement renvoyé à son auteur pour complément."""

    name: ClassVar[str] = "signalement:signalement:returned"
    situation: Reference
    reason: ReturnReason


@dataclass(frozen=True, slots=True)
class MatchesSearched(Event):
    """Rapprochements recherchés."""

    name: ClassVar[str] = "signalement:match:searched"
    situation: Reference
    suggested: int


@dataclass(frozen=True, slots=True)
class SituationMerged(Event):
    """Situation rattachée à une autre."""

    name: ClassVar[str] = "signalement:situation:merged"
    absorbed: Reference
    situation: Reference
    concern_answer: ConcernAnswer | None


@dataclass(frozen=True, slots=True)
class SituationMoved(Event):
    """Situation transmise à la cellule compétente."""

    name: ClassVar[str] = "signalement:situation:moved"
    situation: Reference
    successor: Reference


@dataclass(frozen=True, slots=True)
class InvitationMade(Event):
    """Invitation à signaler une fois créée."""

    name: ClassVar[str] = "signalement:invitation:made"
    invitation: Reference


@dataclass(frozen=True, slots=True)
class InvitationOpened(Event):
    """Invitation à signaler ouverte avec son code."""

    name: ClassVar[str] = "signalement:invitation:opened"
    invitation: Reference


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn(Event):
    """Invitation à signaler retirée."""

    name: ClassVar[str] = "signalement:invitation:withdrawn"
    invitation: Reference


@dataclass(frozen=True, slots=True)
class InvitationConfirmed(Event):
    """Auteur d'un signalement sur invitation confirmé."""

    name: ClassVar[str] = "signalement:invitation:confirmed"
    invitation: Reference
