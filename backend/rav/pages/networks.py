"""Pages of the networks: their list, the sheet of one, what is added to it and what changes in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.rav.actions import networks as verbs
from backend.rav.actions import works
from backend.rav.forms import (
    ContactForm,
    EventForm,
    ImprovementForm,
    MeetingForm,
    MemberForm,
    NetworkForm,
    NetworkNameForm,
    ThemeForm,
    ToolForm,
)
from backend.rav.models.networks import Member, Network
from backend.rav.pages import fields
from backend.rav.queries.networks import network_view, networks_view
from backend.web.fields import FieldView, FormView
from backend.web.forms import PostedForm, Shape, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import DrawWith, drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "creation": "Le réseau est créé.",
    "modification": "Les changements sont enregistrés.",
    "fermeture": "Le réseau est fermé. Ce qu'il a fait reste consultable.",
    "themes": "Le thème est enregistré.",
    "membres": "L'organisation est ajoutée.",
    "depart": "L'organisation a quitté le réseau ; ses contacts sont effacés.",
    "contact": "Le contact est ajouté.",
    "confirmation": "Le contact est confirmé pour un an.",
    "retrait": "Le contact est effacé.",
    "reunions": "La réunion est convoquée.",
    "evenements": "L'événement est enregistré.",
    "outils": "L'outil est enregistré.",
    "ameliorations": "Le point à améliorer est enregistré.",
}
"""What was just done, by the word that the address carries."""

HOME = ("Réseaux", "/reseaux")
TITLE = "Réseaux d'aide aux victimes"


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that is added to a network: the end of its address, its words, its form and its verb."""

    slug: str
    title: str
    lead: str
    button: str
    form: type[Shape]
    fields: tuple[FieldView, ...]
    add: Callable[..., object]


ADDITIONS = (
    Addition(
        "themes",
        "Ajouter un thème",
        "Sur quoi le réseau travaille, et à partir de quand.",
        "Ajouter le thème",
        ThemeForm,
        fields.THEME_FIELDS,
        verbs.add_theme,
    ),
    Addition(
        "membres",
        "Ajouter une organisation",
        "Les organisations qui participent au réseau.",
        "Ajouter l'organisation",
        MemberForm,
        fields.MEMBER_FIELDS,
        verbs.add_member,
    ),
    Addition(
        "reunions",
        "Convoquer une réunion",
        "Plénière ou groupe de travail. L'ordre du jour est une liste de titres.",
        "Convoquer la réunion",
        MeetingForm,
        fields.MEETING_FIELDS,
        works.convene,
    ),
    Addition(
        "evenements",
        "Enregistrer un événement",
        "Une action de sensibilisation, un jour thématique ou un autre.",
        "Enregistrer l'événement",
        EventForm,
        fields.EVENT_FIELDS,
        works.record_event,
    ),
    Addition(
        "outils",
        "Ajouter un outil",
        "Ce que les professionnels du réseau font pour améliorer la prise en charge.",
        "Ajouter l'outil",
        ToolForm,
        fields.TOOL_FIELDS,
        verbs.add_tool,
    ),
    Addition(
        "ameliorations",
        "Relever un point à améliorer",
        "Dans le parcours des victimes, jamais dans celui d'une personne.",
        "Enregistrer le point",
        ImprovementForm,
        fields.IMPROVEMENT_FIELDS,
        verbs.add_improvement,
    ),
)


@router.get("/reseaux", dependencies=[acts(Action.RAV_NETWORK_READ)])
def networks(request: Request, uow: Work) -> Response:
    """List the networks."""
    return draw(request, "rav/networks.html", TITLE, networks_view(uow))


@router.get("/reseaux/nouveau", dependencies=[acts(Action.RAV_NETWORK_OPEN)])
def opening(request: Request, uow: Work) -> Response:
    """Ask what is needed to create a network."""
    return _opening(request, uow, {}, NOTHING)


