"""Rotations: what one generation of a key wraps goes under the next one, batch by batch, while everything is served.

Both generations open until the older one wraps nothing. A batch is one transaction, which moves wraps and never makes
one: what was destroyed meanwhile has no row left to change. Killed anywhere, a rotation goes on from where it stands;
one process at a time works at it, for as long as it holds the lease (architecture.md section 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.crypto.keyring.rooted import (
    CACHE_LIFE,
    Root,
    active_holder_key,
    active_root,
    add_holder_key,
    add_root_generation,
    check_root,
    holder_use,
    service_use,
)
from backend.crypto.keyring.wraps import HELD_BY, binding_of
from backend.crypto.keystore import (
    HolderKey,
    HolderKind,
    RootGeneration,
    RotationRecord,
    ServiceKeyRecord,
    SubjectWrap,
)
from backend.crypto.wrapping import unwrap, wrap
from backend.kernel.database import Store
from policies.rotation import RootPlace, RotationGround, RotationKind

LEASE = timedelta(minutes=2)
"""How long a process that died keeps the others waiting; each batch takes the lease again."""

ROOT_BATCH = 20
"""Keys that the root wraps again in one transaction: a hardware module takes its time."""

BATCH = 500
"""Subjects' keys that are wrapped again in one transaction: about twenty milliseconds, between two of a request's."""

RENEWED = (HolderKind.CELL, HolderKind.ARCHIVE, HolderKind.HOLD)
"""Keys of a cell that a rotation renews: those that wrap. A new `index` needs what only an opening gives."""

OF_ROOT = UUID(int=0)
"""Stands for the cell in the rotation of the root, which is nobody's."""

