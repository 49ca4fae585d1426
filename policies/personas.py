"""The people of the demonstration, one per role at least: the sign-in page enters any of them in one click.

All are invented, at a domain that cannot exist (RFC 2606). Source: issue A, domain.md section 2.
"""

from dataclasses import dataclass

from policies.vocabulary import Role

DOMAIN = "demo.invalid"
"""Where every persona has an address, and nobody else."""

CITY = "Ville de Paris"
DPMP = "Direction de la police municipale et de la prévention"
PARQUET = "Parquet des mineurs de Paris"
TOWN_HALL = "Mairie du 13e arrondissement"
POLICE = "Commissariat du 13e arrondissement"
PJJ = "Protection judiciaire de la jeunesse, milieu ouvert du 13e"
PJJ_UNSIGNED = "Protection judiciaire de la jeunesse, insertion du 13e"
EDUCATION = "Académie de Paris"
SOCIAL_SERVICES = "Direction des solidarités"
LANDLORD = "Bailleur Les Toits Imaginaires"
CRIP = "Cellule de recueil des informations préoccupantes (CRIP 75)"
EDUCATIONAL_SUCCESS = "Réussite éducative du 13e arrondissement"
ASSOCIATION = "Association La Passerelle Inventée"


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody of the demonstration: where they work, and the one habilitation that they are given."""

    email: str
    name: str
    label: str
    institution: str
    role: Role
    territory: str | None
    """Code of the cell's sector; None for a role held for the whole city."""


def _persona(local: str, name: str, label: str, institution: str, role: Role, territory: str | None) -> Persona:
    return Persona(f"{local}@{DOMAIN}", name, label, institution, role, territory)


PERSONAS = (
    _persona("admin", "Solène Vaucresson", "administratrice", CITY, Role.ADMINISTRATOR, None),
    _persona("admin-2", "Idriss Montferrand", "second administrateur", CITY, Role.ADMINISTRATOR, None),
    _persona("dpo", "Noémie Charbonnel", "déléguée à la protection des données", CITY, Role.DPO, None),
    _persona("coordinateur-13", "Camille Verneuil", "coordonnatrice CPSA du 13e", DPMP, Role.COORDINATOR, "13"),
    _persona("coordinateur-18", "Bakary Lorimier", "coordonnateur CPSA du 18e", DPMP, Role.COORDINATOR, "18"),
    _persona("parquet-13", "Hélène Sauvagnac", "référente du parquet pour le 13e", PARQUET, Role.PARQUET, "13"),
    _persona("mairie-13", "Thomas Quincy", "cabinet du maire du 13e", TOWN_HALL, Role.TOWN_HALL, "13"),
    _persona("commissariat-13", "Samira Delorne", "commissaire du 13e", POLICE, Role.POLICE, "13"),
    _persona("pjj-13", "Étienne Marsac", "responsable d'unité de la PJJ du 13e", PJJ, Role.PJJ, "13"),
    _persona("education-13", "Lucie Ambroisine", "référente sécurité du 13e", EDUCATION, Role.EDUCATION, "13"),
    _persona(
        "cst-13",
        "Rachid Belleroche",
        "coordinateur social de territoire du 13e",
        SOCIAL_SERVICES,
        Role.SOCIAL_COORDINATOR,
        "13",
    ),
    _persona("bailleur", "Patricia Hautecombe", "responsable de site du bailleur", LANDLORD, Role.REPORTER, None),
    _persona("agent-dpmp", "Kévin Rochebrune", "agent de terrain de la DPMP", DPMP, Role.REPORTER, None),
    _persona("association", "Awa Castelnau", "directrice d'association", ASSOCIATION, Role.RECIPIENT, "13"),
    _persona("crip", "Gilles Pontevès", "évaluateur à la CRIP 75", CRIP, Role.RECIPIENT, None),
    _persona(
        "reussite-13",
        "Nadège Florimont",
        "référente réussite éducative du 13e",
        EDUCATIONAL_SUCCESS,
        Role.RECIPIENT,
        "13",
    ),
    _persona("chef-etablissement", "Marianne Issoire", "principale de collège, invitée", EDUCATION, Role.GUEST, "13"),
    _persona("copil", "François Tremblade", "comité de pilotage parisien", CITY, Role.STEERING, None),
    _persona("archives", "Odile Carentan", "Archives de Paris", CITY, Role.ARCHIVIST, None),
    _persona(
        "sans-charte-13",
        "Mathis Oradou",
        "éducateur de la PJJ, dont l'institution n'a pas signé la charte",
        PJJ_UNSIGNED,
        Role.PJJ,
        "13",
    ),
)
"""In the order in which the sign-in page and the command line list them; the first two administer the service."""
