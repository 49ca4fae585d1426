"""Who may do what, declared once: the SQL filter, the check on one row and the generated matrix read this file.

An action is named `resource:verb`; `resource:read` decides what exists for a person (404 otherwise), the other rules
what a person who sees the row may do to it (403 otherwise). What is possible now stands in each feature's `states`,
what the charter allows in `policies.charter`. Source: domain.md section 2.
"""

from collections.abc import Mapping

from policies.algebra import ActorHas, Among, Before, Is, Own, Related, Rule
from policies.charter_words import RecipientCategory
from policies.habilitation import Confirmer
from policies.meeting_words import AgendaPart
from policies.orientation_words import TransmissionState
from policies.rav_words import ORGANISERS
from policies.retention_words import Custody
from policies.steering_words import SteeringKind
from policies.vocabulary import SEATS, Role, Sharing, Stage, Word


class Action(Word):
    """What the product lets people do, one value per verb."""

    # situations
    SITUATION_READ = "situation:read", "lire une situation"
    SITUATION_QUALIFY = "situation:qualify", "qualifier une situation"
    SITUATION_REVIEW = "situation:review", "relire le texte libre"
    SITUATION_RETURN = "situation:return", "renvoyer un signalement pour complément"
    SITUATION_MERGE = "situation:merge", "rattacher une situation à une autre"
    SITUATION_MOVE = "situation:move", "transmettre à la cellule compétente"
    SITUATION_EXIT = "situation:exit", "signaler à la CRIP ou saisir le parquet"
    SITUATION_ACKNOWLEDGE = "situation:acknowledge", "lire les sorties enregistrées sur une situation"
    SITUATION_SEND = "situation:send", "transmettre au parquet"
    SITUATION_ANSWER = "situation:answer", "répondre pour le parquet"
    SITUATION_OPEN_RESEARCH = "situation:open_research", "ouvrir la recherche préalable"
    SITUATION_PREPARE = "situation:prepare", "préparer l'examen d'une situation"
    SITUATION_INVITE = "situation:invite", "inviter le chef d'établissement à l'examen d'une situation"
    SITUATION_CLOSE = "situation:close", "clore une situation retenue sans examen"
    SITUATION_INFORM = "situation:inform", "enregistrer l'information de la famille"
    SITUATION_WRITE_LETTER = "situation:write_letter", "écrire la lettre d'information de la famille"
    SITUATION_TRANSMIT = "situation:transmit_to_crip", "transmettre à la CRIP sans attendre la réunion"
    SITUATION_FOLLOW = "situation:follow", "suivre les situations et les remettre à l'ordre du jour"
    PRIOR_RESEARCH_READ = "prior_research:read", "relire sa propre préparation"
    PARQUET_ANSWER_READ = "parquet_answer:read", "lire la réponse du parquet"
    SITUATION_EXIT_READ = "situation_exit:read", "lire les sorties d'une situation"
    # signalements
    CELL_SUBMIT = "cell:submit", "adresser un signalement à une cellule"
    DRAFT_READ = "draft:read", "relire son brouillon"
    DRAFT_WRITE = "draft:write", "compléter, envoyer ou abandonner son brouillon"
    RECEIPT_READ = "receipt:read", "consulter un récépissé"
    SIGNALEMENT_READ = "signalement:read", "lire un signalement"
    INVITATION_READ = "invitation:read", "consulter une invitation à signaler"
    INVITATION_WRITE = "invitation:write", "inviter un agent à signaler une fois, ou retirer l'invitation"
    # meetings
    MEETING_READ = "meeting:read", "consulter les réunions d'une cellule"
    MEETING_PLAN = "meeting:plan", "prévoir les réunions d'une cellule"
    MEETING_PROPOSE = "meeting:propose", "proposer des dates de réunion"
    MEETING_SET_DATE = "meeting:set_date", "fixer la date d'une réunion"
    MEETING_CONVENE = "meeting:convene", "convoquer une réunion"
    MEETING_MOVE = "meeting:move", "déplacer une réunion"
    MEETING_CANCEL = "meeting:cancel", "annuler une réunion"
    MEETING_ASK = "meeting:ask", "demander une réunion d'urgence"
    MEETING_AGREE = "meeting:agree", "donner l'accord de la mairie à une réunion d'urgence"
    MEETING_PREPARE = "meeting:prepare", "préparer l'ordre du jour"
    MEETING_OPEN = "meeting:open", "ouvrir une réunion"
    MEETING_CLOSE = "meeting:close", "clore une réunion"
    AVAILABILITY_READ = "availability:read", "consulter les disponibilités"
    AVAILABILITY_ANSWER = "availability:answer", "donner ses disponibilités"
    AGENDA_ITEM_PRESENT = "agenda_item:present", "présenter une situation non retenue"
    AGENDA_ITEM_EXAMINE = "agenda_item:examine", "conduire l'examen d'une situation et enregistrer la décision"
    AGENDA_ITEM_CHECK_ATTENDANCE = "agenda_item:check_attendance", "vérifier l'assiduité scolaire"
    AGENDA_ITEM_READ = "agenda_item:read", "consulter un point de l'ordre du jour"
    AGENDA_ITEM_ORIENT = "agenda_item:orient", "enregistrer une orientation en séance"
    # orientations
    ORIENTATION_READ = "orientation:read", "consulter les orientations d'une situation"
    ORIENTATION_WITHDRAW = "orientation:withdraw", "retirer une orientation en séance"
    ORIENTATION_TRANSMIT = "orientation:transmit", "transmettre au service destinataire"
    TRANSMISSION_READ = "transmission:read", "consulter une transmission"
    TRANSMISSION_OPEN = "transmission:open", "ouvrir une transmission après l'engagement de confidentialité"
    TRANSMISSION_ANSWER = "transmission:answer", "donner le retour d'une transmission"
    TRANSMISSION_REMIND = "transmission:remind", "rappeler qu'un retour est attendu"
    FEEDBACK_READ = "feedback:read", "consulter un retour"
    FEEDBACK_CORRECT = "feedback:correct", "corriger son retour"
    # cells
    CELL_READ = "cell:read", "consulter une cellule"
    CELL_OPEN = "cell:open", "ouvrir une cellule"
    CELL_WRITE = "cell:write", "renommer une cellule, la fermer ou changer la version de sa charte"
    CELL_CONTACTS = "cell:contacts", "tenir les contacts d'une cellule"
    CELL_RECORD_ACT = "cell:record_act", "enregistrer un acte d'une cellule"
    LOCAL_CONTACT_READ = "local_contact:read", "consulter les contacts d'une cellule"
    LOCAL_CONTACT_END = "local_contact:end", "retirer un contact d'une cellule"
    RECORDED_ACT_READ = "recorded_act:read", "consulter les actes d'une cellule"
    RECORDED_ACT_DECIDE = "recorded_act:decide", "confirmer, refuser ou retirer un acte"
    CHARTER_SIGNATURE_READ = "charter_signature:read", "consulter les signatures de la charte"
    CHARTER_SIGNATURE_RECORD = "charter_signature:record", "enregistrer la signature d'une institution"
    CHARTER_SIGNATURE_END = "charter_signature:end", "mettre fin à la signature d'une institution"
    # purge
    PURGE_RUN_READ = "purge_run:read", "consulter les passages de la purge et leurs attestations"
    PURGE_RUN_SWITCH = "purge_run:switch", "arrêter la purge ou la remettre en marche"
    PURGE_RUN_CONFIRM = "purge_run:confirm", "confirmer un passage que la purge a refusé"
    PURGE_NOTICE_READ = "purge_notice:read", "consulter les destructions annoncées dans une cellule"
    RETENTION_DECISION_READ = "retention_decision:read", "consulter les durées décidées par la Ville"
    RETENTION_DECISION_ENTER = "retention_decision:enter", "enregistrer une durée décidée par la Ville"
    RETENTION_DECISION_ADVISE = "retention_decision:advise", "donner l'avis du délégué sur une durée"
    # institutions
    INSTITUTION_READ = "institution:read", "consulter une institution"
    INSTITUTION_WRITE = "institution:write", "créer une institution, la renommer ou nommer ses référents"
    INSTITUTION_EXCLUDE = "institution:exclude", "exclure ou fermer une institution"
    # members
    ACCOUNT_READ = "account:read", "consulter un compte"
    ACCOUNT_OWN = "account:own", "gérer son propre compte"
    ACCOUNT_INVITE = "account:invite", "inviter une personne"
    ACCOUNT_PROPOSE = "account:propose", "proposer une habilitation"
    ACCOUNT_RESET = "account:reset", "renouveler les identifiants ou changer l'adresse d'une personne"
    ACCOUNT_CLOSE = "account:close", "fermer un compte"
    ACCOUNT_EXCLUDE = "account:exclude", "exclure une personne"
    HABILITATION_READ = "habilitation:read", "consulter une habilitation"
    HABILITATION_GRANT = "habilitation:grant", "accorder une habilitation"
    HABILITATION_CONFIRM = "habilitation:confirm", "confirmer une habilitation"
    HABILITATION_REVIEW = "habilitation:review", "faire la revue annuelle d'une habilitation"
    HABILITATION_SUSPEND = "habilitation:suspend", "suspendre une habilitation"
    HABILITATION_END = "habilitation:end", "mettre fin à une habilitation"
    # steering
    STEERING_EVENT_READ = "steering_event:read", "consulter les événements de pilotage"
    STEERING_EVENT_WRITE = "steering_event:write", "programmer un événement de pilotage, ou dire s'il a été tenu"
    # directory
    DIRECTORY_ENTRY_READ = "directory_entry:read", "consulter l'annuaire des dispositifs"
    DIRECTORY_ENTRY_WRITE = "directory_entry:write", "tenir l'annuaire des dispositifs"
    # rav
    RAV_NETWORK_READ = "rav_network:read", "consulter un réseau d'aide aux victimes"
    RAV_NETWORK_OPEN = "rav_network:open", "créer un réseau d'aide aux victimes"
    RAV_NETWORK_WRITE = "rav_network:write", "tenir un réseau : membres, réunions, événements, outils"
    RAV_NETWORK_THEME_READ = "rav_network_theme:read", "consulter les thèmes d'un réseau"
    RAV_NETWORK_THEME_END = "rav_network_theme:end", "mettre fin à un thème"
    RAV_MEMBER_READ = "rav_member:read", "consulter les membres d'un réseau"
    RAV_MEMBER_WRITE = "rav_member:write", "retirer un membre, ou lui donner un contact"
    RAV_CONTACT_READ = "rav_contact:read", "consulter les contacts professionnels d'un réseau"
    RAV_CONTACT_WRITE = "rav_contact:write", "confirmer ou retirer un contact"
    RAV_MEETING_READ = "rav_meeting:read", "consulter une réunion d'un réseau"
    RAV_MEETING_WRITE = "rav_meeting:write", "tenir ou annuler une réunion, noter une action à suivre"
    RAV_FOLLOW_UP_READ = "rav_follow_up:read", "consulter les actions à suivre"
    RAV_FOLLOW_UP_CLOSE = "rav_follow_up:close", "déclarer une action faite"
    RAV_EVENT_READ = "rav_event:read", "consulter les événements d'un réseau"
    RAV_TOOL_READ = "rav_tool:read", "consulter les outils d'un réseau"
    RAV_TOOL_WRITE = "rav_tool:write", "mettre un outil en service ou le retirer"
    RAV_IMPROVEMENT_READ = "rav_improvement:read", "consulter les points à améliorer"
    RAV_IMPROVEMENT_CLOSE = "rav_improvement:close", "déclarer un point traité"
    RAV_STRUCTURE_READ = "rav_structure:read", "consulter le guide des ressources"
    RAV_STRUCTURE_WRITE = "rav_structure:write", "ajouter, réviser ou retirer une structure du guide"
    RAV_EDITION_READ = "rav_edition:read", "consulter une édition du guide"
    RAV_EDITION_WRITE = "rav_edition:write", "publier une édition du guide et enregistrer sa diffusion"
    DESK_LINK_READ = "desk_link:read", "consulter les liens des accueils"
    DESK_LINK_WRITE = "desk_link:write", "donner un lien à un accueil, ou le révoquer"
    RAV_GUIDE_DECISION_READ = "rav_guide_decision:read", "consulter les décisions d'ouverture du guide"
    RAV_GUIDE_DECISION_RECORD = "rav_guide_decision:record", "enregistrer une décision d'ouverture du guide"


