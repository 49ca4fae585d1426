"""The closed vocabularies of the charter, each value with its French label (domain.md sections 1 to 4).

One declaration serves the database, the JSON, the pages and the refusals: a word cannot have two spellings.
"""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A closed value that people read: the stored value, and its French label."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        """Build a member from its stored value and its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def of(cls, value: str) -> Self:
        """Give the member of a stored value; raise `ValueError` for any other."""
        for member in cls:
            if member.value == value:
                return member
        raise ValueError(cls.__name__)


class Role(Word):
    """What a habilitation makes of a person (domain.md section 2)."""

    COORDINATOR = "coordinator", "coordonnateur CPSA"
    PARQUET = "parquet", "référent du parquet"
    TOWN_HALL = "town_hall", "mairie d'arrondissement"
    POLICE = "police", "commissariat"
    PJJ = "pjj", "protection judiciaire de la jeunesse"
    EDUCATION = "education", "Éducation nationale"
    SOCIAL_COORDINATOR = "social_coordinator", "coordinateur social de territoire"
    GUEST = "guest", "chef d'établissement invité"
    REPORTER = "reporter", "auteur de signalements"
    RECIPIENT = "recipient", "service destinataire"
    STEERING = "steering", "comité de pilotage parisien"
    DPO = "dpo", "délégué à la protection des données"
    ARCHIVIST = "archivist", "Archives de Paris"
    ADMINISTRATOR = "administrator", "administrateur"


SEATS = frozenset({Role.TOWN_HALL, Role.POLICE, Role.PJJ, Role.EDUCATION})
"""Members with a seat at the table who prepare and examine situations."""

CITY_ROLES = frozenset({Role.STEERING, Role.DPO, Role.ARCHIVIST, Role.ADMINISTRATOR})
"""Roles held for the whole city, never for one cell."""


class Stage(Word):
    """Where a situation stands, from reception to closing (domain.md section 3)."""

    RECEIVED = "received", "à qualifier"
    ADMISSIBLE = "admissible", "recevable"
    WITH_PARQUET = "with_parquet", "transmise au parquet"
    RETAINED = "retained", "retenue"
    NOT_RETAINED = "not_retained", "non retenue"
    UNDER_EXAMINATION = "under_examination", "en cours d'examen"
    FOLLOWED = "followed", "suivie"
    CLOSED = "closed", "close"
    INADMISSIBLE = "inadmissible", "non recevable"
    REDIRECTED = "redirected", "réorientée sans délai"
    MOVED = "moved", "transmise à la cellule compétente"
    MERGED = "merged", "rattachée à une autre situation"


class Sharing(Word):
    """Whether the seats read a situation: from the opening of research until the meeting closes (domain section 2)."""

    WITHHELD = "withheld", "réservée au coordonnateur et au parquet"
    SEATS = "seats", "ouverte aux membres de la cellule"


class Sex(Word):
    """Sex as the form offers it (AU-038 article 3)."""

    FEMALE = "female", "féminin"
    MALE = "male", "masculin"
    UNKNOWN = "unknown", "non renseigné"


class Residence(Word):
    """What is known of where the minor lives; without it, the place of the facts decides the cell (step 1)."""

    KNOWN = "known", "à Paris, arrondissement connu"
    UNKNOWN = "unknown", "inconnue"
    NONE = "none", "sans domicile"


class Qualification(Word):
    """Why the cell would examine the situation (CEN-03); both may hold."""

    DANGER = "danger", "danger"
    INFRA_DELINQUENCY = "infra_delinquency", "infra-délinquance"
    BOTH = "both", "danger et infra-délinquance"


class Motive(Word):
    """Motives of a signalement, MOT-01 to MOT-12 (seed requirements section 8.1)."""

    MOT_01 = "MOT-01", "atteintes à la tranquillité publique"
    MOT_02 = "MOT-02", "absentéisme"
    MOT_03 = "MOT-03", "décrochage scolaire"
    MOT_04 = "MOT-04", "errance"
    MOT_05 = "MOT-05", "comportements violents"
    MOT_06 = "MOT-06", "présence nocturne sur l'espace public"
    MOT_07 = "MOT-07", "actes d'infra-délinquance"
    MOT_08 = "MOT-08", "risque de basculement dans la délinquance"
    MOT_09 = "MOT-09", "mise en danger"
    MOT_10 = "MOT-10", "déscolarisation"
    MOT_11 = "MOT-11", "vulnérabilité sur l'espace public"
    MOT_12 = "MOT-12", "rixes"


