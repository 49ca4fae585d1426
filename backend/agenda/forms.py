"""Shapes of what is sent about meetings and agendas; HTML and JSON share them."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from backend.agenda.models import PLACE_LENGTH
from backend.parquet.forms import Reference
from backend.web.forms import Day, Line, Shape, refuse
from backend.web.texts import Hour
from policies.charter_words import EventLink, Gravity
from policies.meeting_words import CHOSEN, AvailabilityAnswer, CarryReason
from policies.screening import screening

PROPOSALS = 4
"""Dates proposed at once, at most."""


def _without_person(text: str) -> str:
    if screening(text):
        raise refuse(
            "place",
            "Indiquez seulement un lieu : ce texte semble nommer une personne ou dire ce qui n'y a pas sa place.",
        )
    return text


Place = Annotated[Line, Field(min_length=1, max_length=PLACE_LENGTH), AfterValidator(_without_person)]
"""Where a meeting is held: a building, a room; nobody stands in it."""


class Direction(StrEnum):
    """Where a point of the agenda goes."""

    UP = "up"
    DOWN = "down"


class PlanForm(Shape):
    """The ordinary meetings of a year: one day at most in each quarter, one hour and one place.

    Several cells may sit together: each has a meeting of its own, at the same instant.
    """

    cells: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=20)]
    first: Day | None = None
    second: Day | None = None
    third: Day | None = None
    fourth: Day | None = None
    hour: Hour
    place: Place


class EmergencyForm(Shape):
    """An emergency meeting to ask for: the event that triggers it, then when and where to meet."""

    cell: Reference
    event_kind: Gravity
    event_on: Day
    event_quartier: Annotated[int, Field(ge=1, le=80)]
    day: Day
    hour: Hour
    place: Place


class ProposalForm(Shape):
    """Dates to propose to the members, at one hour: one at least, four at most."""

    first: Day
    second: Day | None = None
    third: Day | None = None
    fourth: Day | None = None
    hour: Hour

    @property
    def days(self) -> tuple[date, ...]:
        """Give the days that were typed, each once, in order."""
        return tuple(sorted({day for day in (self.first, self.second, self.third, self.fourth) if day is not None}))


class ChosenDateForm(Shape):
    """The proposed date that the coordinator keeps."""

    chosen: Reference


class AnswerForm(Shape):
    """A member's answer to one proposed date."""

    answer: AvailabilityAnswer


class AnswersForm(Shape):
    """A member's answers, by the reference of the proposed date."""

    answers: Annotated[dict[Reference, AvailabilityAnswer], Field(min_length=1, max_length=PROPOSALS)]


class MoveForm(Shape):
    """Where and when a meeting is moved."""

    day: Day
    hour: Hour
    place: Place


class ListingForm(Shape):
    """A situation to list; its link to the event is asked for an emergency meeting only."""

    situation: Reference
    link: EventLink | None = None


def _chosen(reason: CarryReason) -> CarryReason:
    if reason not in CHOSEN:
        raise refuse("reason", "Choisissez un motif de la liste.")
    return reason


class WithdrawalForm(Shape):
    """Why a point is taken off an agenda."""

    reason: Annotated[CarryReason, AfterValidator(_chosen)]


class ShiftForm(Shape):
    """A point of the agenda to shift."""

    direction: Direction
