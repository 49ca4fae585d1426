"""Who may do what, declared once: the SQL filter, the check on one row and the generated matrix read this file.

An action is named `resource:verb`; `resource:read` decides what exists for a person (404 otherwise), the other rules
what a person who sees the row may do to it (403 otherwise). What is possible now stands in each feature's `states`,
what the charter allows in `policies.charter`. Source: domain.md section 2.
"""

from collections.abc import Mapping

from policies.actions import Action
from policies.algebra import ActorHas, Among, Before, Is, Own, Related, Rule
from policies.archive_words import OpeningState
from policies.charter_words import RecipientCategory
from policies.habilitation import Confirmer
from policies.indicator_words import TextKind
from policies.meeting_words import AgendaPart
from policies.orientation_words import TransmissionState
from policies.rav_words import ORGANISERS
from policies.retention_words import Custody
from policies.steering_words import SteeringKind
from policies.vocabulary import SEATS, Role, Sharing, Stage

__all__ = [
    "AT_THE_TABLE",
    "INFORMED",
    "MEMBERS",
    "RULES",
    "STEERED",
    "SUBMITTERS",
    "WITH_COORDINATOR",
    "WITH_PARQUET",
    "Action",
    "read_of",
]
# An action and the rule that says who may do it are read together.

_COORDINATOR = ActorHas(frozenset({Role.COORDINATOR}), cell="cell_id")
_PARQUET = ActorHas(frozenset({Role.PARQUET}), cell="cell_id")
MEMBERS = SEATS | {Role.COORDINATOR, Role.PARQUET, Role.SOCIAL_COORDINATOR}
"""Members of a cell: they sit at its meetings and read its calendar."""

SUBMITTERS = MEMBERS | {Role.REPORTER}
"""Who may send a signalement, to whichever cell is competent for the minor's residence (CEN-24, AMB-04)."""

STEERED = MEMBERS | {Role.STEERING, Role.ADMINISTRATOR, Role.DPO}
"""Who reads the events that steer the cells: nothing of a situation stands there."""

INFORMED = frozenset(
    {Role.COORDINATOR, Role.TOWN_HALL, Role.SOCIAL_COORDINATOR, Role.STEERING, Role.ADMINISTRATOR, Role.DPO}
)
"""Who reads the published indicators and the yearly balances: frozen, and without any small figure."""

WITH_COORDINATOR = frozenset(Stage) - {Stage.MOVED, Stage.MERGED}
"""Stages in which the coordinator reads: what moved or was merged is no longer the cell's, or lives elsewhere."""

WITH_PARQUET = frozenset({Stage.WITH_PARQUET, Stage.RETAINED, Stage.NOT_RETAINED})
"""Stages in which the parquet reads: what was sent to it."""

AT_THE_TABLE = frozenset({Stage.RETAINED, Stage.UNDER_EXAMINATION, Stage.FOLLOWED})
"""Stages in which seats and guests read, while the situation is open to them."""

_READABLE = Is("custody", Custody.ACTIVE, "que la situation ne soit ni archivée ni verrouillée")
_FREE = ~Before("limited_at", "que la situation soit sous limitation")
"""A limitation (RGPD, article 18) keeps a situation from every use: the coordinator alone still reads it, to answer.

Who received it stops too, but the CRIP: protecting the minor goes on (article 18.2, rights of another person).
"""

