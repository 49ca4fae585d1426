"""Shapes of the events that steer the cells; every text is screened, so that nobody stands in it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.web.forms import Day, Flag, Line, Shape, refuse
from backend.web.texts import Hour, Title
from policies.rav_words import OrganisationKind
from policies.steering_words import SteeringKind


class SteeringForm(Shape):
    """An event to plan: a presentation names its cell, the COPIL none."""

    kind: SteeringKind
    cell: Annotated[Line, Field(min_length=1, max_length=16)] | None = None
    title: Title
    day: Day
    hour: Hour
    place: Title

    @model_validator(mode="after")
    def _its_cell(self) -> Self:
        if self.kind is SteeringKind.COPIL and self.cell is not None:
            raise refuse("cell", "Le comité de pilotage concerne toutes les cellules : n'en choisissez aucune.")
        return self


class OutcomeForm(Shape):
    """Whether an event was held, and the categories of institutions that were there."""

    held: Flag
    present: Annotated[tuple[OrganisationKind, ...], Field(max_length=len(OrganisationKind))] = ()

    @model_validator(mode="after")
    def _somebody_was_there(self) -> Self:
        if self.held != bool(self.present):
            raise refuse(
                "present",
                "Indiquez les institutions représentées si l'événement a été tenu ; aucune, s'il ne l'a pas été.",
            )
        return self
