"""Meetings and agendas as people read them: rows through the gate, names only of situations that the person reads."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col

from backend.agenda.events import AgendaShown
from backend.agenda.models import AgendaItem, Availability, Meeting, MeetingDate
from backend.agenda.queries.rows import dates_of, items_of, of_sitting, own_answers, situations_by_id
from backend.agenda.states import CANCEL, CLOSE, CONVENE, MEETING, MOVE, OPEN, PREPARE, PROPOSE
from backend.agenda.views import (
    CalendarView,
    DateView,
    FormView,
    ListView,
    MeetingLine,
    MeetingView,
    PartView,
    QuarterView,
    WithdrawalView,
    all_quartiers,
    event_view,
    item_view,
    meeting_line,
)
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Purpose
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of, cells_of
from backend.charters.queries import charter_of
from backend.kernel.clock import paris_day
from backend.kernel.errors import NotFound
from backend.members.queries.people import author_of
from backend.situations.models import Situation
from backend.situations.queries import open_people
from backend.situations.views import minor_view
from backend.web.pages import french_instant
from policies.access import MEMBERS, Action
from policies.charter_words import EventLink, Gravity
from policies.days_off import remarks
from policies.meeting_words import (
    CHOSEN,
    IN_PREPARATION,
    AgendaPart,
    AvailabilityAnswer,
    CarryReason,
    MeetingKind,
    MeetingStage,
    Quarter,
)
from policies.months import add_months
from policies.vocabulary import SEATS, Role, Stage

PAST = 20
"""Past meetings that the list shows."""

YEARS_AHEAD = 2
"""Years after the present one that the calendar shows."""

PRESENTING = frozenset({MeetingStage.CONVENED, MeetingStage.OPEN})
"""Stages in which the parquet prepares or makes its presentation."""

NAMED = SEATS | {Role.COORDINATOR, Role.PARQUET}
"""Who may read names on an agenda, as far as each situation is disclosed: the CST reads references only."""

_ACTS = {
    "prepare": (PREPARE, Action.MEETING_PREPARE),
    "propose": (PROPOSE, Action.MEETING_PROPOSE),
    "convene": (CONVENE, Action.MEETING_CONVENE),
    "move": (MOVE, Action.MEETING_MOVE),
    "cancel": (CANCEL, Action.MEETING_CANCEL),
    "open": (OPEN, Action.MEETING_OPEN),
    "close": (CLOSE, Action.MEETING_CLOSE),
}
"""What a page offers: the verb that must be possible now, the action that must be the person's."""


def meetings_list(uow: UnitOfWork) -> ListView:
    """Give the meetings of the person's cells, and what each role has to do about them."""
    rows = _readable(uow)
    coming = [row for row in rows if row.stage in IN_PREPARATION or row.stage is MeetingStage.OPEN]
    past = [row for row in reversed(rows) if row not in coming][:PAST]
    return ListView(
        to_do=awaited(uow),
        coming=tuple(_line(uow, row) for row in coming),
        past=tuple(_line(uow, row) for row in past),
        coordinates=uow.actor.holds_anywhere({Role.COORDINATOR}),
    )


def calendar(uow: UnitOfWork, asked: int | None) -> CalendarView:
    """Give the meetings of a year, quarter by quarter, in each of the person's cells.

    From the year of their first meeting to the one after next; any other year asked for gives the present one.
    """
    everything = _readable(uow)
    present = uow.today().year
    first = min([present, *(paris_day(row.starts_at).year for row in everything)])
    last = present + YEARS_AHEAD
    year = asked if asked is not None and first <= asked <= last else present
    rows = [row for row in everything if paris_day(row.starts_at).year == year]
    own = uow.actor.cells(MEMBERS)
    cells = []
    for cell in (cell for cell in cells_of(uow) if cell.id in own):
        held = [row for row in rows if row.cell_id == cell.id]
        quarters = tuple(
            QuarterView(
                quarter, tuple(_line(uow, row) for row in held if Quarter.holding(paris_day(row.starts_at)) is quarter)
            )
            for quarter in Quarter
        )
        cells.append((cell.reference, cell.name, quarters))
    return CalendarView(
        year=year,
        previous=year - 1 if year > first else None,
        following=year + 1 if year < last else None,
        cells=tuple(cells),
        coordinates=uow.actor.holds_anywhere({Role.COORDINATOR}),
    )


