"""Shapes of what people type about the archive: why it is to be opened, and the DPO's answer."""

from typing import Annotated

from pydantic import AfterValidator, Field

from backend.web.forms import Line, Shape
from backend.web.texts import without_person
from policies.archive_words import REASON_LENGTH, OpeningDecision, OpeningGround

NAMED = (
    "Ce motif semble parler d'une personne. Dites pourquoi la situation est à lire, sans nommer ni décrire personne : "
    "sa référence suffit."
)

Reason = Annotated[Line, Field(min_length=10, max_length=REASON_LENGTH), AfterValidator(without_person(NAMED))]
"""Why, in a sentence that names nobody."""


class OpeningForm(Shape):
    """Why an archived situation is to be opened: a closed ground and a written reason."""

    ground: OpeningGround
    reason: Reason


class DecisionForm(Shape):
    """The DPO's answer to a request."""

    decision: OpeningDecision
