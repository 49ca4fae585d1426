"""How the events that steer the cells are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.rav_words import OrganisationKind
from policies.steering_words import SteeringKind, SteeringState


@dataclass(frozen=True, slots=True)
class SteeringLine:
    """An event: what, when, for which cell, and where it stands."""

    reference: str
    kind: SteeringKind
    title: str
    cells: str
    when: str
    place: str
    state: SteeringState
    present: tuple[OrganisationKind, ...]
    version: int


@dataclass(frozen=True, slots=True)
class SteeringView:
    """The events to come, those to settle, the last ones past, and what the reader may plan."""

    to_settle: tuple[SteeringLine, ...]
    coming: tuple[SteeringLine, ...]
    past: tuple[SteeringLine, ...]
    plans_presentation: bool
    plans_copil: bool


@dataclass(frozen=True, slots=True)
class SteeringSheet:
    """An event, and whether the reader settles it now."""

    line: SteeringLine
    can_hold: bool
    can_give_up: bool
    categories: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]
