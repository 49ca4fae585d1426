"""JSON of the lists and the sheet: the very views of the pages."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from backend.boards.queries.departures import departure_view
from backend.boards.queries.lists import sheet, situations_list
from backend.boards.queries.session import record_board
from backend.boards.queries.support import support_view
from backend.boards.views import DepartureView, RecordBoardView, SheetView, SupportView
from backend.members.actions.departures import Departure, settle_departure
from backend.members.forms import DepartureForm
from backend.situations.views import SituationView
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["situations"])


@dataclass(frozen=True, slots=True)
class SituationsPage:
    """One page of a list; `following` goes back as `apres` to read the next one."""

    situations: tuple[SituationView, ...]
    following: str | None


@router.get("/situations", dependencies=[acts(Action.SITUATION_READ)])
def situations(uow: Work, groupe: str = "a-qualifier", apres: str | None = None) -> SituationsPage:
    """Give one page of the situations of a group, those that the person may read."""
    view = situations_list(uow, groupe, apres)
    return SituationsPage(view.rows, view.following)


@router.get("/situations/{reference}", dependencies=[acts(Action.SITUATION_READ)])
def situation(uow: Work, response: Response, reference: str) -> SheetView:
    """Give the sheet of a situation; its version is the entity tag to send back with a change."""
    view = sheet(uow, reference)
    tag(response, view.content.situation.version)
    return view


@router.get("/reunions/{reference}/releve", dependencies=[acts(Action.MEETING_CLOSE)])
def record(uow: Work, reference: str) -> RecordBoardView:
    """Give the record of decisions."""
    return record_board(uow, reference)


@router.get("/situations/{reference}/suites", dependencies=[acts(Action.SITUATION_TRANSMIT)])
def support(uow: Work, reference: str) -> SupportView:
    """Give what was decided and sent for a situation, and what came back."""
    return support_view(uow, reference)


@router.get("/comptes/{reference}/depart", dependencies=[acts(Action.ACCOUNT_CLOSE)])
def departure(uow: Work, response: Response, reference: str) -> DepartureView:
    """Give what somebody who leaves holds; its version is the entity tag to send back with the settlement."""
    view = departure_view(uow, reference, {})
    tag(response, view.version)
    return view


@router.post("/comptes/{reference}/depart", dependencies=[acts(Action.ACCOUNT_CLOSE)])
def departure_settled(
    uow: Work, response: Response, reference: str, form: DepartureForm, if_match: IfMatch = None
) -> Stamp:
    """Settle what somebody who leaves holds."""
    named = {successor.post: successor.account for successor in form.successors}
    settled = Departure(form.leaves_on, named, acknowledged=form.acknowledged)
    account = settle_departure(uow, reference, version_in(if_match), settled)
    tag(response, account.version)
    return Stamp(account.reference, account.status, account.version)
