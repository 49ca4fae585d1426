"""A lifecycle is a table of moves; a verb that has no move from the present state comes at the wrong moment (409)."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from backend.kernel.errors import WrongMoment
from policies.vocabulary import Word

State = TypeVar("State", bound=Word)


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """One verb with its French label, the states it may start from, the state it leads to."""

    verb: str
    label: str
    sources: frozenset[State]
    target: State


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[State]):
    """Every move that an aggregate may make, and no other."""

    moves: tuple[Move[State], ...]

    def step(self, state: State, verb: str) -> State:
        """Give the state that a verb leads to; raise `WrongMoment` when it has no move from here.

        Raises `KeyError` for a verb that the lifecycle does not have: a mistake of the caller's.
        """
        for move in self.moves:
            if move.verb == verb and state in move.sources:
                return move.target
        label = {move.verb: move.label for move in self.moves}[verb]
        raise WrongMoment(f"Impossible de « {label} » : l'état actuel est « {state.label} ».")

    def allows(self, state: State, verb: str) -> bool:
        """Tell whether a verb has a move from a state: pages offer only these."""
        return any(move.verb == verb and state in move.sources for move in self.moves)
