"""Texts about organisations: titles in which nobody stands, public phone numbers, arrondissements."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from backend.web.forms import Line, refuse
from policies.screening.network import speaks_of_a_person
from policies.territories import ARRONDISSEMENTS

PHONE_DIGITS = 2
"""Digits of a phone number at least: the 17 has two."""

REFUSAL = (
    "Ce texte semble parler d'une personne. Nommez seulement une organisation, un lieu ou un thème : "
    "rien n'a été gardé."
)


def without_person(refusal: str = REFUSAL) -> Callable[[str], str]:
    """Give the validator that refuses a text which looks like a person, with the sentence that says where to go."""

    def screened(text: str) -> str:
        if speaks_of_a_person(text):
            raise refuse("person", refusal)
        return text

    return screened


def phones(text: str) -> str:
    """Check public phone numbers; raises the error of a validator."""
    digits = sum(char in "0123456789" for char in text)
    if digits < PHONE_DIGITS or not set(text) <= set("0123456789+ .,;/()"):
        raise refuse("phone", "Écrivez un ou plusieurs numéros, par exemple 01 44 08 13 13 ; 3919.")
    return text


Title = Annotated[Line, Field(min_length=1, max_length=120), AfterValidator(without_person())]
"""A title, a name of organisation or a place: 120 characters, and nobody in it."""

Sentence = Annotated[Line, Field(min_length=1, max_length=200), AfterValidator(without_person())]
"""A sentence on an organisation, screened as a title."""

Phones = Annotated[Line, Field(min_length=1, max_length=120), AfterValidator(phones)]
"""Public phone numbers."""

Arrondissement = Annotated[int, Field(ge=1, le=ARRONDISSEMENTS)]
