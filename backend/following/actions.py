"""Put a followed situation back on an agenda: following it further is a fresh decision of the cell (CEN-44)."""

from backend.agenda.actions.preparing import list_feedback
from backend.agenda.models import Meeting
from backend.agenda.queries.rows import next_ordinary, pending_item
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import WrongMoment
from backend.situations.models import Situation
from policies.access import Action
from policies.vocabulary import Stage

NO_MEETING = (
    "Aucune réunion ordinaire n'est prévue pour cette cellule : prévoyez-en une dans le calendrier, puis recommencez."
)


def bring_back(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Meeting:
    """List a followed situation on the next ordinary agenda in preparation; give its meeting.

    Raises `WrongMoment` for one that is not followed or stands on an agenda, and when no meeting is planned.
    """
    seen = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, seen, Action.SITUATION_FOLLOW)
    target = next_ordinary(uow, seen.cell_id, uow.now())
    if target is None:
        raise WrongMoment(NO_MEETING)
    meeting = gate.fetch(uow, Meeting, target.reference, to=Action.MEETING_PREPARE)
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_FOLLOW, version=version)
    if situation.stage is not Stage.FOLLOWED:
        raise WrongMoment("Seule une situation suivie revient ainsi à l'ordre du jour.")
    if pending_item(uow, situation.id) is not None:
        raise WrongMoment("Cette situation est déjà inscrite à un ordre du jour.")
    list_feedback(uow, meeting, [reference])
    return meeting