WRAPS = SubjectWrap.metadata.tables["subject_wrap"]


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation under way: its kind, its cell (None for the root), its new generation, what moved, what is behind."""

    id: UUID
    kind: RotationKind
    cell: UUID | None
    generation: int
    place: RootPlace | None
    ground: RotationGround
    moved: int
    behind: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rotations:
    """The rotations of one store of keys, under its root."""

    store: Store
    root: Root

    def begin_root(self, since: int, generation: int, place: RootPlace, ground: RotationGround) -> bool:
        """Begin to leave a generation of the root; tell whether it was still the active one, and nobody had begun."""
        with self.store.transaction() as session:
            if active_root(session, self.root) != since:
                return False
            return self._write(session, RotationKind.ROOT, OF_ROOT, generation, ground, place)

    def begin_cell(self, cell: UUID, since: int, ground: RotationGround) -> bool:
        """Draw the new keys of a cell, active from now on; tell whether `since` was active, and nobody had begun.

        Raise `LookupError` for a cell without keys.
        """
        with self.store.transaction() as session:
            active = active_holder_key(session, HolderKind.CELL, cell, lock=True)
            if active.generation != since:
                return False
            if not self._write(session, RotationKind.CELL, cell, since + 1, ground, None):
                return False
            for kind in RENEWED:
                retired = active_holder_key(session, kind, cell, lock=True)
                retired.retired_at = self.root.clock()
                session.flush()  # one active generation at a time, even for a moment
                add_holder_key(session, self.root, kind, cell, retired.generation + 1)
            return True

    def unfinished(self, *, drawn: bool = False) -> list[UUID]:
        """Give the rotations that are not finished, the first begun first; `drawn` leaves out a root not drawn yet."""
        query = sa.select(col(RotationRecord.id)).where(col(RotationRecord.finished_at).is_(None))
        if drawn:
            known = sa.exists().where(col(RootGeneration.generation) == col(RotationRecord.generation))
            query = query.where(sa.or_(col(RotationRecord.kind) != RotationKind.ROOT, known))
        with self.store.transaction() as session:
            return list(session.scalars(query.order_by(col(RotationRecord.started_at), col(RotationRecord.id))))

    def under_way(self, cell: UUID | None) -> UUID | None:
        """Give the rotation of a cell, or of the root for None, that is not finished."""
        query = sa.select(col(RotationRecord.id)).where(
            col(RotationRecord.finished_at).is_(None), col(RotationRecord.holder) == (cell or OF_ROOT)
        )
        with self.store.transaction() as session:
            return session.scalar(query)

    def take(self, rotation: UUID, worker: UUID) -> Rotation | None:
        """Take the lease of a rotation, or keep it; None when it is finished or when another process works at it.

        Raise `RootKeyError` when this process does not have every generation of the root as the stores know it.
        """
        with self.store.transaction() as session:
            row = self._locked(session, rotation)
            now = self.root.clock()
            free = row is not None and (
                row.worker in {None, worker} or row.leased_until is None or row.leased_until < now
            )
            if row is None or not free:
                return None
            check_root(session, self.root)
            row.worker, row.leased_until = worker, now + LEASE
            cell = None if row.kind is RotationKind.ROOT else row.holder
            behind = _behind(session, row)
            return Rotation(row.id, row.kind, cell, row.generation, row.place, row.ground, row.moved, behind)

    def leave(self, rotation: UUID, worker: UUID) -> None:
        """Give the lease back, so that another process goes on at once."""
        mine = (col(RotationRecord.id) == rotation, col(RotationRecord.worker) == worker)
        with self.store.transaction() as session:
            session.execute(sa.update(RotationRecord).where(*mine).values(worker=None, leased_until=None))

    def is_established(self, generation: int) -> bool:
        """Tell whether the stores know a generation of the root."""
        with self.store.transaction() as session:
            return session.get(RootGeneration, generation) is not None

    def establish(self, rotation: UUID, worker: UUID) -> bool:
        """Make the new generation of the root the active one; tell whether the lease was still held."""
        with self.store.transaction() as session:
            row = self._mine(session, rotation, worker)
            if row is not None and session.get(RootGeneration, row.generation) is None:
                add_root_generation(session, self.root, row.generation)
            return row is not None

    def step(self, rotation: UUID, worker: UUID) -> int | None:
        """Move one batch; give how many keys, 0 when nothing is behind, None when the lease was lost.

        Raise `Unavailable` when the root is not there: the batch is as it was, and the rotation goes on later.
        """
        with self.store.transaction() as session:
            row = self._mine(session, rotation, worker)
            if row is None:
                return None
            moved = (
                _move_to_root(session, self.root, row.generation)
                if row.kind is RotationKind.ROOT
                else _move_to_active(session, self.root, row.holder)
            )
            row.moved += moved
            row.leased_until = self.root.clock() + LEASE
            return moved

    def is_done(self, rotation: UUID) -> bool:
        """Tell whether nothing is behind, so that a rotation may be said to end."""
        with self.store.transaction() as session:
            return _behind(session, session.get_one(RotationRecord, rotation)) == 0

    def finish(self, rotation: UUID, worker: UUID) -> bool:
        """End a rotation once nothing is behind, and drop the older generations of the root; tell whether it did.

        What the files of the store held of the older wraps goes with them, on an embedded store.
        """
        with self.store.erasing() as session:
            row = self._mine(session, rotation, worker)
            if row is None or _behind(session, row):
                return False
            if row.kind is RotationKind.ROOT:
                session.execute(sa.delete(RootGeneration).where(*_unused_roots()))
            row.finished_at, row.worker, row.leased_until = self.root.clock(), None, None
            return True

    def tidy(self, cell: UUID) -> int:
        """Move what a slower process had left under the retired keys of a cell, and destroy those that hold nothing.

        They stay for as long as another process may have them in memory. Give how many were destroyed.
        """
        with self.store.transaction() as session:
            _move_to_active(session, self.root, cell)
        with self.store.erasing() as session:
            dropped = session.scalars(
                sa.delete(HolderKey)
                .where(
                    col(HolderKey.holder) == cell,
                    col(HolderKey.retired_at) <= self.root.clock() - CACHE_LIFE,
                    ~sa.exists(sa.select(col(SubjectWrap.subject)).where(HELD_BY)),
                )
                .returning(col(HolderKey.generation))
            ).all()
        return len(dropped)

    def _write(
        self,
        session: Session,
        kind: RotationKind,
        holder: UUID,
        generation: int,
        ground: RotationGround,
        place: RootPlace | None,
    ) -> bool:
        insert = sqlite.insert if self.store.embedded else postgresql.insert
        row = insert(RotationRecord).values(
            id=uuid4(),
            kind=kind,
            holder=holder,
            generation=generation,
            place=place,
            ground=ground,
            started_at=self.root.clock(),
            moved=0,
        )
        written = row.on_conflict_do_nothing().returning(col(RotationRecord.id))
        return session.scalar(written) is not None

    def _locked(self, session: Session, rotation: UUID) -> RotationRecord | None:
        row = session.get(RotationRecord, rotation, with_for_update=True)
        return None if row is None or row.finished_at is not None else row

    def _mine(self, session: Session, rotation: UUID, worker: UUID) -> RotationRecord | None:
        row = self._locked(session, rotation)
        return row if row is not None and row.worker == worker else None


def _behind(session: Session, row: RotationRecord) -> int:
    return behind_root(session, row.generation) if row.kind is RotationKind.ROOT else behind_cell(session, row.holder)


def behind_root(session: Session, generation: int) -> int:
    """Count the keys that another generation of the root wraps."""
    counts = (
        sa.select(sa.func.count()).select_from(model).where(col(model.root_generation) != generation)
        for model in (HolderKey, ServiceKeyRecord)
    )
    return sum(session.scalars(count).one() for count in counts)


def behind_cell(session: Session, cell: UUID) -> int:
    """Count the subjects' keys that a retired key of a cell wraps."""
    query = sa.select(sa.func.count()).select_from(SubjectWrap).join(HolderKey, HELD_BY)
    return session.scalars(query.where(*_left_in(cell))).one()


