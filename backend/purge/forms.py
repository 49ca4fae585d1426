"""Shapes of what people type about retention: a duration that the Ville decided, an opinion."""

from typing import Annotated

from pydantic import Field

from backend.web.forms import Day, Line, Shape
from policies.retention import Kind
from policies.retention_words import Opinion

Short = Annotated[Line, Field(min_length=1, max_length=120)]
"""An authority."""

Code = Annotated[Line, Field(min_length=1, max_length=64)]
"""The number of an act."""


class DurationForm(Shape):
    """A duration, in months, with the act that decides it and the day from which it is to apply."""

    kind: Kind
    months: Annotated[int, Field(ge=0, le=120)]
    number: Code
    decided_on: Day
    authority: Short
    applies_on: Day


class OpinionForm(Shape):
    """The DPO's word on a duration."""

    opinion: Opinion
