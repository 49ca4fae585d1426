"""Subjects' keys wrapped under holders' keys, as rows of `keys` (architecture.md section 4)."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, col

from backend.crypto.keyring.rooted import Root, active_holder_key
from backend.crypto.keystore import HolderKey, HolderKind, SubjectRecord, SubjectWrap
from backend.crypto.sealed import SubjectKey
from backend.crypto.wrapping import bind, new_key, unwrap, wrap

HELD_BY = sa.and_(
    col(SubjectWrap.holder_kind) == col(HolderKey.kind),
    col(SubjectWrap.holder) == col(HolderKey.holder),
    col(SubjectWrap.holder_generation) == col(HolderKey.generation),
)
"""A wrap and the generation that it was made under, which is always there.

A query that begins with some subjects joins it outwards: SQLite, which keeps no statistics, would otherwise begin with
the cell and read every wrap that it holds.
"""


def add_wrap(session: Session, root: Root, row: SubjectWrap, key: bytes) -> None:
    """Wrap a subject's key under the active generation of the row's holder; raise `LookupError` when there is none.

    The row is inserted only if that generation is still active: a rotation may end between the two statements, and
    the next turn finds the new generation.
    """
    inserted = False
    while not inserted:
        active = active_holder_key(session, HolderKind(row.holder_kind), row.holder)
        row.holder_generation = active.generation
        row.wrapped = wrap(AESGCM(root.holder_key(active)), key, binding_of(row))
        inserted = _insert_while_active(session, row)


def new_wrap(subject: UUID, generation: int, kind: HolderKind, holder: UUID) -> SubjectWrap:
    """Give the row of a wrap to be added: whose key it holds, and for whom."""
    return SubjectWrap(
        subject=subject,
        subject_generation=generation,
        holder_kind=kind,
        holder=holder,
        holder_generation=0,
        wrapped=b"",
    )


def _insert_while_active(session: Session, row: SubjectWrap) -> bool:
    columns = list(SubjectWrap.metadata.tables["subject_wrap"].columns)
    values = sa.select(*(sa.literal(getattr(row, column.name), column.type) for column in columns)).where(
        col(HolderKey.kind) == row.holder_kind,
        col(HolderKey.holder) == row.holder,
        col(HolderKey.generation) == row.holder_generation,
        col(HolderKey.retired_at).is_(None),
    )
    statement = sa.insert(SubjectWrap).from_select([column.name for column in columns], values)
    # The drivers' count of inserted rows is not reliable; what the row gives back is.
    return session.scalar(statement.returning(col(SubjectWrap.subject))) is not None


def open_wraps(
    session: Session, root: Root, wanted: Mapping[UUID, UUID], kind: HolderKind = HolderKind.CELL
) -> dict[UUID, SubjectKey]:
    """Open the keys of subjects, each held by the cell given for it, in one query; the others are absent.

    `kind` says which of the cell's keys: a wrap under another one is not opened.
    """
    query = (
        sa.select(SubjectWrap, HolderKey)
        .join(HolderKey, HELD_BY, isouter=True)
        .where(col(SubjectWrap.subject).in_(wanted), col(SubjectWrap.holder_kind) == kind)
        .order_by(col(SubjectWrap.subject_generation))  # the latest generation is the one that stays
    )
    found: dict[UUID, SubjectKey] = {}
    unfinished: set[UUID] = set()
    for row, holder in session.execute(query):
        if row.holder != wanted[row.subject]:
            continue
        before = found.get(row.subject)
        found[row.subject] = SubjectKey(
            row.subject,
            row.subject_generation,
            AESGCM(open_wrap(root, row, holder)),
            older=() if before is None else (*before.older, before),
            due=row.due_at is not None or row.subject in unfinished,
        )
        if row.replaced_at is None:
            unfinished.add(row.subject)
    return found


def renew_key(session: Session, root: Root, subject: UUID, cell: UUID) -> SubjectKey | None:
    """Draw a new generation of a subject's key that is due, unless a renewal had begun; give it, with the older ones.

    None when its cell holds it no more. The subject is locked first, or a key destroyed meanwhile would come back.
    """
    session.execute(sa.select(SubjectRecord).where(col(SubjectRecord.subject) == subject).with_for_update())
    latest = session.scalars(
        sa.select(SubjectWrap)
        .where(
            col(SubjectWrap.subject) == subject,
            col(SubjectWrap.holder_kind) == HolderKind.CELL,
            col(SubjectWrap.holder) == cell,
        )
        .order_by(col(SubjectWrap.subject_generation).desc())
        .limit(1)
    ).first()
    if latest is None:
        return None
    if latest.due_at is not None:
        add_wrap(session, root, new_wrap(subject, latest.subject_generation + 1, HolderKind.CELL, cell), new_key())
    return open_wraps(session, root, {subject: cell})[subject]


def move_wraps(
    session: Session, root: Root, subjects: Collection[UUID], source: HolderKind, target: HolderKind
) -> None:
    """Replace the wraps of subjects under one kind of a cell's key by wraps under another; the others stay.

    The subjects are locked first, or a key destroyed meanwhile would come back.
    """
    chosen = col(SubjectRecord.subject)
    session.scalars(sa.select(chosen).where(chosen.in_(subjects)).order_by(chosen).with_for_update()).all()
    query = (
        sa.select(SubjectWrap, HolderKey)
        .join(HolderKey, HELD_BY, isouter=True)
        .where(col(SubjectWrap.subject).in_(subjects), col(SubjectWrap.holder_kind) == source)
    )
    for row, holder in session.execute(query).all():
        key = open_wrap(root, row, holder)
        moved = new_wrap(row.subject, row.subject_generation, target, row.holder)
        moved.due_at, moved.replaced_at = row.due_at, row.replaced_at
        session.delete(row)
        session.flush()
        add_wrap(session, root, moved, key)


def open_wrap(root: Root, row: SubjectWrap, holder: HolderKey) -> bytes:
    """Open a wrap under the generation that it was made under; raise `WrapBroken` when it was moved or altered."""
    return unwrap(AESGCM(root.holder_key(holder)), row.wrapped, binding_of(row))


def binding_of(row: SubjectWrap | sa.Row[Any], generation: int | None = None) -> bytes:
    """Say whose key a wrap holds, and for whom: moved elsewhere, it does not open.

    `generation` is another one of the same holder's key, for a wrap that goes under it.
    """
    return bind(
        "subject-wrap",
        row.subject,
        row.subject_generation,
        row.holder_kind,
        row.holder,
        generation or row.holder_generation,
    )
