"""How a meeting in progress is shown: to who conducts it, to the table, and afterwards by reference only."""

from dataclasses import dataclass

from backend.examination.models import Examination
from backend.signalements.views.content import ContentView
from backend.signalements.views.intake import Options, choices
from policies.examination_words import Decision, FollowingReason, PostponementReason
from policies.meeting_words import AgendaPart, ItemState, MeetingStage
from policies.vocabulary import UNDECIDED, ClosingReason, Motive, Role


@dataclass(frozen=True, slots=True)
class DecidedView:
    """What was decided on a point, and which seats were held."""

    decision: Decision
    reason: str
    seats: tuple[Role, ...]
    parquet_absent: bool


@dataclass(frozen=True, slots=True)
class PointView:
    """A point of the agenda; `name` is for the parquet's own screen alone."""

    reference: str
    version: int
    situation: str
    part: AgendaPart
    state: ItemState
    name: str | None
    decided: DecidedView | None


@dataclass(frozen=True, slots=True)
class ChoicesView:
    """The closed lists from which a decision is made."""

    decisions: Options
    following: Options
    closing: Options
    postponement: Options
    seats: Options


@dataclass(frozen=True, slots=True)
class SessionView:
    """A meeting for who conducts it: one situation at a time."""

    reference: str
    version: int
    cell: str
    when: str
    stage: MeetingStage
    can_open: bool
    can_close: bool
    points: tuple[PointView, ...]
    current: PointView | None
    content: ContentView | None
    attendance: str | None
    guest_awaited: bool
    choices: ChoicesView


@dataclass(frozen=True, slots=True)
class ProjectionView:
    """What may be projected; nothing between two situations, nor while a guest is awaited.

    `name` is drawn hidden, and shown while a key is held.
    """

    meeting: str
    situation: str | None
    age: str | None
    name: str | None
    motives: tuple[Motive, ...]
    guest_awaited: bool


@dataclass(frozen=True, slots=True)
class RecordView:
    """The record of decisions: references only, frozen once the meeting is closed."""

    reference: str
    cell: str
    when: str
    closed_on: str | None
    points: tuple[PointView, ...]


@dataclass(frozen=True, slots=True)
class AttendanceView:
    """A point of which the education seat says whether the minor attends school."""

    reference: str
    version: int
    situation: str
    choices: Options


@dataclass(frozen=True, slots=True)
class ClosingView:
    """A retained situation to close without an examination."""

    reference: str
    version: int
    reasons: Options


def choices_view(seats: tuple[Role, ...]) -> ChoicesView:
    """Give the closed lists, with the seats that the charter names."""
    named = tuple((role.value, role.label) for role in seats)
    closing = tuple((reason.value, reason.label) for reason in ClosingReason if reason not in UNDECIDED)
    return ChoicesView(choices(Decision), choices(FollowingReason), closing, choices(PostponementReason), named)


def decided_words(row: Examination, seats: tuple[Role, ...]) -> DecidedView | None:
    """Show a decision with its reason; nothing before it is made."""
    reason = row.following or row.closing or row.postponement
    if row.decision is None or reason is None:
        return None
    return DecidedView(row.decision, reason.label, seats, Role.PARQUET not in seats)
