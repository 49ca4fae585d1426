"""JSON of the lists and the sheet: the very views of the pages."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from backend.boards.queries.lists import sheet, situations_list
from backend.boards.queries.support import support_view
from backend.boards.views import SheetView, SupportView
from backend.situations.views import SituationView
from backend.web.json import tag
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


@router.get("/situations/{reference}/suites", dependencies=[acts(Action.SITUATION_TRANSMIT)])
def support(uow: Work, reference: str) -> SupportView:
    """Give what was decided and sent for a situation, and what came back."""
    return support_view(uow, reference)
