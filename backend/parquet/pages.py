"""The parquet's filter: one page, the keyboard alone, twenty situations in two minutes."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput
from backend.parquet.actions import Given, answer, send
from backend.parquet.forms import AnswerForm, SendForm
from backend.parquet.queries import filter_view
from backend.web.forms import VERSION_DIGITS, Form, PostedForm, fill, read
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {"reponses": "Vos réponses sont enregistrées."}
"""What the page says after a change."""


@router.get("/parquet", dependencies=[acts(Action.SITUATION_ANSWER)])
def waiting(request: Request, uow: Work) -> Response:
    """Show what awaits an answer."""
    return _page(request, uow, {}, NOTHING)


@router.post("/parquet", dependencies=[acts(Action.SITUATION_ANSWER)])
def answered(request: Request, uow: Work, form: PostedForm) -> Response:
    """Record the answers that were given; the situations left without one stay."""
    with drawn_again(lambda fresh, errors: _page(request, fresh, _chosen(form), errors)):
        answer(uow, _given(form))
    return see("/parquet?fait=reponses")


@router.post("/situations/transmission-parquet", dependencies=[acts(Action.SITUATION_SEND)])
def sent(uow: Work, form: PostedForm) -> Response:
    """Send the ticked situations to the parquet."""
    send(uow, read(SendForm, form))
    return see("/situations?fait=parquet")


def _page(request: Request, uow: UnitOfWork, chosen: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = filter_view(uow, chosen)
    return draw(request, "parquet/filter.html", "Filtre du parquet", view, errors=errors, notice=notice)


def _chosen(form: Form) -> dict[str, str]:
    return {name.removeprefix("answer-"): value for name, value in form.fields if name.startswith("answer-") and value}


def _given(form: Form) -> dict[str, Given]:
    given = {}
    for reference, value in _chosen(form).items():
        version = form.one(f"version-{reference}")
        if not (version.isascii() and version.isdigit() and len(version) < VERSION_DIGITS):
            raise InvalidInput({}, "Cette page est incomplète. Rechargez-la, puis recommencez.")
        given[reference] = Given(fill(AnswerForm, {"answer": value}).answer, int(version))
    return given
