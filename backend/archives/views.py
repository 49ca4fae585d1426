"""How the archive is shown: references, days and closed words; what an open archive holds stands apart."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.parquet.views import AnswerView
from backend.signalements.views.content import ContentView
from backend.situations.views import ExitView
from policies.archive_words import OpeningDecision, OpeningGround, OpeningState


@dataclass(frozen=True, slots=True)
class ArchivedLine:
    """An archived situation: its reference, since when, until when; nothing of what it says."""

    reference: str
    cell: str
    since: date
    until: date
    until_words: str


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """An opening in a list; `state` is over as soon as its hour has passed."""

    reference: str
    situation: str
    cell: str
    ground: OpeningGround
    asked_at: datetime
    state: OpeningState


@dataclass(frozen=True, slots=True)
class ArchivesView:
    """What is archived in the person's cells, and the openings: those that await somebody first.

    `months` is how long the Ville keeps an archive, 0 when it keeps none; `coordinates` and `signs` say for whom the
    page is drawn; `free` whether the person may ask for another opening now.
    """

    months: int
    coordinates: bool
    signs: bool
    free: bool
    archived: tuple[ArchivedLine, ...]
    following: str | None
    live: tuple[OpeningLine, ...]
    past: tuple[OpeningLine, ...]


@dataclass(frozen=True, slots=True)
class OpeningView:
    """One opening, and what the person may do about it now."""

    reference: str
    version: int
    situation: str
    cell: str
    ground: OpeningGround
    reason: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None
    state: OpeningState
    open_until: datetime | None
    ended_at: datetime | None
    decisions: tuple[OpeningDecision, ...]
    reading: bool
    ending: bool


@dataclass(frozen=True, slots=True)
class ReadingView:
    """An archived situation under the eyes of who asked for it, until when; nothing may be done to it."""

    opening: str
    version: int
    open_until: datetime | None
    content: ContentView
    answers: tuple[AnswerView, ...]
    exits: tuple[ExitView, ...]
