"""Shapes of what is chosen to read, and of the texts of a yearly balance, in which nobody stands (domain.md 7)."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from backend.web.forms import Line, Paragraphs, Shape, refuse
from backend.web.texts import without_person

LENGTH = 3000
"""Characters of a text, at most: about a page."""

REFUSAL = (
    "Ce texte semble parler d'une personne. Un bilan ne parle que de la cellule, des services et des nombres publiés : "
    "retirez ce passage. Rien n'a été enregistré."
)


def _listed(code: str) -> str:
    if not re.fullmatch(r"[a-z0-9T-]{1,16}|[0-9A-Z-]{14}", code):
        raise refuse("code", "Choisissez dans la liste.")
    return code


Code = Annotated[Line, AfterValidator(_listed)]
"""The code of a place or a span, or the reference of a cell, as the list offers them."""


class ChoiceForm(Shape):
    """A span, and the place or the own cell for which to read it."""

    place: Code | None = None
    cell: Code | None = None
    span: Code


class BalanceTextForm(Shape):
    """A text of a balance."""

    text: Annotated[Paragraphs, Field(min_length=1, max_length=LENGTH), AfterValidator(without_person(REFUSAL))]
