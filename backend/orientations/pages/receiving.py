"""What a recipient finds: the transmissions addressed to its institution, and nothing else (domain.md section 2)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.orientations.actions.transmitting import open_transmission
from backend.orientations.forms import UndertakingForm
from backend.orientations.queries.sheets import reading_view, transmissions_view
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "retour": "Votre retour est enregistré.",
    "relance": "Un rappel est envoyé au service. Il ne dit rien de la situation.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/transmissions", dependencies=[acts(Action.TRANSMISSION_READ)])
def transmissions(request: Request, uow: Work, apres: str | None = None) -> Response:
    """Show the transmissions that the person may know of."""
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "orientations/list.html", "Transmissions", transmissions_view(uow, apres), notice=notice)


@router.get("/transmissions/{reference}", dependencies=[acts(Action.TRANSMISSION_READ)])
def transmission(request: Request, uow: Work, reference: str) -> Response:
    """Show a transmission, once its undertaking is accepted."""
    return _reading(request, uow, reference, NOTHING)


@router.post("/transmissions/{reference}/engagement", dependencies=[acts(Action.TRANSMISSION_OPEN)])
def opened(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Accept the undertaking of a transmission."""
    with drawn_again(lambda fresh, errors: _reading(request, fresh, reference, errors)):
        open_transmission(uow, reference, read(UndertakingForm, form), version=version_of(form))
    return see(f"/transmissions/{reference}")


def _reading(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    view = reading_view(uow, reference)
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "orientations/sheet.html", "Transmission", view, errors=errors, notice=notice)
