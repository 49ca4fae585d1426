"""Shapes of what the DPO types: why a pseudonym is lifted, what became of an access, an older checkpoint."""

from typing import Annotated

from pydantic import Field

from backend.web.forms import Shape
from policies.oversight_words import AccessOutcome, LiftGround


class LiftForm(Shape):
    """Why the DPO must know who it was."""

    ground: LiftGround


class SettleForm(Shape):
    """What became of it."""

    outcome: AccessOutcome


class CheckpointForm(Shape):
    """A checkpoint kept elsewhere, as it was received."""

    note: Annotated[str, Field(min_length=1, max_length=2000)]
