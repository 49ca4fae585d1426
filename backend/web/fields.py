"""Forms drawn from the declaration of their fields: one layout for all (`layouts/form.html`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.territories import arrondissements
from policies.vocabulary import Word


def options(words: Iterable[Word]) -> tuple[tuple[str, str], ...]:
    """Give the pairs that a list offers."""
    return tuple((word.value, word.label) for word in words)


PLACES = tuple((str(number), "1er" if number == 1 else f"{number}e") for number in arrondissements())
"""The arrondissements, as a list offers them."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a form that is drawn from its declaration."""

    kind: str
    name: str
    label: str
    hint: str = ""
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()
    maxlength: int = 120


@dataclass(frozen=True, slots=True)
class FormView:
    """A form drawn from its declaration: where it stands and goes, what was typed."""

    path: tuple[tuple[str, str], ...]
    lead: str
    action: str
    button: str
    fields: tuple[FieldView, ...]
    typed: Mapping[str, object]
    version: int | None = None


def in_words(arrondissements: tuple[int, ...]) -> str:
    """Name arrondissements: « 13e et 14e », « tout Paris » when none is named."""
    names = ["1er" if number == 1 else f"{number}e" for number in arrondissements]
    if not names:
        return "tout Paris"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
