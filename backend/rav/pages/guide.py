"""Pages of the guide: its search, the sheet of a structure, its editions and their PDF."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.documents.pdf import write_pdf
from backend.rav.actions import guide as verbs
from backend.rav.forms import DiffusionForm, EditionForm, SearchForm, StructureForm
from backend.rav.models.guide import Edition, Structure
from backend.rav.pages import fields
from backend.rav.pages.networks import HOME
from backend.rav.queries.guide import edition_view, editions, guide_view, structure_sheet
from backend.rav.queries.networks import organised
from backend.rav.views import EditionsView
from backend.web.fields import FormView
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.rav_words import ORGANISERS

router = APIRouter(include_in_schema=False)

GUIDE = ("Guide des ressources", "/reseaux/guide")

DONE = {
    "ajout": "La structure est ajoutée au guide.",
    "modification": "La fiche est enregistrée et datée d'aujourd'hui.",
    "revision": "La fiche est déclarée exacte à ce jour.",
    "retrait": "La structure est retirée du guide.",
    "edition": "L'édition est publiée.",
    "diffusion": "La diffusion est enregistrée.",
}
"""What was just done, by the word that the address carries."""


def _notice(request: Request) -> str | None:
    return DONE.get(request.query_params.get("fait", ""))


@router.get("/reseaux/guide", dependencies=[acts(Action.RAV_STRUCTURE_READ)])
def guide(request: Request, uow: Work) -> Response:
    """Show the guide."""
    return draw(request, "rav/guide.html", GUIDE[0], guide_view(uow, "", GUIDE[1]), notice=_notice(request))


@router.post("/reseaux/guide", dependencies=[acts(Action.RAV_STRUCTURE_READ)])
def searched(request: Request, uow: Work, form: PostedForm) -> Response:
    """Search the guide; what is looked for stands in no address and in no history."""
    with drawn_again(
        lambda fresh, errors: draw(request, "rav/guide.html", GUIDE[0], guide_view(fresh, "", GUIDE[1]), errors=errors)
    ):
        view = guide_view(uow, read(SearchForm, form).search, GUIDE[1])
    return draw(request, "rav/guide.html", GUIDE[0], view)


@router.get("/reseaux/guide/nouvelle-structure", dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def adding(request: Request, uow: Work) -> Response:
    """Ask what is known of a structure."""
    return _adding(request, uow, {}, NOTHING)


@router.post("/reseaux/guide/nouvelle-structure", dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def added(request: Request, uow: Work, form: PostedForm) -> Response:
    """Add a structure to the guide."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _adding(request, fresh, typed, errors)):
        structure = verbs.add_structure(uow, read(StructureForm, form))
    return see(f"/reseaux/guide/structures/{structure.reference}?fait=ajout")


