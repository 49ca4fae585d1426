"""Prepare an agenda: fill, list, withdraw, shift, while its meeting is planned or convened (domain.md section 3)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col

from backend.agenda.events import AgendaFilled, AgendaReordered, SituationListed, SituationWithdrawn
from backend.agenda.forms import Direction, ListingForm, WithdrawalForm
from backend.agenda.models import AgendaItem, CarryOver, Meeting
from backend.agenda.queries.rows import (
    items_of,
    locked,
    next_ordinary,
    pending_item,
    presented_before,
    situations_by_id,
)
from backend.agenda.states import MEETING, PREPARE
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.kernel.clock import paris_day
from backend.kernel.errors import CharterRefusal, InvalidInput, NotFound, WrongMoment
from backend.parquet.queries import answers_of
from backend.situations.models import Situation
from backend.web.pages import french_day
from policies.access import Action
from policies.charter_words import EventLink
from policies.indicator_words import Indicator
from policies.meeting_words import IN_PREPARATION, AgendaPart, CarryReason, ItemState, MeetingKind
from policies.months import add_months
from policies.vocabulary import Stage

PARTS = {Stage.NOT_RETAINED: AgendaPart.NOT_RETAINED, Stage.RETAINED: AgendaPart.RETAINED}
"""The part of the agenda to which the parquet's answer sends a situation."""


def fill(uow: UnitOfWork, reference: str, version: int | None) -> Meeting:
    """List all that an ordinary meeting may present or examine, the first received first; what is listed stays.

    Raises `WrongMoment` for an emergency meeting: there, each situation is tied to the event by hand.
    """
    meeting = _prepared(uow, reference, version)
    if meeting.kind is MeetingKind.EMERGENCY:
        raise WrongMoment("Une réunion d'urgence n'examine que les situations liées à l'événement : inscrivez-les.")
    statement = gate.readable(uow, Situation).where(
        col(Situation.cell_id) == meeting.cell_id,
        col(Situation.stage).in_(sorted(PARTS)),
        col(Situation.limited_at).is_(None),
    )
    listed = []
    for situation in uow.session.scalars(statement.order_by(col(Situation.received_at), col(Situation.id))).all():
        if pending_item(uow, situation.id) is None and _may_stand(situation, meeting, PARTS[situation.stage], uow):
            _append(uow, meeting, situation.id, PARTS[situation.stage])
            listed.append(Reference(situation.reference))
    uow.record(AgendaFilled(Reference(meeting.reference), tuple(listed)))
    return meeting


def list_situation(uow: UnitOfWork, reference: str, version: int | None, form: ListingForm) -> Meeting:
    """List one situation; in an emergency, with its link to the event, and it leaves the agenda on which it stood.

    Raises `InvalidInput` without the link, or with one at an ordinary meeting; `WrongMoment` for a situation that
    awaits the parquet's answer, was presented, or stands on another agenda; `CharterRefusal` for one received too late.
    """
    meeting = _prepared(uow, reference, version)
    situation = gate.fetch(uow, Situation, form.situation, to=Action.SITUATION_READ)
    if situation.cell_id != meeting.cell_id:
        raise NotFound
    if (form.link is None) is (meeting.kind is MeetingKind.EMERGENCY):
        raise InvalidInput(
            {
                "link": "Indiquez le lien de la situation avec l'événement."
                if form.link is None
                else "Une réunion ordinaire n'a pas d'événement : n'indiquez aucun lien."
            }
        )
    if situation.stage not in PARTS:
        raise WrongMoment(
            f"Une situation « {situation.stage.label} » ne s'inscrit pas à l'ordre du jour : "
            "il faut la réponse du parquet."
        )
    part = PARTS[situation.stage]
    _require_reception(situation, meeting, part)
    if part is AgendaPart.NOT_RETAINED and presented_before(uow, situation.id):
        raise WrongMoment("Le parquet a déjà présenté cette situation.")
    item = pending_item(uow, situation.id)
    if item is not None:
        _leave_for(uow, item, meeting)
    _append(uow, meeting, situation.id, part, form.link)
    uow.record(SituationListed(Reference(meeting.reference), Reference(situation.reference)))
    return meeting


