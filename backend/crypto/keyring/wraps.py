"""Subjects' keys wrapped under holders' keys, as rows of `keys` (architecture.md section 4)."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, col

from backend.crypto.keyring.rooted import Root, active_holder_key
from backend.crypto.keystore import HolderKey, HolderKind, SubjectRecord, SubjectWrap
from backend.crypto.sealed import SubjectKey
from backend.crypto.wrapping import bind, unwrap, wrap

HELD_BY = sa.and_(
    col(SubjectWrap.holder_kind) == col(HolderKey.kind),
    col(SubjectWrap.holder) == col(HolderKey.holder),
    col(SubjectWrap.holder_generation) == col(HolderKey.generation),
)
"""A wrap and the generation that it was made under."""


def add_wrap(
    session: Session, root: Root, subject: UUID, generation: int, key: bytes, kind: HolderKind, holder: UUID
) -> None:
    """Wrap a subject's key under the active generation of a holder's key; raise `LookupError` when there is none.

    The row is inserted only if that generation is still active: a rotation may end between the two statements, and
    the next turn finds the new generation.
    """
    inserted = False
    while not inserted:
        active = active_holder_key(session, kind, holder)
        row = SubjectWrap(
            subject=subject,
            subject_generation=generation,
            holder_kind=kind,
            holder=holder,
            holder_generation=active.generation,
            wrapped=b"",
        )
        row.wrapped = wrap(AESGCM(root.holder_key(active)), key, _binding(row))
        inserted = _insert_while_active(session, row)


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
        .join(HolderKey, HELD_BY)
        .where(col(SubjectWrap.subject).in_(wanted), col(SubjectWrap.holder_kind) == kind)
        .order_by(col(SubjectWrap.subject_generation))  # the latest generation is the one that stays
    )
    return {
        row.subject: SubjectKey(row.subject, row.subject_generation, AESGCM(_open(root, row, holder)))
        for row, holder in session.execute(query)
        if row.holder == wanted[row.subject]
    }


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
        .join(HolderKey, HELD_BY)
        .where(col(SubjectWrap.subject).in_(subjects), col(SubjectWrap.holder_kind) == source)
    )
    for row, holder in session.execute(query).all():
        key = _open(root, row, holder)
        session.delete(row)
        session.flush()
        add_wrap(session, root, row.subject, row.subject_generation, key, target, row.holder)


def _open(root: Root, row: SubjectWrap, holder: HolderKey) -> bytes:
    return unwrap(AESGCM(root.holder_key(holder)), row.wrapped, _binding(row))


def _binding(row: SubjectWrap) -> bytes:
    return bind(
        "subject-wrap",
        row.subject,
        row.subject_generation,
        row.holder_kind,
        row.holder,
        row.holder_generation,
    )
