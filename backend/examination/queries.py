"""What is read of a meeting in progress: the points, the situation under the eyes, what was decided."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem, Meeting
from backend.agenda.queries.rows import items_of, situations_by_id
from backend.agenda.states import CLOSE, MEETING, OPEN
from backend.authorization import gate
from backend.authorization.vault import Purpose, open_rows
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.charters.queries import charter_of
from backend.examination.models import Examination, Presence
from backend.examination.views import (
    AttendanceView,
    ClosingView,
    PointView,
    ProjectionView,
    RecordView,
    SessionView,
    choices_view,
    decided_words,
)
from backend.signalements.queries.content import content_view, situation_views
from backend.signalements.views.intake import choices
from backend.situations.models import Situation
from backend.web.pages import french_day, french_instant
from policies.access import Action
from policies.examination_words import UNEXAMINED, AttendanceCheck
from policies.meeting_words import AgendaPart, ItemState
from policies.vocabulary import ClosingReason, Role


def examinations_of(uow: UnitOfWork, items: Sequence[AgendaItem]) -> dict[UUID, Examination]:
    """Give the examinations of some points already fetched, by point."""
    wanted = sorted(item.id for item in items)
    statement = sa.select(Examination).where(col(Examination.item_id).in_(wanted))
    return {row.item_id: row for row in uow.session.scalars(statement)}


def seats_held(uow: UnitOfWork, examinations: Collection[Examination]) -> dict[UUID, tuple[Role, ...]]:
    """Give the seats held during some examinations already fetched, by examination, in one query."""
    wanted = sorted(examination.id for examination in examinations)
    statement = sa.select(Presence).where(col(Presence.examination_id).in_(wanted)).order_by(col(Presence.role))
    held: dict[UUID, tuple[Role, ...]] = {}
    for row in uow.session.scalars(statement):
        held[row.examination_id] = (*held.get(row.examination_id, ()), row.role)
    return held


def session_view(uow: UnitOfWork, reference: str) -> SessionView:
    """Show a meeting to who conducts it: its points by reference, and the one situation under examination in full.

    Raises `Forbidden` for a member who does not conduct it.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    gate.require(uow, meeting, Action.MEETING_OPEN)
    items = items_of(uow, meeting)
    points = _points(uow, items)
    current = next((item for item in items if item.state is ItemState.EXAMINING), None)
    situation = None if current is None else uow.session.get_one(Situation, current.situation_id)
    awaited = current is not None and situation is not None and _guest_awaited(uow, current, situation)
    return SessionView(
        reference=meeting.reference,
        version=meeting.version,
        cell=cell_of(uow, meeting.cell_id).name,
        when=french_instant(meeting.starts_at),
        stage=meeting.stage,
        can_open=MEETING.allows(meeting.stage, OPEN),
        can_close=MEETING.allows(meeting.stage, CLOSE),
        points=points,
        current=next((point for point in points if point.state is ItemState.EXAMINING), None),
        content=None if situation is None else content_view(uow, situation),
        attendance=None if current is None or situation is None else _attendance(uow, current, situation),
        guest_awaited=awaited,
        choices=choices_view(_seats(situation) if situation is not None else ()),
    )


