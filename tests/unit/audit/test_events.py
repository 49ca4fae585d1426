"""Events: what every feature declares, and what an event refuses to carry."""

import importlib
import pkgutil
from collections import defaultdict
from dataclasses import dataclass, fields
from importlib.util import find_spec
from typing import Any, ClassVar
from uuid import UUID

import pytest

import backend
from backend.audit.events import (
    CONTENT,
    Event,
    Reference,
    RefusalCode,
    Refused,
    event_classes,
    is_reference,
    misdeclared,
    refused,
    values_of,
)
from backend.kernel.errors import Forbidden, NotFound
from policies.access import Action
from policies.vocabulary import Motive, Role
from tests.support.journal import OTHER, SITUATION, SituationsRead


def declared() -> list[type[Event]]:
    """Give the events of every feature, all of them imported."""
    for feature in pkgutil.iter_modules(backend.__path__):
        if feature.ispkg and find_spec(f"backend.{feature.name}.events"):
            importlib.import_module(f"backend.{feature.name}.events")
    return [event for event in event_classes().values() if event.__module__.startswith("backend.")]


def test_no_event_of_any_feature_lets_a_name_travel() -> None:
    assert {event.__name__: misdeclared(event) for event in declared() if misdeclared(event)} == {}


def test_no_two_events_share_a_name() -> None:
    declared()
    found: dict[str, set[str]] = defaultdict(set)
    pending = [Event]
    while pending:
        for event in pending.pop().__subclasses__():
            pending.append(event)
            if event.__module__.startswith("backend."):
                found[event.name].add(f"{event.__module__}.{event.__qualname__}")
    assert {name: events for name, events in found.items() if len(events) > 1} == {}


def test_the_closed_words_that_describe_a_minor_are_kept_out() -> None:
    assert Motive in CONTENT


@dataclass(frozen=True, slots=True)
class FreeText(Event):
    """Texte libre."""

    name: ClassVar[str] = "test:text:written"
    text: str


@dataclass(frozen=True, slots=True)
class Motives(Event):
    """Motifs."""

    name: ClassVar[str] = "test:motive:written"
    motives: tuple[Motive, ...]


@dataclass(frozen=True, slots=True)
class Anything(Event):
    """Tout et rien."""

    name: ClassVar[str] = "test:anything:written"
    values: dict[str, int]
    maybe: str | None = None


@dataclass(frozen=True, slots=True)
class Unnamed(Event):
    name: ClassVar[str] = "unnamed"


@dataclass(frozen=True, slots=True)
class Nameless(Event):
    """Sans nom."""


@dataclass(frozen=True, slots=True)
class Everything(Event):
    """Tout ce qui peut voyager.

    Et rien d'autre.
    """

    name: ClassVar[str] = "test:all:written"
    reference: Reference
    code: RefusalCode
    account: UUID | None
    role: Role
    count: int
    flag: bool
    roles: tuple[Role, ...] = ()
    pair: tuple[Reference, int] | None = None


@pytest.mark.parametrize(
    "event, problems",
    [
        (FreeText, ["text may hold more than references"]),
        (Motives, ["motives may hold more than references"]),
        (Anything, ["values may hold more than references", "maybe may hold more than references"]),
        (Unnamed, ["its name is not source:subject:action", "its docstring is not a French label"]),
        (Nameless, ["its name is not source:subject:action"]),
        (Everything, []),
        (SituationsRead, []),
    ],
)
def test_a_declaration_through_which_a_name_could_travel_is_found(event: type[Event], problems: list[str]) -> None:
    assert misdeclared(event) == problems


@pytest.mark.parametrize("value", ["Camille", "", "7k3m-9qx2-pd4t", "7K3M-9QX2-PD4T ", "7K3M-9QX2-PD4U", "MARTIN"])
def test_a_string_that_is_no_reference_is_refused_where_a_reference_is_due(value: str) -> None:
    with pytest.raises(TypeError, match="situations may not enter the journal") as refusal:
        SituationsRead((SITUATION, Reference(value)))
    assert value == "" or value not in str(refusal.value)


@pytest.mark.parametrize("value", [Motive.MOT_01, b"name", 1.5, {"name": 1}, ["name"], object()])
def test_a_value_of_another_kind_is_refused_whatever_the_annotation_says(value: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError):
        SituationsRead((), value)


def test_an_event_gives_its_values_as_json() -> None:
    account = UUID("6b1d2c3e-4f50-4a61-8b72-9c83ad94be05")
    event = Everything(SITUATION, RefusalCode("not-found"), account, Role.POLICE, 3, True, (Role.PJJ,), (OTHER, 1))  # noqa: FBT003
    assert values_of(event) == {
        "reference": "7K3M-9QX2-PD4T",
        "code": "not-found",
        "account": "6b1d2c3e-4f50-4a61-8b72-9c83ad94be05",
        "role": "police",
        "count": 3,
        "flag": True,
        "roles": ["pjj"],
        "pair": ["00AB-CDEF-GHJK", 1],
    }


def test_the_label_is_the_first_line_of_the_docstring() -> None:
    assert Everything.label == "Tout ce qui peut voyager"
    assert event_classes()["test:all:written"].label == "Tout ce qui peut voyager"


def test_an_event_never_changes() -> None:
    event = SituationsRead((SITUATION,))
    with pytest.raises(AttributeError):
        setattr(event, fields(event)[0].name, ())


def test_a_refusal_keeps_its_code_and_a_well_formed_reference() -> None:
    assert refused(Forbidden("Réservé."), Action.SITUATION_READ, SITUATION) == Refused(
        RefusalCode("forbidden"), 403, Action.SITUATION_READ, SITUATION
    )


def test_a_refusal_drops_what_was_typed_in_place_of_a_reference() -> None:
    assert values_of(refused(NotFound(), asked="Camille Martin")) == {
        "code": "not-found",
        "status": 404,
        "action": None,
        "reference": None,
    }


def test_a_code_that_no_refusal_declares_is_refused() -> None:
    with pytest.raises(TypeError):
        Refused(RefusalCode("camille"), 404)


def test_a_reference_has_one_shape() -> None:
    assert is_reference("7K3M-9QX2-PD4T")
    assert not is_reference("7K3M-9QX2-PD4T\n")
    assert not is_reference("7K3M9QX2PD4T")
