"""The directory of dispositifs: searched by everybody who is signed in, kept by coordinators and administrators."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.directory import actions as verbs
from backend.directory.forms import DirectorySearchForm, EntryForm
from backend.directory.models import DirectoryEntry
from backend.directory.queries import directory_view, entry_sheet
from backend.web.fields import PLACES, FieldView, FormView, options
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.directory_words import Family, Schooling

router = APIRouter(include_in_schema=False)

HOME = ("Annuaire des dispositifs", "/annuaire")

NOBODY = "120 caractères au plus. Une organisation, jamais une personne."

FIELDS = (
    FieldView("text", "name", "Nom du dispositif", NOBODY),
    FieldView("text", "organisation", "Qui le porte", NOBODY),
    FieldView("select", "family", "Famille", options=options(Family)),
    FieldView("text", "age_from", "Dès l'âge de", "En années ; vide s'il n'y en a pas", required=False),
    FieldView("text", "age_until", "Jusqu'à l'âge de", "En années, cet âge compris", required=False),
    FieldView("choice", "schooling", "Public", options=options(Schooling)),
    FieldView("checkbox", "priority_districts", "Réservé aux quartiers prioritaires (QPV)", required=False),
    FieldView(
        "choices",
        "arrondissements",
        "Arrondissements",
        "Aucun : le dispositif reçoit de tout Paris",
        required=False,
        options=PLACES,
    ),
    FieldView("text", "approach", "Comment orienter", "Par qui, avec quel accord", maxlength=200),
    FieldView("tel", "phones", "Téléphones du service", "Séparez-les par un point-virgule", required=False),
)

DONE = {
    "depart": "La liste de départ est dans l'annuaire. Relisez chaque fiche.",
    "ajout": "Le dispositif est dans l'annuaire.",
    "modification": "La fiche est modifiée, et datée d'aujourd'hui.",
    "revision": "La fiche est déclarée exacte aujourd'hui.",
    "retrait": "Le dispositif est retiré de l'annuaire.",
}
"""What was just done, by the word that the address carries."""


@router.get("/annuaire", dependencies=[acts(Action.DIRECTORY_ENTRY_READ)])
def directory(request: Request, uow: Work) -> Response:
    """Show the directory."""
    return _directory(request, uow, None, {}, NOTHING)


@router.post("/annuaire", dependencies=[acts(Action.DIRECTORY_ENTRY_READ)])
def searched(request: Request, uow: Work, form: PostedForm) -> Response:
    """Search the directory; what is looked for stands in no address and in no history."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _directory(request, fresh, None, typed, errors)):
        asked = read(DirectorySearchForm, form)
    return _directory(request, uow, asked, typed, NOTHING)


@router.get("/annuaire/a-relire", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def late(request: Request, uow: Work) -> Response:
    """Show the sheets that nobody revised for a year."""
    require(uow, DirectoryEntry(), Action.DIRECTORY_ENTRY_WRITE)
    view = directory_view(uow, None, {}, late=True)
    return draw(request, "directory/late.html", "Fiches à relire", view)


@router.post("/annuaire/liste-de-depart", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def begun(uow: Work, _form: PostedForm) -> Response:
    """Add the first list to the directory."""
    verbs.begin_directory(uow)
    return see("/annuaire?fait=depart")


@router.get("/annuaire/nouveau", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def adding(request: Request, uow: Work) -> Response:
    """Ask what is known of a dispositif."""
    return _adding(request, uow, {}, NOTHING)


@router.post("/annuaire/nouveau", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def added(request: Request, uow: Work, form: PostedForm) -> Response:
    """Add a dispositif."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _adding(request, fresh, typed, errors)):
        entry = verbs.add_entry(uow, read(EntryForm, form))
    return see(f"/annuaire/{entry.reference}?fait=ajout")


@router.get("/annuaire/{reference}", dependencies=[acts(Action.DIRECTORY_ENTRY_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show a dispositif."""
    view = entry_sheet(uow, fetch(uow, DirectoryEntry, reference, to=Action.DIRECTORY_ENTRY_READ))
    return draw(request, "directory/sheet.html", view.entry.name, view, notice=_notice(request))


@router.get("/annuaire/{reference}/modification", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def changing(request: Request, uow: Work, reference: str) -> Response:
    """Ask what is to change in a sheet."""
    return _changing(request, uow, reference, None, NOTHING)


@router.post("/annuaire/{reference}/modification", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def changed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Change a sheet."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _changing(request, fresh, reference, typed, errors)):
        verbs.change_entry(uow, reference, version_of(form), read(EntryForm, form))
    return see(f"/annuaire/{reference}?fait=modification")


@router.post("/annuaire/{reference}/revision", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def revised(uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that a sheet is still right."""
    verbs.revise_entry(uow, reference, version_of(form))
    return see(f"/annuaire/{reference}?fait=revision")


@router.post("/annuaire/{reference}/retrait", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def withdrawn(uow: Work, form: PostedForm, reference: str) -> Response:
    """Take a dispositif out of the directory."""
    verbs.withdraw_entry(uow, reference, version_of(form))
    return see("/annuaire?fait=retrait")


def _notice(request: Request) -> str | None:
    return DONE.get(request.query_params.get("fait", ""))


def _directory(
    request: Request,
    uow: UnitOfWork,
    asked: DirectorySearchForm | None,
    typed: Mapping[str, object],
    errors: Mapping[str, str],
) -> Response:
    view = directory_view(uow, asked, typed)
    return draw(request, "directory/list.html", HOME[0], view, errors=errors, notice=_notice(request))


def _adding(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    require(uow, DirectoryEntry(), Action.DIRECTORY_ENTRY_WRITE)
    path = (HOME, ("Ajouter un dispositif", ""))
    lead = "Des faits publics sur une organisation, relus une fois par an."
    view = FormView(path, lead, "/annuaire/nouveau", "Ajouter le dispositif", FIELDS, typed)
    return draw(request, "layouts/form.html", "Ajouter un dispositif", view, errors=errors)


def _changing(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object] | None, errors: Mapping[str, str]
) -> Response:
    row = fetch(uow, DirectoryEntry, reference, to=Action.DIRECTORY_ENTRY_READ)
    require(uow, row, Action.DIRECTORY_ENTRY_WRITE)
    known = {field.name: "" if (value := getattr(row, field.name)) is None else value for field in FIELDS}
    known |= {"arrondissements": tuple(str(number) for number in row.arrondissements)}
    path = (HOME, (row.name, f"/annuaire/{reference}"), ("Modifier", ""))
    action, lead = f"/annuaire/{reference}/modification", "La fiche sera datée d'aujourd'hui."
    view = FormView(path, lead, action, "Enregistrer", FIELDS, typed or known, row.version)
    return draw(request, "layouts/form.html", "Modifier un dispositif", view, errors=errors)
