"""Habilitations in force: a role counts where it is held, and nowhere else."""

from uuid import UUID

from backend.authorization.actor import ANONYMOUS, Actor, Grant
from policies.vocabulary import SEATS, Role

THIRTEEN, EIGHTEEN = UUID(int=13), UUID(int=18)
ACTOR = Actor(
    account=UUID(int=1),
    institution=UUID(int=2),
    grants=frozenset(
        {Grant(Role.COORDINATOR, THIRTEEN), Grant(Role.POLICE, EIGHTEEN), Grant(Role.DPO, None)},
    ),
)


def test_cells_are_those_in_which_one_of_the_roles_is_held() -> None:
    assert ACTOR.cells({Role.COORDINATOR}) == {THIRTEEN}
    assert ACTOR.cells(SEATS) == {EIGHTEEN}
    assert ACTOR.cells({Role.COORDINATOR} | SEATS) == {THIRTEEN, EIGHTEEN}
    assert ACTOR.cells({Role.DPO}) == frozenset()


def test_roles_in_a_cell_are_those_held_there() -> None:
    assert ACTOR.roles_in(THIRTEEN) == {Role.COORDINATOR}
    assert ACTOR.roles_in(EIGHTEEN) == {Role.POLICE}
    assert ACTOR.roles_in(UUID(int=20)) == frozenset()


def test_a_role_of_a_cell_is_not_held_for_the_city() -> None:
    assert ACTOR.holds_for_city({Role.DPO})
    assert not ACTOR.holds_for_city({Role.COORDINATOR})
    assert ACTOR.holds_anywhere({Role.COORDINATOR})
    assert not ACTOR.holds_anywhere({Role.PARQUET})
    assert ACTOR.roles == {Role.COORDINATOR, Role.POLICE, Role.DPO}


def test_nobody_holds_nothing() -> None:
    assert ANONYMOUS.roles == frozenset()
    assert not ANONYMOUS.holds_anywhere(frozenset(Role))
    assert not ANONYMOUS.holds_for_city(frozenset(Role))
    assert ANONYMOUS.cells(frozenset(Role)) == frozenset()
    assert not ANONYMOUS.stepped_up
