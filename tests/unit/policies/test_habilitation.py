"""What a role undertakes, where it is held, and who confirms it (domain.md section 2)."""

import pytest

from policies.habilitation import (
    CHARTER_ROLES,
    UNDERTAKING_ROLES,
    Commitment,
    Confirmer,
    commitment_of,
    confirmer_of,
    may_be_held,
)
from policies.vocabulary import CITY_ROLES, Role


@pytest.mark.parametrize("role", sorted(CHARTER_ROLES))
def test_a_member_of_the_cell_accepts_the_charter_and_nothing_else(role: Role) -> None:
    assert commitment_of(role) is None


@pytest.mark.parametrize("role", sorted(UNDERTAKING_ROLES))
def test_guests_reporters_and_recipients_sign_the_undertaking(role: Role) -> None:
    assert commitment_of(role) is Commitment.CONFIDENTIALITY_UNDERTAKING


@pytest.mark.parametrize("role", sorted(CITY_ROLES))
def test_the_others_accept_the_confidentiality_clause(role: Role) -> None:
    assert commitment_of(role) is Commitment.CONFIDENTIALITY_CLAUSE


@pytest.mark.parametrize("role", sorted(CITY_ROLES))
def test_a_city_role_is_held_for_the_city_and_confirmed_by_a_second_administrator(role: Role) -> None:
    assert may_be_held(role, for_city=True)
    assert confirmer_of(role, for_city=True) is Confirmer.ADMINISTRATOR


def test_a_coordinator_is_confirmed_by_a_second_administrator_and_a_seat_by_the_coordinator() -> None:
    assert confirmer_of(Role.COORDINATOR, for_city=False) is Confirmer.ADMINISTRATOR
    assert confirmer_of(Role.POLICE, for_city=False) is Confirmer.COORDINATOR