SCHOOL_MOTIVES = frozenset({Motive.MOT_02, Motive.MOT_03, Motive.MOT_10})
"""Motives that the head of the school reads, as a guest: nothing else of why the situation is examined."""

OFFENCE_MOTIVES = frozenset({Motive.MOT_01, Motive.MOT_05, Motive.MOT_07, Motive.MOT_08, Motive.MOT_12})
"""Motives that touch on an offence: each carries a coded necessity, and decision D4 restricts who reads them."""


class Necessity(Word):
    """Why an offence-related motive is strictly necessary (AU-038 article 3, R8)."""

    REPEATED = "repeated", "faits répétés constatés par l'auteur du signalement"
    PROTECT_MINOR = "protect_minor", "le mineur s'expose lui-même à un danger"
    PROTECT_OTHERS = "protect_others", "d'autres mineurs sont exposés"
    PREVENT_ESCALATION = "prevent_escalation", "une réponse éducative rapide peut éviter l'aggravation"


class SchoolLevel(Word):
    """School level or situation (AU-038 article 3)."""

    PRIMARY = "primary", "école élémentaire"
    MIDDLE = "middle", "collège"
    HIGH = "high", "lycée"
    VOCATIONAL = "vocational", "formation professionnelle ou apprentissage"
    OUT_OF_SCHOOL = "out_of_school", "non scolarisé"
    UNKNOWN = "unknown", "inconnu"


class Period(Word):
    """When the facts mostly happen."""

    SCHOOL_HOURS = "school_hours", "heures scolaires"
    AFTER_SCHOOL = "after_school", "après la classe"
    EVENING = "evening", "soirée"
    NIGHT = "night", "nuit"
    WEEKEND = "weekend", "fin de semaine"
    HOLIDAYS = "holidays", "vacances scolaires"


class PlaceKind(Word):
    """Where the facts mostly happen."""

    STREET = "street", "rue ou place"
    PARK = "park", "parc ou jardin"
    BUILDING = "building", "hall ou parties communes"
    SCHOOL_SURROUNDINGS = "school_surroundings", "abords d'un établissement scolaire"
    TRANSPORT = "transport", "transports"
    SPORTS = "sports", "équipement sportif ou culturel"
    SHOPS = "shops", "commerces"


class StepTaken(Word):
    """Steps already taken by the author of the signalement."""

    TALKED_MINOR = "talked_minor", "échange avec le mineur"
    TALKED_FAMILY = "talked_family", "échange avec la famille"
    SCHOOL_MEETING = "school_meeting", "rendez-vous à l'établissement scolaire"
    SOCIAL_WORKER = "social_worker", "contact avec un service social"
    STREET_WORKERS = "street_workers", "contact avec la prévention spécialisée"
    MEDIATION = "mediation", "médiation"
    NONE = "none", "aucune démarche"


class Insufficiency(Word):
    """Why the present support is not enough (MOT-13)."""

    NO_SUPPORT = "no_support", "aucun accompagnement connu"
    REFUSED = "refused", "accompagnement proposé et refusé"
    INTERRUPTED = "interrupted", "accompagnement interrompu"
    NOT_SUITED = "not_suited", "accompagnement en cours mais inadapté"
    WORSENING = "worsening", "la situation s'aggrave malgré l'accompagnement"
    UNKNOWN = "unknown", "inconnu de l'auteur du signalement"


class Origin(Word):
    """Category of the institution that signals, a coded field and an indicator (CEN-26)."""

    POLICE = "police", "police nationale"
    MUNICIPAL_POLICE = "municipal_police", "police municipale (DPMP)"
    EDUCATION = "education", "Éducation nationale"
    TOWN_HALL = "town_hall", "mairie d'arrondissement"
    LANDLORD = "landlord", "bailleur social"
    CITY_SERVICE = "city_service", "service de la Ville"
    PJJ = "pjj", "protection judiciaire de la jeunesse"
    PARQUET = "parquet", "parquet"
    SOCIAL_SERVICES = "social_services", "services sociaux"
    ASSOCIATION = "association", "association"


class Diversion(Word):
    """What a diversion question sends elsewhere (domain.md section 4): only the fact and the date are kept."""

    IMMEDIATE_DANGER = "immediate_danger", "danger immédiat ou grave"
    SCHOOL_OFFENCE = "school_offence", "infraction commise à l'école"
    RADICALISATION = "radicalisation", "radicalisation"


