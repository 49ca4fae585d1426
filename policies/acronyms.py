"""The acronyms of the pages: what each stands for, and what it is for; « Aide » and the definitions in place read it.

Sources: docs/glossary.md, whose words a test compares; CASF, article L.226-3 (CRIP, information préoccupante); RGPD,
articles 33 and 35; « contrat parisien 2015-2020 » (CENOMED, CPSA, COPIL).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acronym:
    """An acronym: the words that it stands for, and one sentence for who meets it the first time, or none."""

    meaning: str
    about: str = ""


ACRONYMS: dict[str, Acronym] = {
    "AIPD": Acronym("analyse d'impact relative à la protection des données", "Obligatoire avant la mise en service."),
    "ASE": Acronym("aide sociale à l'enfance", "Le service du département qui protège les mineurs en danger."),
    "CENOMED": Acronym(
        "cellule d'échange d'informations nominatives « mineurs en difficulté »",
        "Elle examine, à quelques institutions signataires, la situation de mineurs d'un arrondissement.",
    ),
    "CNIL": Acronym(
        "Commission nationale de l'informatique et des libertés", "L'autorité que l'on prévient et saisit."
    ),
    "COPIL": Acronym("comité de pilotage", "Il suit les cellules sans connaître aucune situation."),
    "CPRAF": Acronym(
        "cellule de prévention et d'accompagnement des familles", "Pour une crainte de radicalisation, et elle seule."
    ),
    "CPSA": Acronym(
        "contrat de prévention et de sécurité d'arrondissement", "Son coordonnateur reçoit les signalements."
    ),
    "CRIP": Acronym(
        "cellule de recueil des informations préoccupantes",
        "Elle évalue si un mineur est en danger. La saisir n'attend ni la réunion, ni le filtre du parquet.",
    ),
    "CST": Acronym("coordinateur social de territoire", "Seule voie de la cellule vers les services sociaux."),
    "DPMP": Acronym("direction de la police municipale et de la prévention"),
    "DSOL": Acronym("direction des solidarités"),
    "EMAS": Acronym("équipe mobile académique de sécurité"),
    "EPM": Acronym("équipe parisienne de médiation"),
    "IP": Acronym(
        "information préoccupante",
        "Ce qui fait craindre qu'un mineur est en danger ou risque de l'être ; elle s'adresse à la CRIP.",
    ),
    "ITT": Acronym("incapacité totale de travail", "Constatée par un médecin, en jours."),
    "JRJ": Acronym("journées républicaines de la jeunesse"),
    "MPCE": Acronym("mission de prévention, de contact et d'écoute"),
    "PJJ": Acronym(
        "protection judiciaire de la jeunesse", "Le service de la justice qui suit les mineurs sur décision du juge."
    ),
    "QPV": Acronym("quartier prioritaire de la politique de la ville"),
    "RAV": Acronym("réseau d'aide aux victimes", "Un réseau de professionnels ; jamais une situation individuelle."),
    "RGPD": Acronym("règlement général sur la protection des données"),
    "RIMS": Acronym(
        "remontée d'infractions en milieu scolaire", "La voie d'une infraction commise dans un établissement."
    ),
    "STEMO": Acronym("service territorial de milieu ouvert"),
    "UAPED": Acronym(
        "unité d'accueil pédiatrique des enfants en danger", "À l'hôpital : soins, constats et audition d'un enfant."
    ),
    "VVV": Acronym("Ville Vie Vacances"),
}
"""By acronym, in the order of the alphabet."""
