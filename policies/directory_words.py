"""The closed words of the directory of dispositifs (domain.md section 3; ORI-A to ORI-H)."""

from policies.vocabulary import Word


class Family(Word):
    """What a dispositif does; health stands here only, never against a situation (ORI-F)."""

    PROTECTION = "protection", "protection de l'enfance"
    SOCIAL = "social", "services sociaux"
    PREVENTION = "prevention", "prévention et réussite éducative"
    SCHOOL = "school", "école et décrochage scolaire"
    WORK = "work", "insertion professionnelle"
    HEALTH = "health", "santé et écoute"
    PARENTHOOD = "parenthood", "soutien à la parentalité"
    LEISURE = "leisure", "médiation, loisirs et citoyenneté"


class Schooling(Word):
    """Whether a dispositif receives young people who go to school."""

    ANY = "any", "scolarisés ou non"
    AT_SCHOOL = "at_school", "scolarisés"
    OUT_OF_SCHOOL = "out_of_school", "sortis du système scolaire ou en train d'en sortir"


OLDEST = 25
"""The last age of which the directory speaks."""
