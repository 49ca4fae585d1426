"""The closed words of the victims' aid networks and of their guide, each with its French label (domain.md section 8).

Sources: RAV-04, RAV-08 and RAV-09 (publics and themes), RAV-10 and RAV-11 (aims and format), RAV-12 (thematic days),
ORI-K1 to K14 (kinds of structures).
"""

from collections.abc import Mapping
from types import MappingProxyType

from policies.vocabulary import Role, Word

ORGANISERS = frozenset({Role.COORDINATOR, Role.TOWN_HALL})
"""Who organises networks and keeps the guide: the coordinator and the mairie d'arrondissement (RAV-07)."""


class Theme(Word):
    """What a network or a structure works on (RAV-08, RAV-09)."""

    INTIMATE_VIOLENCE = "intimate_violence", "violences conjugales et intrafamiliales"
    SEXUAL_VIOLENCE = "sexual_violence", "violences sexistes et sexuelles"
    MINORS = "minors", "mineurs victimes et enfants co-victimes"
    SCHOOL_HARASSMENT = "school_harassment", "harcèlement, dont harcèlement scolaire"
    ELDERS = "elders", "personnes âgées vulnérables"
    LGBTQIA = "lgbtqia", "haine et violences anti-LGBTQIA+"
    DISCRIMINATION = "discrimination", "discriminations"
    SECTS = "sects", "dérives sectaires"
    PERPETRATORS = "perpetrators", "prise en charge des auteurs"
    RIGHTS = "rights", "accès au droit et procédure"
    HOUSING = "housing", "hébergement d'urgence et mise à l'abri"
    CARE = "care", "soins et constats médicaux"


class Public(Word):
    """Whom a structure receives (RAV-04)."""

    EVERYONE = "everyone", "toutes les victimes"
    WOMEN = "women", "femmes victimes"
    MINORS = "minors", "enfants et adolescents"
    YOUNG_WOMEN = "young_women", "jeunes femmes de 15 à 25 ans"
    FAMILIES = "families", "familles et parents"
    ELDERS = "elders", "personnes âgées et aidants"
    LGBTQIA = "lgbtqia", "personnes LGBTQIA+"
    DISABLED = "disabled", "personnes en situation de handicap"
    PERPETRATORS = "perpetrators", "auteurs de violences"
    PROFESSIONALS = "professionals", "professionnels"


class StructureKind(Word):
    """Kinds of structures of the guide (ORI-K1 to K14)."""

    AID = "aid", "association d'aide aux victimes"
    COURT_OFFICE = "court_office", "bureau d'aide aux victimes du tribunal (BAV)"
    JUSTICE_HOUSE = "justice_house", "maison de justice et du droit (MJD)"
    LEGAL_POINT = "legal_point", "point d'accès au droit (PAD)"
    LEGAL_RELAY = "legal_relay", "relais d'accès au droit (RAD)"
    WOMEN_HOUSE = "women_house", "maison des femmes"
    RECEPTION = "reception", "lieu d'accueil et d'orientation"
    SHELTER = "shelter", "hébergement et mise à l'abri"
    MEDICAL = "medical", "unité médico-judiciaire (UMJ) ou hôpital"
    POLICE = "police", "commissariat et brigade de protection de la famille"
    STATION_SOCIAL = "station_social", "intervenant social en commissariat (ISC)"
    LIAISON = "liaison", "officier de liaison LGBTQIA+"
    RIGHTS_DEFENDER = "rights_defender", "délégué du Défenseur des droits"
    ELDERS_HOUSE = "elders_house", "maison des aînés et des aidants"
    PERPETRATORS = "perpetrators", "centre de prise en charge des auteurs (CPCA)"
    HELPLINE = "helpline", "ligne d'écoute"
    CHILD_CARE = "child_care", "accueil pédiatrique des enfants en danger (UAPED)"
    SECTS = "sects", "association de lutte contre les dérives sectaires"


class Access(Word):
    """What makes a place reachable by everybody."""

    STEP_FREE = "step_free", "accès de plain-pied"
    LIFT = "lift", "ascenseur"
    HEARING = "hearing", "boucle auditive ou langue des signes"
    EASY_READING = "easy_reading", "documents en facile à lire"
    INTERPRETER = "interpreter", "interprète sur demande"


class OrganisationKind(Word):
    """What an organisation of a network is (RAV-16, RAV-17)."""

    CITY = "city", "service de la Ville"
    TOWN_HALL = "town_hall", "mairie d'arrondissement"
    POLICE = "police", "préfecture de police"
    PARQUET = "parquet", "parquet de Paris"
    EDUCATION = "education", "Éducation nationale"
    ASSOCIATION = "association", "association"
    HEALTH = "health", "établissement de santé"
    LEGAL = "legal", "accès au droit"
    LANDLORD = "landlord", "bailleur social"
    OTHER = "other", "autre institution"


class MeetingKind(Word):
    """The two formats of a network's meetings (RAV-11)."""

    PLENARY = "plenary", "réunion plénière"
    PUBLIC_GROUP = "public_group", "groupe de travail sur un public"
    PROJECT_GROUP = "project_group", "groupe de travail sur un projet"


class ThematicDay(Word):
    """The days on which networks hold events (RAV-12)."""

    MARCH_8 = "march_8", "8 mars, droits des femmes"
    MAY_17 = "may_17", "17 mai, lutte contre les LGBTQI+phobies"
    NOVEMBER_25 = "november_25", "25 novembre, lutte contre les violences faites aux femmes"
    OTHER = "other", "autre date"


THEMATIC_DAYS: Mapping[ThematicDay, tuple[int, int]] = MappingProxyType(
    {ThematicDay.MARCH_8: (3, 8), ThematicDay.MAY_17: (5, 17), ThematicDay.NOVEMBER_25: (11, 25)}
)
"""Month and day of each thematic day."""


class PathStep(Word):
    """Where, in the path of somebody who was harmed, something is to be improved (RAV-10)."""

    RECEPTION = "reception", "premier accueil"
    COMPLAINT = "complaint", "dépôt de plainte"
    EVIDENCE = "evidence", "constat médical"
    HOUSING = "housing", "mise à l'abri"
    RIGHTS = "rights", "information sur les droits"
    CARE = "care", "soins et soutien psychologique"
    CHILDREN = "children", "accompagnement des enfants"
    FOLLOW_UP = "follow_up", "relais entre professionnels"


class Medium(Word):
    """How an edition of the guide is sent out (RAV-13)."""

    EMAIL = "email", "courriel aux accueils"
    PRINT = "print", "exemplaires imprimés"
    LINK = "link", "lien d'accueil"
    MEETING = "meeting", "remise en réunion"


class MeetingState(Word):
    """Where a meeting stands."""

    PLANNED = "planned", "convoquée"
    HELD = "held", "tenue"
    CANCELLED = "cancelled", "annulée"


class ToolState(Word):
    """Where a tool stands: what the professionals of a network made (RAV-20)."""

    PROJECT = "project", "en projet"
    IN_USE = "in_use", "en service"
    RETIRED = "retired", "retiré"


class ImprovementState(Word):
    """Where a point to improve stands."""

    NOTED = "noted", "relevé"
    ADDRESSED = "addressed", "traité"
