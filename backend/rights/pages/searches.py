"""The coordinators' searches: who is looked for in their own cell, and what they answer."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.rights.actions.searching import answer_search
from backend.rights.forms import SearchForm
from backend.rights.queries.sheets import search_sheet, searches_view
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {"repondu": "La réponse de la cellule est enregistrée."}
"""What the page says after a change; the address carries the word only."""


@router.get("/droits/recherches", dependencies=[acts(Action.RIGHTS_SEARCH_READ)])
def listed(request: Request, uow: Work) -> Response:
    """Show a coordinator what is to be searched, prepared and rectified."""
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "rights/searches.html", "Demandes de droits", searches_view(uow), notice=notice)


@router.get("/droits/recherches/{reference}", dependencies=[acts(Action.RIGHTS_SEARCH_ANSWER)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show who is looked for, and what the cell holds that may be the same person."""
    return _sheet(request, uow, reference, {}, NOTHING)


@router.post("/droits/recherches/{reference}", dependencies=[acts(Action.RIGHTS_SEARCH_ANSWER)])
def answered(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Answer for the cell."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, typed, errors)):
        answer_search(uow, reference, read(SearchForm, form), version=version_of(form))
    return see("/droits/recherches?fait=repondu")


def _sheet(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    view = search_sheet(uow, reference, typed)
    return draw(request, "rights/search.html", f"Recherche {reference}", view, errors=errors)
