"""The body of an event: canonical JSON (RFC 8785 holds: ASCII keys, integers, no floats), authenticated, salted.

The authentication code covers the whole body, its writer and its sequence included, so that an event neither changes
nor moves; the salt keeps a leaf whose body has expired from being guessed (architecture.md section 5).
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.audit.events import Event, is_reference, values_of

MAC_SIZE = 32
"""Bytes of an authentication code (HMAC-SHA-256), and of the least key it takes."""

SALT_SIZE = 32
"""Random bytes that precede a body in its leaf."""

_PURPOSE = b"cenacle journal 1\n"

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Body:
    """What was recorded: the event with who, when, by which writer, and the numbers that this writer declares void."""

    event: UUID
    writer: UUID
    sequence: int
    void: tuple[int, ...]
    at: datetime
    account: UUID | None
    name: str
    values: dict[str, Any]

    def text(self) -> str:
        """Give the canonical JSON."""
        return _CANONICAL.encode(
            {
                "account": None if self.account is None else str(self.account),
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "event": str(self.event),
                "name": self.name,
                "sequence": self.sequence,
                "values": self.values,
                "void": list(self.void),
                "writer": str(self.writer),
            }
        )

    def references(self) -> frozenset[str]:
        """Give every opaque reference among the event's values."""
        return frozenset(text for text in _strings(self.values) if is_reference(text))


def body_of(event: Event, *, event_id: UUID, writer: UUID, account: UUID | None, at: datetime) -> Body:
    """Give the body of an event, not yet numbered (sequence 0)."""
    return Body(event_id, writer, 0, (), at, account, event.name, values_of(event))


def read_body(text: str) -> Body:
    """Read a body back; raise `ValueError` for anything that `Body.text` does not write, to the byte."""
    try:
        found = json.loads(text)
        body = Body(
            event=UUID(found["event"]),
            writer=UUID(found["writer"]),
            sequence=found["sequence"],
            void=tuple(found["void"]),
            at=datetime.fromisoformat(found["at"]),
            account=None if found["account"] is None else UUID(found["account"]),
            name=found["name"],
            values=found["values"],
        )
        same = body.text() == text
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("not the body of an event") from error
    if not same:
        raise ValueError("not the body of an event")
    return body


def authenticate(mac_key: bytes, text: str) -> bytes:
    """Give the authentication code of a body."""
    return hmac.digest(mac_key, _PURPOSE + text.encode(), "sha256")


def is_authentic(mac_key: bytes, text: str, mac: bytes) -> bool:
    """Tell whether an authentication code is this body's, in constant time."""
    return hmac.compare_digest(authenticate(mac_key, text), mac)


def leaf_data(salt: bytes, mac: bytes, text: str) -> bytes:
    """Give what a leaf hashes; salt and code have fixed sizes, so that no two entries read alike."""
    return salt + mac + text.encode()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
