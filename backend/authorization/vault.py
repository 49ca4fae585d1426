"""The only door to plaintext: for an actor and a purpose, in batches, journalled (architecture.md principle 4).

A sealed table names its subject with `__subject__`, the column that leads to what owns its key. Rows reach the vault
through the gate; the vault checks nothing twice, but nothing is opened without an entry that names the references.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Event, Reference
from backend.authorization.quota import charge_listing
from backend.authorization.resealing import reseal
from backend.authorization.work import UnitOfWork
from backend.crypto.columns import identifier, operational
from backend.crypto.keyring import Keyring, Superseded, Tombstone
from backend.crypto.names import Token
from backend.crypto.sealed import RowKey, Sealed, SubjectKey
from backend.kernel.database import MainRow, Store, UtcDateTime
from backend.kernel.errors import NotFound
from policies.vocabulary import Word

Value = str | list[str] | Mapping[str, object] | None
"""What a sealed column carries: a text, a list of closed values, or a whole draft; never None once sealed."""


class Purpose(Word):
    """Why something is opened: part of every journal line of a reading."""

    READ = "read", "lecture"
    LIST = "list", "liste"
    DRAFT = "draft", "reprise d'un brouillon"
    MATCH = "match", "recherche de doublons"
    RESEAL = "reseal", "rescellement"
    TRANSMIT = "transmit", "transmission"
    EXPORT = "export", "document nominatif"
    PREPARE = "prepare", "reprise de sa propre préparation"
    RIGHTS = "rights", "demande d'exercice des droits"
    ARCHIVE = "archive", "ouverture d'une archive"


ONE_BY_ONE = frozenset({Purpose.READ, Purpose.EXPORT, Purpose.TRANSMIT, Purpose.PREPARE})
"""Purposes of what somebody opened on purpose; a list opens many at once without looking at any."""


class Ground(StrEnum):
    """Why a key was destroyed, kept in its tombstone."""

    SUBMITTED = "submitted"
    ABANDONED = "abandoned"
    RETURNED = "returned"
    MERGED = "merged"
    MOVED = "moved"
    MASKED = "masked"
    RESEARCH_CLOSED = "research_closed"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """Données nominatives ouvertes."""

    name: ClassVar[str] = "vault:subject:opened"
    purpose: Purpose
    references: tuple[Reference, ...]


class PendingDestruction(MainRow, table=True):
    """A key to destroy, written in the very transaction that made it useless; finished after the commit or at start."""

    __tablename__ = "pending_destruction"

    subject_id: UUID = identifier(primary_key=True)
    reference: str = identifier(max_length=16)
    ground: str = operational(max_length=16)
    decided_at: datetime = operational(sa_type=UtcDateTime)


class PendingSuccessor(MainRow, table=True):
    """A key that seals again what another had sealed: the first is kept until a newer backup (decision 0014)."""

    __tablename__ = "pending_successor"

    subject_id: UUID = identifier(primary_key=True, foreign_key="pending_destruction.subject_id", ondelete="CASCADE")
    successor_id: UUID = identifier(primary_key=True)


def new_subject(uow: UnitOfWork, subject: UUID, cell: UUID, tokens: Collection[Token] = ()) -> SubjectKey:
    """Make the key of a new subject, held by a cell, with its search tokens; durable in `keys` before the rows are.

    Killed in between, it leaves an orphan wrap that opens nothing, reaped on an operator's word.
    """
    return uow.keyring.create_subject(subject, cell, tokens)


def seal_into(row: MainRow, key: SubjectKey, values: Mapping[str, Value]) -> None:
    """Seal values into the columns of a row, bound to the table, the column and the row."""
    table = MainRow.metadata.tables[str(row.__tablename__)]
    prepared = RowKey(key, table.name, vars(row)["id"])
    for column, value in values.items():
        size = table.c[column].info.get("size")
        setattr(row, column, None if value is None else prepared.seal(column, _packed(value), size=size))


def open_rows(
    uow: UnitOfWork, rows: Sequence[MainRow], columns: Collection[str], purpose: Purpose, references: Sequence[str]
) -> dict[UUID, dict[str, Value]]:
    """Open some columns of some rows of one table, in one batch, and journal it once under `references`.

    Gives the values by row id and column. Raises `NotFound` when a key is gone or held: what cannot be read does not
    exist for anybody, and `Throttled` when a person lists more in an hour than a day's work asks for. What is opened
    one by one under a key that is due is sealed again meanwhile.
    """
    if not rows:
        return {}
    if purpose is Purpose.LIST:
        charge_listing(uow, len(rows))
    keys = _keys(uow, rows)
    opened = {vars(row)["id"]: _open(row, columns, keys) for row in rows}
    if purpose is not Purpose.LIST and uow.archive is None:
        for subject, cell in {_subject(row): vars(row)["cell_id"] for row in rows}.items():
            if keys[subject].due:
                reseal(uow, subject, cell)
    if references:
        uow.record(
            Opened(
                purpose if uow.archive is None else Purpose.ARCHIVE,
                tuple(Reference(name) for name in dict.fromkeys(references)),
            )
        )
    return opened


@contextmanager
def reading_archive(uow: UnitOfWork, situation: UUID) -> Iterator[None]:
    """Open, for as long as it lasts, one archived situation by the archive's key, and nothing else by any key.

    For a verb that has checked an opening signed by two people (R3); every reading is journalled as one of an archive.
    """
    uow.archive = situation
    try:
        yield
    finally:
        uow.archive = None


def key_of(uow: UnitOfWork, row: MainRow) -> SubjectKey:
    """Give the key under which a row's values are sealed, to seal more of them; raise `NotFound` when it is gone."""
    subject = _subject(row)
    keys = uow.keyring.open_subjects({(subject, vars(row)["cell_id"])})
    if subject not in keys:
        raise NotFound
    return keys[subject]


