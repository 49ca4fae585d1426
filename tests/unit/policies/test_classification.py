"""The classes of columns: which exist only sealed, which a table without persons may hold."""

from policies.classification import NETWORK, SEALED, WITHOUT_PERSONS, Classification


def test_what_is_about_a_person_exists_only_sealed() -> None:
    assert {Classification.NOMINATIVE, Classification.SENSITIVE} == SEALED


def test_counters_and_networks_hold_nothing_sealed_and_nothing_secret() -> None:
    assert {Classification.REFERENCE, Classification.ORGANISATIONAL} == WITHOUT_PERSONS
    assert {Classification.PROFESSIONAL} == NETWORK - WITHOUT_PERSONS
    assert not NETWORK & (SEALED | {Classification.SECRET, Classification.OPERATIONAL})
