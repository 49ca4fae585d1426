"""How prior research is shown: to its author, what was prepared; to the coordinator, who has prepared."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.signalements.views.content import ContentView
from backend.situations.views import SituationView
from policies.vocabulary import Role


@dataclass(frozen=True, slots=True)
class LineView:
    """A situation to prepare, and whether the person who acts did."""

    situation: SituationView
    prepared: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """A page of what is open to a seat."""

    lines: tuple[LineView, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class PreparationView:
    """A situation and one's own preparation."""

    content: ContentView
    typed: Mapping[str, object]
    choices: tuple[tuple[str, str], ...]
    prepared: bool


@dataclass(frozen=True, slots=True)
class SeatView:
    """Whether a seat has prepared."""

    role: Role
    prepared: bool


@dataclass(frozen=True, slots=True)
class GuestView:
    """Who is invited to a situation, and who may be."""

    reference: str
    version: int
    invited: str | None
    candidates: tuple[tuple[str, str], ...]
