"""The first page: what awaits the person, with its deadline, and nothing else."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.boards.queries.tasks import lacking, tasks
from backend.boards.views import HomeView
from backend.web.pages import draw
from backend.web.requests import Work, acts
from policies.access import SUBMITTERS, Action

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[acts(Action.CELL_READ)])
def home(request: Request, uow: Work) -> Response:
    """Show what awaits the person who is signed in."""
    greeting = request.state.identified.person.name
    view = HomeView(greeting, tasks(uow), lacking(uow), may_submit=uow.actor.holds_anywhere(SUBMITTERS))
    return draw(request, "boards/home.html", "Accueil", view)
