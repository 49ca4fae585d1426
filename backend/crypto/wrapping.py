"""Keys wrapped under keys: AES-256-GCM with associated data that says whose key this is (architecture.md section 4).

Layout: nonce (12 bytes), ciphertext and tag.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.crypto.sealed import NONCE_BYTES

KEY_BYTES = 32


class WrapBroken(Exception):  # noqa: N818  a fault of the store, named after what is found
    """A wrapped key does not open where it stands: moved, altered, or under another key."""


def new_key() -> bytes:
    """Draw a key of 256 random bits."""
    return os.urandom(KEY_BYTES)


def bind(*parts: object) -> bytes:
    """Encode identifiers, kinds and generations so that no two lists of parts give the same bytes."""
    texts = [str(part) for part in parts]
    return "".join(f"{len(text)}:{text}" for text in texts).encode()


def wrap(cipher: AESGCM, secret: bytes, associated: bytes) -> bytes:
    """Wrap a secret under a key; `associated` comes from `bind`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, secret, associated)


def unwrap(cipher: AESGCM, wrapped: bytes, associated: bytes) -> bytes:
    """Open a wrapped secret; raise `WrapBroken` when anything differs from when it was wrapped."""
    try:
        return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError):  # ValueError: fewer bytes than a nonce and a tag
        raise WrapBroken("a wrapped key does not open") from None