_COORDINATOR = ActorHas(frozenset({Role.COORDINATOR}), cell="cell_id")
_PARQUET = ActorHas(frozenset({Role.PARQUET}), cell="cell_id")
MEMBERS = SEATS | {Role.COORDINATOR, Role.PARQUET, Role.SOCIAL_COORDINATOR}
"""Members of a cell: they sit at its meetings and read its calendar."""

SUBMITTERS = MEMBERS | {Role.REPORTER}
"""Who may send a signalement, to whichever cell is competent for the minor's residence (CEN-24, AMB-04)."""

STEERED = MEMBERS | {Role.STEERING, Role.ADMINISTRATOR, Role.DPO}
"""Who reads the events that steer the cells: nothing of a situation stands there."""

WITH_COORDINATOR = frozenset(Stage) - {Stage.MOVED, Stage.MERGED}
"""Stages in which the coordinator reads: what moved or was merged is no longer the cell's, or lives elsewhere."""

WITH_PARQUET = frozenset({Stage.WITH_PARQUET, Stage.RETAINED, Stage.NOT_RETAINED})
"""Stages in which the parquet reads: what was sent to it."""

AT_THE_TABLE = frozenset({Stage.RETAINED, Stage.UNDER_EXAMINATION, Stage.FOLLOWED})
"""Stages in which seats and guests read, while the situation is open to them."""