def destroy(uow: UnitOfWork, subject: UUID, reference: str, ground: Ground) -> None:
    """Decide that a key is destroyed: written with the change that makes it useless, carried out after the commit.

    A tombstone comes first, then the wraps and the tokens, so that no restore brings the subject back (R6).
    """
    uow.session.add(PendingDestruction(subject_id=subject, reference=reference, ground=ground, decided_at=uow.now()))
    uow.after_commit(lambda: finish_destructions(uow.stores.main, uow.keyring))


def supersede(uow: UnitOfWork, subject: UUID, reference: str, ground: Ground, by: Collection[UUID]) -> None:
    """Decide that a key is useless, its content being sealed again under others: carried out after the commit.

    It is kept out of everybody's reach until a backup of `main` holds what replaced it, and dies with the first of
    those that replaced it. Raises `ValueError` without successors: use `destroy`.
    """
    if not by:
        raise ValueError("nothing replaces this key")
    destroy(uow, subject, reference, ground)
    uow.session.flush()
    uow.session.add_all(PendingSuccessor(subject_id=subject, successor_id=successor) for successor in sorted(by))


def finish_destructions(main: Store, keyring: Keyring) -> int:
    """Carry out every destruction that was decided; safe to repeat and to kill anywhere. Gives how many."""
    with main.transaction() as session:
        pending = session.execute(sa.select(PendingDestruction)).scalars().all()
        if not pending:
            return 0
        successors: dict[UUID, set[UUID]] = {}
        for row in session.scalars(sa.select(PendingSuccessor)):
            successors.setdefault(row.subject_id, set()).add(row.successor_id)
        replaced = [
            Superseded(entry.reference, entry.subject_id, entry.ground, frozenset(successors[entry.subject_id]))
            for entry in pending
            if entry.subject_id in successors
        ]
        gone = [
            Tombstone(entry.reference, entry.subject_id, entry.ground, entry.decided_at)
            for entry in pending
            if entry.subject_id not in successors
        ]
        if replaced:
            keyring.supersede(replaced)
        if gone:
            keyring.write_tombstones(gone)
            keyring.destroy_subjects([entry.subject for entry in gone])
        subjects = [entry.subject_id for entry in pending]
        session.execute(sa.delete(PendingDestruction).where(col(PendingDestruction.subject_id).in_(subjects)))
        return len(subjects)


def _keys(uow: UnitOfWork, rows: Sequence[MainRow]) -> dict[UUID, SubjectKey]:
    if uow.archive is None:
        return uow.keyring.open_subjects({(_subject(row), vars(row)["cell_id"]) for row in rows})
    within = (row for row in rows if vars(row).get("situation_id") == uow.archive)
    return uow.keyring.open_archived({(_subject(row), vars(row)["cell_id"]) for row in within})


def _subject(row: MainRow) -> UUID:
    name: str = getattr(type(row), "__subject__")  # noqa: B009  the class variable of every sealed table
    subject: UUID = vars(row)[name]
    return subject


def _open(row: MainRow, columns: Collection[str], keys: Mapping[UUID, SubjectKey]) -> dict[str, Value]:
    subject = _subject(row)
    if subject not in keys:
        raise NotFound
    prepared = RowKey(keys[subject], str(row.__tablename__), vars(row)["id"])
    values: dict[str, Value] = {}
    for column in columns:
        sealed: Sealed | None = vars(row)[column]
        values[column] = None if sealed is None else _unpacked(prepared.unseal(column, sealed))
    return values


def _packed(value: Value) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _unpacked(data: bytes) -> Value:
    value: Value = json.loads(data)
    return value
