"""JSON of meetings and agendas: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.agenda.actions.convening import cancel, convene, move
from backend.agenda.actions.emergency import agree, ask
from backend.agenda.actions.planning import answer, plan, propose, set_date
from backend.agenda.actions.preparing import fill, list_situation, shift, withdraw
from backend.agenda.forms import (
    AnswersForm,
    ChosenDateForm,
    EmergencyForm,
    ListingForm,
    MoveForm,
    PlanForm,
    ProposalForm,
    ShiftForm,
    WithdrawalForm,
)
from backend.agenda.models import Meeting
from backend.agenda.queries.sheets import meeting_view, meetings_list
from backend.agenda.views import ListView, MeetingView
from backend.authorization import gate
from backend.kernel.errors import NotFound
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import MEMBERS, Action

router = APIRouter(prefix="/api/v1", tags=["reunions"])


@router.get("/reunions", dependencies=[acts(Action.MEETING_READ)])
def meetings(uow: Work) -> ListView:
    """List the meetings of the person's cells."""
    if not uow.actor.holds_anywhere(MEMBERS):
        raise NotFound
    return meetings_list(uow)


@router.post("/reunions", dependencies=[acts(Action.MEETING_PLAN)])
def planned(uow: Work, form: PlanForm) -> list[Stamp]:
    """Plan the ordinary meetings of a year, all or none."""
    return [_stamp(row) for row in plan(uow, form)]


@router.post("/reunions/urgence", dependencies=[acts(Action.MEETING_ASK)])
def asked(uow: Work, response: Response, form: EmergencyForm) -> Stamp:
    """Ask for an emergency meeting."""
    return _tagged(response, ask(uow, form))


@router.get("/reunions/{reference}", dependencies=[acts(Action.MEETING_READ)])
def meeting(uow: Work, response: Response, reference: str) -> MeetingView:
    """Give a meeting and its agenda, as far as the person reads it."""
    row = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    tag(response, row.version)
    return meeting_view(uow, row)


@router.post("/reunions/{reference}/dates", dependencies=[acts(Action.MEETING_PROPOSE)])
def proposed(uow: Work, response: Response, reference: str, form: ProposalForm, if_match: IfMatch = None) -> Stamp:
    """Propose dates to the members."""
    return _tagged(response, propose(uow, reference, version_in(if_match), form))


@router.post("/reunions/{reference}/disponibilites", dependencies=[acts(Action.AVAILABILITY_ANSWER)])
def answered(uow: Work, response: Response, reference: str, form: AnswersForm) -> Stamp:
    """Give one's availability for the dates proposed."""
    return _tagged(response, answer(uow, reference, form.answers))


@router.post("/reunions/{reference}/date", dependencies=[acts(Action.MEETING_SET_DATE)])
def date_set(uow: Work, response: Response, reference: str, form: ChosenDateForm, if_match: IfMatch = None) -> Stamp:
    """Keep one of the proposed dates."""
    return _tagged(response, set_date(uow, reference, version_in(if_match), form))


@router.post("/reunions/{reference}/accord", dependencies=[acts(Action.MEETING_AGREE)])
def agreed(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Record the town hall's agreement to an emergency meeting."""
    return _tagged(response, agree(uow, reference, version_in(if_match)))


@router.post("/reunions/{reference}/convocation", dependencies=[acts(Action.MEETING_CONVENE)])
def convened(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Convene the members."""
    return _tagged(response, convene(uow, reference, version_in(if_match)))


@router.post("/reunions/{reference}/deplacement", dependencies=[acts(Action.MEETING_MOVE)])
def moved(uow: Work, response: Response, reference: str, form: MoveForm, if_match: IfMatch = None) -> Stamp:
    """Move a meeting, with those of the same sitting."""
    return _tagged(response, move(uow, reference, version_in(if_match), form))


@router.post("/reunions/{reference}/annulation", dependencies=[acts(Action.MEETING_CANCEL)])
def cancelled(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Cancel a meeting."""
    return _tagged(response, cancel(uow, reference, version_in(if_match)))


@router.post("/reunions/{reference}/ordre-du-jour/remplir", dependencies=[acts(Action.MEETING_PREPARE)])
def filled(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """List all that may be examined."""
    return _tagged(response, fill(uow, reference, version_in(if_match)))


@router.post("/reunions/{reference}/ordre-du-jour", dependencies=[acts(Action.MEETING_PREPARE)])
def listed(uow: Work, response: Response, reference: str, form: ListingForm, if_match: IfMatch = None) -> Stamp:
    """List one situation."""
    return _tagged(response, list_situation(uow, reference, version_in(if_match), form))


@router.post("/reunions/{reference}/ordre-du-jour/{item}/retrait", dependencies=[acts(Action.MEETING_PREPARE)])
def withdrawn(
    uow: Work, response: Response, reference: str, item: str, form: WithdrawalForm, if_match: IfMatch = None
) -> Stamp:
    """Take a point off the agenda, with its reason."""
    return _tagged(response, withdraw(uow, reference, version_in(if_match), item, form))


@router.post("/reunions/{reference}/ordre-du-jour/{item}/rang", dependencies=[acts(Action.MEETING_PREPARE)])
def shifted(
    uow: Work, response: Response, reference: str, item: str, form: ShiftForm, if_match: IfMatch = None
) -> Stamp:
    """Move a point of the agenda up or down."""
    return _tagged(response, shift(uow, reference, version_in(if_match), item, form.direction))


def _tagged(response: Response, meeting: Meeting) -> Stamp:
    tag(response, meeting.version)
    return _stamp(meeting)


def _stamp(meeting: Meeting) -> Stamp:
    return Stamp(meeting.reference, meeting.stage, meeting.version)
