"""Conduct a meeting: open it, present, examine one situation at a time, decide, close (step 4)."""

from backend.agenda.actions.holding import close_meeting
from backend.agenda.actions.preparing import list_next
from backend.agenda.models import AgendaItem, Meeting
from backend.agenda.queries.rows import items_of, pending_item
from backend.agenda.states import BEGIN as BEGIN_POINT
from backend.agenda.states import CARRY, EXAMINE, ITEM, PRESENT
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.idempotency import Sending, made_before, remember
from backend.authorization.vault import key_of, seal_into
from backend.authorization.work import UnitOfWork
from backend.examination.events import (
    AttendanceChecked,
    ClosedUnexamined,
    ExaminationBegun,
    GuestAdmitted,
    SituationDecided,
    SituationPresented,
)
from backend.examination.forms import AttendanceForm, ClosingForm, DecisionForm
from backend.examination.models import Examination, Presence
from backend.examination.queries import examinations_of
from backend.kernel.errors import WrongMoment
from backend.kernel.identifiers import new_id
from backend.research.actions import close_research
from backend.signalements.actions.receipts import process_receipts
from backend.situations.models import Situation
from backend.situations.states import BEGIN, CLOSE, FOLLOW, POSTPONE, RESUME, SITUATION
from policies.access import Action
from policies.examination_words import Decision
from policies.indicator_words import Indicator
from policies.meeting_words import AgendaPart, ItemState, MeetingKind, MeetingStage
from policies.vocabulary import ClosingReason, Role, Stage

ROUTE = "decision"
"""Name under which the keys of decisions are remembered."""


def present(uow: UnitOfWork, point: str, *, version: int | None = None) -> AgendaItem:
    """Tick that the parquet has presented a situation it did not retain; raise `WrongMoment` out of a meeting."""
    item = point_for(uow, point, Action.AGENDA_ITEM_PRESENT, version)
    meeting = in_progress(uow, item)
    if item.part is not AgendaPart.NOT_RETAINED:
        raise WrongMoment("Seules les situations non retenues se présentent ; les autres s'examinent.")
    item.state = ITEM.step(item.state, PRESENT)
    situation = uow.session.get_one(Situation, item.situation_id)
    situation.presented_at = uow.now()
    uow.record(SituationPresented(Reference(meeting.reference), Reference(situation.reference)))
    return item


def begin(uow: UnitOfWork, point: str, *, version: int | None = None) -> AgendaItem:
    """Begin the examination of a situation: the parquet's answer can no longer be corrected.

    Raises `WrongMoment` while another situation of the meeting is under examination.
    """
    item = point_for(uow, point, Action.AGENDA_ITEM_EXAMINE, version)
    meeting = in_progress(uow, item)
    if item.part is AgendaPart.NOT_RETAINED:
        raise WrongMoment("Une situation non retenue se présente ; elle ne s'examine pas.")
    if any(other.state is ItemState.EXAMINING for other in items_of(uow, meeting)):
        raise WrongMoment("Décidez d'abord de la situation en cours d'examen, ou reportez-la.")
    item.state = ITEM.step(item.state, BEGIN_POINT)
    situation = _situation(uow, item)
    situation.stage = SITUATION.step(situation.stage, BEGIN)
    uow.session.add(
        Examination(
            id=new_id(), item_id=item.id, situation_id=situation.id, cell_id=situation.cell_id, begun_at=uow.now()
        )
    )
    uow.record(ExaminationBegun(Reference(meeting.reference), Reference(situation.reference)))
    return item


def admit_guest(uow: UnitOfWork, point: str, *, version: int | None = None) -> AgendaItem:
    """Record that the head of the school invited to a situation has come in: until then its point stays blank.

    Raises `WrongMoment` for a point that is not under examination, or to which nobody is invited (domain section 5).
    """
    item = point_for(uow, point, Action.AGENDA_ITEM_EXAMINE, version)
    meeting = in_progress(uow, item)
    if item.state is not ItemState.EXAMINING:
        raise WrongMoment("L'invité entre pendant l'examen de la situation qui le concerne.")
    situation = _situation(uow, item)
    if situation.guest_id is None:
        raise WrongMoment("Aucun chef d'établissement n'est invité à l'examen de cette situation.")
    examination = _examination(uow, item)
    examination.guest_entered_at = uow.now()
    examination.version += 1
    uow.record(GuestAdmitted(Reference(meeting.reference), Reference(situation.reference)))
    return item


