"""Closed words that only a charter uses: recipients, feedback, emergencies, waivers (domain section 3)."""

from policies.vocabulary import Word


class CharterKind(Word):
    """The kinds of cell that a charter can govern."""

    CENOMED = "cenomed", "cellule d'échange d'informations nominatives « mineurs en difficulté »"


class Document(Word):
    """Where a rule was read, as people see it beside a refusal."""

    CONTRACT_2015 = "contract_2015", "contrat parisien 2015-2020"
    CONTRACT_2023 = "contract_2023", "contrat parisien 2023-2026"
    CONTRACT_6E = "contract_6e", "contrat du 6e arrondissement, janvier 2023"
    LAW = "law", "texte de loi"
    HYPOTHESIS = "hypothesis", "hypothèse"


class Attendance(Word):
    """Whether a seat is held for a whole meeting, or for one situation only (CEN-18, AMB-30)."""

    MEETING = "meeting", "siège à la réunion"
    SITUATION = "situation", "invité pour une seule situation"


class Activity(Word):
    """What an exclusion closes (seed requirements 1.5)."""

    ATTEND = "attend", "assister aux réunions nominatives"
    READ = "read", "lire une situation"
    RESEARCH = "research", "mener des recherches préalables"


class RecipientCategory(Word):
    """The five categories of lawful recipients, a closed list (CEN-27, CEN-28)."""

    SOCIAL_SERVICES = "social_services", "services sociaux polyvalents"
    CRIP = "crip", "CRIP 75"
    ASSOCIATION = "association", "association, notamment de prévention spécialisée"
    SCHOOL = "school", "chef d'établissement scolaire"
    EDUCATIONAL_SUCCESS = "educational_success", "référent réussite éducative"


class ResearchValue(Word):
    """What a member answers to prior research; « non communicable » is always valid (step 3, R10)."""

    NOTHING = "nothing", "rien à apporter"
    TO_BRING = "to_bring", "des éléments à apporter oralement"
    NON_COMMUNICABLE = "non_communicable", "non communicable"


class FeedbackValue(Word):
    """The three answers of step 6, with a date and nothing else (CEN-42, CEN-43)."""

    POSSIBLE = "possible", "accompagnement possible ou mis en place"
    NOT_POSSIBLE = "not_possible", "accompagnement impossible"
    REDIRECTED = "redirected", "réorientation vers un partenaire social ou médico-social"


class Gravity(Word):
    """The event that triggers an emergency meeting (CEN-47, CEN-48)."""

    RIXE = "rixe", "rixe"
    MORTAL = "mortal", "événement mortel"
    GRAVE = "grave", "événement grave"


class EventLink(Word):
    """How a minor is linked to the event of an emergency, never to another person (CEN-48, AMB-03)."""

    DIRECT = "direct", "implication directe"
    INDIRECT = "indirect", "implication indirecte"
    FRATRIE = "fratrie", "fratrie d'un jeune impliqué"


class InformationWaiver(Word):
    """Coded grounds for not informing the family before a transmission (domain section 3, step 5)."""

    ART_14_5_B = "art_14_5_b", "information impossible ou efforts disproportionnés (RGPD, article 14.5.b)"
    ART_14_5_D = "art_14_5_d", "secret professionnel (RGPD, article 14.5.d)"
    CHILD_INTEREST = "child_interest", "information contraire à l'intérêt de l'enfant"
    DANGER = "danger", "information qui mettrait l'enfant en danger"
    ALREADY_INFORMED = "already_informed", "famille déjà informée"
