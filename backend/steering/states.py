"""The lifecycle of an event that steers the cells."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.steering_words import SteeringState

HOLD, GIVE_UP = "hold", "give_up"

EVENT = Lifecycle(
    (
        Move(HOLD, "enregistrer la tenue", frozenset({SteeringState.PLANNED}), SteeringState.HELD),
        Move(GIVE_UP, "déclarer non tenu", frozenset({SteeringState.PLANNED}), SteeringState.NOT_HELD),
    )
)
