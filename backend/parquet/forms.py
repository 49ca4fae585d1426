"""Shapes of the parquet's filter."""

from typing import Annotated

from pydantic import Field

from backend.web.forms import Line, Shape
from policies.vocabulary import ParquetAnswerValue

BATCH = 50
"""Situations sent or answered in one go."""

Reference = Annotated[Line, Field(min_length=1, max_length=16)]


class SendForm(Shape):
    """The situations that the coordinator sends to the parquet."""

    references: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=BATCH)]


class AnswerForm(Shape):
    """The parquet's answer on one situation; not retained has a single ground, so nothing else is asked."""

    answer: ParquetAnswerValue
