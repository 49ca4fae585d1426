"""Who may do what, declared once: the SQL filter, the check on one row and the generated matrix read this file.

An action is named `resource:verb`; `resource:read` decides what exists for a person (404 otherwise), the other rules
what a person who sees the row may do to it (403 otherwise). What is possible now stands in each feature's `states`,
what the charter allows in `policies.charter`. Source: domain.md section 2.
"""

from collections.abc import Mapping

from policies.algebra import ActorHas, Among, Is, Own, Related, Rule
from policies.vocabulary import SEATS, Role, Stage, Word


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
    SITUATION_SEND = "situation:send", "transmettre au parquet"
    SITUATION_ANSWER = "situation:answer", "répondre pour le parquet"
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
    # cells
    CELL_READ = "cell:read", "consulter une cellule"
    CELL_OVERVIEW = "cell:overview", "consulter la fiche complète d'une cellule"
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
    # institutions
    # members


_COORDINATOR = ActorHas(frozenset({Role.COORDINATOR}), cell="cell_id")
_PARQUET = ActorHas(frozenset({Role.PARQUET}), cell="cell_id")
_MEMBERS = SEATS | {Role.COORDINATOR, Role.PARQUET, Role.SOCIAL_COORDINATOR}

SUBMITTERS = _MEMBERS | {Role.REPORTER}
"""Who may send a signalement, to whichever cell is competent for the minor's residence (CEN-24, AMB-04)."""

WITH_COORDINATOR = frozenset(Stage) - {Stage.MOVED, Stage.MERGED}
"""Stages in which the coordinator reads: what moved or was merged is no longer the cell's, or lives elsewhere."""

WITH_PARQUET = frozenset({Stage.WITH_PARQUET, Stage.RETAINED, Stage.NOT_RETAINED})
"""Stages in which the parquet reads: what was sent to it."""

_SITUATION_READ = (_COORDINATOR & Among("stage", WITH_COORDINATOR, "que la situation relève encore de la cellule")) | (
    _PARQUET & Among("stage", WITH_PARQUET, "que la situation ait été transmise au parquet")
)
_OF_SITUATION = Related("situation_id", "situation", _SITUATION_READ)
_OWN = Is("account_id", Own.ACCOUNT, "en être l'auteur")
_INVITING = _COORDINATOR
_ADMINISTRATOR = ActorHas(frozenset({Role.ADMINISTRATOR}))
_OVERSEERS = ActorHas(frozenset({Role.ADMINISTRATOR, Role.DPO, Role.ARCHIVIST}))

RULES: Mapping[Action, Rule] = {
    # situations
    Action.SITUATION_READ: _SITUATION_READ,
    Action.SITUATION_QUALIFY: _COORDINATOR,
    Action.SITUATION_REVIEW: _COORDINATOR,
    Action.SITUATION_RETURN: _COORDINATOR,
    Action.SITUATION_MERGE: _COORDINATOR,
    Action.SITUATION_MOVE: _COORDINATOR,
    Action.SITUATION_EXIT: _SITUATION_READ,
    Action.SITUATION_SEND: _COORDINATOR,
    Action.SITUATION_ANSWER: _PARQUET,
    Action.PARQUET_ANSWER_READ: _OF_SITUATION,
    Action.SITUATION_EXIT_READ: _OF_SITUATION,
    # signalements
    Action.CELL_SUBMIT: ActorHas(SUBMITTERS, anywhere=True),
    Action.DRAFT_READ: _OWN,
    Action.DRAFT_WRITE: _OWN,
    Action.RECEIPT_READ: _OWN,
    Action.SIGNALEMENT_READ: _OF_SITUATION,
    Action.INVITATION_READ: _INVITING,
    Action.INVITATION_WRITE: _INVITING,
    # cells
    Action.CELL_READ: ActorHas(frozenset(Role), anywhere=True),
    Action.CELL_OVERVIEW: ActorHas(frozenset({Role.COORDINATOR}), cell="id") | _OVERSEERS,
    Action.CELL_OPEN: _ADMINISTRATOR,
    Action.CELL_WRITE: _ADMINISTRATOR,
    Action.CELL_CONTACTS: ActorHas(frozenset({Role.COORDINATOR}), cell="id"),
    Action.CELL_RECORD_ACT: _ADMINISTRATOR,
    Action.LOCAL_CONTACT_READ: ActorHas(_MEMBERS, cell="cell_id") | _OVERSEERS,
    Action.LOCAL_CONTACT_END: _COORDINATOR,
    Action.RECORDED_ACT_READ: _COORDINATOR | _OVERSEERS,
    Action.RECORDED_ACT_DECIDE: ActorHas(frozenset({Role.DPO}))
    & ~Is("entered_by", Own.ACCOUNT, "avoir saisi l'acte soi-même"),
    Action.CHARTER_SIGNATURE_READ: Is("institution_id", Own.INSTITUTION, "travailler dans l'institution signataire")
    | _OVERSEERS,
    Action.CHARTER_SIGNATURE_RECORD: _ADMINISTRATOR,
    Action.CHARTER_SIGNATURE_END: _ADMINISTRATOR,
    # institutions
    # members
}


def read_of(action: Action) -> Action:
    """Give the action that decides whether the resource of an action exists for a person."""
    return Action.of(f"{action.value.partition(':')[0]}:read")
