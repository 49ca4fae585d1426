"""Who may be habilitated, by whom, and what makes a habilitation void (domain.md section 2; legal.md R11, R13, R16)."""

from collections.abc import Mapping
from enum import IntEnum

from policies.vocabulary import CITY_ROLES, SEATS, Role, Word


class InstitutionStatus(Word):
    """Whether an institution's people may act."""

    ACTIVE = "active", "active"
    EXCLUDED = "excluded", "exclue pour manquement"
    CLOSED = "closed", "fermée"


class AccountStatus(Word):
    """Where an account stands."""

    INVITED = "invited", "invitation en attente"
    ACTIVE = "active", "actif"
    SUSPENDED = "suspended", "suspendu"
    EXCLUDED = "excluded", "exclu pour manquement"
    CLOSED = "closed", "fermé"
    REMOVED = "removed", "supprimé faute de connexion"


ENDED_ACCOUNTS = frozenset({AccountStatus.EXCLUDED, AccountStatus.CLOSED, AccountStatus.REMOVED})
"""States of an account that neither holds nor may be proposed anything."""


class HabilitationState(Word):
    """Where a habilitation stands: three people make one, none of them its holder."""

    PROPOSED = "proposed", "proposée, à accorder"
    GRANTED = "granted", "accordée, à confirmer"
    CONFIRMED = "confirmed", "confirmée"
    SUSPENDED = "suspended", "suspendue, à confirmer de nouveau"
    EXCLUDED = "excluded", "retirée pour manquement"
    ENDED = "ended", "terminée"


class Confirmer(Word):
    """Who confirms a habilitation."""

    COORDINATOR = "coordinator", "le coordonnateur de la cellule"
    ADMINISTRATOR = "administrator", "un second administrateur, avec la désignation par la maire"


class Commitment(Word):
    """What a person undertakes before a habilitation takes effect, besides the charter."""

    CONFIDENTIALITY_UNDERTAKING = "confidentiality_undertaking", "engagement de confidentialité"
    CONFIDENTIALITY_CLAUSE = "confidentiality_clause", "clause de confidentialité"


class Condition(Word):
    """What is missing for a habilitation to be in force, worded for its holder."""

    ACCOUNT = "account", "Votre compte n'est pas actif : votre administrateur peut vous renseigner."
    SECOND_FACTOR = "second_factor", "Il vous reste à associer une application de codes à votre compte."
    INSTITUTION = "institution", "Votre institution n'est plus active dans Cénacle."
    GRANT = "grant", "Votre habilitation est proposée ; un administrateur doit encore l'accorder."
    CONFIRMATION = "confirmation", "Votre habilitation est accordée ; elle doit encore être confirmée."
    SUSPENDED = "suspended", "Vos identifiants ont changé : votre habilitation doit être confirmée de nouveau."
    NOT_YET = "not_yet", "Votre habilitation n'a pas encore commencé."
    REVIEW = "review", "La revue annuelle de votre habilitation n'a pas été faite."
    SIGNATURE = "signature", "Votre institution n'a pas signé la charte et le règlement intérieur en vigueur."
    ACCEPTANCE = "acceptance", "Il vous reste à lire et accepter la charte et le règlement intérieur."
    UNDERTAKING = "undertaking", "Il vous reste à signer l'engagement de confidentialité."
    CLAUSE = "clause", "Il vous reste à accepter la clause de confidentialité."


class ExclusionGround(Word):
    """Coded grounds of an exclusion (R11): never a sentence."""

    CONFIDENTIALITY = "confidentiality", "manquement à la confidentialité"
    MISUSE = "misuse", "usage étranger aux missions de la cellule"
    SHARED_CREDENTIALS = "shared_credentials", "identifiants partagés avec un tiers"
    CHARTER = "charter", "autre manquement à la charte"


CHARTER_ROLES = SEATS | {Role.COORDINATOR, Role.PARQUET, Role.SOCIAL_COORDINATOR}
"""Roles that need the charter and the règlement intérieur, signed by the institution and accepted by the person."""

UNDERTAKING_ROLES = frozenset({Role.GUEST, Role.REPORTER, Role.RECIPIENT})
"""Roles that need a confidentiality undertaking; the others need the confidentiality clause."""

CELL_ROLES = CHARTER_ROLES | {Role.GUEST}
"""Roles held in one cell only; reporters and recipients are held in one cell or for the whole city."""

REVIEW_MONTHS = 12
"""Calendar months after which a grant or a review no longer carries a habilitation (R13)."""

REMINDER_DAYS = (60, 30, 7)
"""Days before the review's end on which its reviewer is reminded."""

PASSWORD_LENGTH = 12
"""Characters of a password at least: over the 50 bits of CNIL 2022-100, with a lockout and a second factor (R16)."""

MINIMUM_ADMINISTRATORS = 2
"""Administrators that `cenacle init` creates; four eyes need two."""

POSTS: Mapping[Role, int] = {
    Role.COORDINATOR: 1,
    Role.PARQUET: 1,
    Role.DPO: 1,
    Role.ADMINISTRATOR: MINIMUM_ADMINISTRATORS,
}
"""Roles without which a cell or the city stands still, and how many people must remain when one of them leaves."""


class Minutes(IntEnum):
    """Durations of a session, in minutes (R18)."""

    IDLE_LOCK = 15
    SITTING_LOCK = 60
    STEP_UP = 10
    SECOND_FACTOR = 5
    PROVIDER = 10
    ENROLMENT = 60
    ABSOLUTE = 12 * 60


LINK_DAYS = 7
"""Days during which an enrolment link may be used, once."""

DELAYS: Mapping[int, int] = {5: 1, 6: 2, 7: 4, 8: 8, 9: 15, 10: 30}
"""Failures in a row, and the minutes to wait after them; beyond the last, 60."""

LONGEST_DELAY = 60
"""Minutes to wait after more failures than `DELAYS` knows."""

NETWORK_ALLOWANCE = 20
"""Failures that one network may make beyond an account's: a commissariat shares one address."""

LINK_ATTEMPTS = 5
"""Codes given by phone that may be tried on one link."""

RECOVERY_CODES = 8
"""Recovery codes given at enrolment, each good for once."""


def confirmer_of(role: Role, *, for_city: bool) -> Confirmer:
    """Say who confirms: a second administrator for coordinators and for what is held for the whole city."""
    return Confirmer.ADMINISTRATOR if for_city or role is Role.COORDINATOR else Confirmer.COORDINATOR


def commitment_of(role: Role) -> Commitment | None:
    """Give what a role undertakes besides the charter, or None when the charter says it all."""
    if role in CHARTER_ROLES:
        return None
    return Commitment.CONFIDENTIALITY_UNDERTAKING if role in UNDERTAKING_ROLES else Commitment.CONFIDENTIALITY_CLAUSE


def may_be_held(role: Role, *, for_city: bool) -> bool:
    """Tell whether a role may be held for the city, or in a cell."""
    return role not in CELL_ROLES if for_city else role not in CITY_ROLES


def delay_after(failures: int) -> int:
    """Give the minutes to wait after some failures in a row: none before the fifth, then longer and longer."""
    if failures < min(DELAYS):
        return 0
    return DELAYS.get(failures, LONGEST_DELAY)