def meeting_view(uow: UnitOfWork, meeting: Meeting, *, named: bool = True) -> MeetingView:
    """Give the sheet of a meeting already fetched; each display of names is journalled, documents ask for none."""
    acts = {name for name, (verb, action) in _ACTS.items() if _offered(uow, meeting, verb, action)}
    emergency = meeting.kind is MeetingKind.EMERGENCY
    if emergency and meeting.agreed_at is None and meeting.stage is MeetingStage.PLANNED:
        acts.discard("convene")
        if gate.permits(uow, meeting, Action.MEETING_AGREE):
            acts.add("agree")
    if meeting.stage in PRESENTING and any(
        gate.permits(uow, item, Action.AGENDA_ITEM_PRESENT) for item in _aside(uow, meeting)
    ):
        acts.add("present")
    parts, nominative = _parts(uow, meeting, named=named)
    dates = _dates(uow, meeting)
    return MeetingView(
        line=_line(uow, meeting),
        event=event_view(meeting),
        sitting=tuple(cell_of(uow, row.cell_id).name for row in of_sitting(uow, meeting)),
        parts=parts,
        dates=dates,
        earliest=None if emergency or "convene" not in acts else _earliest(uow, meeting),
        answered=all(row.own is not None for row in dates),
        nominative=nominative,
        acts=frozenset(acts),
    )


def form_view(uow: UnitOfWork, meeting: Meeting | None, typed: Mapping[str, object]) -> FormView:
    """Give what a form about meetings offers: the person's cells, quartiers, events, situations to list."""
    own = uow.actor.cells({Role.COORDINATOR})
    options: dict[str, tuple[tuple[str, str], ...]] = {
        "cells": tuple((cell.reference, cell.name) for cell in cells_of(uow) if cell.id in own),
        "gravity": tuple((word.value, word.label) for word in Gravity),
        "quartiers": tuple((str(place.number), f"{place.number}. {place.name}") for place in all_quartiers()),
        "links": tuple((word.value, word.label) for word in EventLink),
        "answers": tuple((word.value, word.label) for word in AvailabilityAnswer),
        "situations": () if meeting is None else _listable(uow, meeting),
    }
    return FormView(None if meeting is None else _line(uow, meeting), options, typed)


def withdrawal_view(uow: UnitOfWork, reference: str, item: str) -> WithdrawalView:
    """Give what taking a point off an agenda asks; raises `NotFound` for a point of another meeting."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    gate.require(uow, meeting, Action.MEETING_PREPARE)
    row = gate.fetch(uow, AgendaItem, item, to=Action.AGENDA_ITEM_READ)
    if row.meeting_id != meeting.id:
        raise NotFound
    return WithdrawalView(
        line=_line(uow, meeting),
        item=row.reference,
        situation=situations_by_id(uow, [row])[row.situation_id].reference,
        reasons=tuple((reason.value, reason.label) for reason in CarryReason if reason in CHOSEN),
    )


def awaited(uow: UnitOfWork) -> tuple[tuple[str, str], ...]:
    """Say what awaits the person about meetings, with where to go: what boards and the list show first."""
    found: list[tuple[str, str]] = []
    for row in _readable(uow):
        address = f"/reunions/{row.reference}"
        when = french_instant(row.starts_at)
        if row.stage is not MeetingStage.PLANNED:
            continue
        if row.kind is MeetingKind.EMERGENCY and row.agreed_at is None:
            if gate.permits(uow, row, Action.MEETING_AGREE):
                found.append((f"Votre accord est attendu pour la réunion d'urgence du {when}.", address))
            continue
        if gate.permits(uow, row, Action.MEETING_CONVENE) and _soon(uow, row):
            found.append((f"Réunion du {when} à convoquer.", address))
        dates = dates_of(uow, row)
        if dates and len(own_answers(uow, dates, uow.account())) < len(dates):
            found.append((f"Vos disponibilités sont attendues pour la réunion du {when}.", f"{address}/disponibilites"))
    return tuple(found)


def next_meeting(uow: UnitOfWork) -> MeetingLine | None:
    """Give the next meeting to which the person is convened, today's and the one in progress included, or None."""
    held = {MeetingStage.CONVENED, MeetingStage.OPEN}
    rows = [row for row in _readable(uow) if row.stage in held and paris_day(row.starts_at) >= uow.today()]
    return _line(uow, rows[0]) if rows else None


def _aside(uow: UnitOfWork, meeting: Meeting) -> list[AgendaItem]:
    return [item for item in items_of(uow, meeting) if item.part is AgendaPart.NOT_RETAINED]


def _readable(uow: UnitOfWork) -> Sequence[Meeting]:
    statement = gate.readable(uow, Meeting).order_by(col(Meeting.starts_at), col(Meeting.id))
    return uow.session.scalars(statement).all()


