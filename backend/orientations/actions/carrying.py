"""What becomes of a family's information and of what was sent when their situation is merged, moved or returned.

That the CRIP was told must not be lost (R25), and a cell keeps nothing readable of what it hands over.
"""

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.kernel.errors import WrongMoment
from backend.orientations.queries.rows import information_of, transmissions_of
from backend.signalements.events import SignalementReturned, SituationMerged, SituationMoved
from backend.situations.models import Situation


def on_returned(uow: UnitOfWork, event: SignalementReturned) -> None:
    """Refuse to return a situation that would take with it what was sent, or what a family was told."""
    situation = _named(uow, event.situation)
    if transmissions_of(uow, situation.id) or information_of(uow, situation.id):
        raise WrongMoment(
            "La famille a été informée, ou une transmission est partie : cette situation ne peut plus être renvoyée."
        )


def on_moved(uow: UnitOfWork, event: SituationMoved) -> None:
    """Hand what a family was told over to the competent cell; what was sent stays where it was sealed, so it refuses.

    Raises `WrongMoment` once something was sent: this cell would go on reading it.
    """
    source, target = _named(uow, event.situation), _named(uow, event.successor)
    if transmissions_of(uow, source.id):
        raise WrongMoment(
            "Une transmission est partie de cette cellule : la situation y reste. Qualifiez-la, et prévenez le "
            "coordonnateur de la cellule compétente."
        )
    for row in information_of(uow, source.id):
        row.situation_id, row.cell_id = target.id, target.cell_id


def on_merged(uow: UnitOfWork, event: SituationMerged) -> None:
    """Hand what a family was told, and what was sent, to the situation that absorbs theirs, in the same cell."""
    absorbed, absorbing = _named(uow, event.absorbed), _named(uow, event.situation)
    for row in (*information_of(uow, absorbed.id), *transmissions_of(uow, absorbed.id)):
        row.situation_id = absorbing.id


def _named(uow: UnitOfWork, reference: str) -> Situation:
    return uow.session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()
