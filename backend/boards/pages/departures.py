"""The departure of somebody: one page that shows what they hold, one act that settles it."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.boards.queries.departures import departure_view
from backend.members.actions.departures import Departure, settle_departure
from backend.members.forms import DepartureForm
from backend.web.forms import Form, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

SUCCESSOR = "successor-"
"""What begins the name of the field of each post."""


@router.get("/comptes/{reference}/depart", dependencies=[acts(Action.ACCOUNT_CLOSE)])
def departure(request: Request, uow: Work, reference: str) -> Response:
    """Show what somebody who leaves holds."""
    return _departure(request, uow, reference, {}, NOTHING)


@router.post("/comptes/{reference}/depart", dependencies=[acts(Action.ACCOUNT_CLOSE)])
def settled(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Settle it."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _departure(request, fresh, reference, typed, errors)):
        rest = Form(tuple((name, value) for name, value in form.fields if not name.startswith(SUCCESSOR)))
        wanted = read(DepartureForm, rest)
        named = {name.removeprefix(SUCCESSOR): value for name, value in form.fields if name.startswith(SUCCESSOR)}
        chosen = {post: account for post, account in named.items() if account}
        departure = Departure(wanted.leaves_on, chosen, acknowledged=wanted.acknowledged)
        settle_departure(uow, reference, version_of(form), departure)
    return see(f"/comptes/{reference}?fait=depart")


def _departure(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    view = departure_view(uow, reference, typed)
    return draw(request, "boards/departure.html", "Régler un départ", view, errors=errors)
