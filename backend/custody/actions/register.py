"""The register of tombstones: a file beside the stores, so that losing `keys` does not forget what was destroyed.

One line of canonical JSON per tombstone, then an HMAC-SHA-256 under the journal's key: a line that is added would
destroy somebody's situation at the next restoration, a line that is removed would bring one back.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from backend.authorization.timekeeping import clock_is_refused
from backend.authorization.work import House
from backend.crypto.keyring import Keyring, ServiceKey, Tombstone
from policies.retention import Kind, rule

DOMAIN = b"tombstone-register\0"
AT_ONCE = 500


class RegisterError(Exception):
    """A register is missing or was altered; the French message is for the operator."""


def keep_register(house: House) -> int:
    """Write every tombstone of the keys, with those that the register already had, and give how many it holds.

    Replaced in one move. Those that no backup can need any more leave it, unless the clock that says so is refused.
    Raises `RegisterError` for one that was altered, which is left as it is.
    """
    now = house.clock()
    horizon = datetime.min.replace(tzinfo=UTC) if clock_is_refused(house.stores, now) else now - tombstone_life()
    path = house.settings.register_path()
    with _turn(path):
        before = read_register(path, house.keyring) if path.exists() else []
        found = {entry.subject: entry for entry in (*before, *every_tombstone(house.keyring)) if entry.at >= horizon}
        entries = [found[subject] for subject in sorted(found)]
        if entries != before or not path.exists():
            _write(path, _text(entries, house.keyring))
    return len(entries)


def read_register(path: Path, keyring: Keyring) -> list[Tombstone]:
    """Give the tombstones of a register; raise `RegisterError` when it is missing or is not ours to the byte."""
    try:
        data = path.read_bytes()
    except OSError:
        raise RegisterError(f"Le registre des destructions {path.name} est absent ou illisible.") from None
    try:
        entries = [_entry(line) for line in data.decode().splitlines()[:-1]]
    except (ValueError, KeyError, TypeError):
        entries = []
    if not hmac.compare_digest(_text(entries, keyring).encode(), data):
        raise RegisterError(
            f"Le registre des destructions {path.name} a été modifié, ou n'est pas de cette installation : prenez-en "
            "une autre copie."
        )
    return entries


def every_tombstone(keyring: Keyring) -> Iterator[Tombstone]:
    """Give every tombstone of the keys, in the order of their subjects."""
    after = UUID(int=0)
    while found := keyring.tombstones(after, AT_ONCE):
        yield from found
        after = found[-1].subject


def tombstone_life() -> timedelta:
    """Give how long a tombstone is kept, from which no backup may be older."""
    return timedelta(days=rule(Kind.TOMBSTONE).days or 0)


def _text(entries: Collection[Tombstone], keyring: Keyring) -> str:
    lines = "".join(f"{_line(entry)}\n" for entry in entries)
    key = keyring.service_key(ServiceKey.JOURNAL_MAC)
    return f"{lines}{hmac.new(key, DOMAIN + lines.encode(), sha256).hexdigest()}\n"


def _line(entry: Tombstone) -> str:
    values = [str(entry.subject), entry.reference, entry.ground, entry.at.isoformat()]
    return json.dumps(values, separators=(",", ":"))


def _entry(line: str) -> Tombstone:
    subject, reference, ground, at = json.loads(line)
    return Tombstone(str(reference), UUID(subject), str(ground), datetime.fromisoformat(at))


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.partial")
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
