"""Shapes of what is said of keys: a coded ground, never a sentence."""

from typing import Annotated

from pydantic import AfterValidator

from backend.web.forms import Shape
from policies.rotation import SUSPICIONS, RotationGround


def _is_suspicion(ground: RotationGround) -> RotationGround:
    if ground not in SUSPICIONS:
        raise ValueError("not a ground of suspicion")
    return ground


class SuspicionForm(Shape):
    """Why the keys of a cell are suspected."""

    ground: Annotated[RotationGround, AfterValidator(_is_suspicion)]