def withdraw(uow: UnitOfWork, reference: str, version: int | None, item: str, form: WithdrawalForm) -> Meeting:
    """Take a point off an agenda, with its reason; it goes on to the next meeting in preparation when there is one."""
    meeting = _prepared(uow, reference, version)
    row = _item(uow, meeting, item)
    situation = situations_by_id(uow, [row])[row.situation_id]
    carried_to = carry_on(uow, meeting, row, form.reason)
    target = None if carried_to is None else Reference(carried_to.reference)
    uow.record(SituationWithdrawn(Reference(meeting.reference), Reference(situation.reference), target))
    return meeting


def shift(uow: UnitOfWork, reference: str, version: int | None, item: str, direction: Direction) -> Meeting:
    """Move a point up or down by one within its part; at the edge, nothing changes."""
    meeting = _prepared(uow, reference, version)
    row = _item(uow, meeting, item)
    part = [other for other in items_of(uow, meeting) if other.part is row.part]
    here = part.index(row)
    there = here + (1 if direction is Direction.DOWN else -1)
    if 0 <= there < len(part):
        part[here], part[there] = part[there], part[here]
    for rank, other in enumerate(part):
        other.rank = rank
    uow.record(AgendaReordered(Reference(meeting.reference), row.part))
    return meeting


def list_feedback(uow: UnitOfWork, meeting: Meeting, references: Sequence[str]) -> list[AgendaItem]:
    """List feedback on earlier situations in part 3 of an ordinary agenda in preparation, for the steps that follow.

    What stands on an agenda already is left where it is. Raises `NotFound` for a situation of another cell.
    """
    MEETING.step(meeting.stage, PREPARE)
    added = []
    for situation in gate.fetch_all(uow, Situation, references, to=Action.SITUATION_READ):
        if situation.cell_id != meeting.cell_id:
            raise NotFound
        if pending_item(uow, situation.id) is None:
            added.append(_append(uow, meeting, situation.id, AgendaPart.FEEDBACK))
            uow.record(SituationListed(Reference(meeting.reference), Reference(situation.reference)))
    return added


def on_answer_changed(uow: UnitOfWork, situation: Situation) -> None:
    """Follow a correction of the parquet: the situation changes part, on an agenda that is still in preparation.

    On the agenda where it stood when it may stay there, else on the next one; an agenda that is open is left at once.
    A first answer changes nothing: the coordinator lists.
    """
    if situation.stage not in PARTS or len(answers_of(uow, situation)) < 2:  # noqa: PLR2004  the first is no correction
        return
    part = PARTS[situation.stage]
    item = pending_item(uow, situation.id)
    if item is not None and (item.part is part or item.state is not ItemState.LISTED):
        return
    stood = None if item is None else locked(uow, item.meeting_id)
    link = None if item is None else item.link
    if item is not None:
        uow.session.delete(item)
        uow.session.flush()
    if stood is not None and stood.stage in IN_PREPARATION and _may_stand(situation, stood, part, uow):
        _append(uow, stood, situation.id, part, link)
        uow.record(SituationListed(Reference(stood.reference), Reference(situation.reference)))
        return
    target = _next_for(uow, situation, part)
    if stood is not None:
        keep_reason(uow, stood, situation, CarryReason.ANSWER_CHANGED)
        to = None if target is None else Reference(target.reference)
        uow.record(SituationWithdrawn(Reference(stood.reference), Reference(situation.reference), to))
    if target is not None:
        _append(uow, locked(uow, target.id), situation.id, part)
        uow.record(SituationListed(Reference(target.reference), Reference(situation.reference)))


def carry_on(uow: UnitOfWork, meeting: Meeting, item: AgendaItem, reason: CarryReason) -> Meeting | None:
    """Take a point off an agenda in preparation and list it on the next one where it may stand; give that one."""
    situation = uow.session.get_one(Situation, item.situation_id)
    part = item.part
    keep_reason(uow, meeting, situation, reason)
    uow.session.delete(item)
    uow.session.flush()  # a situation stands on one agenda at a time
    return list_next(uow, meeting, situation, part)


def keep_reason(uow: UnitOfWork, meeting: Meeting, situation: Situation, reason: CarryReason) -> None:
    """Keep why a situation leaves an agenda unexamined, and count it."""
    uow.session.add(
        CarryOver(
            meeting_id=meeting.id,
            cell_id=situation.cell_id,
            situation_id=situation.id,
            reason=reason,
            carried_at=uow.now(),
        )
    )
    uow.count(Indicator.CARRIED, situation.cell_id, reason)


