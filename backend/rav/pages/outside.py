"""The guide without an account: the public page, when the city opened it, and the link of a reception desk."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from backend.authorization.work import UnitOfWork
from backend.kernel.errors import NotFound
from backend.rav.actions.links import enter_by_link
from backend.rav.forms import SearchForm
from backend.rav.queries.guide import guide_view, is_public
from backend.web.forms import Form, OpenForm, read
from backend.web.pages import draw
from backend.web.problems import drawn_again
from backend.web.requests import Work, open_to

router = APIRouter(include_in_schema=False)

PUBLIC = "toute personne, quand la Ville a ouvert le guide au public"
DESK = "l'accueil d'une institution habilitée, par un lien révocable"

ELSEWHERE = "https://www.paris.fr"
"""Where « quitter vite » leads: an ordinary page that says nothing of what was read."""

TITLE = "Guide des ressources"


@router.get("/guide", dependencies=[open_to(PUBLIC)])
def public(request: Request, uow: Work) -> Response:
    """Show the guide to the public, when the city opened it."""
    _require_public(uow)
    return _page(request, uow, "", "/guide")


@router.post("/guide", dependencies=[open_to(PUBLIC)])
def public_searched(request: Request, uow: Work, form: OpenForm) -> Response:
    """Search the public guide; what is looked for stands in no address."""
    _require_public(uow)
    return _searched(request, uow, form, "/guide")


@router.get("/guide/quitter", dependencies=[open_to(PUBLIC)])
def quit_quickly(_uow: Work) -> Response:
    """Leave for an ordinary page, without JavaScript."""
    return RedirectResponse(ELSEWHERE, 303)


@router.get("/accueil/{secret}", dependencies=[open_to(DESK)])
def desk(request: Request, uow: Work, secret: str) -> Response:
    """Show the guide to a reception desk."""
    enter_by_link(uow, secret)
    return _page(request, uow, "", f"/accueil/{secret}")


@router.post("/accueil/{secret}", dependencies=[open_to(DESK)])
def desk_searched(request: Request, uow: Work, form: OpenForm, secret: str) -> Response:
    """Search the guide from a reception desk."""
    enter_by_link(uow, secret)
    return _searched(request, uow, form, f"/accueil/{secret}")


def _require_public(uow: UnitOfWork) -> None:
    if not is_public(uow):
        raise NotFound


def _searched(request: Request, uow: UnitOfWork, form: Form, action: str) -> Response:
    sent = Form(tuple((name, value) for name, value in form.fields if name != "csrf"))
    with drawn_again(
        lambda fresh, errors: draw(request, "rav/outside.html", TITLE, guide_view(fresh, "", action), errors=errors)
    ):
        search = read(SearchForm, sent).search
    return _page(request, uow, search, action)


def _page(request: Request, uow: UnitOfWork, search: str, action: str) -> Response:
    return draw(request, "rav/outside.html", TITLE, guide_view(uow, search, action))