def _line(uow: UnitOfWork, meeting: Meeting) -> MeetingLine:
    return meeting_line(meeting, cell_of(uow, meeting.cell_id).name)


def _offered(uow: UnitOfWork, meeting: Meeting, verb: str, action: Action) -> bool:
    return MEETING.allows(meeting.stage, verb) and gate.permits(uow, meeting, action)


def _soon(uow: UnitOfWork, meeting: Meeting) -> bool:
    """Tell whether a meeting must be convened within a month, or its day would no longer do."""
    return add_months(_earliest(uow, meeting), 1) >= paris_day(meeting.starts_at)


def _earliest(uow: UnitOfWork, meeting: Meeting) -> date:
    rules = charter_of(cell_of(uow, meeting.cell_id).charter_version).rules
    return add_months(uow.today(), rules.convening_delay.months)


def _parts(uow: UnitOfWork, meeting: Meeting, *, named: bool) -> tuple[tuple[PartView, ...], bool]:
    """Give the three parts; what is not read is not listed: part 1 is a count for others, once the meeting opened."""
    everything = items_of(uow, meeting)
    shown = [item for item in everything if gate.permits(uow, item, Action.AGENDA_ITEM_READ)]
    references = situations_by_id(uow, shown)
    names = _names(uow, shown) if named and uow.actor.roles_in(meeting.cell_id) & NAMED else {}
    if names:
        uow.record(AgendaShown(Reference(meeting.reference)))
    reads_first = bool(uow.actor.roles_in(meeting.cell_id) & {Role.COORDINATOR, Role.PARQUET})
    views = []
    for part in AgendaPart:
        items = [item for item in shown if item.part is part]
        hidden = part is AgendaPart.NOT_RETAINED and not reads_first
        if hidden and meeting.stage in IN_PREPARATION:
            continue
        number = sum(item.part is part for item in everything)
        listed = tuple(
            item_view(
                item,
                references[item.situation_id].reference,
                names.get(item.situation_id),
                first=place == 0,
                last=place == len(items) - 1,
            )
            for place, item in enumerate(items)
        )
        views.append(PartView(part, listed, number if hidden else None))
    return tuple(views), bool(names)


def _names(uow: UnitOfWork, items: Sequence[AgendaItem]) -> dict[UUID, str]:
    """Give the names of the situations that the person may read: what is not disclosed is not opened."""
    if not items:
        return {}
    wanted = sorted({item.situation_id for item in items})
    statement = gate.readable(uow, Situation).where(col(Situation.id).in_(wanted))
    situations = uow.session.scalars(statement).all()
    today = uow.today()
    people = open_people(uow, situations, Purpose.LIST) if situations else {}
    return {key: minor.name for key, values in people.items() if (minor := minor_view(values, today)).last_name}


def _dates(uow: UnitOfWork, meeting: Meeting) -> tuple[DateView, ...]:
    rows = dates_of(uow, meeting)
    if not rows:
        return ()
    mine = own_answers(uow, rows, uow.account())
    return tuple(
        DateView(
            reference=row.reference,
            when=french_instant(row.starts_at),
            remarks=remarks(paris_day(row.starts_at)),
            own=mine[row.id].answer if row.id in mine else None,
            answers=_answers(uow, row) if gate.permits(uow, meeting, Action.MEETING_SET_DATE) else (),
        )
        for row in rows
    )


def _answers(uow: UnitOfWork, row: MeetingDate) -> tuple[tuple[AvailabilityAnswer, tuple[str, ...]], ...]:
    statement = gate.readable(uow, Availability).where(col(Availability.date_id) == row.id)
    given = uow.session.scalars(statement).all()
    return tuple(
        (word, tuple(sorted(author_of(uow, each.account_id).name for each in given if each.answer is word)))
        for word in AvailabilityAnswer
    )


def _listable(uow: UnitOfWork, meeting: Meeting) -> tuple[tuple[str, str], ...]:
    statement = gate.readable(uow, Situation).where(
        col(Situation.cell_id) == meeting.cell_id,
        col(Situation.stage).in_(sorted({Stage.RETAINED, Stage.NOT_RETAINED})),
    )
    rows = uow.session.scalars(statement.order_by(col(Situation.received_at), col(Situation.id))).all()
    here = {item.situation_id for item in items_of(uow, meeting)}
    return tuple((row.reference, f"{row.reference} ({row.stage.label})") for row in rows if row.id not in here)
