"""How meetings and agendas are shown: frozen, in French; a name only where it is disclosed to who reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from backend.agenda.models import AgendaItem, Meeting
from backend.kernel.clock import paris_day
from backend.web.pages import french_instant
from policies.charter_words import EventLink, Gravity
from policies.days_off import remarks
from policies.meeting_words import AgendaPart, AvailabilityAnswer, ItemState, MeetingKind, MeetingStage, Quarter
from policies.territories import ARRONDISSEMENTS, Quartier, quartiers


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in a list."""

    reference: str
    version: int
    cell: str
    kind: MeetingKind
    stage: MeetingStage
    starts_at: datetime
    day: date
    when: str
    place: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """The event that triggers an emergency meeting, and when the town hall agreed."""

    kind: Gravity
    on: date
    quartier: str
    agreed_on: date | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """A point of the agenda: always a reference, a name only for who reads the situation."""

    reference: str
    situation: str
    name: str | None
    link: EventLink | None
    state: ItemState
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the agenda; `count` alone is known to who may not read its points, and only once the meeting opened."""

    part: AgendaPart
    items: tuple[ItemView, ...]
    count: int | None


@dataclass(frozen=True, slots=True)
class DateView:
    """A date proposed: the person's own answer, and every answer for the coordinator."""

    reference: str
    when: str
    remarks: tuple[str, ...]
    own: AvailabilityAnswer | None
    answers: tuple[tuple[AvailabilityAnswer, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting, its agenda, the dates proposed, and what the person may do now."""

    line: MeetingLine
    event: EventView | None
    sitting: tuple[str, ...]
    parts: tuple[PartView, ...]
    dates: tuple[DateView, ...]
    earliest: date | None
    answered: bool
    nominative: bool
    acts: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListView:
    """The meetings of a person's cells: what is to do, to come, past."""

    to_do: tuple[tuple[str, str], ...]
    coming: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    coordinates: bool


@dataclass(frozen=True, slots=True)
class QuarterView:
    """A quarter of a year's calendar, and its meetings."""

    quarter: Quarter
    meetings: tuple[MeetingLine, ...]


@dataclass(frozen=True, slots=True)
class CalendarView:
    """The calendar of a year, cell by cell, and the years beside it that have one."""

    year: int
    previous: int | None
    following: int | None
    cells: tuple[tuple[str, str, tuple[QuarterView, ...]], ...]
    coordinates: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """A form about a meeting or a calendar: what its lists offer, what was typed."""

    line: MeetingLine | None
    options: Mapping[str, tuple[tuple[str, str], ...]]
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """A point to take off an agenda: its meeting, its situation, the reasons to choose among."""

    line: MeetingLine
    item: str
    situation: str
    reasons: tuple[tuple[str, str], ...]


def meeting_line(meeting: Meeting, cell: str) -> MeetingLine:
    """Show a meeting in a list, with what is known against its day while it may still change."""
    day = paris_day(meeting.starts_at)
    return MeetingLine(
        reference=meeting.reference,
        version=meeting.version,
        cell=cell,
        kind=meeting.kind,
        stage=meeting.stage,
        starts_at=meeting.starts_at,
        day=day,
        when=french_instant(meeting.starts_at),
        place=meeting.place,
        remarks=remarks(day) if meeting.stage in {MeetingStage.PLANNED, MeetingStage.CONVENED} else (),
    )


def event_view(meeting: Meeting) -> EventView | None:
    """Show the event of an emergency meeting, or None."""
    if meeting.event_kind is None or meeting.event_on is None or meeting.event_quartier is None:
        return None
    agreed = None if meeting.agreed_at is None else paris_day(meeting.agreed_at)
    return EventView(meeting.event_kind, meeting.event_on, quartier_name(meeting.event_quartier), agreed)


def item_view(item: AgendaItem, situation: str, name: str | None, *, first: bool, last: bool) -> ItemView:
    """Show a point of an agenda."""
    return ItemView(item.reference, situation, name, item.link, item.state, first, last)


def quartier_name(number: int) -> str:
    """Give the name of a quartier of Paris by its number."""
    return next(place.name for place in all_quartiers() if place.number == number)


def all_quartiers() -> tuple[Quartier, ...]:
    """Give the eighty quartiers of Paris, by number."""
    return tuple(place for number in range(1, ARRONDISSEMENTS + 1) for place in quartiers(number))
