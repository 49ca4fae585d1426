"""Passwords: Argon2id, the same cost for nobody, and what a new one must be (CNIL 2022-100)."""

import time

import pytest

from backend.members import passwords
from backend.members.passwords import hash_password, verify_password, weakness
from tests.support.people import PASSWORD, password_hash

ABOUT = ("sophie.martin@paris.invalid", "Sophie Martin-Delannoy")


def test_a_hash_is_argon2id_with_the_cost_of_rfc_9106() -> None:
    assert password_hash().startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_the_right_password_opens_and_another_does_not() -> None:
    assert verify_password(PASSWORD, password_hash())
    assert not verify_password(PASSWORD + " ", password_hash())


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password(PASSWORD) != password_hash()


def test_an_accent_typed_in_two_ways_is_the_same_password() -> None:
    assert verify_password("Une e\u0301toile bleue 9", hash_password("Une \u00e9toile bleue 9"))


def test_an_unknown_person_costs_as_much_as_a_known_one() -> None:
    verify_password(PASSWORD, None)  # the first dummy computation also prepares its hash

    def spent(stored: str | None) -> float:
        start = time.process_time()
        assert not verify_password("faux", stored)
        return time.process_time() - start

    known, unknown = min(spent(password_hash()) for _ in range(3)), min(spent(None) for _ in range(3))
    assert 0.5 < unknown / known < 2


def test_an_enormous_password_is_refused_without_being_hashed() -> None:
    assert not verify_password("a" * 5000, password_hash())


@pytest.mark.parametrize(
    "password",
    [
        "Chien-Loup-29x",
        "le vélo jaune remonte la rue",
        "Xk7!pQ2zvT9m",
        PASSWORD,
    ],
)
def test_a_good_password_is_accepted(password: str) -> None:
    assert weakness(password, ABOUT) is None


@pytest.mark.parametrize(
    "password",
    [
        "Court-9x",  # eleven characters at most
        "Azerty123456!",  # what everybody tries
        "MotDePasse2026!",
        "aaaaaaaaaaaaA1!",  # one character
        "SophieMartin75",  # the name
        "Delannoy-2026",
        "cheval cheval cheval cheval",  # one word
        "quatrechevauxverts",  # one kind of characters, no words
        "x" * (passwords.LONGEST + 1),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str) -> None:
    assert weakness(password, ABOUT)