_BY_COORDINATOR_OR_PARQUET = _READABLE & (
    (_COORDINATOR & Among("stage", WITH_COORDINATOR, "que la situation relève encore de la cellule"))
    | (_PARQUET & _FREE & Among("stage", WITH_PARQUET, "que la situation ait été transmise au parquet"))
)
_AT_THE_TABLE = (
    _READABLE
    & _FREE
    & Is("sharing", Sharing.SEATS, "que la recherche préalable soit ouverte")
    & Among("stage", AT_THE_TABLE, "que la situation soit retenue")
)
_SEATED = ActorHas(SEATS, cell="cell_id") & _AT_THE_TABLE
_GUEST = ActorHas(frozenset({Role.GUEST}), cell="cell_id") & Is("guest_id", Own.ACCOUNT, "y être invité")
_SITUATION_READ = (
    _BY_COORDINATOR_OR_PARQUET
    | (ActorHas(SEATS | {Role.PARQUET}, cell="cell_id") & _AT_THE_TABLE)
    | (_GUEST & _AT_THE_TABLE)
)
_OF_SITUATION = Related("situation_id", "situation", _SITUATION_READ)
_OF_SITUATION_WITHHELD = Related("situation_id", "situation", _BY_COORDINATOR_OR_PARQUET)
_OF_FREE_SITUATION = Related("situation_id", "situation", _FREE)
_OWN = Is("account_id", Own.ACCOUNT, "en être l'auteur")
_ADMINISTRATOR = ActorHas(frozenset({Role.ADMINISTRATOR}))
_DPO = ActorHas(frozenset({Role.DPO}))
_OVERSEERS = ActorHas(frozenset({Role.ADMINISTRATOR, Role.DPO, Role.ARCHIVIST}))

_TOWN_HALL = ActorHas(frozenset({Role.TOWN_HALL}), cell="cell_id")
_OF_MEMBERS = ActorHas(MEMBERS, cell="cell_id")
_HEARD = frozenset({AgendaPart.RETAINED, AgendaPart.FEEDBACK})
_SHOWN_TO_MEMBERS = Among("part", _HEARD, "que le point ne porte pas sur une situation non retenue")
_RECIPIENT = frozenset({Role.RECIPIENT})
_OF_RECIPIENT = (
    (ActorHas(_RECIPIENT, cell="cell_id") | ActorHas(_RECIPIENT))
    & Is("institution_id", Own.INSTITUTION, "travailler dans l'institution destinataire")
    & Among(
        "category",
        frozenset(RecipientCategory) - {RecipientCategory.SOCIAL_SERVICES},
        "que la transmission n'aille pas aux services sociaux",
    )
)
_OF_SOCIAL_COORDINATOR = ActorHas(frozenset({Role.SOCIAL_COORDINATOR}), cell="cell_id") & Is(
    "category", RecipientCategory.SOCIAL_SERVICES, "que la transmission aille aux services sociaux"
)
_ADDRESSED = (
    (_OF_RECIPIENT | _OF_SOCIAL_COORDINATOR)
    & (_FREE | Is("category", RecipientCategory.CRIP, "que la transmission aille à la CRIP"))
    & ~Before("readable_until", "que le délai de lecture soit passé")
    & ~Is("state", TransmissionState.RECALLED, "que la transmission ait été retirée")
)
_OF_ADDRESSED = Related("transmission_id", "transmission", _ADDRESSED)