def decide(
    uow: UnitOfWork, point: str, form: DecisionForm, *, version: int | None = None, sending: Sending | None = None
) -> AgendaItem:
    """Record the collegial decision on the situation under examination, and the seats that were held.

    Postponed, it goes on to the next agenda in preparation; followed or closed, it was examined. The same sending
    twice, when the network dropped before its answer, records once.
    """
    if made_before(uow, uow.account(), ROUTE, sending):
        return gate.fetch(uow, AgendaItem, point, to=Action.AGENDA_ITEM_READ)
    item = point_for(uow, point, Action.AGENDA_ITEM_EXAMINE, version)
    meeting = in_progress(uow, item)
    situation = _situation(uow, item)
    examination = _examination(uow, item)
    examination.decision = form.decision
    examination.decided_at = uow.now()
    examination.version += 1
    entered = () if examination.guest_entered_at is None else (Role.GUEST,)
    for role in dict.fromkeys((*form.present, *entered)):
        uow.session.add(Presence(examination_id=examination.id, cell_id=item.cell_id, role=role))
    if form.decision is Decision.POSTPONE:
        examination.postponement = form.postponement
        uow.count(Indicator.POSTPONED, situation.cell_id, form.postponement)
        _put_off(uow, meeting, item, situation)
    else:
        item.state = ITEM.step(item.state, EXAMINE)
        first = situation.decided_at is None
        situation.decided_at = uow.now()
        if first:
            uow.count(Indicator.EXAMINED, situation.cell_id)
            uow.count_delay(Indicator.EXAMINATION_DELAY, situation.cell_id, situation.received_at)
        if form.decision is Decision.CLOSE and form.closing is not None:
            examination.closing = form.closing
            _close(uow, situation, form.closing)
            uow.count(Indicator.CLOSED, situation.cell_id, form.closing)
        else:
            examination.following = form.following
            situation.stage = SITUATION.step(situation.stage, FOLLOW)
    remember(uow, uow.account(), ROUTE, sending, item.reference)
    uow.record(SituationDecided(Reference(meeting.reference), Reference(situation.reference)))
    return item


def check_attendance(uow: UnitOfWork, point: str, form: AttendanceForm, *, version: int | None = None) -> AgendaItem:
    """Record what the education seat says of school attendance, while the situation is under examination (CEN-09)."""
    item = point_for(uow, point, Action.AGENDA_ITEM_CHECK_ATTENDANCE, version)
    if item.state is not ItemState.EXAMINING:
        raise WrongMoment("L'assiduité se vérifie pendant l'examen de la situation.")
    situation = uow.session.get_one(Situation, item.situation_id)
    examination = _examination(uow, item)
    seal_into(examination, key_of(uow, examination), {"attendance": form.attendance.value})
    examination.version += 1
    uow.record(AttendanceChecked(Reference(situation.reference)))
    return item


def close_session(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Meeting:
    """Close a meeting: access is recalled, notes are destroyed, what was left goes on, authors read « traité ».

    What was under examination without a decision goes back to where it stood, and is carried like the rest.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_CLOSE, version=version)
    items = items_of(uow, meeting)
    for item in items:
        situation = _situation(uow, item)
        if item.state is ItemState.EXAMINING:
            situation.stage = SITUATION.step(situation.stage, _back(situation))
        close_research(uow, situation)
    close_meeting(uow, meeting)
    if meeting.kind is MeetingKind.ORDINARY:
        process_receipts(uow, meeting.cell_id)
    return meeting


def close_unexamined(uow: UnitOfWork, reference: str, form: ClosingForm, *, version: int | None = None) -> Situation:
    """Close a retained situation that was never examined, with its coded reason: the gap must be explainable.

    Raises `WrongMoment` for one that was examined, or that stands on an agenda: withdraw it first.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_CLOSE, version=version)
    if situation.stage is not Stage.RETAINED or situation.decided_at is not None:
        raise WrongMoment("Seule une situation retenue et jamais examinée se clôt ainsi.")
    if pending_item(uow, situation.id) is not None:
        raise WrongMoment("Cette situation est inscrite à un ordre du jour : retirez-la d'abord.")
    close_research(uow, situation)
    _close(uow, situation, form.reason)
    uow.count(Indicator.NOT_EXAMINED, situation.cell_id, form.reason)
    uow.record(ClosedUnexamined(Reference(situation.reference)))
    return situation


def point_for(uow: UnitOfWork, reference: str, action: Action, version: int | None) -> AgendaItem:
    """Give a point for a change, its meeting locked first: closing takes them in that order too."""
    seen = gate.fetch(uow, AgendaItem, reference, to=Action.AGENDA_ITEM_READ)
    uow.session.get_one(Meeting, seen.meeting_id, with_for_update=True, populate_existing=True)
    return gate.fetch(uow, AgendaItem, reference, to=action, version=version)


def in_progress(uow: UnitOfWork, item: AgendaItem) -> Meeting:
    """Give the meeting of a point already fetched; raise `WrongMoment` unless it is in progress."""
    meeting = uow.session.get_one(Meeting, item.meeting_id)
    if meeting.stage is not MeetingStage.OPEN:
        raise WrongMoment("Cette réunion n'est pas en cours.")
    return meeting


def _situation(uow: UnitOfWork, item: AgendaItem) -> Situation:
    """Give the situation of a point, locked, its version moved: who had it under the eyes is told."""
    situation = uow.session.get_one(Situation, item.situation_id, with_for_update=True, populate_existing=True)
    situation.version += 1
    return situation


def _examination(uow: UnitOfWork, item: AgendaItem) -> Examination:
    examination = examinations_of(uow, [item]).get(item.id)
    if examination is None:
        raise WrongMoment("L'examen de cette situation n'a pas commencé.")
    return examination


def _put_off(uow: UnitOfWork, meeting: Meeting, item: AgendaItem, situation: Situation) -> None:
    item.state = ITEM.step(item.state, CARRY)
    situation.stage = SITUATION.step(situation.stage, _back(situation))
    uow.session.flush()  # a situation stands on one agenda at a time
    list_next(uow, meeting, situation, item.part)


def _back(situation: Situation) -> str:
    return POSTPONE if situation.decided_at is None else RESUME


def _close(uow: UnitOfWork, situation: Situation, reason: ClosingReason) -> None:
    situation.stage = SITUATION.step(situation.stage, CLOSE)
    situation.closed_at = uow.now()
    situation.closing_reason = reason
