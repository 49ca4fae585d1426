"""The board of a meeting in progress: what the examination shows, and what the orientations and feedback add to it."""

from collections.abc import Mapping

from backend.agenda.models import AgendaItem
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.boards.views import SessionBoardView
from backend.examination.queries import session_view
from backend.feedback.queries import feedback_by_transmission
from backend.orientations.queries.sheets import panel_view
from backend.situations.models import Situation
from policies.access import Action


def session_board(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> SessionBoardView:
    """Show a meeting to who conducts it; raises `Forbidden` for a member who does not."""
    session = session_view(uow, reference)
    if session.current is None:
        return SessionBoardView(session, None, {}, typed)
    point = gate.fetch(uow, AgendaItem, session.current.reference, to=Action.AGENDA_ITEM_READ)
    situation = uow.session.get_one(Situation, point.situation_id)
    panel = panel_view(uow, point.reference)
    return SessionBoardView(session, panel, feedback_by_transmission(uow, situation), typed)
