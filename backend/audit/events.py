"""What the journal may say: frozen events named `source:subject:action`, in references, closed words and counts only.

A name, a motive or a sentence has no field to travel in, and the base class looks at the values too: a string passes
only as a member of a closed vocabulary, an opaque reference or the code of a refusal (architecture.md section 5).

    @dataclass(frozen=True, slots=True)
    class ParquetAnswered(Event):
        \"\"\"Réponse du parquet enregistrée.\"\"\"

        name: ClassVar[str] = "situation:parquet:answered"
        situation: Reference
        answer: ParquetAnswerValue
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, NewType, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from backend.kernel.errors import Refusal
from backend.kernel.identifiers import ALPHABET
from policies.access import Action
from policies.vocabulary import (
    Insufficiency,
    Motive,
    Necessity,
    ParquetGround,
    Period,
    PlaceKind,
    Qualification,
    SchoolLevel,
    Sex,
    StepTaken,
)

Reference = NewType("Reference", str)
"""An opaque reference from `kernel.identifiers`: the only way a string other than a closed word enters the journal."""

RefusalCode = NewType("RefusalCode", str)
"""The code of a refusal declared in `kernel.errors`."""

CONTENT = frozenset(
    {
        Insufficiency,
        Motive,
        Necessity,
        ParquetGround,
        Period,
        PlaceKind,
        Qualification,
        SchoolLevel,
        Sex,
        StepTaken,
    }
)
"""Closed words that describe a minor: the journal says who acted, never what a situation contains."""

NAME = re.compile(r"[a-z][a-z_]*:[a-z][a-z_]*:[a-z][a-z_]*")
"""Shape of an event's name."""

Kind = TypeVar("Kind")

_GROUP = f"[{ALPHABET}]{{4}}"
_REFERENCE = re.compile(f"{_GROUP}-{_GROUP}-{_GROUP}")


@dataclass(frozen=True)
class Event:
    """Something that happened; `label` is the first line of its docstring, in French, for the journal's readers."""

    __slots__ = ()

    name: ClassVar[str] = ""
    label: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Take the label from the docstring."""
        cls.label = (cls.__doc__ or "").strip().partition("\n")[0].rstrip(".")

    def __post_init__(self) -> None:
        """Raise `TypeError`, without repeating the value, for a value the journal may not carry."""
        for field in fields(self):
            if not _may_travel(getattr(self, field.name)):
                raise TypeError(f"{type(self).__name__}.{field.name} may not enter the journal")


@dataclass(frozen=True, slots=True)
class Refused(Event):
    """Demande refusée."""

    name: ClassVar[str] = "access:refusal:recorded"
    code: RefusalCode
    status: int
    action: Action | None = None
    reference: Reference | None = None


def refused(refusal: Refusal, action: Action | None = None, asked: str | None = None) -> Refused:
    """Give the event of a refusal; what was asked is kept only when it has the shape of a reference."""
    reference = Reference(asked) if asked is not None and is_reference(asked) else None
    return Refused(RefusalCode(refusal.code), refusal.status, action, reference)


def values_of(event: Event) -> dict[str, Any]:
    """Give the fields of an event as JSON values."""
    return {field.name: _plain(getattr(event, field.name)) for field in fields(event)}


def is_reference(text: str) -> bool:
    """Tell whether a text has the shape of an opaque reference, such as `7K3M-9QX2-PD4T`."""
    return _REFERENCE.fullmatch(text) is not None


def event_classes() -> dict[str, type[Event]]:
    """Give every event class that was imported, by its name."""
    return {event.name: event for event in _descendants(Event)}


def misdeclared(event: type[Event]) -> list[str]:
    """Say, in English and for the test of every feature, what in an event's declaration could let a name travel."""
    found = [] if NAME.fullmatch(event.name) else ["its name is not source:subject:action"]
    if not event.label or event.label.startswith(f"{event.__name__}("):
        found.append("its docstring is not a French label")
    hints = get_type_hints(event)
    found += [
        f"{field.name} may hold more than references" for field in fields(event) if not _closed(hints[field.name])
    ]
    return found


def _may_travel(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_may_travel(item) for item in value)
    if isinstance(value, StrEnum):
        return type(value) not in CONTENT
    if isinstance(value, str):
        return is_reference(value) or value in {refusal.code for refusal in _descendants(Refusal)}
    return isinstance(value, UUID | int | NoneType)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, UUID | StrEnum):
        return str(value)
    return value


def _closed(annotation: Any) -> bool:  # noqa: ANN401  an annotation is any object
    if get_origin(annotation) in {Union, UnionType, tuple}:
        return all(inner is Ellipsis or _closed(inner) for inner in get_args(annotation))
    if annotation in {Reference, RefusalCode, UUID, int, bool, NoneType}:
        return True
    return isinstance(annotation, type) and issubclass(annotation, StrEnum) and annotation not in CONTENT


def _descendants(cls: type[Kind]) -> Iterator[type[Kind]]:
    for child in cls.__subclasses__():
        yield child
        yield from _descendants(child)
