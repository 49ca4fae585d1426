"""What is read of feedback: the answer to a transmission, and those that no meeting has listed yet."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.charters.queries import charter_of
from backend.feedback.models import Feedback
from backend.feedback.views import FeedbackPageView, FeedbackView, feedback_view
from backend.kernel.errors import WrongMoment
from backend.orientations.models import Transmission
from backend.orientations.queries.rows import has_undertaken
from backend.orientations.queries.sheets import reading_view
from backend.situations.models import Situation
from policies.access import Action
from policies.vocabulary import Stage


def feedback_of(uow: UnitOfWork, transmission: UUID) -> Feedback | None:
    """Give the answer to a transmission already fetched, or None."""
    return uow.session.scalar(sa.select(Feedback).where(col(Feedback.transmission_id) == transmission))


def feedback_by_transmission(uow: UnitOfWork, situation: Situation) -> dict[str, FeedbackView]:
    """Give the answers about a situation already fetched, by reference of their transmission."""
    statement = (
        sa.select(Feedback, col(Transmission.reference))
        .join(Transmission, col(Transmission.id) == col(Feedback.transmission_id))
        .where(col(Feedback.situation_id) == situation.id)
    )
    return {reference: feedback_view(row) for row, reference in uow.session.execute(statement)}


def unlisted(uow: UnitOfWork, cell: UUID) -> Sequence[tuple[Feedback, Situation]]:
    """Give the answers of a cell that no agenda lists yet, of situations still followed, the earliest first."""
    statement = (
        sa.select(Feedback, Situation)
        .join(Situation, col(Situation.id) == col(Feedback.situation_id))
        .where(col(Feedback.cell_id) == cell, col(Feedback.listed_at).is_(None), col(Situation.stage) == Stage.FOLLOWED)
        .order_by(col(Feedback.recorded_at), col(Feedback.id))
    )
    return [(row, situation) for row, situation in uow.session.execute(statement)]


def to_list(uow: UnitOfWork) -> int:
    """Count the answers that the coordinator's next agenda has still to list."""
    followed = sa.select(col(Situation.id)).where(col(Situation.stage) == Stage.FOLLOWED)
    conditions = (col(Feedback.listed_at).is_(None), col(Feedback.situation_id).in_(followed))
    return gate.count(uow, Feedback, *conditions)


def feedback_page_view(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> FeedbackPageView:
    """Show a transmission to answer to who has opened it; raises `WrongMoment` before."""
    row = gate.fetch(uow, Transmission, reference, to=Action.TRANSMISSION_READ)
    gate.require(uow, row, Action.TRANSMISSION_ANSWER)
    require_opened(uow, row)
    given = feedback_of(uow, row.id)
    view = None if given is None else feedback_view(given)
    kept: dict[str, object] = (
        {} if view is None else {"value": view.value, "answered_on": f"{view.answered_on:%d/%m/%Y}"}
    )
    rule = charter_of(cell_of(uow, row.cell_id).charter_version).rules.feedback
    values = tuple((value.value, value.label) for value in rule.values)
    return FeedbackPageView(reading_view(uow, reference).transmission, view, {**kept, **typed}, uow.today(), values)


def require_opened(uow: UnitOfWork, transmission: Transmission) -> None:
    """Raise `WrongMoment` unless the person who acts has accepted the undertaking of a transmission."""
    if not has_undertaken(uow, transmission):
        raise WrongMoment("Ouvrez d'abord cette transmission : l'engagement de confidentialité précède le retour.")
