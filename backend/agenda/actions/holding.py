"""Open and close a meeting: no page calls these, the examination composes them (domain.md section 3, step 4)."""

from backend.agenda.actions.preparing import keep_reason, list_next
from backend.agenda.events import MeetingClosed, MeetingOpened
from backend.agenda.models import Meeting
from backend.agenda.queries.rows import items_of
from backend.agenda.states import CARRY, CLOSE, ITEM, MEETING, OPEN
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.clock import paris_day
from backend.kernel.errors import WrongMoment
from backend.situations.models import Situation
from backend.web.pages import french_day
from policies.access import Action
from policies.indicator_words import Indicator
from policies.meeting_words import PENDING, CarryReason, MeetingKind, Quarter


def open_meeting(uow: UnitOfWork, reference: str, version: int | None) -> Meeting:
    """Open a meeting that was convened, on its day only: its agenda no longer changes.

    Raises `WrongMoment` on any other day, and before it is convened.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_OPEN, version=version)
    stage = MEETING.step(meeting.stage, OPEN)
    day = paris_day(meeting.starts_at)
    if day != uow.today():
        raise WrongMoment(f"Cette réunion s'ouvre le {french_day(day)}, pas un autre jour.")
    meeting.stage = stage
    meeting.opened_at = uow.now()
    uow.record(MeetingOpened(Reference(meeting.reference)))
    return meeting


def close_meeting(uow: UnitOfWork, meeting: Meeting) -> Meeting:
    """Close a meeting already fetched for it; what was neither presented nor examined is carried to the next one."""
    gate.require(uow, meeting, Action.MEETING_CLOSE)
    meeting.stage = MEETING.step(meeting.stage, CLOSE)
    meeting.closed_at = uow.now()
    left = [item for item in items_of(uow, meeting) if item.state in PENDING]
    for item in left:
        item.state = ITEM.step(item.state, CARRY)
    uow.session.flush()  # a situation stands on one agenda at a time
    for item in left:
        situation = uow.session.get_one(Situation, item.situation_id)
        keep_reason(uow, meeting, situation, CarryReason.NOT_REACHED)
        list_next(uow, meeting, situation, item.part)
    day = paris_day(meeting.starts_at)
    if meeting.kind is MeetingKind.ORDINARY:
        uow.count(Indicator.MEETING_HELD, meeting.cell_id, Quarter.holding(day), on=day)
    else:
        uow.count(Indicator.EMERGENCY_HELD, meeting.cell_id, on=day)
    uow.record(MeetingClosed(Reference(meeting.reference), len(left)))
    return meeting