def _left_in(cell: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return col(HolderKey.holder) == cell, col(HolderKey.retired_at).is_not(None)


def _unused_roots() -> tuple[sa.ColumnElement[bool], ...]:
    used = (
        sa.exists().where(col(model.root_generation) == col(RootGeneration.generation))
        for model in (HolderKey, ServiceKeyRecord)
    )
    return col(RootGeneration.retired_at).is_not(None), *(~each for each in used)


def _move_to_root(session: Session, root: Root, generation: int) -> int:
    """Wrap a batch of keys again under a generation of the root; give how many."""
    moved = 0
    for row in _batch(session, HolderKey, generation, ROOT_BATCH):
        key = root.unwrap(row.root_generation, row.wrapped, *holder_use(row))
        row.root_generation, row.wrapped = generation, root.wrap(generation, key, *holder_use(row))
        moved += 1
    for record in _batch(session, ServiceKeyRecord, generation, ROOT_BATCH - moved):
        key = root.unwrap(record.root_generation, record.wrapped, *service_use(record))
        record.root_generation, record.wrapped = generation, root.wrap(generation, key, *service_use(record))
        moved += 1
    return moved


def _batch(session: Session, model: type[Any], generation: int, limit: int) -> Sequence[Any]:
    behind = sa.select(model).where(col(model.root_generation) != generation)
    return session.scalars(behind.limit(limit).with_for_update(key_share=True)).all()


def _move_to_active(session: Session, root: Root, cell: UUID) -> int:
    """Wrap a batch of subjects' keys again under the active keys of a cell, and mark them due; give how many.

    Rows that somebody holds are left for the next batch: nobody waits for a rotation, and it waits for nobody.
    """
    retired = session.scalars(sa.select(HolderKey).where(*_left_in(cell))).all()
    ciphers = {(row.kind, row.generation): AESGCM(root.holder_key(row)) for row in retired}
    under = (sa.and_(WRAPS.c.holder_kind == kind, WRAPS.c.holder_generation == number) for kind, number in ciphers)
    left = sa.select(WRAPS).where(WRAPS.c.holder == cell, sa.or_(sa.false(), *under)).limit(BATCH)
    active = {kind.value: active_holder_key(session, kind, cell) for kind in RENEWED}
    new_ciphers = {kind: AESGCM(root.holder_key(row)) for kind, row in active.items()}
    moves: list[dict[str, object]] = []
    for row in session.execute(left.with_for_update(skip_locked=True)):
        old_cipher = ciphers[row.holder_kind, row.holder_generation]
        key = unwrap(old_cipher, row.wrapped, binding_of(row))
        generation = active[row.holder_kind].generation
        moves.append(
            {
                "moved_subject": row.subject,
                "moved_generation": row.subject_generation,
                "moved_kind": row.holder_kind,
                "holder_generation": generation,
                "wrapped": wrap(new_ciphers[row.holder_kind], key, binding_of(row, generation)),
                "due_at": row.due_at or root.clock(),
            }
        )
    if moves:
        session.connection().execute(
            WRAPS.update().where(
                WRAPS.c.subject == sa.bindparam("moved_subject"),
                WRAPS.c.subject_generation == sa.bindparam("moved_generation"),
                WRAPS.c.holder_kind == sa.bindparam("moved_kind"),
                WRAPS.c.holder == cell,
            ),
            moves,
        )
    return len(moves)
