"""What a meeting in progress asks of each: open, present, begin, project, close, record; the séance is a board."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.agenda.actions.holding import open_meeting
from backend.agenda.models import AgendaItem
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.examination.actions import (
    admit_guest,
    begin,
    check_attendance,
    close_session,
    close_unexamined,
    present,
)
from backend.examination.forms import AttendanceForm, ClosingForm
from backend.examination.queries import (
    attendance_view,
    closing_view,
    presented_view,
    projection_view,
)
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "presentee": "La présentation est enregistrée.",
    "assiduite": "L'assiduité est enregistrée.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/reunions/{reference}/projection", dependencies=[acts(Action.MEETING_OPEN)])
def projection(request: Request, uow: Work, reference: str) -> Response:
    """Show what may be projected."""
    return draw(request, "examination/projection.html", "Séance", projection_view(uow, reference))


@router.get("/reunions/{reference}/presentation", dependencies=[acts(Action.AGENDA_ITEM_PRESENT)])
def presentation(request: Request, uow: Work, reference: str) -> Response:
    """Show the parquet what it presents."""
    notice = DONE.get(request.query_params.get("fait", ""))
    view = presented_view(uow, reference)
    return draw(
        request, "examination/presentation.html", "Présentation des situations non retenues", view, notice=notice
    )


@router.post("/reunions/{reference}/ouverture", dependencies=[acts(Action.MEETING_OPEN)])
def opened(uow: Work, form: PostedForm, reference: str) -> Response:
    """Open the meeting."""
    open_meeting(uow, reference, version_of(form))
    return see(f"/reunions/{reference}/seance?fait=ouverte")


@router.post("/reunions/{reference}/cloture", dependencies=[acts(Action.MEETING_CLOSE)])
def closed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Close the meeting."""
    close_session(uow, reference, version=version_of(form))
    return see(f"/reunions/{reference}/releve")


@router.post("/reunions/{reference}/points/{point}/presentation", dependencies=[acts(Action.AGENDA_ITEM_PRESENT)])
def presented(uow: Work, form: PostedForm, reference: str, point: str) -> Response:
    """Tick a situation as presented."""
    present(uow, point, version=version_of(form))
    page = "seance" if gate.permits(uow, _item(uow, point), Action.AGENDA_ITEM_EXAMINE) else "presentation"
    return see(f"/reunions/{reference}/{page}?fait=presentee")


@router.post("/reunions/{reference}/points/{point}/examen", dependencies=[acts(Action.AGENDA_ITEM_EXAMINE)])
def begun(uow: Work, form: PostedForm, reference: str, point: str) -> Response:
    """Begin an examination."""
    begin(uow, point, version=version_of(form))
    return see(f"/reunions/{reference}/seance?fait=examen#situation")


@router.post("/reunions/{reference}/points/{point}/invite", dependencies=[acts(Action.AGENDA_ITEM_EXAMINE)])
def guest_admitted(uow: Work, form: PostedForm, reference: str, point: str) -> Response:
    """Record that the invited head of the school has come in."""
    admit_guest(uow, point, version=version_of(form))
    return see(f"/reunions/{reference}/seance?fait=invite#situation")


@router.get("/assiduite", dependencies=[acts(Action.AGENDA_ITEM_CHECK_ATTENDANCE)])
def attendance(request: Request, uow: Work) -> Response:
    """Show the education seat whose attendance is asked."""
    return _attendance(request, uow, NOTHING)


@router.post("/assiduite/{point}", dependencies=[acts(Action.AGENDA_ITEM_CHECK_ATTENDANCE)])
def checked(request: Request, uow: Work, form: PostedForm, point: str) -> Response:
    """Record school attendance."""
    with drawn_again(lambda fresh, errors: _attendance(request, fresh, errors)):
        check_attendance(uow, point, read(AttendanceForm, form), version=version_of(form))
    return see("/assiduite?fait=assiduite")


@router.get("/situations/{reference}/cloture", dependencies=[acts(Action.SITUATION_CLOSE)])
def closing(request: Request, uow: Work, reference: str) -> Response:
    """Ask why a retained situation is closed without an examination."""
    return _closing(request, uow, reference, NOTHING)


@router.post("/situations/{reference}/cloture", dependencies=[acts(Action.SITUATION_CLOSE)])
def situation_closed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Close a retained situation without an examination."""
    with drawn_again(lambda fresh, errors: _closing(request, fresh, reference, errors)):
        close_unexamined(uow, reference, read(ClosingForm, form), version=version_of(form))
    return see(f"/situations/{reference}?fait=close")


def _attendance(request: Request, uow: UnitOfWork, errors: Mapping[str, str]) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = attendance_view(uow)
    return draw(request, "examination/attendance.html", "Assiduité scolaire", view, errors=errors, notice=notice)


def _closing(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    return draw(request, "examination/closing.html", "Clore sans examen", closing_view(uow, reference), errors=errors)


def _item(uow: UnitOfWork, point: str) -> AgendaItem:
    return gate.fetch(uow, AgendaItem, point, to=Action.AGENDA_ITEM_READ)
