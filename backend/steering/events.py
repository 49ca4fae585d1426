"""What the journal keeps of the events that steer the cells."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.steering_words import SteeringKind, SteeringState


@dataclass(frozen=True, slots=True)
class SteeringPlanned(Event):
    """Présentation de rentrée ou comité de pilotage programmé."""

    name: ClassVar[str] = "steering:event:planned"
    event: Reference
    kind: SteeringKind
    invited: int


@dataclass(frozen=True, slots=True)
class SteeringSettled(Event):
    """Présentation de rentrée ou comité de pilotage tenu, ou non."""

    name: ClassVar[str] = "steering:event:settled"
    event: Reference
    state: SteeringState
    categories: int