@router.post("/reseaux/nouveau", dependencies=[acts(Action.RAV_NETWORK_OPEN)])
def opened(request: Request, uow: Work, form: PostedForm) -> Response:
    """Create a network."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _opening(request, fresh, typed, errors)):
        network = verbs.open_network(uow, read(NetworkForm, form))
    return see(f"/reseaux/{network.reference}?fait=creation")


def _opening(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    lead = "Un réseau réunit des professionnels, sur un ou plusieurs arrondissements."
    asked = fields.network_fields(uow)
    view = FormView((HOME, ("Créer un réseau", "")), lead, "/reseaux/nouveau", "Créer le réseau", asked, typed)
    return draw(request, "rav/form.html", "Créer un réseau", view, errors=errors)


@router.get("/reseaux/{reference}", dependencies=[acts(Action.RAV_NETWORK_READ)])
def network_page(request: Request, uow: Work, reference: str) -> Response:
    """Show a network."""
    return _sheet(request, uow, reference, NOTHING)


def _sheet(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    view = network_view(uow, fetch(uow, Network, reference, to=Action.RAV_NETWORK_READ))
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "rav/network.html", view.name, view, errors=errors, notice=notice)


def _sheet_again(request: Request, reference: str) -> DrawWith:
    return lambda uow, errors: _sheet(request, uow, reference, errors)


@router.get("/reseaux/{reference}/modification", dependencies=[acts(Action.RAV_NETWORK_WRITE)])
def renaming(request: Request, uow: Work, reference: str) -> Response:
    """Ask for another name or other arrondissements."""
    return _renaming(request, uow, reference, None, NOTHING)


@router.post("/reseaux/{reference}/modification", dependencies=[acts(Action.RAV_NETWORK_WRITE)])
def renamed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Change the name and the arrondissements of a network."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _renaming(request, fresh, reference, typed, errors)):
        verbs.rename_network(uow, reference, version_of(form), read(NetworkNameForm, form))
    return see(f"/reseaux/{reference}?fait=modification")


def _renaming(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object] | None, errors: Mapping[str, str]
) -> Response:
    network = fetch(uow, Network, reference, to=Action.RAV_NETWORK_READ)
    require(uow, network, Action.RAV_NETWORK_WRITE)
    known = {"name": network.name, "arrondissements": tuple(str(number) for number in network.arrondissements)}
    path = (HOME, (network.name, f"/reseaux/{reference}"), ("Modifier", ""))
    action = f"/reseaux/{reference}/modification"
    view = FormView(path, "", action, "Enregistrer", fields.RENAME_FIELDS, typed or known, network.version)
    return draw(request, "rav/form.html", "Modifier le réseau", view, errors=errors)


@router.post("/reseaux/{reference}/fermeture", dependencies=[acts(Action.RAV_NETWORK_WRITE)])
def closed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Close a network."""
    with drawn_again(_sheet_again(request, reference)):
        verbs.close_network(uow, reference, version_of(form))
    return see(f"/reseaux/{reference}?fait=fermeture")


def _asking(addition: Addition) -> Callable[[Request, Work, str], Response]:
    def asking(request: Request, uow: Work, reference: str) -> Response:
        return _addition(request, uow, addition, reference, {}, NOTHING)

    return asking


