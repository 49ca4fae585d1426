"""JSON of a meeting in progress: the very verbs and views of the pages."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from backend.agenda.actions.holding import open_meeting
from backend.agenda.models import AgendaItem
from backend.authorization.idempotency import Sending
from backend.examination.actions import (
    admit_guest,
    begin,
    check_attendance,
    close_session,
    close_unexamined,
    decide,
    present,
)
from backend.examination.forms import AttendanceForm, ClosingForm, DecisionForm
from backend.examination.queries import attendance_view, projection_view, session_view
from backend.examination.views import AttendanceView, ProjectionView, SessionView
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action
from policies.meeting_words import ItemState, MeetingStage

router = APIRouter(prefix="/api/v1", tags=["séances"])


@dataclass(frozen=True, slots=True)
class PointStamp:
    """Where a point of an agenda stands after a change."""

    reference: str
    state: ItemState
    version: int


@dataclass(frozen=True, slots=True)
class MeetingStamp:
    """Where a meeting stands after a change."""

    reference: str
    stage: MeetingStage
    version: int


@router.get("/reunions/{reference}/seance", dependencies=[acts(Action.MEETING_OPEN)])
def session(uow: Work, response: Response, reference: str) -> SessionView:
    """Give a meeting to who conducts it; its version is the entity tag of its opening and closing."""
    view = session_view(uow, reference)
    tag(response, view.version)
    return view


@router.get("/reunions/{reference}/projection", dependencies=[acts(Action.MEETING_OPEN)])
def projection(uow: Work, reference: str) -> ProjectionView:
    """Give what may be projected."""
    return projection_view(uow, reference)


@router.post("/reunions/{reference}/ouverture", dependencies=[acts(Action.MEETING_OPEN)])
def opened(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> MeetingStamp:
    """Open a meeting on its day."""
    meeting = open_meeting(uow, reference, version_in(if_match))
    tag(response, meeting.version)
    return MeetingStamp(meeting.reference, meeting.stage, meeting.version)


@router.post("/reunions/{reference}/cloture", dependencies=[acts(Action.MEETING_CLOSE)])
def closed(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> MeetingStamp:
    """Close a meeting."""
    meeting = close_session(uow, reference, version=version_in(if_match))
    tag(response, meeting.version)
    return MeetingStamp(meeting.reference, meeting.stage, meeting.version)


@router.post("/points/{reference}/presentation", dependencies=[acts(Action.AGENDA_ITEM_PRESENT)])
def presented(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> PointStamp:
    """Tick a situation that was not retained as presented."""
    return _stamp(response, present(uow, reference, version=version_in(if_match)))


@router.post("/points/{reference}/examen", dependencies=[acts(Action.AGENDA_ITEM_EXAMINE)])
def begun(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> PointStamp:
    """Begin an examination."""
    return _stamp(response, begin(uow, reference, version=version_in(if_match)))


@router.post("/points/{reference}/invite", dependencies=[acts(Action.AGENDA_ITEM_EXAMINE)])
def guest_admitted(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> PointStamp:
    """Record that the invited head of the school has come in."""
    return _stamp(response, admit_guest(uow, reference, version=version_in(if_match)))


@router.post("/points/{reference}/decision", dependencies=[acts(Action.AGENDA_ITEM_EXAMINE)])
def decided(
    request: Request,
    uow: Work,
    response: Response,
    reference: str,
    form: DecisionForm,
    if_match: IfMatch = None,
    idempotency_key: Annotated[str | None, Header(max_length=64)] = None,
) -> PointStamp:
    """Record a decision and the seats that were held; the same idempotency key records once."""
    sending = Sending(idempotency_key, request.scope["cenacle.body"]) if idempotency_key else None
    return _stamp(response, decide(uow, reference, form, version=version_in(if_match), sending=sending))


@router.get("/assiduite", dependencies=[acts(Action.AGENDA_ITEM_CHECK_ATTENDANCE)])
def attendance(uow: Work) -> tuple[AttendanceView, ...]:
    """Give the education seat the points whose attendance is awaited."""
    return attendance_view(uow)


@router.post("/points/{reference}/assiduite", dependencies=[acts(Action.AGENDA_ITEM_CHECK_ATTENDANCE)])
def checked(
    uow: Work, response: Response, reference: str, form: AttendanceForm, if_match: IfMatch = None
) -> PointStamp:
    """Record school attendance."""
    return _stamp(response, check_attendance(uow, reference, form, version=version_in(if_match)))


@router.post("/situations/{reference}/cloture", dependencies=[acts(Action.SITUATION_CLOSE)])
def situation_closed(
    uow: Work, response: Response, reference: str, form: ClosingForm, if_match: IfMatch = None
) -> Stamp:
    """Close a retained situation without an examination."""
    situation = close_unexamined(uow, reference, form, version=version_in(if_match))
    tag(response, situation.version)
    return Stamp(situation.reference, situation.stage, situation.version)


def _stamp(response: Response, item: AgendaItem) -> PointStamp:
    tag(response, item.version)
    return PointStamp(item.reference, item.state, item.version)
