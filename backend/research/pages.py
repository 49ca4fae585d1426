"""Prior research: the seats' list, one page to prepare a situation, the coordinator's opening and invitation."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.research.actions import dismiss_guest, invite_guest, open_research, prepare
from backend.research.forms import GuestForm, OpenForm, PrepareForm
from backend.research.queries import guest_view, preparation_view, table_view
from backend.situations.models import Situation
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {"preparee": "Votre préparation est enregistrée. Vous seul pouvez la relire."}
"""What the page says after a change; the address carries the word only."""


@router.get("/recherche", dependencies=[acts(Action.SITUATION_PREPARE)])
def table(request: Request, uow: Work, apres: str | None = None) -> Response:
    """Show a seat what is open to it."""
    notice = DONE.get(request.query_params.get("fait", ""))
    view = table_view(uow, apres)
    return draw(request, "research/table.html", "Recherche préalable", view, notice=notice)


@router.post("/situations/ouverture-recherche", dependencies=[acts(Action.SITUATION_OPEN_RESEARCH)])
def opened(uow: Work, form: PostedForm) -> Response:
    """Open the ticked situations to the seats."""
    open_research(uow, read(OpenForm, form))
    return see("/situations?groupe=retenues&fait=recherche")


@router.get("/situations/{reference}/recherche", dependencies=[acts(Action.SITUATION_PREPARE)])
def preparation(request: Request, uow: Work, reference: str) -> Response:
    """Show a situation and what one prepared."""
    return _preparation(request, uow, reference, {}, NOTHING)


@router.post("/situations/{reference}/recherche", dependencies=[acts(Action.SITUATION_PREPARE)])
def prepared(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Keep one's preparation."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _preparation(request, fresh, reference, typed, errors)):
        prepare(uow, reference, read(PrepareForm, form))
    return see("/recherche?fait=preparee")


@router.get("/situations/{reference}/invite", dependencies=[acts(Action.SITUATION_INVITE)])
def guest(request: Request, uow: Work, reference: str) -> Response:
    """Show who is invited, and who may be."""
    return _guest(request, uow, reference, NOTHING)


@router.post("/situations/{reference}/invite", dependencies=[acts(Action.SITUATION_INVITE)])
def invited(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Invite the head of a school."""
    with drawn_again(lambda fresh, errors: _guest(request, fresh, reference, errors)):
        invite_guest(uow, reference, read(GuestForm, form), version=version_of(form))
    return see(f"/situations/{reference}?fait=invite")


@router.post("/situations/{reference}/invite/retrait", dependencies=[acts(Action.SITUATION_INVITE)])
def dismissed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Withdraw the invitation."""
    dismiss_guest(uow, reference, version=version_of(form))
    return see(f"/situations/{reference}?fait=invite-retire")


def _preparation(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    view = preparation_view(uow, reference, typed)
    return draw(request, "research/preparation.html", "Préparer l'examen", view, errors=errors)


def _guest(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_INVITE)
    view = guest_view(uow, situation)
    return draw(request, "research/guest.html", "Inviter le chef d'établissement", view, errors=errors)
