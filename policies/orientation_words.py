"""Closed words of steps 5 and 6: destinations, how a family was informed, what becomes of what was sent (domain 3)."""

from policies.vocabulary import Word


class Destination(Word):
    """Where the cell proposes a form of support; health is absent: it lives in the directory only (ORI-01, ORI-F)."""

    CRIP = "crip", "CRIP 75"
    SOCIAL_SERVICES = "social_services", "services sociaux polyvalents"
    EDUCATIONAL_SUCCESS = "educational_success", "réussite éducative"
    SPECIALISED_PREVENTION = "specialised_prevention", "prévention spécialisée"
    LOCAL_ASSOCIATION = "local_association", "association locale"
    SCHOOL_DROPOUT = "school_dropout", "dispositif de lutte contre le décrochage scolaire"
    LOCAL_MISSION = "local_mission", "mission locale"
    CITY_HOLIDAYS = "city_holidays", "Ville Vie Vacances"
    YOUTH_DAYS = "youth_days", "Journées républicaines de la jeunesse"
    MEDIATION = "mediation", "médiation (équipe parisienne de médiation)"
    NIGHT_MEDIATION = "night_mediation", "correspondants de nuit"
    PARENTING = "parenting", "soutien à la parentalité"


class OrientationState(Word):
    """Whether an orientation still holds."""

    DECIDED = "decided", "décidée"
    WITHDRAWN = "withdrawn", "retirée"


class TransmissionState(Word):
    """Where a transmission stands: what the coordinator sees of it."""

    SENT = "sent", "envoyée, pas encore ouverte"
    OPENED = "opened", "ouverte, retour attendu"
    ANSWERED = "answered", "retour reçu"
    RECALLED = "recalled", "retirée"


class InformationMode(Word):
    """How the coordinator informed a family, outside this product."""

    LETTER = "letter", "lettre envoyée"
    BY_HAND = "by_hand", "lettre remise en main propre"
    INTERVIEW = "interview", "entretien"
    PHONE = "phone", "appel téléphonique"


class Addressee(Word):
    """Whom the information is owed to: each holder of parental authority, and the minor (domain.md section 3)."""

    FIRST_HOLDER = "first_holder", "titulaire de l'autorité parentale"
    SECOND_HOLDER = "second_holder", "second titulaire de l'autorité parentale"
    MINOR = "minor", "mineur"


class InformationResult(Word):
    """What became of one addressee on one day: information, never a consent."""

    INFORMED = "informed", "informé"
    NOT_REACHED = "not_reached", "tentative sans succès"
    NONE = "none", "sans objet"


class NoticeGround(Word):
    """Coded grounds of an exception to the individual notice of a family (domain.md section 9): never a text."""

    IMPOSSIBLE = "impossible", "information impossible, ou efforts disproportionnés"
    IMPAIRMENT = "impairment", "information qui compromettrait gravement l'action de la cellule"
    SECRECY = "secrecy", "secret professionnel"
    CHILD_INTEREST = "child_interest", "information contraire à l'intérêt de l'enfant"
