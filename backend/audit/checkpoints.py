"""Signed checkpoints of the journal: C2SP tlog-checkpoint bodies in signed notes, Ed25519 (c2sp.org).

A checkpoint commits to every event before it: with it and the public key, anybody finds a journal that was rewritten.
"""

import base64
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.audit.merkle import HASH_SIZE
from backend.crypto import signing

_ED25519 = b"\x01"
_KEY_ID_SIZE = 4
_ORIGIN = "cenacle/journal/[0-9a-f]{16}"
_BASE64 = "[A-Za-z0-9+/]+=*"
_NOTE = re.compile(f"{_ORIGIN}\n[0-9]+\n{_BASE64}\n\n— {_ORIGIN} {_BASE64}\n")


class BadCheckpointError(Exception):
    """A note is not a checkpoint signed by the key at hand."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The journal at a size: its number of events and the root of their tree."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A signed checkpoint on its way out: hashes, a size and a signature, or `ValueError`."""

    text: str

    def __post_init__(self) -> None:
        """Refuse what is not of this shape: nothing else may travel where a note does."""
        if _NOTE.fullmatch(self.text) is None:
            raise ValueError("not a signed checkpoint")


def public_half(log_key: bytes) -> bytes:
    """Give the 32 public bytes of a log key."""
    return Ed25519PrivateKey.from_private_bytes(log_key).public_key().public_bytes_raw()


def origin_of(public_key: bytes) -> str:
    """Give the name of the log, which is also its key's: one per installation, since each draws its key."""
    return f"cenacle/journal/{sha256(public_key).hexdigest()[:16]}"


def sign(checkpoint: Checkpoint, log_key: bytes) -> str:
    """Give the signed note of a checkpoint."""
    public_key = public_half(log_key)
    origin = origin_of(public_key)
    text = f"{origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"
    signature = signing.sign(log_key, text.encode())
    return f"{text}\n— {origin} {base64.b64encode(_key_id(origin, public_key) + signature).decode()}\n"


def open_note(note: str, public_key: bytes) -> Checkpoint:
    """Read a signed note back; raise `BadCheckpointError` unless it is one, signed by this key.

    Lines of other signers (witnesses) are ignored, as the format asks.
    """
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    origin = origin_of(public_key)
    prefix = f"— {origin} "
    for line in signatures.splitlines():
        if line.startswith(prefix) and _signed(text, line.removeprefix(prefix), public_key):
            return _read(text, origin)
    raise BadCheckpointError("not signed by this key")


def _signed(text: str, encoded: str, public_key: bytes) -> bool:
    raw = _decoded(encoded)
    known = raw[:_KEY_ID_SIZE] == _key_id(origin_of(public_key), public_key)
    return known and signing.verify(public_key, text.encode(), raw[_KEY_ID_SIZE:])


def _read(text: str, origin: str) -> Checkpoint:
    # Only a note that this key signed comes here, but a key may sign other notes.
    found, size, encoded, *_extensions = [*text.split("\n"), "", ""]
    root = _decoded(encoded)
    if found != origin or not size.isdecimal() or len(root) != HASH_SIZE:
        raise BadCheckpointError("not a checkpoint")
    return Checkpoint(int(size), root)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""


def _key_id(origin: str, public_key: bytes) -> bytes:
    return sha256(f"{origin}\n".encode() + _ED25519 + public_key).digest()[:_KEY_ID_SIZE]
