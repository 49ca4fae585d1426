"""Keys whose rows never came: a process died between `keys` and `main` (architecture.md section 4)."""

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from backend.crypto.keystore import SubjectRecord, SupersededRecord
from backend.kernel.database import Store

ORPHAN_AGE = timedelta(hours=1)
"""No submission lasts this long: a younger key may still be waiting for its rows."""

ORPHANS_AT_ONCE = 20
"""More than this is no accident of a few processes, and a person must look first."""

BATCH = 1000

Known = Callable[[Collection[UUID]], AbstractSet[UUID]]
"""Gives those of some subjects that have rows in `main`."""


def find_orphans(store: Store, known: Known, now: datetime) -> frozenset[UUID]:
    """Give at most `ORPHANS_AT_ONCE` subjects older than `ORPHAN_AGE` that `known` does not know, nor a re-sealing.

    `known` is asked between the transactions of `keys`, never during one.
    """
    found: list[UUID] = []
    batch: list[UUID] = [UUID(int=0)]
    while batch and len(found) < ORPHANS_AT_ONCE:
        with store.transaction() as session:
            batch = _older(session, now, batch[-1])
        rows = known(batch)
        found += [subject for subject in batch if subject not in rows]
    return frozenset(found[:ORPHANS_AT_ONCE])


def _older(session: Session, now: datetime, after: UUID) -> list[UUID]:
    subject = col(SubjectRecord.subject)
    old = col(SubjectRecord.created_at) < now - ORPHAN_AGE
    kept = sa.select(col(SupersededRecord.subject)).where(col(SupersededRecord.subject) == subject)
    query = sa.select(subject).where(subject > after, old, ~sa.exists(kept))
    return list(session.scalars(query.order_by(subject).limit(BATCH)))


def reap(session: Session, suspects: Collection[UUID], rows: AbstractSet[UUID], now: datetime) -> frozenset[UUID]:
    """Destroy the suspects that are older than `ORPHAN_AGE` and still have no rows; give those."""
    if len(suspects) > ORPHANS_AT_ONCE:
        raise ValueError("too many orphans at once")
    orphan = (
        col(SubjectRecord.subject).in_(set(suspects) - rows),
        col(SubjectRecord.created_at) < now - ORPHAN_AGE,
    )
    reaped = frozenset(session.scalars(sa.select(col(SubjectRecord.subject)).where(*orphan)))
    session.execute(sa.delete(SubjectRecord).where(*orphan))
    return reaped
