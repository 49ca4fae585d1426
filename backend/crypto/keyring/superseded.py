"""Keys replaced by a re-sealing: kept under the hold key until a newer backup of `main` holds what replaced them.

Destroyed at once, they would make the latest backup of `main` unreadable where something was sent, merged, moved or
returned since. Kept for too long, they would open what their successors no longer open: the first successor that is
destroyed takes them along (decision 0014).
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.crypto.keyring.rooted import Root
from backend.crypto.keyring.wraps import move_wraps
from backend.crypto.keystore import BackupRecord, HolderKind, SubjectRecord, SupersededRecord

MAIN = "main"
"""The store whose newer backup makes a replaced key useless."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """A subject whose content was sealed again, with its reference, a coded ground, and the keys that now seal it."""

    reference: str
    subject: UUID
    ground: str
    successors: frozenset[UUID]


def keep(session: Session, root: Root, entries: Collection[Superseded]) -> None:
    """Put replaced keys under the hold key of their cell; safe to repeat, and nothing that was destroyed comes back."""
    move_wraps(session, root, [entry.subject for entry in entries], HolderKind.CELL, HolderKind.HOLD)
    chosen = col(SubjectRecord.subject)
    alive = set(session.scalars(sa.select(chosen).where(chosen.in_([entry.subject for entry in entries]))))
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for entry in entries:
        for successor in sorted(entry.successors) if entry.subject in alive else ():
            row = insert(SupersededRecord).values(
                subject=entry.subject,
                successor=successor,
                reference=entry.reference,
                ground=entry.ground,
                at=root.clock(),
            )
            session.execute(row.on_conflict_do_nothing())


def kept(session: Session, subjects: Collection[UUID]) -> frozenset[UUID]:
    """Give those of some subjects whose key was replaced, and is kept."""
    subject = col(SupersededRecord.subject)
    return frozenset(session.scalars(sa.select(subject).where(subject.in_(subjects))))


def predecessors(session: Session, subjects: Collection[UUID]) -> list[Superseded]:
    """Give every kept key that some subjects replaced, and those that these had replaced before."""
    found: dict[UUID, Superseded] = {}
    asked = set(subjects)
    while asked:
        rows = session.scalars(sa.select(SupersededRecord).where(col(SupersededRecord.successor).in_(asked))).all()
        entries = {row.subject: row for row in rows if row.subject not in found}
        found |= {
            subject: Superseded(row.reference, subject, row.ground, frozenset({row.successor}))
            for subject, row in entries.items()
        }
        asked = set(entries)
    return list(found.values())


def outdated(session: Session) -> list[Superseded]:
    """Give the kept keys replaced before the latest backup of `main` was begun: it holds what follows them."""
    latest = sa.select(sa.func.max(col(BackupRecord.taken_at))).where(col(BackupRecord.store) == MAIN)
    rows = session.scalars(sa.select(SupersededRecord).where(col(SupersededRecord.at) < latest.scalar_subquery()))
    return [Superseded(row.reference, row.subject, row.ground, frozenset({row.successor})) for row in rows]


def reinstate(session: Session, root: Root, subjects: Collection[UUID]) -> int:
    """Give kept keys back to their cell, since a restored `main` holds their rows again; give how many."""
    subject = col(SupersededRecord.subject)
    back = set(session.scalars(sa.delete(SupersededRecord).where(subject.in_(subjects)).returning(subject)))
    move_wraps(session, root, back, HolderKind.HOLD, HolderKind.CELL)
    return len(back)
