"""The fields of the forms, declared once: label, hint and what the lists offer."""

from backend.authorization.work import UnitOfWork
from backend.rav.queries.networks import organised
from backend.web.fields import PLACES, FieldView, options
from policies.rav_words import (
    Access,
    MeetingKind,
    OrganisationKind,
    PathStep,
    Public,
    StructureKind,
    ThematicDay,
    Theme,
)

NOBODY = "120 caractères au plus. Ne nommez et ne décrivez aucune personne concernée."


WHERE = FieldView("choices", "arrondissements", "Arrondissements", options=PLACES)
TITLE = FieldView("text", "title", "Titre", NOBODY)
NAME = FieldView("text", "name", "Nom du réseau", NOBODY)
PLACE = FieldView("text", "place", "Lieu", "Par exemple : salle des mariages, mairie du 13e")

THEME_FIELDS = (
    FieldView("select", "theme", "Thème", options=options(Theme)),
    FieldView("date", "valid_from", "À partir du"),
    FieldView("date", "valid_until", "Jusqu'au", "Laissez vide si le thème n'a pas de fin prévue", required=False),
)
MEMBER_FIELDS = (
    FieldView("text", "organisation", "Organisation", "Une institution ou une association, jamais une personne"),
    FieldView("select", "kind", "Nature", options=options(OrganisationKind)),
)
CONTACT_FIELDS = (
    FieldView("text", "name", "Prénom et nom", "Un professionnel, joint à son travail"),
    FieldView("text", "function", "Fonction"),
    FieldView("tel", "phone", "Téléphone professionnel", maxlength=32),
    FieldView("email", "email", "Adresse électronique professionnelle", maxlength=254),
)
MEETING_FIELDS = (
    FieldView("choice", "kind", "Format", options=options(MeetingKind)),
    TITLE,
    FieldView("date", "day", "Date"),
    FieldView("text", "hour", "Heure", "Par exemple : 14:30", maxlength=6),
    PLACE,
    FieldView("lines", "agenda", "Ordre du jour", "Des titres seulement, un par ligne. Aucune situation individuelle."),
)
EVENT_FIELDS = (
    FieldView("choice", "day", "Journée thématique", options=options(ThematicDay)),
    TITLE,
    FieldView("date", "held_on", "Date"),
    PLACE,
)
TOOL_FIELDS = (TITLE,)
IMPROVEMENT_FIELDS = (
    FieldView("select", "step", "Étape du parcours", options=options(PathStep)),
    TITLE,
)
RENAME_FIELDS = (NAME, WHERE)
STRUCTURE_FIELDS = (
    FieldView("text", "name", "Nom de la structure"),
    FieldView("select", "kind", "Nature", options=options(StructureKind)),
    FieldView("choices", "publics", "Publics reçus", options=options(Public)),
    FieldView("choices", "themes", "Thèmes", options=options(Theme)),
    FieldView(
        "choices",
        "arrondissements",
        "Arrondissements",
        "Aucun : la structure reçoit de tout Paris",
        required=False,
        options=PLACES,
    ),
    FieldView(
        "checkbox",
        "confidential",
        "Adresse confidentielle : le téléphone seul est montré, partout",
        "L'adresse n'est alors pas enregistrée du tout",
        required=False,
    ),
    FieldView("text", "address", "Adresse", required=False, maxlength=200),
    FieldView("text", "transport", "Transports", "Par exemple : métro 6, station Glacière", required=False),
    FieldView("text", "hours", "Horaires", "Par exemple : du lundi au vendredi, 9 h à 17 h", required=False),
    FieldView("tel", "phones", "Téléphones", "Séparez plusieurs numéros par un point-virgule"),
    FieldView("text", "languages", "Langues parlées", required=False),
    FieldView("choices", "accessibility", "Accessibilité", required=False, options=options(Access)),
    FieldView(
        "text",
        "approach",
        "Comment orienter",
        "Par exemple : sur appel, sans rendez-vous",
        required=False,
        maxlength=200,
    ),
)


def cell_field(uow: UnitOfWork) -> FieldView:
    """Ask from which of the person's cells something is organised; raise `Forbidden` for who organises nowhere."""
    cells = tuple((cell.reference, cell.name) for cell in organised(uow))
    return FieldView("choice", "cell", "Cellule qui organise", options=cells)


def network_fields(uow: UnitOfWork) -> tuple[FieldView, ...]:
    """Give the fields of a network to create."""
    themes = FieldView("choices", "themes", "Thèmes", options=options(Theme))
    return (cell_field(uow), NAME, WHERE, themes)
