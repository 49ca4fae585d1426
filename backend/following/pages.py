"""« Suivi »: what the cell follows, what to decide again, and what was retained and not examined."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.following.actions import bring_back
from backend.following.queries import ALL, following_view
from backend.web.forms import PostedForm, version_of
from backend.web.pages import draw, see
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)


@router.get("/suivi", dependencies=[acts(Action.SITUATION_FOLLOW)])
def following(request: Request, uow: Work, groupe: str = ALL, apres: str | None = None) -> Response:
    """Show the followed situations of the coordinator's cells."""
    return draw(request, "following/list.html", "Suivi", following_view(uow, groupe, apres))


@router.post("/situations/{reference}/inscription", dependencies=[acts(Action.SITUATION_FOLLOW)])
def listed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Put a followed situation back on the next agenda."""
    meeting = bring_back(uow, reference, version=version_of(form))
    return see(f"/reunions/{meeting.reference}?fait=inscrite#ordre-du-jour")