class Inadmissibility(Word):
    """Coded grounds of an inadmissible signalement (domain.md section 3, step 1b)."""

    NOT_A_MINOR = "not_a_minor", "la personne n'est pas mineure"
    DUPLICATE = "duplicate", "doublon"
    DIVERTED_CRIP = "diverted_crip", "relève de la CRIP 75"
    DIVERTED_PARQUET = "diverted_parquet", "relève d'une saisine du parquet"
    DIVERTED_RIMS = "diverted_rims", "relève du dispositif RIMS"
    DIVERTED_CPRAF = "diverted_cpraf", "relève de la CPRAF"
    UNQUALIFIED_IN_TIME = "unqualified_in_time", "non qualifiée dans les délais"
    UNANSWERED_IN_TIME = "unanswered_in_time", "sans réponse du parquet dans les délais"


LAPSES = frozenset({Inadmissibility.UNQUALIFIED_IN_TIME, Inadmissibility.UNANSWERED_IN_TIME})
"""Grounds that only the end of a delay gives: nobody may choose them (domain.md section 6)."""


class ClosingReason(Word):
    """Why a situation is closed: a collegial decision, or what kept a retained one from being examined (step 4)."""

    SUPPORT_IN_PLACE = "support_in_place", "accompagnement en place"
    MOVED_AWAY = "moved_away", "déménagement"
    OF_AGE = "of_age", "majorité"
    JUDICIAL_SINCE = "judicial_since", "suivi judiciaire depuis"
    NO_LONGER_WORRYING = "no_longer_worrying", "situation qui n'inquiète plus"
    WITHDRAWN = "withdrawn", "retrait par l'auteur du signalement"
    DUPLICATE = "duplicate", "doublon"
    NOT_EXAMINED_IN_TIME = "not_examined_in_time", "non examinée dans les délais"
    SUPPORT_REFUSED = "support_refused", "accompagnement refusé"
    NO_DECISION_IN_TIME = "no_decision_in_time", "suivi sans nouvelle décision dans les délais"


UNDECIDED = frozenset({ClosingReason.NO_DECISION_IN_TIME})
"""Reasons that only the end of a delay gives: no collegial decision may bear them."""


class ReturnReason(Word):
    """Why a signalement goes back once to its author for completion."""

    IDENTITY_INCOMPLETE = "identity_incomplete", "identité insuffisante pour reconnaître la personne"
    RESIDENCE_UNKNOWN = "residence_unknown", "résidence ou lieu des faits à préciser"
    MOTIVE_UNCLEAR = "motive_unclear", "motif à préciser"
    STEPS_MISSING = "steps_missing", "démarches déjà engagées à préciser"
    REMOVE_CONTENT = "remove_content", "contenu à retirer (information que la cellule ne peut pas recevoir)"


class ParquetAnswerValue(Word):
    """The parquet's step-2 answer (CEN-32, AMB-06): no detail of the measure is stored."""

    RETAINED = "retained", "retenue"
    NOT_RETAINED = "not_retained", "non retenue"


class ParquetGround(Word):
    """The single ground of a situation that is not retained (CEN-32)."""

    ONGOING_JUDICIAL_FOLLOW_UP = "ongoing_judicial_follow_up", "suivi judiciaire en cours"


class ReceiptStatus(Word):
    """What the author of a signalement may know of it (domain.md section 2): never the outcome."""

    RECEIVED = "received", "reçu"
    TO_COMPLETE = "to_complete", "à compléter"
    PROCESSED = "processed", "traité"


class ExitKind(Word):
    """The two exits open at every stage (R25): date, recipient and channel, never content."""

    CRIP = "crip", "information préoccupante : CRIP"
    PARQUET = "parquet", "saisine du parquet (article 40)"


class ExitChannel(Word):
    """How the exit was made, outside this product."""

    PHONE = "phone", "téléphone"
    SECURE_MAIL = "secure_mail", "messagerie sécurisée"
    POST = "post", "courrier"
    IN_PERSON = "in_person", "remise en main propre"


class ConcernAnswer(Word):
    """The coordinator's obligatory answer when the qualification says danger: information préoccupante, yes or no."""

    YES = "yes", "oui, transmise à la CRIP le jour même"
    NO = "no", "non, motif examiné et écarté"