def _adding(addition: Addition) -> Callable[[Request, Work, PostedForm, str], Response]:
    def adding(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
        typed = form.typed()
        with drawn_again(lambda fresh, errors: _addition(request, fresh, addition, reference, typed, errors)):
            addition.add(uow, reference, read(addition.form, form))
        return see(f"/reseaux/{reference}?fait={addition.slug}")

    return adding


def _addition(
    request: Request,
    uow: UnitOfWork,
    addition: Addition,
    reference: str,
    typed: Mapping[str, object],
    errors: Mapping[str, str],
) -> Response:
    network = fetch(uow, Network, reference, to=Action.RAV_NETWORK_READ)
    require(uow, network, Action.RAV_NETWORK_WRITE)
    path = (HOME, (network.name, f"/reseaux/{reference}"), (addition.title, ""))
    action = f"/reseaux/{reference}/{addition.slug}"
    view = FormView(path, addition.lead, action, addition.button, addition.fields, typed)
    return draw(request, "rav/form.html", addition.title, view, errors=errors)


for _item in ADDITIONS:
    _path, _declared = f"/reseaux/{{reference}}/{_item.slug}", [acts(Action.RAV_NETWORK_WRITE)]
    router.add_api_route(_path, _asking(_item), methods=["GET"], dependencies=_declared, name=_item.title)
    router.add_api_route(_path, _adding(_item), methods=["POST"], dependencies=_declared, name=_item.button)


@router.get("/reseaux/membres/{reference}/contact", dependencies=[acts(Action.RAV_MEMBER_WRITE)])
def contact_form(request: Request, uow: Work, reference: str) -> Response:
    """Ask whom to call in an organisation."""
    return _contact(request, uow, reference, {}, NOTHING)


@router.post("/reseaux/membres/{reference}/contact", dependencies=[acts(Action.RAV_MEMBER_WRITE)])
def contact_added(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Name a professional to call in an organisation."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _contact(request, fresh, reference, typed, errors)):
        network = verbs.add_contact(uow, reference, read(ContactForm, form))
    return see(f"/reseaux/{network.reference}?fait=contact")


def _contact(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    member = fetch(uow, Member, reference, to=Action.RAV_MEMBER_READ)
    require(uow, member, Action.RAV_MEMBER_WRITE)
    network = uow.session.get_one(Network, member.network_id)
    path = (HOME, (network.name, f"/reseaux/{network.reference}"), ("Ajouter un contact", ""))
    lead = f"Pour {member.organisation}. Coordonnées professionnelles seulement, à confirmer chaque année."
    action = f"/reseaux/membres/{reference}/contact"
    view = FormView(path, lead, action, "Ajouter le contact", fields.CONTACT_FIELDS, typed)
    return draw(request, "rav/form.html", f"Ajouter un contact à {member.organisation}", view, errors=errors)


@router.post("/reseaux/membres/{reference}/depart", dependencies=[acts(Action.RAV_MEMBER_WRITE)])
def member_left(uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that an organisation left."""
    return see(f"/reseaux/{verbs.end_member(uow, reference, version_of(form)).reference}?fait=depart")


@router.post("/reseaux/contacts/{reference}/confirmation", dependencies=[acts(Action.RAV_CONTACT_WRITE)])
def contact_confirmed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Confirm a contact for a year."""
    return see(f"/reseaux/{verbs.confirm_contact(uow, reference, version_of(form)).reference}?fait=confirmation")


@router.post("/reseaux/contacts/{reference}/retrait", dependencies=[acts(Action.RAV_CONTACT_WRITE)])
def contact_removed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Destroy a contact."""
    return see(f"/reseaux/{verbs.remove_contact(uow, reference, version_of(form)).reference}?fait=retrait")


@router.post("/reseaux/themes/{reference}/fin", dependencies=[acts(Action.RAV_NETWORK_THEME_END)])
def theme_ended(uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that a network no longer works on a theme."""
    return see(f"/reseaux/{verbs.end_theme(uow, reference, version_of(form)).reference}?fait=modification")


@router.post("/reseaux/outils/{reference}/etat", dependencies=[acts(Action.RAV_TOOL_WRITE)])
def tool_stepped(uow: Work, form: PostedForm, reference: str) -> Response:
    """Put a tool in use, or retire it."""
    network = verbs.step_tool(uow, reference, version_of(form), retire=form.one("act") == "retire")
    return see(f"/reseaux/{network.reference}?fait=outils")


@router.post("/reseaux/ameliorations/{reference}/traite", dependencies=[acts(Action.RAV_IMPROVEMENT_CLOSE)])
def improvement_addressed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that a point was dealt with."""
    return see(f"/reseaux/{verbs.address_improvement(uow, reference, version_of(form)).reference}?fait=ameliorations")
