"""The cosignature of a witness on a checkpoint: C2SP tlog-cosignature, Ed25519 (c2sp.org/tlog-cosignature).

A witness signs, with the time, the largest tree that it has seen grow without a break: a journal that shows another one
to somebody else contradicts it. Its key comes from elsewhere, as a verifier key of the signed-note format.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from backend.crypto import signing

_COSIGNATURE = b"\x04"
_KEY_ID_SIZE = 4
_TIME_SIZE = 8
_PUBLIC_SIZE = 32
_VERIFIER = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


class BadWitnessError(Exception):
    """A setting is not the verifier key of a witness that cosigns with Ed25519."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature: its line in the note, and when the witness says that it signed."""

    line: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its name, and the 32 public bytes of its key."""

    name: str
    public_key: bytes

    @classmethod
    def of(cls, verifier: str) -> "Witness":
        """Read a verifier key, `name+id+base64(0x04 || key)`; raise `BadWitnessError` for anything else."""
        matched = _VERIFIER.fullmatch(verifier.strip())
        name, key_id, encoded = matched.groups() if matched else ("", "", "")
        raw = _decoded(encoded)
        witness = cls(name, raw[len(_COSIGNATURE) :])
        if raw[:1] != _COSIGNATURE or len(witness.public_key) != _PUBLIC_SIZE or witness.key_id().hex() != key_id:
            raise BadWitnessError("not the verifier key of a witness")
        return witness

    def key_id(self) -> bytes:
        """Give the four bytes by which a line names this key."""
        return sha256(f"{self.name}\n".encode() + _COSIGNATURE + self.public_key).digest()[:_KEY_ID_SIZE]

    def find(self, lines: str, note: str) -> Cosignature | None:
        """Give the first of some lines that is this witness's cosignature of a note; None when there is none."""
        body, _, _signatures = note.partition("\n\n")
        prefix = f"— {self.name} "
        for line in lines.splitlines():
            at = self._verified(line.removeprefix(prefix), f"{body}\n") if line.startswith(prefix) else None
            if at is not None:
                return Cosignature(line, at)
        return None

    def _verified(self, encoded: str, text: str) -> datetime | None:
        raw = _decoded(encoded)
        time = raw[_KEY_ID_SIZE : _KEY_ID_SIZE + _TIME_SIZE]
        seconds = int.from_bytes(time, "big")
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        known = raw[:_KEY_ID_SIZE] == self.key_id() and len(time) == _TIME_SIZE
        if not known or not signing.verify(self.public_key, message, raw[_KEY_ID_SIZE + _TIME_SIZE :]):
            return None
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return None


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""