_OWN_ACCOUNT = Is("id", Own.ACCOUNT, "qu'il s'agisse de votre propre compte")
_HELD = Is("account_id", Own.ACCOUNT, "en être titulaire")
_REFERENT = Related(
    "institution_id",
    "institution",
    Is("referent_id", Own.ACCOUNT, "être le référent de l'institution")
    | Is("deputy_id", Own.ACCOUNT, "être le suppléant de ce référent"),
)
_CONFIRMING = (_COORDINATOR & Is("confirmer", Confirmer.COORDINATOR, "que le coordonnateur confirme ce rôle")) | (
    _ADMINISTRATOR & Is("confirmer", Confirmer.ADMINISTRATOR, "qu'un second administrateur confirme ce rôle")
)
_CREDENTIALS_ISSUED = Related(
    "account_id", "account", Is("credentials_by", Own.ACCOUNT, "avoir remis ses identifiants à la personne")
)
_PRESENTING = _COORDINATOR & Is("kind", SteeringKind.PRESENTATION, "qu'il s'agisse d'une présentation de rentrée")
_STEERING = ActorHas(frozenset({Role.ADMINISTRATOR, Role.STEERING})) & Is(
    "kind", SteeringKind.COPIL, "qu'il s'agisse du comité de pilotage"
)
_INFORMED = ActorHas(INFORMED, anywhere=True)
_BALANCE_WRITER = (
    (_COORDINATOR & Is("kind", TextKind.COORDINATION, "qu'il s'agisse du texte du coordonnateur"))
    | (
        ActorHas(frozenset({Role.SOCIAL_COORDINATOR}), cell="cell_id")
        & Is("kind", TextKind.SOCIAL, "qu'il s'agisse du texte des services sociaux")
    )
    | (ActorHas(frozenset({Role.STEERING})) & Is("kind", TextKind.CITY, "qu'il s'agisse du bilan parisien"))
)
_ASKED = Is("asked_by", Own.ACCOUNT, "avoir demandé l'ouverture soi-même")
_OF_ARCHIVED = Related(
    "situation_id", "situation", Is("custody", Custody.ARCHIVED, "que la situation soit en archive intermédiaire")
)
_NETWORK_READ = ActorHas(MEMBERS, anywhere=True)
_ORGANISER = ActorHas(ORGANISERS, cell="cell_id")
_OF_NETWORK = Related("network_id", "rav_network", _ORGANISER)
_OF_MEETING = Related("meeting_id", "rav_meeting", _OF_NETWORK)
_OF_MEMBER = Related("member_id", "rav_member", _OF_NETWORK)
_ANOTHER_THAN_HOLDER_AND_PROPOSER = ~_HELD & ~Is("proposed_by", Own.ACCOUNT, "l'avoir proposée")

