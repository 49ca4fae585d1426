"""A verb moves from the states of its line, and from no other (409)."""

import pytest

from backend.kernel.errors import WrongMoment
from backend.kernel.lifecycle import Lifecycle, Move
from policies.vocabulary import Word
from tests.support.documents import declared_lifecycles


class Door(Word):
    """States of a door."""

    OPEN = "open", "ouverte"
    SHUT = "shut", "fermée"
    LOCKED = "locked", "verrouillée"


DOOR = Lifecycle(
    (
        Move("shut", "fermer", frozenset({Door.OPEN}), Door.SHUT),
        Move("open", "ouvrir", frozenset({Door.SHUT}), Door.OPEN),
        Move("lock", "verrouiller", frozenset({Door.SHUT}), Door.LOCKED),
        Move("open", "forcer", frozenset({Door.LOCKED}), Door.OPEN),
    )
)
MOVES = {
    ("shut", Door.OPEN): Door.SHUT,
    ("open", Door.SHUT): Door.OPEN,
    ("lock", Door.SHUT): Door.LOCKED,
    ("open", Door.LOCKED): Door.OPEN,
}


@pytest.mark.parametrize("state", Door)
@pytest.mark.parametrize("verb", ["open", "shut", "lock"])
def test_only_the_declared_moves_are_possible(verb: str, state: Door) -> None:
    assert DOOR.allows(state, verb) is ((verb, state) in MOVES)
    if (verb, state) in MOVES:
        assert DOOR.step(state, verb) is MOVES[verb, state]
    else:
        with pytest.raises(WrongMoment) as refusal:
            DOOR.step(state, verb)
        assert refusal.value.status == 409


def test_a_refusal_says_what_was_asked_and_where_things_stand() -> None:
    with pytest.raises(WrongMoment) as refusal:
        DOOR.step(Door.OPEN, "lock")
    assert refusal.value.detail == "Impossible de « verrouiller » : l'état actuel est « ouverte »."


@pytest.mark.parametrize("name,lifecycle", declared_lifecycles().items())
def test_a_declared_lifecycle_has_one_answer_and_uses_every_state(name: str, lifecycle: Lifecycle[Word]) -> None:
    states = type(lifecycle.moves[0].target)
    for state in states:
        for verb in {move.verb for move in lifecycle.moves}:
            assert sum(move.verb == verb and state in move.sources for move in lifecycle.moves) <= 1, (name, state)
    reached = {move.target for move in lifecycle.moves} | {state for move in lifecycle.moves for state in move.sources}
    assert set(states) - reached <= {states.of(value) for value in {"none"} & {state.value for state in states}}
