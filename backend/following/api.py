"""JSON of the following of situations: the very verb and view of the page."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.following.actions import bring_back
from backend.following.queries import ALL, following_view
from backend.following.views import FollowingView
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["suivi"])


@router.get("/suivi", dependencies=[acts(Action.SITUATION_FOLLOW)])
def following(uow: Work, groupe: str = ALL, apres: str | None = None) -> FollowingView:
    """Give one page of the followed situations; `following` goes back as `apres` to read the next one."""
    return following_view(uow, groupe, apres)


@router.post("/situations/{reference}/inscription", dependencies=[acts(Action.SITUATION_FOLLOW)])
def listed(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Put a followed situation back on the next agenda; `If-Match` names the version of the situation."""
    meeting = bring_back(uow, reference, version=version_in(if_match))
    tag(response, meeting.version)
    return Stamp(meeting.reference, meeting.stage, meeting.version)
