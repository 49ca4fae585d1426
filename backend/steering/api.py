"""JSON of the events that steer the cells: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.authorization.gate import fetch
from backend.steering.actions import plan_event, settle_event
from backend.steering.forms import OutcomeForm, SteeringForm
from backend.steering.models import SteeringEvent
from backend.steering.queries import steering_sheet, steering_view
from backend.steering.views import SteeringSheet, SteeringView
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["pilotage"])


@router.get("/pilotage", dependencies=[acts(Action.STEERING_EVENT_READ)])
def listed(uow: Work) -> SteeringView:
    """Give the events that steer the cells."""
    return steering_view(uow)


@router.post("/pilotage", status_code=201, dependencies=[acts(Action.STEERING_EVENT_WRITE)])
def planned(uow: Work, response: Response, form: SteeringForm) -> Stamp:
    """Plan an event."""
    return _stamp(response, plan_event(uow, form))


@router.get("/pilotage/{reference}", dependencies=[acts(Action.STEERING_EVENT_READ)])
def sheet(uow: Work, response: Response, reference: str) -> SteeringSheet:
    """Give an event; its version is the entity tag to send back with its outcome."""
    row = fetch(uow, SteeringEvent, reference, to=Action.STEERING_EVENT_READ)
    tag(response, row.version)
    return steering_sheet(uow, row, {})


@router.post("/pilotage/{reference}/issue", dependencies=[acts(Action.STEERING_EVENT_WRITE)])
def settled(uow: Work, response: Response, reference: str, form: OutcomeForm, if_match: IfMatch = None) -> Stamp:
    """Say whether an event was held; `If-Match` names the version that was read."""
    return _stamp(response, settle_event(uow, reference, version_in(if_match), form))


def _stamp(response: Response, row: SteeringEvent) -> Stamp:
    tag(response, row.version)
    return Stamp(row.reference, row.state, row.version)
