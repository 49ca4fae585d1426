"""What follows a meeting for one situation: orientations, family, what was sent and answered (steps 5 and 6)."""

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.boards.views import SupportView
from backend.feedback.queries import feedback_by_transmission
from backend.orientations.queries.sheets import direct_views, family_view, orientation_views
from backend.situations.models import Situation
from policies.access import Action


def support_view(uow: UnitOfWork, reference: str) -> SupportView:
    """Show to the coordinator what was decided and sent for a situation, and what came back; nothing is opened."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_TRANSMIT)
    return SupportView(
        reference=situation.reference,
        stage=situation.stage,
        family=family_view(uow, situation),
        orientations=orientation_views(uow, situation),
        direct=direct_views(uow, situation),
        feedback=feedback_by_transmission(uow, situation),
    )
