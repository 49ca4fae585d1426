"""What the journal keeps of people: references of accounts and closed words (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from backend.members.models import SessionKind
from policies.habilitation import Commitment, ExclusionGround, HabilitationState
from policies.sign_in import Means, ProviderFault
from policies.vocabulary import Role, Word


class CredentialChange(Word):
    """What of somebody's credentials was replaced."""

    RESET = "reset", "identifiants renouvelés"
    ADDRESS = "address", "adresse changée"
    RECOVERY_CODES = "recovery_codes", "codes de secours renouvelés"
    IDENTITY_LINKED = "identity_linked", "identité ProConnect associée"
    IDENTITY_REMOVED = "identity_removed", "identité ProConnect retirée"
    PASSKEY_ADDED = "passkey_added", "clé d'accès ajoutée"
    PASSKEY_REMOVED = "passkey_removed", "clé d'accès retirée"


class Factor(Word):
    """What a sign-in failed on."""

    PASSWORD = "password", "mot de passe"
    SECOND_FACTOR = "second_factor", "second facteur"
    PASSKEY = "passkey", "clé d'accès"
    LINK_CODE = "link_code", "code donné par téléphone"


@dataclass(frozen=True, slots=True)
class AccountInvited(Event):
    """Compte créé et personne invitée."""

    name: ClassVar[str] = "members:account:invited"
    subject: Reference


@dataclass(frozen=True, slots=True)
class AccountEnrolled(Event):
    """Inscription terminée."""

    name: ClassVar[str] = "members:account:enrolled"
    subject: Reference


@dataclass(frozen=True, slots=True)
class CredentialsChanged(Event):
    """Identifiants d'une personne changés."""

    name: ClassVar[str] = "members:account:credentials_changed"
    subject: Reference
    change: CredentialChange


@dataclass(frozen=True, slots=True)
class AccountClosed(Event):
    """Compte fermé."""

    name: ClassVar[str] = "members:account:closed"
    subject: Reference


@dataclass(frozen=True, slots=True)
class AccountUnused(Event):
    """Compte suspendu faute de connexion."""

    name: ClassVar[str] = "members:account:unused"
    subject: Reference


@dataclass(frozen=True, slots=True)
class AccountRemoved(Event):
    """Compte supprimé faute de connexion."""

    name: ClassVar[str] = "members:account:removed"
    subject: Reference


@dataclass(frozen=True, slots=True)
class PersonLeft(Event):
    """Départ d'une personne réglé."""

    name: ClassVar[str] = "members:account:left"
    subject: Reference
    successors: int
    left_empty: int


@dataclass(frozen=True, slots=True)
class PersonExcluded(Event):
    """Personne exclue pour manquement."""

    name: ClassVar[str] = "members:account:excluded"
    subject: Reference
    ground: ExclusionGround


@dataclass(frozen=True, slots=True)
class InstitutionExcluded(Event):
    """Institution exclue pour manquement."""

    name: ClassVar[str] = "members:institution:excluded"
    subject: Reference
    ground: ExclusionGround


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """Connexion."""

    name: ClassVar[str] = "members:session:opened"
    subject: Reference
    kind: SessionKind
    means: Means


@dataclass(frozen=True, slots=True)
class SignInFailed(Event):
    """Connexion refusée."""

    name: ClassVar[str] = "members:session:refused"
    subject: Reference | None
    factor: Factor


@dataclass(frozen=True, slots=True)
class ProviderRefused(Event):
    """Réponse de ProConnect refusée."""

    name: ClassVar[str] = "members:provider:refused"
    fault: ProviderFault


@dataclass(frozen=True, slots=True)
class SteppedUp(Event):
    """Identité confirmée par un second facteur."""

    name: ClassVar[str] = "members:session:stepped_up"
    subject: Reference


@dataclass(frozen=True, slots=True)
class SessionLocked(Event):
    """Session verrouillée par la personne."""

    name: ClassVar[str] = "members:session:locked"
    subject: Reference


@dataclass(frozen=True, slots=True)
class SittingKept(Event):
    """Session gardée ouverte pendant une séance."""

    name: ClassVar[str] = "members:session:sitting"
    subject: Reference


@dataclass(frozen=True, slots=True)
class SessionUnlocked(Event):
    """Session déverrouillée."""

    name: ClassVar[str] = "members:session:unlocked"
    subject: Reference


@dataclass(frozen=True, slots=True)
class SessionsEnded(Event):
    """Sessions fermées."""

    name: ClassVar[str] = "members:session:ended"
    subject: Reference
    sessions: int


@dataclass(frozen=True, slots=True)
class HabilitationProposed(Event):
    """Habilitation proposée."""

    name: ClassVar[str] = "members:habilitation:proposed"
    habilitation: Reference
    subject: Reference
    role: Role


@dataclass(frozen=True, slots=True)
class HabilitationMoved(Event):
    """Habilitation accordée, confirmée, suspendue ou terminée."""

    name: ClassVar[str] = "members:habilitation:moved"
    habilitation: Reference
    state: HabilitationState


@dataclass(frozen=True, slots=True)
class HabilitationReviewed(Event):
    """Revue annuelle d'une habilitation faite."""

    name: ClassVar[str] = "members:habilitation:reviewed"
    habilitation: Reference


@dataclass(frozen=True, slots=True)
class CharterAccepted(Event):
    """Charte et règlement intérieur acceptés."""

    name: ClassVar[str] = "members:charter:accepted"
    subject: Reference


@dataclass(frozen=True, slots=True)
class CommitmentMade(Event):
    """Engagement ou clause de confidentialité accepté."""

    name: ClassVar[str] = "members:commitment:made"
    subject: Reference
    commitment: Commitment
