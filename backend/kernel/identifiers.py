"""Opaque references and random secrets: nothing about a person, an order or a date can be read in them."""

import secrets
from uuid import UUID, uuid4

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a reference survives being read aloud."""

REFERENCE_LENGTH = 12


def new_id() -> UUID:
    """Give a row identifier, never shown; it is drawn before the insert because sealed values are bound to it."""
    return uuid4()


def new_reference() -> str:
    """Give an opaque reference of 60 random bits, such as `7K3M-9QX2-PD4T`, that people read and URLs carry."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, REFERENCE_LENGTH, 4))


def new_secret() -> str:
    """Give a URL-safe secret of 256 random bits: session identifiers, one-time links; only their hash is stored."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Give an eight-digit code, read aloud on the phone; useless without the link it goes with."""
    return f"{secrets.randbelow(10**8):08}"
