"""JSON of step 6: the very verbs and views of the pages."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from backend.feedback.actions import answer, remind
from backend.feedback.forms import FeedbackForm
from backend.feedback.queries import feedback_page_view
from backend.feedback.views import FeedbackPageView
from backend.orientations.models import Transmission
from backend.web.json import IfMatch, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action
from policies.orientation_words import TransmissionState

router = APIRouter(prefix="/api/v1", tags=["retours"])


@dataclass(frozen=True, slots=True)
class AnsweredStamp:
    """Where a transmission stands after an answer or a reminder."""

    reference: str
    state: TransmissionState
    version: int


@router.get("/transmissions/{reference}/retour", dependencies=[acts(Action.TRANSMISSION_ANSWER)])
def feedback(uow: Work, response: Response, reference: str) -> FeedbackPageView:
    """Give a transmission to answer, and the answer already given; its version is the entity tag of an answer."""
    view = feedback_page_view(uow, reference, {})
    tag(response, view.transmission.version)
    return view


@router.post("/transmissions/{reference}/retour", dependencies=[acts(Action.TRANSMISSION_ANSWER)])
def answered(
    uow: Work, response: Response, reference: str, form: FeedbackForm, if_match: IfMatch = None
) -> AnsweredStamp:
    """Record the answer of a service, or its correction by its author."""
    return _stamp(response, answer(uow, reference, form, version=version_in(if_match)))


@router.post("/transmissions/{reference}/relance", dependencies=[acts(Action.TRANSMISSION_REMIND)])
def reminded(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> AnsweredStamp:
    """Remind a service that its answer is awaited."""
    return _stamp(response, remind(uow, reference, version=version_in(if_match)))


def _stamp(response: Response, row: Transmission) -> AnsweredStamp:
    tag(response, row.version)
    return AnsweredStamp(row.reference, row.state, row.version)
