"""The tables of the store `keys`, and the identity that the three stores share (architecture.md section 4).

Nothing here names a person: wraps, digests and opaque references. What is destroyed goes by deleting a `SubjectRecord`:
wraps and tokens hang from it and go in the same transaction, whoever deletes it.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from backend.crypto.columns import identifier, operational, reference, secret
from backend.kernel.database import JournalRow, KeysRow, MainRow, Store, Stores, UtcDateTime, WordType
from policies.rotation import RootPlace, RotationGround, RotationKind

KIND_LENGTH = 16
GROUND_LENGTH = 64
REFERENCE_LENGTH = 64
DRAWN_BY_US = {"autoincrement": False}

ERASE_TRACES = "erase_key_traces"
"""The function of PostgreSQL that rewrites the tables of what is destroyed, for who does not own them."""


class HolderKind(StrEnum):
    """The keys of a cell, each drawn on its own and wrapped by the root."""

    CELL = "cell"
    INDEX = "index"
    ARCHIVE = "archive"
    HOLD = "hold"


class ServiceKey(StrEnum):
    """The keys of the service as a whole, wrapped by the root."""

    CREDENTIALS = "credentials"
    JOURNAL_MAC = "journal-mac"
    TOKEN = "token"  # noqa: S105  the name of a key, not a password
    LOG = "log"
    ATTESTATION = "attestation"


class IdentityColumns(SQLModel):
    """Which set a store belongs to and how it is used: written at `init`, never changed."""

    id: int = reference(default=1, primary_key=True, sa_column_kwargs=DRAWN_BY_US)
    mode: str = operational(max_length=KIND_LENGTH)
    store_set: UUID = reference()
    created_at: datetime = operational(sa_type=UtcDateTime)


class MainIdentity(MainRow, IdentityColumns, table=True):
    """The identity of `main`."""

    __tablename__ = "store_identity"


class KeysIdentity(KeysRow, IdentityColumns, table=True):
    """The identity of `keys`."""

    __tablename__ = "store_identity"


class JournalIdentity(JournalRow, IdentityColumns, table=True):
    """The identity of `journal`."""

    __tablename__ = "store_identity"


class RootGeneration(KeysRow, table=True):
    """A generation of the root key, with a value that only this key opens; the active one has no `retired_at`."""

    __tablename__ = "root_generation"

    generation: int = operational(primary_key=True, sa_type=sa.SmallInteger, sa_column_kwargs=DRAWN_BY_US)
    check_value: bytes = secret()
    created_at: datetime = operational(sa_type=UtcDateTime)
    retired_at: datetime | None = operational(default=None, sa_type=UtcDateTime)


class ServiceKeyRecord(KeysRow, table=True):
    """A key of the service, wrapped by the root, with its public half in clear when it has one."""

    __tablename__ = "service_key"

    kind: str = operational(max_length=KIND_LENGTH, primary_key=True)
    generation: int = operational(primary_key=True, sa_type=sa.SmallInteger)
    root_generation: int = operational(
        foreign_key="root_generation.generation", ondelete="RESTRICT", sa_type=sa.SmallInteger
    )
    wrapped: bytes = secret()
    public: bytes | None = reference(default=None)
    created_at: datetime = operational(sa_type=UtcDateTime)


class HolderKey(KeysRow, table=True):
    """A generation of one of a cell's keys, wrapped by the root; the active one has no `retired_at`."""

    __tablename__ = "holder_key"
    __table_args__ = (
        sa.Index(
            "uq_holder_key_active",
            "kind",
            "holder",
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        ),
    )

    kind: str = operational(max_length=KIND_LENGTH, primary_key=True)
    holder: UUID = reference(primary_key=True)
    generation: int = operational(primary_key=True, sa_type=sa.SmallInteger)
    root_generation: int = operational(
        foreign_key="root_generation.generation", ondelete="RESTRICT", sa_type=sa.SmallInteger
    )
    wrapped: bytes = secret()
    created_at: datetime = operational(sa_type=UtcDateTime)
    retired_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    due_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    due_ground: RotationGround | None = operational(default=None, sa_type=WordType(RotationGround))


class SubjectRecord(KeysRow, table=True):
    """Something that owns a key: a draft, a situation, a note, a transmission, a request, a one-time link."""

    __tablename__ = "subject"

    subject: UUID = reference(primary_key=True)
    created_at: datetime = operational(sa_type=UtcDateTime)


class SubjectWrap(KeysRow, table=True):
    """A subject's key, wrapped under a generation of a holder's key; the generation cannot go before it.

    `due_at` marks a key to be renewed at the next opening; `replaced_at` one whose content was sealed under the next.
    """

    __tablename__ = "subject_wrap"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["holder_kind", "holder", "holder_generation"],
            ["holder_key.kind", "holder_key.holder", "holder_key.generation"],
            ondelete="RESTRICT",
        ),
        sa.Index(None, "holder", "holder_kind", "holder_generation"),
    )

    subject: UUID = reference(primary_key=True, foreign_key="subject.subject", ondelete="CASCADE")
    subject_generation: int = operational(primary_key=True, sa_type=sa.SmallInteger)
    holder_kind: str = operational(max_length=KIND_LENGTH, primary_key=True)
    holder: UUID = reference(primary_key=True)
    holder_generation: int = operational(sa_type=sa.SmallInteger)
    wrapped: bytes = secret()
    due_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    replaced_at: datetime | None = operational(default=None, sa_type=UtcDateTime)