def _adding(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    asked = (fields.cell_field(uow), *fields.STRUCTURE_FIELDS)
    path = (HOME, GUIDE, ("Ajouter une structure", ""))
    action = "/reseaux/guide/nouvelle-structure"
    view = FormView(path, "Une structure et ses coordonnées publiques.", action, "Ajouter la structure", asked, typed)
    return draw(request, "rav/form.html", "Ajouter une structure", view, errors=errors)


@router.get("/reseaux/guide/structures/{reference}", dependencies=[acts(Action.RAV_STRUCTURE_READ)])
def structure_page(request: Request, uow: Work, reference: str) -> Response:
    """Show a structure."""
    view = structure_sheet(uow, fetch(uow, Structure, reference, to=Action.RAV_STRUCTURE_READ))
    return draw(request, "rav/structure.html", view.structure.name, view, notice=_notice(request))


@router.get("/reseaux/guide/structures/{reference}/modification", dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def changing(request: Request, uow: Work, reference: str) -> Response:
    """Ask what is to change in the sheet of a structure."""
    return _changing(request, uow, reference, None, NOTHING)


@router.post("/reseaux/guide/structures/{reference}/modification", dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def changed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Change the sheet of a structure."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _changing(request, fresh, reference, typed, errors)):
        verbs.change_structure(uow, reference, version_of(form), read(StructureForm, form))
    return see(f"/reseaux/guide/structures/{reference}?fait=modification")


def _changing(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object] | None, errors: Mapping[str, str]
) -> Response:
    row = fetch(uow, Structure, reference, to=Action.RAV_STRUCTURE_READ)
    require(uow, row, Action.RAV_STRUCTURE_WRITE)
    known = {field.name: getattr(row, field.name) or "" for field in fields.STRUCTURE_FIELDS}
    known |= {"arrondissements": tuple(str(number) for number in row.arrondissements)}
    path = (HOME, GUIDE, (row.name, f"/reseaux/guide/structures/{reference}"), ("Modifier", ""))
    action = f"/reseaux/guide/structures/{reference}/modification"
    lead = "La fiche sera datée d'aujourd'hui."
    view = FormView(path, lead, action, "Enregistrer", fields.STRUCTURE_FIELDS, typed or known, row.version)
    return draw(request, "rav/form.html", "Modifier une structure", view, errors=errors)


@router.post("/reseaux/guide/structures/{reference}/revision", dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def revised(uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that a sheet is still right."""
    verbs.revise_structure(uow, reference, version_of(form))
    return see(f"/reseaux/guide/structures/{reference}?fait=revision")


@router.post("/reseaux/guide/structures/{reference}/retrait", dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def withdrawn(uow: Work, form: PostedForm, reference: str) -> Response:
    """Take a structure out of the guide."""
    verbs.withdraw_structure(uow, reference, version_of(form))
    return see(f"{GUIDE[1]}?fait=retrait")


@router.get("/reseaux/guide/editions", dependencies=[acts(Action.RAV_EDITION_READ)])
def editions_page(request: Request, uow: Work) -> Response:
    """List the editions, with the form of the next one for who publishes."""
    return _editions(request, uow, {}, NOTHING)


@router.post("/reseaux/guide/editions", dependencies=[acts(Action.RAV_EDITION_WRITE)])
def published(request: Request, uow: Work, form: PostedForm) -> Response:
    """Publish the edition of a year."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _editions(request, fresh, typed, errors)):
        edition = verbs.publish(uow, read(EditionForm, form))
    return see(f"/reseaux/guide/editions/{edition.reference}?fait=edition")


def _editions(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    keeps = bool(uow.actor.cells(ORGANISERS))
    cells = tuple((cell.reference, cell.name) for cell in organised(uow)) if keeps else ()
    view = EditionsView(editions(uow), cells, {"cell": "", "year": uow.today().year} | dict(typed))
    return draw(request, "rav/editions.html", "Éditions du guide", view, errors=errors)


@router.get("/reseaux/guide/editions/{reference}", dependencies=[acts(Action.RAV_EDITION_READ)])
def edition_page(request: Request, uow: Work, reference: str) -> Response:
    """Show an edition, and what changed since the one before."""
    return _edition(request, uow, reference, {}, NOTHING)


@router.post("/reseaux/guide/editions/{reference}", dependencies=[acts(Action.RAV_EDITION_WRITE)])
def sent(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record how an edition was sent out."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _edition(request, fresh, reference, typed, errors)):
        verbs.record_diffusion(uow, reference, read(DiffusionForm, form))
    return see(f"/reseaux/guide/editions/{reference}?fait=diffusion")


def _edition(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    edition = fetch(uow, Edition, reference, to=Action.RAV_EDITION_READ)
    view = replace(edition_view(uow, edition), typed=typed)
    title = f"Guide des ressources, édition {view.year}"
    return draw(request, "rav/edition.html", title, view, errors=errors, notice=_notice(request))


@router.get("/reseaux/guide/editions/{reference}/pdf", dependencies=[acts(Action.RAV_EDITION_READ)])
def edition_pdf(uow: Work, reference: str) -> Response:
    """Give an edition as a tagged PDF: the same bytes each time."""
    edition = fetch(uow, Edition, reference, to=Action.RAV_EDITION_READ)
    view = edition_view(uow, edition)
    written = write_pdf("guide.typ", f"Guide des ressources {view.year}", view, edition.published_at)
    named = {"Content-Disposition": f'inline; filename="guide-des-ressources-{view.year}.pdf"'}
    return Response(written, media_type="application/pdf", headers=named)
