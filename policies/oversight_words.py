"""Closed words of oversight: how checkpoints leave, what is unusual in an access, why the DPO looks (R14, R15)."""

from policies.vocabulary import Word


class Channel(Word):
    """A way by which checkpoints leave the machine."""

    FOLDER = "folder", "dossier"
    MAIL = "mail", "courriel au délégué"
    COMMAND = "command", "commande d'un témoin"


class Oddity(Word):
    """What makes the accesses of somebody unusual."""

    MANY = "many", "beaucoup de situations ouvertes en un jour"
    LATE = "late", "situations ouvertes en dehors des heures de travail"
    REFUSALS = "refusals", "refus en série"


class AccessState(Word):
    """Where an unusual access stands."""

    WAITING = "waiting", "à regarder"
    SETTLED = "settled", "traité"


class LiftGround(Word):
    """Why the DPO needs to know who it was."""

    ASK = "ask", "demander une explication à la personne"
    CHECK = "check", "vérifier avec le coordonnateur de la cellule"
    COMPLAINT = "complaint", "répondre à une réclamation"
    BREACH = "breach", "instruire une violation de données possible"


class AccessOutcome(Word):
    """What became of an unusual access."""

    JUSTIFIED = "justified", "justifié par le travail de la personne"
    REMINDED = "reminded", "règles rappelées à la personne"
    BREACH = "breach", "violation de données à instruire"
