"""Keys wrapped under keys open for what they were wrapped for, and for nothing else."""

import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.crypto.wrapping import WrapBroken, bind, new_key, unwrap, wrap

parts = st.lists(st.text(max_size=6) | st.integers(0, 300).map(str), max_size=4)
CIPHER = AESGCM(os.urandom(32))


@given(parts, parts)
def test_two_lists_of_parts_never_give_the_same_bytes(one: list[str], other: list[str]) -> None:
    assume(one != other)
    assert bind(*one) != bind(*other)


@given(st.binary(max_size=100), parts)
def test_a_secret_opens_for_its_use(secret: bytes, use: list[str]) -> None:
    assert unwrap(CIPHER, wrap(CIPHER, secret, bind(*use)), bind(*use)) == secret


def test_a_secret_does_not_open_for_another_use_or_under_another_key() -> None:
    wrapped = wrap(CIPHER, b"secret", bind("use", 1))
    with pytest.raises(WrapBroken):
        unwrap(CIPHER, wrapped, bind("use", 2))
    with pytest.raises(WrapBroken):
        unwrap(AESGCM(new_key()), wrapped, bind("use", 1))


@pytest.mark.parametrize("length", [0, 5, 12, 27])
def test_a_truncated_wrap_does_not_open(length: int) -> None:
    with pytest.raises(WrapBroken):
        unwrap(CIPHER, wrap(CIPHER, b"secret", b"")[:length], b"")


def test_keys_are_256_random_bits() -> None:
    assert len(new_key()) == 32
    assert new_key() != new_key()
