"""Convene a meeting, move it, cancel it: each change reaches the diaries of the members (domain.md section 5; CEN-46).

A member's entry keeps its UID; moving and cancelling raise its SEQUENCE (RFC 5546).
"""

from datetime import date

from backend.agenda.actions.letters import tell_members
from backend.agenda.actions.planning import forget_dates, require_calendar, require_future
from backend.agenda.actions.preparing import carry_on, drop_too_recent
from backend.agenda.events import MeetingCancelled, MeetingConvened, MeetingMoved
from backend.agenda.forms import MoveForm
from backend.agenda.models import Meeting
from backend.agenda.queries.rows import items_of, of_sitting
from backend.agenda.states import CANCEL, CONVENE, MEETING, MOVE
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.charters.queries import charter_of
from backend.documents.calendar import Method
from backend.kernel.clock import paris_day, paris_instant
from backend.kernel.errors import CharterRefusal
from backend.web.pages import french_day
from policies.access import Action
from policies.charter_rules import Rules
from policies.meeting_words import CarryReason, MeetingKind
from policies.months import add_months


def convene(uow: UnitOfWork, reference: str, version: int | None) -> Meeting:
    """Convene the members, by e-mail and with an entry for their diary.

    Raises `CharterRefusal` when the delay between convening and meeting is too short, or when an emergency meeting
    lacks the agreement of the town hall; `InvalidInput` for a date that is past.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_CONVENE, version=version)
    stage = MEETING.step(meeting.stage, CONVENE)
    require_future(uow, meeting.starts_at, "")
    _require_agreement(uow, meeting)
    _require_notice(uow, meeting, uow.today())
    meeting.stage = stage
    meeting.convened_at = uow.now()
    forget_dates(uow, meeting)
    members = tell_members(uow, meeting, "meeting_convocation", method=Method.REQUEST)
    uow.record(MeetingConvened(Reference(meeting.reference), members))
    return meeting


def move(uow: UnitOfWork, reference: str, version: int | None, form: MoveForm) -> Meeting:
    """Move a meeting, and with it those of the other cells of the same sitting, all or none.

    The delay still counts from the day on which the members were convened. What the agenda could no longer examine on
    an earlier day is carried. Raises as `convene`, and `Forbidden` when another cell of the sitting is not the
    person's.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_MOVE, version=version)
    together = [row.reference for row in of_sitting(uow, meeting)]
    others = gate.fetch_all(uow, Meeting, together, to=Action.MEETING_MOVE) if together else []
    instant = paris_instant(form.day, form.hour)
    require_future(uow, instant, "day")
    for moved in (meeting, *others):
        moved.stage = MEETING.step(moved.stage, MOVE)
        require_calendar(uow, moved, form.day)
        moved.starts_at, moved.place = instant, form.place
        if moved.convened_at is not None:
            _require_notice(uow, moved, paris_day(moved.convened_at))
            moved.sequence += 1
            tell_members(uow, moved, "meeting_moved", method=Method.REQUEST)
        drop_too_recent(uow, moved)
        uow.record(MeetingMoved(Reference(moved.reference), moved.sequence))
    return meeting


def cancel(uow: UnitOfWork, reference: str, version: int | None) -> Meeting:
    """Cancel a meeting; what its agenda listed goes on to the next one, and who was convened is told."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_CANCEL, version=version)
    meeting.stage = MEETING.step(meeting.stage, CANCEL)
    forget_dates(uow, meeting)
    for item in items_of(uow, meeting):
        carry_on(uow, meeting, item, CarryReason.MEETING_CANCELLED)
    if meeting.convened_at is not None:
        meeting.sequence += 1
        tell_members(uow, meeting, "meeting_cancelled", method=Method.CANCEL)
    uow.record(MeetingCancelled(Reference(meeting.reference), meeting.sequence))
    return meeting


def _require_notice(uow: UnitOfWork, meeting: Meeting, convened: date) -> None:
    months, statement, origin = _notice(_rules(uow, meeting), meeting)
    earliest = add_months(convened, months)
    if paris_day(meeting.starts_at) < earliest:
        raise CharterRefusal(f"{statement} Au plus tôt : le {french_day(earliest)}.", origin)


def _notice(rules: Rules, meeting: Meeting) -> tuple[int, str, str]:
    rule = rules.convening_delay
    if meeting.kind is MeetingKind.EMERGENCY and rules.emergency is not None:
        return rules.emergency.months, rules.emergency.statement, rules.emergency.origin
    return rule.months, rule.statement, rule.origin


def _require_agreement(uow: UnitOfWork, meeting: Meeting) -> None:
    rule = _rules(uow, meeting).emergency_agreement
    if meeting.kind is MeetingKind.EMERGENCY and rule is not None and meeting.agreed_at is None:
        raise CharterRefusal(f"{rule.statement} L'accord n'est pas encore enregistré.", rule.origin)


def _rules(uow: UnitOfWork, meeting: Meeting) -> Rules:
    return charter_of(cell_of(uow, meeting.cell_id).charter_version).rules
