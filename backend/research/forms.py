"""Shapes of prior research."""

from typing import Annotated

from pydantic import Field

from backend.parquet.forms import BATCH, Reference
from backend.signalements.forms import FreeText
from backend.web.forms import Shape
from policies.charter_words import ResearchValue


class OpenForm(Shape):
    """The situations that the coordinator opens to the seats."""

    references: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=BATCH)]


class PrepareForm(Shape):
    """What a member prepares: a closed answer, and a note for oneself."""

    value: ResearchValue
    note: FreeText | None = None


class GuestForm(Shape):
    """The head of the school to invite."""

    guest: Reference
