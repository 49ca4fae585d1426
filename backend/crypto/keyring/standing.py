"""How old keys are, what is behind, what is due: counts and instants, without any key (`cenacle keys status`)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.crypto.keyring.rooted import root_generations
from backend.crypto.keyring.rotating import behind_cell
from backend.crypto.keystore import (
    HolderKey,
    HolderKind,
    RotationRecord,
    ServiceKeyRecord,
    SubjectWrap,
)
from backend.kernel.database import Store
from policies.rotation import PERIOD, RotationGround

NEWER = aliased(SubjectWrap)


@dataclass(frozen=True, slots=True)
class RootStanding:
    """A generation of the root: how many keys it wraps, and whether it is the active one."""

    generation: int
    created_at: datetime
    active: bool
    wraps: int


@dataclass(frozen=True, slots=True)
class CellStanding:
    """The keys of a cell: since when they wrap, what made them due, what is behind.

    `behind` counts wraps under retired keys, `due` the subjects to be sealed again at their next opening.
    """

    cell: UUID
    generation: int
    created_at: datetime
    due_at: datetime | None
    ground: RotationGround | None
    behind: int
    due: int


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """A key of the service."""

    kind: str
    generation: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Every key but those of subjects, and when each cell, or the root (`rotating.OF_ROOT`), was last renewed."""

    roots: tuple[RootStanding, ...]
    cells: tuple[CellStanding, ...]
    services: tuple[ServiceStanding, ...]
    renewed: dict[UUID, datetime]


@dataclass(frozen=True, slots=True)
class DueCell:
    """A cell whose keys are to be renewed, the generation to leave, and why."""

    cell: UUID
    generation: int
    ground: RotationGround


def standing_of(store: Store) -> Standing:
    """Give where every key stands."""
    with store.transaction() as session:
        return Standing(
            tuple(
                RootStanding(row.generation, row.created_at, row.retired_at is None, _wrapped(session, row.generation))
                for row in root_generations(session)
            ),
            tuple(
                _cell(session, row)
                for row in session.scalars(sa.select(HolderKey).where(*_is_active()).order_by(col(HolderKey.holder)))
            ),
            tuple(
                ServiceStanding(row.kind, row.generation, row.created_at)
                for row in session.scalars(sa.select(ServiceKeyRecord).order_by(col(ServiceKeyRecord.kind)))
            ),
            _renewed(session),
        )


def active_root_of(store: Store) -> int:
    """Give the generation of the root that wraps."""
    with store.transaction() as session:
        return next(row.generation for row in root_generations(session) if row.retired_at is None)


def mark_due(store: Store, cells: Collection[UUID], ground: RotationGround, now: datetime) -> None:
    """Mark the keys of some cells to be renewed; what was marked already keeps its ground."""
    marked = sa.update(HolderKey).where(
        col(HolderKey.kind) == HolderKind.CELL,
        col(HolderKey.holder).in_(cells),
        col(HolderKey.retired_at).is_(None),
        col(HolderKey.due_at).is_(None),
    )
    with store.transaction() as session:
        session.execute(marked.values(due_at=now, due_ground=ground))


def due_cells(store: Store, now: datetime) -> list[DueCell]:
    """Give the cells whose keys were marked, or whose period is over."""
    over = sa.or_(col(HolderKey.due_at).is_not(None), col(HolderKey.created_at) <= now - PERIOD)
    with store.transaction() as session:
        return [
            DueCell(row.holder, row.generation, row.due_ground or RotationGround.PERIOD)
            for row in session.scalars(sa.select(HolderKey).where(*_is_active(), over).order_by(col(HolderKey.holder)))
        ]


def untidy_cells(store: Store) -> list[UUID]:
    """Give the cells that still have retired keys."""
    query = sa.select(col(HolderKey.holder)).where(col(HolderKey.retired_at).is_not(None)).distinct()
    with store.transaction() as session:
        return list(session.scalars(query.order_by(col(HolderKey.holder))))


def due_subjects(store: Store, cell: UUID) -> list[UUID]:
    """Give the subjects of a cell whose values are to be sealed again."""
    query = sa.select(col(SubjectWrap.subject)).where(*_due(cell)).distinct()
    with store.transaction() as session:
        return list(session.scalars(query.order_by(col(SubjectWrap.subject))))


def replaced_keys(store: Store, cell: UUID, before: datetime) -> list[tuple[UUID, int]]:
    """Give the subjects of a cell, and the generation, whose key was replaced before an instant."""
    query = sa.select(SubjectWrap).where(col(SubjectWrap.holder) == cell, col(SubjectWrap.replaced_at) <= before)
    with store.transaction() as session:
        return [(row.subject, row.subject_generation) for row in session.scalars(query)]


def drop_replaced(store: Store, subject: UUID, generation: int) -> None:
    """Destroy a replaced key, under which no value is sealed any more."""
    with store.erasing() as session:
        session.execute(sa.delete(SubjectWrap).where(*_generation(subject, generation)))


def keep_replaced(store: Store, subject: UUID, generation: int) -> None:
    """Take back that a key was replaced, since a value is still sealed under it: its subject is due again."""
    with store.transaction() as session:
        session.execute(sa.update(SubjectWrap).where(*_generation(subject, generation)).values(replaced_at=None))


def _generation(subject: UUID, generation: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(SubjectWrap.subject) == subject,
        col(SubjectWrap.subject_generation) == generation,
        col(SubjectWrap.replaced_at).is_not(None),
    )


def _is_active() -> tuple[sa.ColumnElement[bool], ...]:
    return col(HolderKey.kind) == HolderKind.CELL, col(HolderKey.retired_at).is_(None)


def _cell(session: Session, row: HolderKey) -> CellStanding:
    due = sa.select(sa.func.count(col(SubjectWrap.subject).distinct())).where(*_due(row.holder))
    return CellStanding(
        row.holder,
        row.generation,
        row.created_at,
        row.due_at,
        row.due_ground,
        behind_cell(session, row.holder),
        session.scalars(due).one(),
    )


def _due(cell: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """Say that a wrap of a cell is of a key to be renewed, or of one whose renewal had begun and did not end."""
    newer = sa.exists().where(
        col(NEWER.subject) == col(SubjectWrap.subject),
        col(NEWER.subject_generation) > col(SubjectWrap.subject_generation),
    )
    return (
        col(SubjectWrap.holder_kind) == HolderKind.CELL,
        col(SubjectWrap.holder) == cell,
        sa.or_(
            sa.and_(newer, col(SubjectWrap.replaced_at).is_(None)),
            sa.and_(~newer, col(SubjectWrap.due_at).is_not(None)),
        ),
    )


def _renewed(session: Session) -> dict[UUID, datetime]:
    query = sa.select(RotationRecord).where(col(RotationRecord.finished_at).is_not(None))
    rows = session.scalars(query.order_by(col(RotationRecord.finished_at)))
    return {row.holder: row.finished_at for row in rows if row.finished_at is not None}


def _wrapped(session: Session, generation: int) -> int:
    counts = (
        sa.select(sa.func.count()).select_from(model).where(col(model.root_generation) == generation)
        for model in (HolderKey, ServiceKeyRecord)
    )
    return sum(session.scalars(count).one() for count in counts)
