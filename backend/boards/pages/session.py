"""« Mode séance »: one situation at a time, the next act under the hand."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.agenda.models import Meeting
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.boards.queries.session import frozen_record, record_board, session_board
from backend.documents.pdf import write_pdf
from backend.examination.actions import decide
from backend.examination.forms import DecisionForm
from backend.members.actions.sessions import sit
from backend.orientations.actions.deciding import orient, withdraw
from backend.orientations.forms import OrientationForm
from backend.web.forms import PostedForm, read, sending_of, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "ouverte": "La réunion est ouverte.",
    "presentee": "La présentation est enregistrée.",
    "examen": "L'examen est commencé.",
    "orientation": "L'orientation est enregistrée.",
    "retrait": "L'orientation est retirée.",
    "veille": "Votre session reste ouverte une heure sans saisie, jusqu'à ce soir.",
    "invite": "L'entrée de l'invité est enregistrée : la page à projeter montre la situation.",
    "decision": "La décision est enregistrée.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/reunions/{reference}/seance", dependencies=[acts(Action.MEETING_OPEN)])
def session(request: Request, uow: Work, reference: str) -> Response:
    """Show the meeting to who conducts it."""
    return _session(request, uow, reference, NOTHING)


@router.post("/reunions/{reference}/veille", dependencies=[acts(Action.MEETING_OPEN)])
def kept_open(uow: Work, _form: PostedForm, reference: str) -> Response:
    """Let the session of who conducts the meeting stay open through an hour of listening, after a fresh code."""
    page = f"/reunions/{reference}/seance"
    gate.fetch(uow, Meeting, reference, to=Action.MEETING_OPEN, moves=False)
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite={page}")
    sit(uow)
    return see(f"{page}?fait=veille")


@router.get("/reunions/{reference}/releve", dependencies=[acts(Action.MEETING_CLOSE)])
def record(request: Request, uow: Work, reference: str) -> Response:
    """Show the record of decisions."""
    return draw(request, "boards/record.html", "Relevé de décisions", record_board(uow, reference))


@router.get("/reunions/{reference}/releve/pdf", dependencies=[acts(Action.MEETING_CLOSE)])
def record_pdf(uow: Work, reference: str) -> Response:
    """Give the record of a meeting that is closed as a tagged PDF: the same bytes each time."""
    board, closed_at = frozen_record(uow, reference)
    written = write_pdf("record.typ", f"Relevé de décisions, réunion {board.record.reference}", board, closed_at)
    named = {"Content-Disposition": f'inline; filename="releve-{board.record.reference}.pdf"'}
    return Response(written, media_type="application/pdf", headers=named)


@router.post("/reunions/{reference}/points/{point}/orientations", dependencies=[acts(Action.AGENDA_ITEM_ORIENT)])
def oriented(request: Request, uow: Work, form: PostedForm, reference: str, point: str) -> Response:
    """Record an orientation."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _session(request, fresh, reference, errors, typed)):
        orient(uow, point, read(OrientationForm, form), version=version_of(form), sending=sending_of(request, form))
    return see(f"/reunions/{reference}/seance?fait=orientation#orientations")


@router.post(
    "/reunions/{reference}/orientations/{orientation}/retrait", dependencies=[acts(Action.ORIENTATION_WITHDRAW)]
)
def withdrawn(request: Request, uow: Work, form: PostedForm, reference: str, orientation: str) -> Response:
    """Withdraw an orientation."""
    with drawn_again(lambda fresh, errors: _session(request, fresh, reference, errors)):
        withdraw(uow, orientation, version=version_of(form))
    return see(f"/reunions/{reference}/seance?fait=retrait#orientations")


@router.post("/reunions/{reference}/points/{point}/decision", dependencies=[acts(Action.AGENDA_ITEM_EXAMINE)])
def decided(request: Request, uow: Work, form: PostedForm, reference: str, point: str) -> Response:
    """Record a decision."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _session(request, fresh, reference, errors, typed)):
        decide(uow, point, read(DecisionForm, form), version=version_of(form), sending=sending_of(request, form))
    return see(f"/reunions/{reference}/seance?fait=decision")


def _session(
    request: Request,
    uow: UnitOfWork,
    reference: str,
    errors: Mapping[str, str],
    typed: Mapping[str, object] = NOTHING,
) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = session_board(uow, reference, typed)
    return draw(request, "boards/session.html", "Séance", view, errors=errors, notice=notice)
