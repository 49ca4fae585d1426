"""The feedback of a service, and the reminder that the coordinator asks for."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.feedback.actions import answer, remind
from backend.feedback.forms import FeedbackForm
from backend.feedback.queries import feedback_page_view
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)


@router.get("/transmissions/{reference}/retour", dependencies=[acts(Action.TRANSMISSION_ANSWER)])
def feedback(request: Request, uow: Work, reference: str) -> Response:
    """Ask what the service answers."""
    return _page(request, uow, reference, {}, NOTHING)


@router.post("/transmissions/{reference}/retour", dependencies=[acts(Action.TRANSMISSION_ANSWER)])
def answered(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record the answer, or its correction."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _page(request, fresh, reference, typed, errors)):
        answer(uow, reference, read(FeedbackForm, form), version=version_of(form))
    return see("/transmissions?fait=retour")


@router.post("/transmissions/{reference}/relance", dependencies=[acts(Action.TRANSMISSION_REMIND)])
def reminded(uow: Work, form: PostedForm, reference: str) -> Response:
    """Remind the service."""
    remind(uow, reference, version=version_of(form))
    return see(f"/transmissions/{reference}?fait=relance")


def _page(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    view = feedback_page_view(uow, reference, typed)
    return draw(request, "feedback/answer.html", "Donner le retour", view, errors=errors)