def list_next(uow: UnitOfWork, meeting: Meeting, situation: Situation, part: AgendaPart) -> Meeting | None:
    """List a situation on the first ordinary meeting after another one that is in preparation; give it, or None."""
    target = next_ordinary(uow, meeting.cell_id, meeting.starts_at)
    if target is None or target.id == meeting.id or not _may_stand(situation, target, part, uow):
        return None
    _append(uow, locked(uow, target.id), situation.id, part)
    return target


def drop_too_recent(uow: UnitOfWork, meeting: Meeting) -> None:
    """Carry what a meeting that was moved to an earlier day could no longer examine (CEN-45)."""
    for item in items_of(uow, meeting):
        situation = uow.session.get_one(Situation, item.situation_id)
        if _first_day(situation, meeting, item.part) > paris_day(meeting.starts_at):
            carried_to = carry_on(uow, meeting, item, CarryReason.MEETING_MOVED)
            to = None if carried_to is None else Reference(carried_to.reference)
            uow.record(SituationWithdrawn(Reference(meeting.reference), Reference(situation.reference), to))


def _prepared(uow: UnitOfWork, reference: str, version: int | None) -> Meeting:
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_PREPARE, version=version)
    meeting.stage = MEETING.step(meeting.stage, PREPARE)
    return meeting


def _item(uow: UnitOfWork, meeting: Meeting, reference: str) -> AgendaItem:
    row = gate.fetch(uow, AgendaItem, reference, to=Action.AGENDA_ITEM_READ)
    if row.meeting_id != meeting.id:
        raise NotFound
    return row


def _append(
    uow: UnitOfWork, meeting: Meeting, situation: UUID, part: AgendaPart, link: EventLink | None = None
) -> AgendaItem:
    ranks = [item.rank for item in items_of(uow, meeting) if item.part is part]
    item = AgendaItem(
        meeting_id=meeting.id,
        cell_id=meeting.cell_id,
        situation_id=situation,
        part=part,
        rank=max(ranks, default=-1) + 1,
        link=link,
    )
    uow.session.add(item)
    uow.session.flush()
    return item


def _leave_for(uow: UnitOfWork, item: AgendaItem, meeting: Meeting) -> None:
    """Take a situation off the agenda on which it stands, for an emergency meeting only."""
    if item.meeting_id == meeting.id:
        raise WrongMoment("Cette situation est déjà inscrite à cet ordre du jour.")
    other = locked(uow, item.meeting_id)
    if meeting.kind is not MeetingKind.EMERGENCY or other.stage not in IN_PREPARATION:
        raise WrongMoment(f"Cette situation est déjà inscrite à la réunion {other.reference}.")
    situation = situations_by_id(uow, [item])[item.situation_id]
    keep_reason(uow, other, situation, CarryReason.EMERGENCY)
    uow.session.delete(item)
    uow.session.flush()
    uow.record(
        SituationWithdrawn(Reference(other.reference), Reference(situation.reference), Reference(meeting.reference))
    )


def _next_for(uow: UnitOfWork, situation: Situation, part: AgendaPart) -> Meeting | None:
    after = uow.now()
    while (target := next_ordinary(uow, situation.cell_id, after)) is not None:
        if _may_stand(situation, target, part, uow):
            return target
        after = target.starts_at
    return None


def _may_stand(situation: Situation, meeting: Meeting, part: AgendaPart, uow: UnitOfWork) -> bool:
    if part is AgendaPart.NOT_RETAINED and presented_before(uow, situation.id):
        return False
    return _first_day(situation, meeting, part) <= paris_day(meeting.starts_at)


def _require_reception(situation: Situation, meeting: Meeting, part: AgendaPart) -> None:
    first = _first_day(situation, meeting, part)
    if first > paris_day(meeting.starts_at):
        rule = charter_of(situation.charter_version).rules.reception_delay
        raise CharterRefusal(f"{rule.statement} Au plus tôt : le {french_day(first)}.", rule.origin)


def _first_day(situation: Situation, meeting: Meeting, part: AgendaPart) -> date:
    """Give the first day on which a situation may stand on an agenda, under the charter that it pinned."""
    received = paris_day(situation.received_at)
    if part is not AgendaPart.RETAINED or meeting.kind is MeetingKind.EMERGENCY:
        return received
    return add_months(received, charter_of(situation.charter_version).rules.reception_delay.months)
