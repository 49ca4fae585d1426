"""The meetings of a person's cells, the calendar of a year, and what plans it or asks for an emergency."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.agenda.actions.emergency import ask
from backend.agenda.actions.planning import plan
from backend.agenda.forms import EmergencyForm, PlanForm
from backend.agenda.queries.sheets import calendar, form_view, meetings_list
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import NotFound
from backend.web.forms import PostedForm, read
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import MEMBERS, Action
from policies.vocabulary import Role

router = APIRouter(include_in_schema=False)

BLANK: Mapping[str, object] = MappingProxyType({})

DONE = {"prevues": "Les réunions sont prévues.", "annulee": "La réunion est annulée."}
"""What the page says after a change."""

YEAR_DIGITS = 4


@router.get("/reunions", dependencies=[acts(Action.MEETING_READ)])
def meetings(request: Request, uow: Work) -> Response:
    """List the meetings of the person's cells."""
    if not uow.actor.holds_anywhere(MEMBERS):
        raise NotFound
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "agenda/list.html", "Réunions", meetings_list(uow), notice=notice)


@router.get("/reunions/calendrier", dependencies=[acts(Action.MEETING_READ)])
def year(request: Request, uow: Work, annee: str = "") -> Response:
    """Show the calendar of a year."""
    if not uow.actor.holds_anywhere(MEMBERS):
        raise NotFound
    asked = int(annee) if annee.isascii() and annee.isdigit() and len(annee) <= YEAR_DIGITS else None
    view = calendar(uow, asked)
    return draw(request, "agenda/calendar.html", f"Calendrier {view.year}", view)


@router.get("/reunions/calendrier/nouveau", dependencies=[acts(Action.MEETING_PLAN)])
def planning(request: Request, uow: Work) -> Response:
    """Ask for the dates of a year."""
    return _page(request, uow, "plan", BLANK, NOTHING)


@router.post("/reunions/calendrier/nouveau", dependencies=[acts(Action.MEETING_PLAN)])
def planned(request: Request, uow: Work, form: PostedForm) -> Response:
    """Plan the meetings of a year."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _page(request, fresh, "plan", typed, errors)):
        plan(uow, read(PlanForm, form))
    return see("/reunions?fait=prevues")


@router.get("/reunions/urgence", dependencies=[acts(Action.MEETING_ASK)])
def asking(request: Request, uow: Work) -> Response:
    """Ask what happened, when and where to meet."""
    return _page(request, uow, "emergency", BLANK, NOTHING)


@router.post("/reunions/urgence", dependencies=[acts(Action.MEETING_ASK)])
def asked(request: Request, uow: Work, form: PostedForm) -> Response:
    """Ask for an emergency meeting."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _page(request, fresh, "emergency", typed, errors)):
        meeting = ask(uow, read(EmergencyForm, form))
    return see(f"/reunions/{meeting.reference}?fait=demandee")


_TITLES = {"plan": "Prévoir les réunions d'une année", "emergency": "Demander une réunion d'urgence"}


def _page(
    request: Request, uow: UnitOfWork, name: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    if not uow.actor.holds_anywhere({Role.COORDINATOR}):
        raise NotFound
    view = form_view(uow, None, typed)
    return draw(request, f"agenda/{name}.html", _TITLES[name], view, errors=errors)