def presented_view(uow: UnitOfWork, reference: str) -> tuple[str, tuple[PointView, ...]]:
    """Show the parquet what it presents at a meeting, names included, on its own screen."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    items = [item for item in items_of(uow, meeting) if item.part is AgendaPart.NOT_RETAINED]
    for item in items:
        gate.require(uow, item, Action.AGENDA_ITEM_PRESENT)
    situations = situations_by_id(uow, items)
    names = {view.reference: view.minor.name for view in situation_views(uow, list(situations.values()))}
    return meeting.reference, tuple(
        PointView(
            item.reference,
            item.version,
            situations[item.situation_id].reference,
            item.part,
            item.state,
            names[situations[item.situation_id].reference],
            None,
        )
        for item in items
    )


def projection_view(uow: UnitOfWork, reference: str) -> ProjectionView:
    """Give what may be projected to the table: reference, age and motives of the situation under examination.

    Nothing between two situations, nor while an invited guest is not in (domain.md section 5).
    """
    session = session_view(uow, reference)
    if session.content is None or session.guest_awaited:
        return ProjectionView(session.reference, None, None, None, (), session.guest_awaited)
    motives = [item.motive for row in session.content.signalements for item in row.motives]
    minor = session.content.situation.minor
    shown = tuple(dict.fromkeys(motives))
    return ProjectionView(
        session.reference, session.content.situation.reference, minor.age, minor.name, shown, guest_awaited=False
    )


def record_view(uow: UnitOfWork, meeting: Meeting) -> RecordView:
    """Give the record of decisions of a meeting already fetched: references only (domain.md section 5).

    Raises `Forbidden` for a member who does not conduct it.
    """
    gate.require(uow, meeting, Action.MEETING_CLOSE)
    points = _points(uow, items_of(uow, meeting))
    closed_on = None if meeting.closed_at is None else french_day(meeting.closed_at)
    return RecordView(
        meeting.reference, cell_of(uow, meeting.cell_id).name, french_instant(meeting.starts_at), closed_on, points
    )


def attendance_awaited(uow: UnitOfWork) -> Sequence[tuple[AgendaItem, Situation]]:
    """Give the situations under examination of which the education seat has not said whether the minor attends."""
    statement = gate.readable(uow, AgendaItem).where(col(AgendaItem.state) == ItemState.EXAMINING)
    items = [
        item for item in uow.session.scalars(statement) if gate.permits(uow, item, Action.AGENDA_ITEM_CHECK_ATTENDANCE)
    ]
    done = {key for key, row in examinations_of(uow, items).items() if row.attendance is not None}
    situations = situations_by_id(uow, items)
    return [(item, situations[item.situation_id]) for item in items if item.id not in done]


def attendance_view(uow: UnitOfWork) -> tuple[AttendanceView, ...]:
    """Show the education seat the points whose attendance is awaited, by reference."""
    answers = choices(AttendanceCheck)
    return tuple(
        AttendanceView(item.reference, item.version, situation.reference, answers)
        for item, situation in attendance_awaited(uow)
    )


def closing_view(uow: UnitOfWork, reference: str) -> ClosingView:
    """Show what closing a retained situation without an examination asks."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_CLOSE)
    reasons = tuple((reason.value, reason.label) for reason in ClosingReason if reason in UNEXAMINED)
    return ClosingView(situation.reference, situation.version, reasons)


def _points(uow: UnitOfWork, items: Sequence[AgendaItem]) -> tuple[PointView, ...]:
    situations, examinations = situations_by_id(uow, items), examinations_of(uow, items)
    seats = seats_held(uow, examinations.values())
    points = []
    for item in items:
        examination = examinations.get(item.id)
        decided = None if examination is None else decided_words(examination, seats.get(examination.id, ()))
        reference = situations[item.situation_id].reference
        points.append(PointView(item.reference, item.version, reference, item.part, item.state, None, decided))
    return tuple(points)


def _attendance(uow: UnitOfWork, item: AgendaItem, situation: Situation) -> str | None:
    row = examinations_of(uow, [item]).get(item.id)
    if row is None or row.attendance is None:
        return None
    opened = open_rows(uow, [row], ["attendance"], Purpose.READ, [situation.reference])[row.id]
    return AttendanceCheck.of(str(opened["attendance"])).label


def _guest_awaited(uow: UnitOfWork, item: AgendaItem, situation: Situation) -> bool:
    row = examinations_of(uow, [item]).get(item.id)
    return situation.guest_id is not None and row is not None and row.guest_entered_at is None


def _seats(situation: Situation) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(seat.role for seat in charter_of(situation.charter_version).rules.composition.seats))
