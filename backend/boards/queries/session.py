"""The boards of a meeting, in progress then closed: what the examination shows, and what orientations add to it."""

from collections.abc import Mapping
from datetime import datetime

from backend.agenda.models import AgendaItem, Meeting
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.boards.views import RecordBoardView, SessionBoardView
from backend.examination.queries import record_view, session_view
from backend.feedback.queries import feedback_by_transmission
from backend.kernel.errors import WrongMoment
from backend.members.queries.sessions import sits
from backend.orientations.queries.rows import decided_at
from backend.orientations.queries.sheets import panel_view
from backend.situations.models import Situation
from policies.access import Action


def record_board(uow: UnitOfWork, reference: str) -> RecordBoardView:
    """Give the record of decisions of a meeting, orientations included: references only (domain.md section 5)."""
    return _record(uow, gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ))


def frozen_record(uow: UnitOfWork, reference: str) -> tuple[RecordBoardView, datetime]:
    """Give the record of a meeting and the instant since when it no longer changes; raise `WrongMoment` before."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    board = _record(uow, meeting)
    if meeting.closed_at is None:
        raise WrongMoment("Le relevé se télécharge une fois la réunion close.")
    return board, meeting.closed_at


def _record(uow: UnitOfWork, meeting: Meeting) -> RecordBoardView:
    return RecordBoardView(record_view(uow, meeting), decided_at(uow, meeting))


def session_board(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> SessionBoardView:
    """Show a meeting to who conducts it; raises `Forbidden` for a member who does not."""
    session = session_view(uow, reference)
    if session.current is None:
        return SessionBoardView(session, None, sits(uow), {}, typed)
    point = gate.fetch(uow, AgendaItem, session.current.reference, to=Action.AGENDA_ITEM_READ)
    situation = uow.session.get_one(Situation, point.situation_id)
    panel = panel_view(uow, point.reference)
    return SessionBoardView(session, panel, sits(uow), feedback_by_transmission(uow, situation), typed)
