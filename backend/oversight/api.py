"""JSON of unusual accesses and of who opened a situation: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.oversight.actions.looking import lift, lift_namesakes, settle
from backend.oversight.forms import LiftForm, SettleForm
from backend.oversight.queries.accesses import access_view, accesses_view
from backend.oversight.queries.lookers import lookers_view
from backend.oversight.queries.namesakes import namesakes_view
from backend.oversight.views import AccessesView, AccessView, LookersView, NamesakesView
from backend.web.json import IfMatch, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["accès"])


@router.get("/acces-inhabituels", dependencies=[acts(Action.UNUSUAL_ACCESS_READ)])
def accesses(uow: Work, apres: str | None = None) -> AccessesView:
    """Give a page of unusual accesses, without their person."""
    return accesses_view(uow, apres)


@router.get("/acces-inhabituels/homonymes", dependencies=[acts(Action.UNUSUAL_ACCESS_READ)])
def namesakes(uow: Work) -> NamesakesView:
    """Give the openings of a namesake, without their person."""
    return namesakes_view(uow)


@router.post("/acces-inhabituels/homonymes/levee", dependencies=[acts(Action.UNUSUAL_ACCESS_LIFT)])
def namesakes_lifted(uow: Work, form: LiftForm) -> NamesakesView:
    """Give who opened a namesake; asks for a fresh second factor, and nothing of the answer is kept."""
    return lift_namesakes(uow, form.ground)


@router.get("/acces-inhabituels/{reference}", dependencies=[acts(Action.UNUSUAL_ACCESS_READ)])
def access(uow: Work, response: Response, reference: str) -> AccessView:
    """Give an unusual access; its version is the entity tag to send back with a change."""
    return _access(uow, response, reference)


@router.post("/acces-inhabituels/{reference}/levee", dependencies=[acts(Action.UNUSUAL_ACCESS_LIFT)])
def lifted(uow: Work, response: Response, reference: str, form: LiftForm, if_match: IfMatch = None) -> AccessView:
    """Lift the pseudonym of an unusual access; asks for a fresh second factor."""
    lift(uow, reference, form.ground, version=version_in(if_match))
    return _access(uow, response, reference)


@router.post("/acces-inhabituels/{reference}/suite", dependencies=[acts(Action.UNUSUAL_ACCESS_SETTLE)])
def settled(uow: Work, response: Response, reference: str, form: SettleForm, if_match: IfMatch = None) -> AccessView:
    """Say what became of an unusual access."""
    settle(uow, reference, form.outcome, version=version_in(if_match))
    return _access(uow, response, reference)


@router.get("/situations/{reference}/ouvertures", dependencies=[acts(Action.SITUATION_WATCH)])
def lookers(uow: Work, reference: str) -> LookersView:
    """Give which institutions opened a situation."""
    return lookers_view(uow, reference)


def _access(uow: Work, response: Response, reference: str) -> AccessView:
    view = access_view(uow, reference)
    tag(response, view.version)
    return view
