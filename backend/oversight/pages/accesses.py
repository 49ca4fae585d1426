"""« Accès inhabituels » for the DPO, and who opened a situation for its coordinator."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.oversight.actions.looking import lift, lift_namesakes, settle
from backend.oversight.forms import LiftForm, SettleForm
from backend.oversight.models import UnusualAccess
from backend.oversight.queries.accesses import access_view, accesses_view
from backend.oversight.queries.lookers import lookers_view
from backend.oversight.queries.namesakes import namesakes_view
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

NAMESAKES = "Ouvertures d'homonymes"

DONE = {
    "leve": "Le pseudonyme est levé ; le journal dit pourquoi.",
    "traite": "L'accès est traité.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/acces-inhabituels", dependencies=[acts(Action.UNUSUAL_ACCESS_READ)])
def accesses(request: Request, uow: Work, apres: str | None = None) -> Response:
    """List unusual accesses."""
    return draw(request, "oversight/accesses.html", "Accès inhabituels", accesses_view(uow, apres))


@router.get("/acces-inhabituels/homonymes", dependencies=[acts(Action.UNUSUAL_ACCESS_READ)])
def namesakes(request: Request, uow: Work) -> Response:
    """Show the openings of a namesake, without their person."""
    return _namesakes(request, uow, NOTHING)


@router.post("/acces-inhabituels/homonymes/levee", dependencies=[acts(Action.UNUSUAL_ACCESS_LIFT)])
def namesakes_lifted(request: Request, uow: Work, form: PostedForm) -> Response:
    """Show who opened a namesake, with a fresh second factor: on this page alone, nothing of it is kept."""
    gate.require(uow, UnusualAccess(), Action.UNUSUAL_ACCESS_LIFT)
    if not uow.actor.stepped_up:
        return see("/confirmation?suite=/acces-inhabituels/homonymes")
    with drawn_again(lambda fresh, errors: _namesakes(request, fresh, errors)):
        known = lift_namesakes(uow, read(LiftForm, form).ground)
    return draw(request, "oversight/namesakes.html", NAMESAKES, known)


@router.get("/acces-inhabituels/{reference}", dependencies=[acts(Action.UNUSUAL_ACCESS_READ)])
def access(request: Request, uow: Work, reference: str) -> Response:
    """Show an unusual access."""
    return _access(request, uow, reference, NOTHING)


@router.post("/acces-inhabituels/{reference}/levee", dependencies=[acts(Action.UNUSUAL_ACCESS_LIFT)])
def lifted(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Lift the pseudonym of an unusual access, with a fresh second factor."""
    row = gate.fetch(uow, UnusualAccess, reference, to=Action.UNUSUAL_ACCESS_READ)
    gate.require(uow, row, Action.UNUSUAL_ACCESS_LIFT)
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite=/acces-inhabituels/{reference}")
    with drawn_again(lambda fresh, errors: _access(request, fresh, reference, errors)):
        lift(uow, reference, read(LiftForm, form).ground, version=version_of(form))
    return see(f"/acces-inhabituels/{reference}?fait=leve")


@router.post("/acces-inhabituels/{reference}/suite", dependencies=[acts(Action.UNUSUAL_ACCESS_SETTLE)])
def settled(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Say what became of an unusual access."""
    with drawn_again(lambda fresh, errors: _access(request, fresh, reference, errors)):
        settle(uow, reference, read(SettleForm, form).outcome, version=version_of(form))
    return see(f"/acces-inhabituels/{reference}?fait=traite")


@router.get("/situations/{reference}/ouvertures", dependencies=[acts(Action.SITUATION_WATCH)])
def lookers(request: Request, uow: Work, reference: str) -> Response:
    """Show which institutions opened a situation."""
    return draw(request, "oversight/lookers.html", "Qui a ouvert cette situation", lookers_view(uow, reference))


def _namesakes(request: Request, uow: UnitOfWork, errors: Mapping[str, str]) -> Response:
    return draw(request, "oversight/namesakes.html", NAMESAKES, namesakes_view(uow), errors=errors)


def _access(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = access_view(uow, reference)
    return draw(request, "oversight/access.html", "Accès inhabituel", view, errors=errors, notice=notice)
