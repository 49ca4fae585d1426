"""Tables of the journal: outbox in `main`; leaves, entries, tree, checkpoints in `journal` (architecture.md section 5).

Entries are what expires (body, authentication code, salt); leaves and nodes stay, so that the tree still proves.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import operational, reference
from backend.kernel.database import JournalRow, MainRow, UtcDateTime
from backend.kernel.identifiers import REFERENCE_LENGTH

REFERENCE_SIZE = REFERENCE_LENGTH + 2
"""Characters of a reference with its two hyphens."""


class JournalOutbox(MainRow, table=True):
    """An event written in the transaction of what it tells, until the sealer takes it."""

    __tablename__ = "journal_outbox"
    __table_args__ = (sa.UniqueConstraint("writer", "sequence"),)

    event: UUID = reference(primary_key=True)
    writer: UUID = reference()
    sequence: int = operational(sa_type=sa.BigInteger)
    recorded_at: datetime = operational(sa_type=UtcDateTime, index=True)
    body: str = operational(sa_type=sa.Text)
    mac: bytes = operational(sa_type=sa.LargeBinary)


class JournalWatermark(MainRow, table=True):
    """A copy of the last signed checkpoint, outside the journal: a truncated or replaced journal contradicts it."""

    __tablename__ = "journal_watermark"
    __table_args__ = (sa.CheckConstraint("id = 1", name="single"),)

    id: int = reference(primary_key=True, default=1, sa_type=sa.SmallInteger)
    size: int = operational(sa_type=sa.BigInteger)
    note: str = operational(sa_type=sa.Text)


class JournalLeaf(JournalRow, table=True):
    """A leaf of the tree, without gap from 0: what remains of an event for ever."""

    __tablename__ = "journal_leaf"

    number: int = reference(primary_key=True, sa_type=sa.BigInteger)
    event: UUID = reference(unique=True)
    hash: bytes = operational(sa_type=sa.LargeBinary)


class JournalEntry(JournalRow, table=True):
    """What a leaf says, until its retention ends; the columns repeat the body for searches, `verify` compares them."""

    __tablename__ = "journal_entry"
    __table_args__ = (sa.UniqueConstraint("writer", "sequence"),)

    leaf: int = reference(primary_key=True, sa_type=sa.BigInteger, foreign_key="journal_leaf.number")
    writer: UUID = reference()
    sequence: int = operational(sa_type=sa.BigInteger)
    recorded_at: datetime = operational(sa_type=UtcDateTime, index=True)
    name: str = operational(max_length=80, index=True)
    account: UUID | None = reference(index=True, nullable=True)
    body: str = operational(sa_type=sa.Text)
    mac: bytes = operational(sa_type=sa.LargeBinary)
    salt: bytes = operational(sa_type=sa.LargeBinary)


class JournalSubject(JournalRow, table=True):
    """Which leaves speak of a reference: answers « qui a ouvert ceci »."""

    __tablename__ = "journal_subject"

    leaf: int = reference(primary_key=True, sa_type=sa.BigInteger, foreign_key="journal_leaf.number")
    reference: str = reference(primary_key=True, max_length=REFERENCE_SIZE, index=True)


class JournalNode(JournalRow, table=True):
    """The hash of a complete subtree: `2**level` leaves from `number * 2**level`; level 0 is `JournalLeaf`."""

    __tablename__ = "journal_node"

    level: int = reference(primary_key=True, sa_type=sa.SmallInteger)
    number: int = reference(primary_key=True, sa_type=sa.BigInteger)
    hash: bytes = operational(sa_type=sa.LargeBinary)


class JournalCheckpoint(JournalRow, table=True):
    """A signed checkpoint of the tree at a size (C2SP tlog-checkpoint)."""

    __tablename__ = "journal_checkpoint"

    size: int = reference(primary_key=True, sa_type=sa.BigInteger)
    note: str = operational(sa_type=sa.Text)


class JournalExpiry(JournalRow, table=True):
    """A limit of the expiry: leaves under `size` keep no entry and no subject; all were recorded before `until`."""

    __tablename__ = "journal_expiry"

    size: int = reference(primary_key=True, sa_type=sa.BigInteger)
    until: datetime = operational(sa_type=UtcDateTime)
    decided_at: datetime = operational(sa_type=UtcDateTime)
    mac: bytes = operational(sa_type=sa.LargeBinary)


class JournalExpiryMark(JournalRow, table=True):
    """The last number of a writer among what expired at a limit: no gap is sought under it any more."""

    __tablename__ = "journal_expiry_mark"

    size: int = reference(primary_key=True, sa_type=sa.BigInteger, foreign_key="journal_expiry.size")
    writer: UUID = reference(primary_key=True)
    reached: int = operational(sa_type=sa.BigInteger)