class SearchToken(KeysRow, table=True):
    """A digest of the blind index: keyed by cell and field, so that it says neither; it dies with its subject."""

    __tablename__ = "search_token"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: bytes = secret(primary_key=True)
    subject: UUID = reference(primary_key=True, foreign_key="subject.subject", ondelete="CASCADE", index=True)


class TombstoneRecord(KeysRow, table=True):
    """What was destroyed, when and on which ground: applied again to whatever a restore brings back."""

    __tablename__ = "tombstone"

    subject: UUID = identifier(primary_key=True)
    reference: str = identifier(max_length=REFERENCE_LENGTH, index=True)
    ground: str = operational(max_length=GROUND_LENGTH)
    at: datetime = operational(sa_type=UtcDateTime)


class SupersededRecord(KeysRow, table=True):
    """A key replaced by a re-sealing, kept under the hold key until a newer backup of `main`; one row per successor."""

    __tablename__ = "superseded"

    subject: UUID = reference(primary_key=True, foreign_key="subject.subject", ondelete="CASCADE")
    successor: UUID = reference(primary_key=True, index=True)
    reference: str = identifier(max_length=REFERENCE_LENGTH)
    ground: str = operational(max_length=GROUND_LENGTH)
    at: datetime = operational(sa_type=UtcDateTime)


class BackupRecord(KeysRow, table=True):
    """A backup that was written, read again and found whole: of which store, as of when, with which digest."""

    __tablename__ = "backup"

    id: UUID = identifier(primary_key=True)
    store: str = operational(max_length=KIND_LENGTH)
    taken_at: datetime = operational(sa_type=UtcDateTime)
    digest: str = operational(max_length=REFERENCE_LENGTH)


class RestorationRecord(KeysRow, table=True):
    """A restoration; while one is not finished, tombstones may be missing from the rows and nothing may be served."""

    __tablename__ = "restoration"

    id: UUID = identifier(primary_key=True)
    started_at: datetime = operational(sa_type=UtcDateTime)
    rows_from: datetime | None = operational(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = operational(default=None, sa_type=UtcDateTime)


class RotationRecord(KeysRow, table=True):
    """A rotation of the root, or of a cell's keys; while it is not finished, one process at a time works at it."""

    __tablename__ = "rotation"
    __table_args__ = (
        sa.Index(
            "uq_rotation_open",
            "kind",
            "holder",
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        ),
    )

    id: UUID = identifier(primary_key=True)
    kind: RotationKind = operational(sa_type=WordType(RotationKind))
    holder: UUID = reference()
    generation: int = operational(sa_type=sa.SmallInteger)
    place: RootPlace | None = operational(default=None, sa_type=WordType(RootPlace))
    ground: RotationGround = operational(sa_type=WordType(RotationGround))
    started_at: datetime = operational(sa_type=UtcDateTime)
    finished_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    moved: int = operational(default=0)
    worker: UUID | None = identifier(default=None)
    leased_until: datetime | None = operational(default=None, sa_type=UtcDateTime)


class IdentityError(Exception):
    """The three stores do not belong together, or not to this mode; the French message is for the operator."""


def check_files(stores: Stores) -> None:
    """Raise `IdentityError` when the file of an embedded store is gone: opening it would put an empty one there."""
    named = (("main", stores.main), ("keys", stores.keys), ("journal", stores.journal))
    files = [(name, Path(str(store.engine.url.database))) for name, store in named if store.embedded]
    lost = [name for name, path in files if not path.is_file()]
    if not lost:
        return
    if len(lost) == len(named):
        raise IdentityError("Il n'y a aucun magasin ici : lancez « cenacle init ».")
    raise IdentityError(
        f"Le fichier du magasin « {lost[0]} » a disparu : rien n'a été créé à sa place. Remettez-le, ou restaurez la "
        "sauvegarde des trois magasins."
    )


def check_restoration(keys: Store) -> None:
    """Raise `IdentityError` while a restoration is not finished: rows that were destroyed may be back."""
    with keys.transaction() as session:
        unfinished = sa.select(RestorationRecord).where(col(RestorationRecord.finished_at).is_(None))
        if session.scalar(sa.select(unfinished.exists())):
            raise IdentityError(
                "Une restauration n'est pas terminée : rien n'est servi tant que les destructions n'y sont pas "
                "appliquées. Lancez « cenacle restore --resume »."
            )


def check_identity(stores: Stores, mode: str) -> None:
    """Raise `IdentityError` unless the three stores are of one set and of this mode: a mismatch stops the start."""
    identities: tuple[tuple[str, Store, type[IdentityColumns]], ...] = (
        ("main", stores.main, MainIdentity),
        ("keys", stores.keys, KeysIdentity),
        ("journal", stores.journal, JournalIdentity),
    )
    sets: set[UUID] = set()
    for name, store, identity in identities:
        with store.transaction() as session:
            row = session.get(identity, 1)
        if row is None:
            raise IdentityError(f"Le magasin « {name} » n'a pas été initialisé : lancez « cenacle init ».")
        if row.mode != mode:
            raise IdentityError(
                f"Le magasin « {name} » a été créé en mode {row.mode} et le service démarre en mode {mode} : "
                "corrigez CENACLE_MODE ou les adresses des magasins."
            )
        sets.add(row.store_set)
    if len(sets) > 1:
        raise IdentityError(
            "Les trois magasins ne viennent pas de la même installation : vérifiez CENACLE_MAIN_URL, CENACLE_KEYS_URL "
            "et CENACLE_JOURNAL_URL."
        )