_READABLE = Is("custody", Custody.ACTIVE, "que la situation ne soit ni archivée ni verrouillée")
_BY_COORDINATOR_OR_PARQUET = _READABLE & (
    (_COORDINATOR & Among("stage", WITH_COORDINATOR, "que la situation relève encore de la cellule"))
    | (_PARQUET & Among("stage", WITH_PARQUET, "que la situation ait été transmise au parquet"))
)
_AT_THE_TABLE = (
    _READABLE
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
    Action.SITUATION_RETURN: _COORDINATOR,
    Action.SITUATION_MERGE: _COORDINATOR,
    Action.SITUATION_MOVE: _COORDINATOR,
    Action.SITUATION_EXIT: _SITUATION_READ,
    Action.SITUATION_ACKNOWLEDGE: _COORDINATOR,
    Action.SITUATION_SEND: _COORDINATOR,
    Action.SITUATION_ANSWER: _PARQUET,
    Action.SITUATION_OPEN_RESEARCH: _COORDINATOR,
    Action.SITUATION_PREPARE: _SEATED,
    Action.SITUATION_INVITE: _COORDINATOR,
    Action.SITUATION_CLOSE: _COORDINATOR,
    Action.SITUATION_INFORM: _COORDINATOR,
    Action.SITUATION_WRITE_LETTER: _COORDINATOR,
    Action.SITUATION_TRANSMIT: _COORDINATOR,
    Action.SITUATION_FOLLOW: _COORDINATOR,
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
    Action.AGENDA_ITEM_EXAMINE: _COORDINATOR,
    Action.AGENDA_ITEM_CHECK_ATTENDANCE: ActorHas(frozenset({Role.EDUCATION}), cell="cell_id"),
    Action.AGENDA_ITEM_READ: _COORDINATOR | _PARQUET | (_OF_MEMBERS & _SHOWN_TO_MEMBERS),
    Action.AGENDA_ITEM_ORIENT: _COORDINATOR,
    # orientations
    Action.ORIENTATION_READ: _COORDINATOR,
    Action.ORIENTATION_WITHDRAW: _COORDINATOR,
    Action.ORIENTATION_TRANSMIT: _COORDINATOR,
    Action.TRANSMISSION_READ: _COORDINATOR | _ADDRESSED,
    Action.TRANSMISSION_OPEN: _ADDRESSED,
    Action.TRANSMISSION_ANSWER: _ADDRESSED,
    Action.TRANSMISSION_REMIND: _COORDINATOR,
    Action.FEEDBACK_READ: _COORDINATOR | _OF_ADDRESSED,
    Action.FEEDBACK_CORRECT: _OWN & _OF_ADDRESSED,
    # cells
    Action.CELL_READ: ActorHas(frozenset(Role), anywhere=True),
    Action.CELL_OPEN: _ADMINISTRATOR,
    Action.CELL_WRITE: _ADMINISTRATOR,
    Action.CELL_CONTACTS: ActorHas(frozenset({Role.COORDINATOR}), cell="id"),
    Action.CELL_RECORD_ACT: _ADMINISTRATOR,
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
}


def read_of(action: Action) -> Action:
    """Give the action that decides whether the resource of an action exists for a person."""
    return Action.of(f"{action.value.partition(':')[0]}:read")
