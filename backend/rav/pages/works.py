"""The page of a meeting: its agenda, the organisations that came, what is to follow."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.rav.actions.works import add_follow_up, cancel, close_follow_up, hold
from backend.rav.forms import FollowUpForm, PresenceForm
from backend.rav.models.works import Meeting
from backend.rav.queries.networks import meeting_view
from backend.web.forms import Form, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import DrawWith, drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "tenue": "Les présences sont enregistrées.",
    "annulee": "La réunion est annulée.",
    "action": "L'action à suivre est enregistrée.",
    "faite": "L'action est faite.",
}
"""What was just done, by the word that the address carries."""


@router.get("/reseaux/reunions/{reference}", dependencies=[acts(Action.RAV_MEETING_READ)])
def meeting_page(request: Request, uow: Work, reference: str) -> Response:
    """Show a meeting."""
    return _page(request, uow, reference, {}, NOTHING)


def _page(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    view = meeting_view(uow, fetch(uow, Meeting, reference, to=Action.RAV_MEETING_READ), typed)
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "rav/meeting.html", view.title, view, errors=errors, notice=notice)


def _again(request: Request, reference: str, form: Form) -> DrawWith:
    typed = form.typed()
    return lambda uow, errors: _page(request, uow, reference, typed, errors)


@router.post("/reseaux/reunions/{reference}/presences", dependencies=[acts(Action.RAV_MEETING_WRITE)])
def held(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record which organisations came."""
    with drawn_again(_again(request, reference, form)):
        hold(uow, reference, version_of(form), read(PresenceForm, form))
    return see(f"/reseaux/reunions/{reference}?fait=tenue")


@router.post("/reseaux/reunions/{reference}/annulation", dependencies=[acts(Action.RAV_MEETING_WRITE)])
def cancelled(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Cancel a meeting."""
    with drawn_again(_again(request, reference, form)):
        cancel(uow, reference, version_of(form))
    return see(f"/reseaux/reunions/{reference}?fait=annulee")


@router.post("/reseaux/reunions/{reference}/actions", dependencies=[acts(Action.RAV_MEETING_WRITE)])
def follow_up_added(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Note an action that an organisation took on."""
    with drawn_again(_again(request, reference, form)):
        add_follow_up(uow, reference, read(FollowUpForm, form))
    return see(f"/reseaux/reunions/{reference}?fait=action")


@router.post("/reseaux/actions/{reference}/faite", dependencies=[acts(Action.RAV_FOLLOW_UP_CLOSE)])
def follow_up_closed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that an action was done."""
    meeting = close_follow_up(uow, reference, version_of(form))
    return see(f"/reseaux/reunions/{meeting.reference}?fait=faite")
