"""Texts about organisations: titles in which nobody stands, public phone numbers, arrondissements, hours."""

import re
from collections.abc import Callable
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

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


_TYPED_HOUR = re.compile(r"(?P<hour>\d{1,2})\s*[h:.]\s*(?P<minute>\d{2})?(?::00)?", re.ASCII | re.IGNORECASE)


def _hour(value: object) -> object:
    if not isinstance(value, str):
        return value
    typed = _TYPED_HOUR.fullmatch(value.strip())
    if typed is None:
        raise refuse("hour", "Écrivez l'heure sous la forme 9 h 30.")
    try:
        return time(int(typed["hour"]), int(typed["minute"] or 0))
    except ValueError:
        raise refuse("hour", "Écrivez une heure entre 0 h 00 et 23 h 59.") from None


Title = Annotated[Line, Field(min_length=1, max_length=120), AfterValidator(without_person())]
"""A title, a name of organisation or a place: 120 characters, and nobody in it."""

Sentence = Annotated[Line, Field(min_length=1, max_length=200), AfterValidator(without_person())]
"""A sentence on an organisation, screened as a title."""

Phones = Annotated[Line, Field(min_length=1, max_length=120), AfterValidator(phones)]
"""Public phone numbers."""

Arrondissement = Annotated[int, Field(ge=1, le=ARRONDISSEMENTS)]

Hour = Annotated[time, BeforeValidator(_hour)]
"""An hour of Paris: « 9 h 30 » in pages, 09:30 in JSON."""
