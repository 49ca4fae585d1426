"""Record and withdraw orientations in séance, and follow what the cell decides then (step 4).

An orientation belongs to the examination at which it is decided; after the meeting, only the next one changes it.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.events import MeetingClosed
from backend.agenda.models import AgendaItem, Meeting
from backend.agenda.queries.rows import pending_item
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.idempotency import Sending, made_before, remember
from backend.authorization.work import UnitOfWork
from backend.examination.actions import in_progress, point_for
from backend.examination.events import SituationDecided
from backend.examination.models import Examination
from backend.examination.queries import examinations_of
from backend.kernel.errors import CharterRefusal, InvalidInput, WrongMoment
from backend.orientations.events import OrientationRecorded, OrientationWithdrawn, TransmissionRecalled
from backend.orientations.forms import OrientationForm
from backend.orientations.models import Orientation, Transmission
from backend.orientations.queries.rows import orientations_of, pending_of
from backend.orientations.states import ORIENTATION, RECALL, TRANSMISSION, WITHDRAW
from backend.situations.models import Situation
from policies.access import Action
from policies.examination_words import Decision
from policies.indicator_words import Indicator
from policies.meeting_words import ItemState
from policies.orientation_words import OrientationState
from policies.orientations import rule_of, taxonomy

ROUTE = "orientation"
"""Name under which the keys of orientations are remembered."""


def orient(
    uow: UnitOfWork, point: str, form: OrientationForm, *, version: int | None = None, sending: Sending | None = None
) -> Orientation:
    """Record an orientation of the situation under examination; an age out of range is no obstacle (AMB-22).

    The same sending twice, when the network dropped before its answer, records once. Raises `InvalidInput` for a
    destination that is over on the day, or recorded already; `WrongMoment` unless the situation is under examination.
    """
    if known := made_before(uow, uow.account(), ROUTE, sending):
        return gate.fetch(uow, Orientation, known, to=Action.ORIENTATION_READ)
    item = point_for(uow, point, Action.AGENDA_ITEM_ORIENT, version)
    in_progress(uow, item)
    if item.state is not ItemState.EXAMINING:
        raise WrongMoment("Une orientation s'enregistre pendant l'examen de la situation.")
    situation = _locked(uow, item.situation_id)
    rule = rule_of(form.destination)
    if not rule.is_valid_on(uow.today()):
        raise InvalidInput({"destination": rule.ended or ""})
    examination = examinations_of(uow, [item])[item.id]
    earlier = [row for row in orientations_of(uow, situation.id) if row.state is OrientationState.DECIDED]
    if any((row.examination_id, row.destination) == (examination.id, form.destination) for row in earlier):
        raise InvalidInput({"destination": "Cette orientation est déjà enregistrée."})
    orientation = Orientation(
        examination_id=examination.id,
        situation_id=situation.id,
        cell_id=situation.cell_id,
        destination=form.destination,
        decided_at=uow.now(),
    )
    uow.session.add(orientation)
    uow.session.flush()
    uow.count(Indicator.ORIENTED, situation.cell_id, form.destination)
    if rule.school and not any(rule_of(row.destination).school for row in earlier):
        uow.count(Indicator.SCHOOL_ORIENTED, situation.cell_id)
    remember(uow, uow.account(), ROUTE, sending, orientation.reference)
    uow.record(OrientationRecorded(Reference(situation.reference), Reference(orientation.reference)))
    return orientation


def withdraw(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Orientation:
    """Withdraw an orientation while its situation is under examination; what was sent for it is no longer readable.

    A mistake of the same examination leaves the counts; one of an earlier meeting was decided, and stays counted.
    Raises `WrongMoment` out of séance.
    """
    seen = gate.fetch(uow, Orientation, reference, to=Action.ORIENTATION_READ)
    item = pending_item(uow, seen.situation_id)
    if item is None or item.state is not ItemState.EXAMINING:
        raise WrongMoment("Une orientation se retire en séance, pendant l'examen de la situation.")
    item = point_for(uow, item.reference, Action.AGENDA_ITEM_ORIENT, None)
    in_progress(uow, item)
    situation = _locked(uow, item.situation_id)
    orientation = gate.fetch(uow, Orientation, reference, to=Action.ORIENTATION_WITHDRAW, version=version)
    mistaken = orientation.examination_id == examinations_of(uow, [item])[item.id].id
    _withdraw(uow, situation, orientation, mistaken=mistaken)
    return orientation


def on_decided(uow: UnitOfWork, event: SituationDecided) -> None:
    """Hold the decision to what was oriented: the verb that records it is refused, and rolled back whole.

    Raises `CharterRefusal` for a closing while a feedback is awaited, `WrongMoment` for a postponed examination that
    would have decided orientations.
    """
    situation = uow.session.scalars(sa.select(Situation).where(col(Situation.reference) == event.situation)).one()
    examination = uow.session.scalars(
        sa.select(Examination)
        .join(AgendaItem, col(AgendaItem.id) == col(Examination.item_id))
        .join(Meeting, col(Meeting.id) == col(AgendaItem.meeting_id))
        .where(col(Examination.situation_id) == situation.id, col(Meeting.reference) == event.meeting)
    ).one()
    if examination.decision is Decision.CLOSE and pending_of(uow, situation.id):
        rule = taxonomy().following
        raise CharterRefusal(
            f"{rule.statement} Poursuivez le suivi, ou retirez d'abord l'orientation dont le retour manque.",
            rule.origin,
        )
    if examination.decision is Decision.POSTPONE and _decided_at(uow, [examination.id]):
        raise WrongMoment("Retirez d'abord les orientations enregistrées : un examen reporté n'en décide aucune.")


def on_meeting_closed(uow: UnitOfWork, event: MeetingClosed) -> None:
    """Withdraw what was recorded at an examination that the closing of its meeting left without a decision."""
    statement = (
        sa.select(col(Examination.id))
        .join(AgendaItem, col(AgendaItem.id) == col(Examination.item_id))
        .join(Meeting, col(Meeting.id) == col(AgendaItem.meeting_id))
        .where(col(Meeting.reference) == event.meeting, col(Examination.decision).is_(None))
    )
    for orientation in _decided_at(uow, list(uow.session.scalars(statement))):
        situation = uow.session.get_one(Situation, orientation.situation_id)
        orientation.version += 1
        _withdraw(uow, situation, orientation, mistaken=True)


def _withdraw(uow: UnitOfWork, situation: Situation, orientation: Orientation, *, mistaken: bool) -> None:
    orientation.state = ORIENTATION.step(orientation.state, WITHDRAW)
    orientation.withdrawn_at = uow.now()
    uow.session.flush()
    if mistaken:
        uow.count(Indicator.ORIENTED, situation.cell_id, orientation.destination, by=-1)
        left = (row for row in orientations_of(uow, situation.id) if row.state is OrientationState.DECIDED)
        if rule_of(orientation.destination).school and not any(rule_of(row.destination).school for row in left):
            uow.count(Indicator.SCHOOL_ORIENTED, situation.cell_id, by=-1)
    uow.record(OrientationWithdrawn(Reference(situation.reference), Reference(orientation.reference)))
    statement = sa.select(Transmission).where(col(Transmission.orientation_id) == orientation.id)
    for transmission in uow.session.scalars(statement.with_for_update()):
        transmission.state = TRANSMISSION.step(transmission.state, RECALL)
        transmission.readable_until = uow.now()
        transmission.version += 1
        uow.record(TransmissionRecalled(Reference(transmission.reference)))


def _decided_at(uow: UnitOfWork, examinations: list[UUID]) -> list[Orientation]:
    statement = sa.select(Orientation).where(
        col(Orientation.examination_id).in_(sorted(examinations)),
        col(Orientation.state) == OrientationState.DECIDED,
    )
    return list(uow.session.scalars(statement.order_by(col(Orientation.id))))


def _locked(uow: UnitOfWork, situation: UUID) -> Situation:
    """Give the situation of a point, locked after it, as the decision does."""
    return uow.session.get_one(Situation, situation, with_for_update=True, populate_existing=True)
