"""The expiry of what the journal says: entries and subjects go, leaves stay, and so does what they prove (R14).

What goes is a prefix of the tree, under a limit that the databases judge (`triggers`) and that the journal's key
authenticates: an entry missing anywhere else was removed by somebody. What is damaged stays, as evidence.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from backend.audit.examination import EnoughError, Examination
from backend.audit.merkle import peaks
from backend.audit.models import JournalEntry, JournalExpiry, JournalExpiryMark, JournalSubject
from backend.audit.numbering import Numbers
from backend.audit.reading import read_rows
from backend.audit.tree import stored_hashes
from backend.kernel.database import Store

FLOOR = timedelta(days=180)
"""Least age of what goes, compared with the newest event: CNIL, deliberation 2021-122, six months."""

BATCH = 5000
"""Leaves under one limit, in one transaction."""

_PURPOSE = b"cenacle journal expiry 1\n"


class DamagedError(Exception):
    """What should expire was tampered with: it stays, for whoever will look into it."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The prefix that expired: its number of leaves, the instant before which all were recorded, last numbers."""

    size: int = 0
    until: datetime | None = None
    marks: Mapping[UUID, int] = field(default_factory=dict)


def expire(journal: Store, mac_key: bytes, public_key: bytes, *, before: datetime, now: datetime) -> int:
    """Expire the longest prefix of events that were all recorded before an instant, and give their number.

    Nothing younger than `FLOOR` goes, whatever is asked. Raises `DamagedError` where the examination of what goes
    finds a problem, and what `read_expired` raises; the batches before it are gone.
    """
    total = 0
    while number := _expire_batch(journal, mac_key, public_key, before, now):
        total += number
    return total


def read_expired(session: Session, mac_key: bytes) -> tuple[Expired, Sequence[int]]:
    """Give the prefix that authentic limits say expired, and the sizes of those that nobody authentic wrote.

    Raises `UnreadableError` for a row that does not hold what its columns promise.
    """
    limits = read_rows(session, select(JournalExpiry).order_by(col(JournalExpiry.size)))
    marks: dict[int, dict[UUID, int]] = {}
    for mark in read_rows(session, select(JournalExpiryMark)):
        marks.setdefault(mark.size, {})[mark.writer] = mark.reached
    expired, forged = Expired(), []
    for limit in limits:
        own = marks.pop(limit.size, {})
        text = _text(limit.size, limit.until, limit.decided_at, own)
        if hmac.compare_digest(limit.mac, _authenticate(mac_key, text)) and limit.until <= limit.decided_at - FLOOR:
            expired = Expired(limit.size, limit.until, {**expired.marks, **own})
        else:
            forged.append(limit.size)
    return expired, [*forged, *sorted(marks)]


def _expire_batch(journal: Store, mac_key: bytes, public_key: bytes, before: datetime, now: datetime) -> int:
    with journal.transaction() as session:
        expired, forged = read_expired(session, mac_key)
        if forged:
            raise DamagedError
        until = _until(session, before, now)
        if until is None:
            return 0
        end = _end(session, expired.size, until)
        if end <= expired.size:
            return 0
        known = stored_hashes(session, peaks(expired.size))
    found = Examination(mac_key, public_key, known=known)
    try:
        found.examine(journal, expired.size, end, None)
    except (EnoughError, KeyError):  # a subtree that the prefix needs is missing
        raise DamagedError from None
    if found.problems:
        raise DamagedError
    marks = _marks(found.numbers)
    mac = _authenticate(mac_key, _text(end, until, now, marks))
    with journal.transaction() as session:
        session.execute(sa.insert(JournalExpiry), [{"size": end, "until": until, "decided_at": now, "mac": mac}])
        rows = [{"size": end, "writer": writer, "reached": reached} for writer, reached in marks.items()]
        session.execute(sa.insert(JournalExpiryMark), rows)
        session.execute(sa.delete(JournalSubject).where(col(JournalSubject.leaf) < end))
        session.execute(sa.delete(JournalEntry).where(col(JournalEntry.leaf) < end))
    return end - expired.size


def _until(session: Session, before: datetime, now: datetime) -> datetime | None:
    newest = session.scalar(select(func.max(JournalEntry.recorded_at)))
    return None if newest is None else min(before, newest - FLOOR, now - FLOOR)


def _end(session: Session, start: int, until: datetime) -> int:
    """Give the first leaf that stays, at most a batch away; the newest event always does."""
    kept = select(func.min(JournalEntry.leaf)).where(col(JournalEntry.recorded_at) >= until)
    return min(session.scalar(kept) or 0, start + BATCH)


def _marks(numbers: Numbers) -> dict[UUID, int]:
    return {writer: max(numbers.reached[writer], *numbers.ahead[writer], 0) for writer in sorted(numbers.ahead)}


def _text(size: int, until: datetime, decided_at: datetime, marks: Mapping[UUID, int]) -> str:
    return json.dumps(
        {
            "decided_at": decided_at.astimezone(UTC).isoformat(),
            "marks": {str(writer): marks[writer] for writer in sorted(marks)},
            "size": size,
            "until": until.astimezone(UTC).isoformat(),
        },
        sort_keys=True,
        separators=(",", ":"),
    )


def _authenticate(mac_key: bytes, text: str) -> bytes:
    return hmac.digest(mac_key, _PURPOSE + text.encode(), "sha256")
