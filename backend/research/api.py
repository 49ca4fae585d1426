"""JSON of prior research: the very verbs and views of the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.research.actions import dismiss_guest, invite_guest, open_research, prepare
from backend.research.forms import GuestForm, OpenForm, PrepareForm
from backend.research.queries import preparation_view, table_view
from backend.research.views import PreparationView, TableView
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["recherche"])


@router.get("/recherche", dependencies=[acts(Action.SITUATION_PREPARE)])
def table(uow: Work, apres: str | None = None) -> TableView:
    """Give the situations open to the seats in the person's cells; `following` goes back as `apres`."""
    return table_view(uow, apres)


@router.post("/situations/ouverture-recherche", dependencies=[acts(Action.SITUATION_OPEN_RESEARCH)])
def opened(uow: Work, form: OpenForm) -> list[Stamp]:
    """Open situations to the seats, all or none."""
    return [Stamp(row.reference, row.stage, row.version) for row in open_research(uow, form)]


@router.get("/situations/{reference}/recherche", dependencies=[acts(Action.SITUATION_PREPARE)])
def preparation(uow: Work, reference: str) -> PreparationView:
    """Give a situation and what the person prepared on it."""
    return preparation_view(uow, reference, {})


@router.post("/situations/{reference}/recherche", status_code=204, dependencies=[acts(Action.SITUATION_PREPARE)])
def prepared(uow: Work, reference: str, form: PrepareForm) -> None:
    """Keep the person's preparation; nobody else reads it."""
    prepare(uow, reference, form)


@router.post("/situations/{reference}/invite", dependencies=[acts(Action.SITUATION_INVITE)])
def invited(uow: Work, response: Response, reference: str, form: GuestForm, if_match: IfMatch = None) -> Stamp:
    """Invite the head of a school to one situation."""
    situation = invite_guest(uow, reference, form, version=version_in(if_match))
    tag(response, situation.version)
    return Stamp(situation.reference, situation.stage, situation.version)


@router.post("/situations/{reference}/invite/retrait", dependencies=[acts(Action.SITUATION_INVITE)])
def dismissed(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Withdraw the invitation of a guest."""
    situation = dismiss_guest(uow, reference, version=version_in(if_match))
    tag(response, situation.version)
    return Stamp(situation.reference, situation.stage, situation.version)
