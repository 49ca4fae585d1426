"""What the boards show: what awaits each role with its deadline, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from backend.examination.views import RecordView, SessionView
from backend.feedback.views import FeedbackView
from backend.members.views import AccountLine, HabilitationLine
from backend.orientations.views import FamilyView, OrientationView, PanelView, TransmissionView
from backend.oversight.views import LookersView
from backend.parquet.views import AnswerView
from backend.purge.views import RetentionView
from backend.research.views import SeatView
from backend.signalements.views.content import ContentView
from backend.situations.views import ExitView, SituationView
from policies.orientation_words import Destination
from policies.vocabulary import Stage

STEPS = ("Signalement", "Filtre du parquet", "Recherche préalable", "Réunion", "Transmission", "Retour")
"""The six steps of the charter (domain.md section 3)."""


@dataclass(frozen=True, slots=True)
class TaskView:
    """Something that awaits the person: how many, the nearest deadline in words, where to go."""

    title: str
    text: str
    href: str
    deadline: str | None = None
    deadline_day: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class HomeView:
    """The first page of a person: what to do, and what keeps a habilitation from being in force."""

    greeting: str
    tasks: tuple[TaskView, ...]
    lacking: tuple[str, ...]
    may_submit: bool


@dataclass(frozen=True, slots=True)
class BatchView:
    """What may be done to the ticked situations of a list: where it goes, its button, who will read them."""

    action: str
    button: str
    consequence: str


@dataclass(frozen=True, slots=True)
class ListView:
    """A page of situations: one group, ready to act on; the groups that await the coordinator, and the others."""

    title: str
    about: str
    group: str
    awaited: tuple[tuple[str, str, bool], ...]
    others: tuple[tuple[str, str, bool], ...]
    rows: tuple[SituationView, ...]
    batch: BatchView | None
    following: str | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """The sheet of a situation: where it stands, its content, what may be done now."""

    content: ContentView
    step: int
    answers: tuple[AnswerView, ...]
    exits: tuple[ExitView, ...]
    exits_to_read: bool
    acts: tuple[tuple[str, str], ...]
    primary: tuple[str, str] | None
    seats: tuple[SeatView, ...]
    can_answer: bool
    answer_choices: tuple[tuple[str, str, str], ...]
    limited_since: datetime | None
    retention: RetentionView | None
    lookers: LookersView | None


@dataclass(frozen=True, slots=True)
class SessionBoardView:
    """A meeting in progress: the examination, the orientations of the situation under the eyes, what came back."""

    session: SessionView
    panel: PanelView | None
    sitting: bool
    feedback: Mapping[str, FeedbackView]
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RecordBoardView:
    """The record of decisions, with the orientations of each point by its reference: frozen once the meeting closes."""

    record: RecordView
    orientations: Mapping[str, tuple[Destination, ...]]


@dataclass(frozen=True, slots=True)
class SupportView:
    """What follows a meeting for one situation: `feedback` is by reference of its transmission."""

    reference: str
    stage: Stage
    family: FamilyView
    orientations: tuple[OrientationView, ...]
    direct: tuple[TransmissionView, ...]
    feedback: Mapping[str, FeedbackView]


@dataclass(frozen=True, slots=True)
class PostView:
    """A post that would be left empty, and who could take it over."""

    key: str
    label: str
    candidates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HoldingView:
    """What a cell of somebody who leaves has under way: it stays the cell's, and its next organiser finds it."""

    cell: str
    meetings: int
    invitations: int
    networks: int
    links: int


@dataclass(frozen=True, slots=True)
class DepartureView:
    """What somebody who leaves holds, and what must be settled."""

    account: AccountLine
    version: int
    habilitations: tuple[HabilitationLine, ...]
    posts: tuple[PostView, ...]
    holdings: tuple[HoldingView, ...]
    drafts: int
    guest: bool
    referent: str | None
    today: date
    typed: Mapping[str, object]
