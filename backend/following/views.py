"""How followed situations are shown to the coordinator, and the gap between retained and examined."""

from dataclasses import dataclass
from datetime import date

from backend.situations.views import SituationView


@dataclass(frozen=True, slots=True)
class FollowedView:
    """A followed situation: the last decision and its reason, the next agenda, when to decide again, and the limit."""

    situation: SituationView
    decided_on: date
    reason: str | None
    meeting: str | None
    meeting_on: date | None
    review_on: date
    review_words: str
    overdue: bool
    limit_on: date
    limit_words: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """A reason for which retained situations were not examined, and how many."""

    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class GapView:
    """What a cell retained and did not examine since it opened: the lines add up to the difference."""

    cell: str
    retained: int
    examined: int
    lines: tuple[GapLine, ...]


@dataclass(frozen=True, slots=True)
class FollowingView:
    """A page of followed situations, the rules of their dates, and the gap of each cell of the coordinator."""

    tabs: tuple[tuple[str, str, bool], ...]
    rows: tuple[FollowedView, ...]
    following: str | None
    rules: tuple[str, ...]
    gaps: tuple[GapView, ...]