RULES: Mapping[Action, Rule] = {
    # situations
    Action.SITUATION_READ: _SITUATION_READ,
    Action.SITUATION_QUALIFY: _COORDINATOR,
    Action.SITUATION_REVIEW: _COORDINATOR,
    Action.SITUATION_RETURN: _COORDINATOR & _FREE,
    Action.SITUATION_MERGE: _COORDINATOR & _FREE,
    Action.SITUATION_MOVE: _COORDINATOR & _FREE,
    Action.SITUATION_EXIT: _SITUATION_READ,
    Action.SITUATION_ACKNOWLEDGE: _COORDINATOR,
    Action.SITUATION_SEND: _COORDINATOR & _FREE,
    Action.SITUATION_ANSWER: _PARQUET,
    Action.SITUATION_OPEN_RESEARCH: _COORDINATOR & _FREE,
    Action.SITUATION_PREPARE: _SEATED,
    Action.SITUATION_INVITE: _COORDINATOR & _FREE,
    Action.SITUATION_CLOSE: _COORDINATOR,
    Action.SITUATION_INFORM: _COORDINATOR,
    Action.SITUATION_WRITE_LETTER: _COORDINATOR,
    Action.SITUATION_TRANSMIT: _COORDINATOR,
    Action.SITUATION_FOLLOW: _COORDINATOR & _FREE,
    Action.SITUATION_WATCH: _COORDINATOR,
    Action.SITUATION_LIMIT: _COORDINATOR,
    Action.PRIOR_RESEARCH_READ: _OWN & Related("situation_id", "situation", _SEATED),
    Action.PARQUET_ANSWER_READ: _OF_SITUATION_WITHHELD,
    Action.SITUATION_EXIT_READ: _OF_SITUATION_WITHHELD,
    # signalements
    Action.CELL_SUBMIT: ActorHas(SUBMITTERS, anywhere=True),
    Action.DRAFT_READ: _OWN,
    Action.DRAFT_WRITE: _OWN,
    Action.RECEIPT_READ: _OWN,
    Action.SIGNALEMENT_READ: _OF_SITUATION,
    Action.INVITATION_READ: _COORDINATOR,
    Action.INVITATION_WRITE: _COORDINATOR,
    # meetings
    Action.MEETING_READ: _OF_MEMBERS,
    Action.MEETING_PLAN: _COORDINATOR,
    Action.MEETING_PROPOSE: _COORDINATOR,
    Action.MEETING_SET_DATE: _COORDINATOR,
    Action.MEETING_CONVENE: _COORDINATOR,
    Action.MEETING_MOVE: _COORDINATOR,
    Action.MEETING_CANCEL: _COORDINATOR,
    Action.MEETING_ASK: _COORDINATOR,
    Action.MEETING_AGREE: _TOWN_HALL,
    Action.MEETING_PREPARE: _COORDINATOR,
    Action.MEETING_OPEN: _COORDINATOR,
    Action.MEETING_CLOSE: _COORDINATOR,
    Action.AVAILABILITY_READ: _COORDINATOR | (_OF_MEMBERS & _OWN),
    Action.AVAILABILITY_ANSWER: _OF_MEMBERS & _OWN,
    Action.AGENDA_ITEM_PRESENT: _COORDINATOR | _PARQUET,
    Action.AGENDA_ITEM_EXAMINE: _COORDINATOR & _OF_FREE_SITUATION,
    Action.AGENDA_ITEM_CHECK_ATTENDANCE: ActorHas(frozenset({Role.EDUCATION}), cell="cell_id"),
    Action.AGENDA_ITEM_READ: _COORDINATOR | _PARQUET | (_OF_MEMBERS & _SHOWN_TO_MEMBERS),
    Action.AGENDA_ITEM_ORIENT: _COORDINATOR & _OF_FREE_SITUATION,
    # orientations
    Action.ORIENTATION_READ: _COORDINATOR,
    Action.ORIENTATION_WITHDRAW: _COORDINATOR,
    Action.ORIENTATION_TRANSMIT: _COORDINATOR & _OF_FREE_SITUATION,
    Action.TRANSMISSION_READ: _COORDINATOR | _ADDRESSED,
    Action.TRANSMISSION_OPEN: _ADDRESSED,
    Action.TRANSMISSION_ANSWER: _ADDRESSED,
    Action.TRANSMISSION_REMIND: _COORDINATOR & _OF_FREE_SITUATION,
    Action.FEEDBACK_READ: _COORDINATOR | _OF_ADDRESSED,
    Action.FEEDBACK_CORRECT: _OWN & _OF_ADDRESSED,
    # cells
    Action.CELL_READ: ActorHas(frozenset(Role), anywhere=True),
    Action.CELL_OPEN: _ADMINISTRATOR,
    Action.CELL_WRITE: _ADMINISTRATOR,
    Action.CELL_CONTACTS: ActorHas(frozenset({Role.COORDINATOR}), cell="id"),
    Action.CELL_KEYS: ActorHas(frozenset({Role.ADMINISTRATOR, Role.DPO}))
    | ActorHas(frozenset({Role.COORDINATOR}), cell="id"),
    Action.CELL_SUSPECT: ActorHas(frozenset({Role.ADMINISTRATOR, Role.DPO})),
    Action.CELL_RESEAL: ActorHas(frozenset({Role.COORDINATOR}), cell="id"),
    Action.CELL_RECORD_ACT: _ADMINISTRATOR,
    Action.CELL_RECORD_AGREEMENT: ActorHas(frozenset({Role.ARCHIVIST, Role.ADMINISTRATOR})),
    Action.LOCAL_CONTACT_READ: ActorHas(MEMBERS, cell="cell_id") | _OVERSEERS,
    Action.LOCAL_CONTACT_END: _COORDINATOR,
    Action.RECORDED_ACT_READ: _COORDINATOR | _OVERSEERS,
    Action.RECORDED_ACT_DECIDE: ActorHas(frozenset({Role.DPO}))
    & ~Is("entered_by", Own.ACCOUNT, "avoir saisi l'acte soi-même"),
    Action.CHARTER_SIGNATURE_READ: Is("institution_id", Own.INSTITUTION, "travailler dans l'institution signataire")
    | ActorHas(frozenset({Role.COORDINATOR}), anywhere=True)
    | _OVERSEERS,
    Action.CHARTER_SIGNATURE_RECORD: _ADMINISTRATOR,
    Action.CHARTER_SIGNATURE_END: _ADMINISTRATOR,
    # purge
    Action.PURGE_RUN_READ: _OVERSEERS,
    Action.PURGE_RUN_SWITCH: ActorHas(frozenset({Role.ADMINISTRATOR, Role.DPO})),
    Action.PURGE_RUN_CONFIRM: _DPO,
    Action.PURGE_NOTICE_READ: _COORDINATOR,
    Action.RETENTION_DECISION_READ: _OVERSEERS,
    Action.RETENTION_DECISION_ENTER: _ADMINISTRATOR,
    Action.RETENTION_DECISION_ADVISE: _DPO & ~Is("entered_by", Own.ACCOUNT, "avoir saisi la décision soi-même"),
    # archives
    Action.ARCHIVE_OPENING_READ: _COORDINATOR | _DPO,
    Action.ARCHIVE_OPENING_ASK: _COORDINATOR & _OF_ARCHIVED,
    Action.ARCHIVE_OPENING_DECIDE: _DPO & ~_ASKED,
    Action.ARCHIVE_OPENING_CONSULT: _COORDINATOR
    & _ASKED
    & Is("state", OpeningState.OPENED, "que le délégué ait signé l'ouverture")
    & ~Before("open_until", "que le délai d'ouverture soit passé")
    & _OF_ARCHIVED,
    Action.ARCHIVE_OPENING_END: (_COORDINATOR & _ASKED) | _DPO,
    # institutions
    Action.INSTITUTION_READ: Is("id", Own.INSTITUTION, "y travailler") | _OVERSEERS,
    Action.INSTITUTION_WRITE: _ADMINISTRATOR,
    Action.INSTITUTION_EXCLUDE: _ADMINISTRATOR & ~Is("id", Own.INSTITUTION, "y travailler"),
    # members
    Action.ACCOUNT_READ: _OWN_ACCOUNT | _REFERENT | ActorHas(frozenset({Role.ADMINISTRATOR, Role.DPO})),
    Action.ACCOUNT_OWN: _OWN_ACCOUNT,
    Action.ACCOUNT_INVITE: _ADMINISTRATOR,
    Action.ACCOUNT_PROPOSE: _REFERENT & ~_OWN_ACCOUNT,
    Action.ACCOUNT_RESET: _ADMINISTRATOR & ~_OWN_ACCOUNT,
    Action.ACCOUNT_CLOSE: (_ADMINISTRATOR | _REFERENT) & ~_OWN_ACCOUNT,
    Action.ACCOUNT_EXCLUDE: _ADMINISTRATOR & ~_OWN_ACCOUNT,
    Action.HABILITATION_READ: _HELD
    | _COORDINATOR
    | ActorHas(frozenset({Role.ADMINISTRATOR, Role.DPO}))
    | Related("account_id", "account", _REFERENT),
    Action.HABILITATION_GRANT: _ADMINISTRATOR & _ANOTHER_THAN_HOLDER_AND_PROPOSER,
    Action.HABILITATION_CONFIRM: _CONFIRMING
    & _ANOTHER_THAN_HOLDER_AND_PROPOSER
    & ~Is("granted_by", Own.ACCOUNT, "l'avoir accordée")
    & ~_CREDENTIALS_ISSUED,
    Action.HABILITATION_REVIEW: _CONFIRMING & ~_HELD,
    Action.HABILITATION_SUSPEND: (_CONFIRMING | _ADMINISTRATOR) & ~_HELD,
    Action.HABILITATION_END: _HELD | _CONFIRMING | _ADMINISTRATOR | Related("account_id", "account", _REFERENT),
    # steering
    Action.STEERING_EVENT_READ: ActorHas(STEERED, anywhere=True),
    Action.STEERING_EVENT_WRITE: _PRESENTING | _STEERING,
    # indicators
    Action.INDICATOR_RELEASE_READ: _INFORMED,
    Action.INDICATOR_FIGURE_READ: _INFORMED,
    Action.CELL_FIGURES: ActorHas(frozenset({Role.COORDINATOR}), cell="id"),
    Action.BALANCE_TEXT_READ: _INFORMED,
    Action.BALANCE_TEXT_WRITE: _BALANCE_WRITER,
    # directory
    Action.DIRECTORY_ENTRY_READ: ActorHas(frozenset(Role), anywhere=True),
    Action.DIRECTORY_ENTRY_WRITE: ActorHas(frozenset({Role.COORDINATOR}), anywhere=True) | _ADMINISTRATOR,
    # rav
    Action.RAV_NETWORK_READ: _NETWORK_READ,
    Action.RAV_NETWORK_OPEN: _ORGANISER,
    Action.RAV_NETWORK_WRITE: _ORGANISER,
    Action.RAV_NETWORK_THEME_READ: _NETWORK_READ,
    Action.RAV_NETWORK_THEME_END: _OF_NETWORK,
    Action.RAV_MEMBER_READ: _NETWORK_READ,
    Action.RAV_MEMBER_WRITE: _OF_NETWORK,
    Action.RAV_CONTACT_READ: _NETWORK_READ,
    Action.RAV_CONTACT_WRITE: _OF_MEMBER,
    Action.RAV_MEETING_READ: _NETWORK_READ,
    Action.RAV_MEETING_WRITE: _OF_NETWORK,
    Action.RAV_FOLLOW_UP_READ: _NETWORK_READ,
    Action.RAV_FOLLOW_UP_CLOSE: _OF_MEETING,
    Action.RAV_EVENT_READ: _NETWORK_READ,
    Action.RAV_TOOL_READ: _NETWORK_READ,
    Action.RAV_TOOL_WRITE: _OF_NETWORK,
    Action.RAV_IMPROVEMENT_READ: _NETWORK_READ,
    Action.RAV_IMPROVEMENT_CLOSE: _OF_NETWORK,
    Action.RAV_STRUCTURE_READ: ActorHas(frozenset(Role), anywhere=True),
    Action.RAV_STRUCTURE_WRITE: _ORGANISER,
    Action.RAV_EDITION_READ: ActorHas(frozenset(Role), anywhere=True),
    Action.RAV_EDITION_WRITE: _ORGANISER,
    Action.DESK_LINK_READ: _ORGANISER,
    Action.DESK_LINK_WRITE: _ORGANISER,
    Action.RAV_GUIDE_DECISION_READ: _ADMINISTRATOR,
    Action.RAV_GUIDE_DECISION_RECORD: _ADMINISTRATOR,
    # oversight
    Action.UNUSUAL_ACCESS_READ: _DPO,
    Action.UNUSUAL_ACCESS_PROVE: _DPO,
    Action.UNUSUAL_ACCESS_LIFT: _DPO & ~_HELD,
    Action.UNUSUAL_ACCESS_SETTLE: _DPO & ~_HELD,
    # rights
    Action.RIGHTS_REQUEST_READ: _DPO,
    Action.RIGHTS_REQUEST_WRITE: _DPO,
    Action.RIGHTS_REQUEST_DECIDE: _DPO,
    Action.RIGHTS_SEARCH_READ: _COORDINATOR | _DPO,
    Action.RIGHTS_SEARCH_ANSWER: _COORDINATOR,
    Action.RIGHTS_FINDING_READ: _COORDINATOR | _DPO,
    Action.RIGHTS_FINDING_PREPARE: _COORDINATOR,
    Action.RIGHTS_FINDING_RECTIFY: _COORDINATOR,
    Action.RIGHTS_FINDING_SIGN: _DPO & ~Is("prepared_by", Own.ACCOUNT, "avoir préparé l'export soi-même"),
    Action.RIGHTS_FINDING_LIFT: _DPO,
    # breaches
    Action.BREACH_READ: _DPO | Is("declared_by", Own.ACCOUNT, "l'avoir déclarée"),
    Action.BREACH_DECLARE: ActorHas(frozenset(Role), anywhere=True),
    Action.BREACH_HANDLE: _DPO,
}


def read_of(action: Action) -> Action:
    """Give the action that decides whether the resource of an action exists for a person."""
    return Action.of(f"{action.value.partition(':')[0]}:read")
