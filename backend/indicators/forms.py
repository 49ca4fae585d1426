"""Shapes of the texts of a yearly balance; screened, so that nobody stands in them (domain.md section 7)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from backend.web.forms import Paragraphs, Shape
from backend.web.texts import without_person

LENGTH = 3000
"""Characters of a text, at most: about a page."""

REFUSAL = (
    "Ce texte semble parler d'une personne. Un bilan ne parle que de la cellule, des services et des nombres publiés : "
    "retirez ce passage. Rien n'a été enregistré."
)


class BalanceTextForm(Shape):
    """A text of a balance."""

    text: Annotated[Paragraphs, Field(min_length=1, max_length=LENGTH), AfterValidator(without_person(REFUSAL))]
