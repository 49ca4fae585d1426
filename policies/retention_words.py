"""Closed words of the retention and of the purge (domain.md section 6)."""

from policies.vocabulary import Word


class Custody(Word):
    """Under which key a situation lies: its cell's, the archive's, or the hold's, which nobody reads with."""

    ACTIVE = "active", "base active"
    ARCHIVED = "archived", "archive intermédiaire"
    LOCKED = "locked", "verrouillée"


class RecordCategory(Word):
    """What an elimination agreement covers: files of one kind, told apart by where they stopped (R5)."""

    NOT_ADMITTED = "not_admitted", "signalements non recevables, réorientés, transmis ou sans suite"
    NOT_RETAINED = "not_retained", "situations non retenues"
    RETAINED = "retained", "situations retenues, examinées ou suivies"


class Verdict(Word):
    """What a run does with a situation, by the precedence of section 6."""

    KEPT = "kept", "conservée"
    ANNOUNCED = "announced", "destruction annoncée"
    DESTROYED = "destroyed", "détruite"
    LIMITED = "limited", "sous limitation"
    LOCKED = "locked", "verrouillée"
    LAPSED = "lapsed", "arrivée au terme d'un délai"
    ARCHIVED = "archived", "passée en archive intermédiaire"
    SUSPENDED = "suspended", "suspendu"


class Guard(Word):
    """Why a run refuses to destroy anything."""

    CLOCK = "clock", "l'horloge s'est écartée de plus de 48 heures du dernier passage ou du journal"
    SHARE = "share", "plus de 20 % des situations d'une cellule seraient détruites"


class RunState(Word):
    """Where a run of the purge stands."""

    STARTED = "started", "en cours"
    FINISHED = "finished", "terminé"
    REFUSED = "refused", "refusé"


class DecisionState(Word):
    """Where a duration decided by the Ville stands: it applies with a favourable opinion, from its day on."""

    ENTERED = "entered", "avis du délégué attendu"
    FAVOURABLE = "favourable", "avis favorable"
    UNFAVOURABLE = "unfavourable", "avis défavorable"


class Opinion(Word):
    """What the DPO says of a duration."""

    FAVOURABLE = "favourable", "donner un avis favorable"
    UNFAVOURABLE = "unfavourable", "donner un avis défavorable"
