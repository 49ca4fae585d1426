"""A situation, its person and its exits.

What jobs and access rules read is clear and identifies nobody; everything about the minor is sealed under the
situation's own key, and hangs from it by a composite key so that no row can slip into another cell.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, nominative, operational, organisational
from backend.crypto.sealed import Sealed
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from policies.retention_words import Custody
from policies.vocabulary import ClosingReason, ConcernAnswer, ExitChannel, ExitKind, Inadmissibility, Sharing, Stage


def of_situation(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Give the constraint of a table that hangs from a situation: it follows it, and stays in its cell."""
    return (
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            ondelete="CASCADE",
            name=f"fk_{table}_situation",
        ),
    )


class Situation(MainRow, table=True):
    """One minor, one cell, one episode; it is its own subject, so it owns the key of all that hangs from it."""

    __table_args__ = (
        sa.UniqueConstraint("id", "cell_id"),
        sa.Index("ix_situation_cell_stage", "cell_id", "stage", "received_at", "id"),
        sa.Index("ix_situation_cell_received", "cell_id", "received_at", "id"),
        sa.Index("ix_situation_cell_custody", "cell_id", "custody"),
        sa.Index("ix_situation_exit_unread", "cell_id", "exit_unread", "received_at", "id"),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id")
    charter_version: str = organisational(max_length=64)
    stage: Stage = operational(sa_type=WordType(Stage))
    sharing: Sharing = operational(default=Sharing.WITHHELD, sa_type=WordType(Sharing))
    guest_id: UUID | None = identifier(default=None)
    received_at: datetime = operational(sa_type=UtcDateTime)
    majority_month: str = operational(max_length=7)
    qualified_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    concern_answer: ConcernAnswer | None = operational(default=None, sa_type=WordType(ConcernAnswer))
    inadmissibility: Inadmissibility | None = operational(default=None, sa_type=WordType(Inadmissibility))
    sent_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    presented_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    decided_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    lapsed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    closing_reason: ClosingReason | None = operational(default=None, sa_type=WordType(ClosingReason))
    first_exit_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    exit_unread: bool = operational(default=False)
    limited_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    erased_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    custody: Custody = operational(default=Custody.ACTIVE, sa_type=WordType(Custody))
    returned_before: bool = operational(default=False)
    merged_into: UUID | None = identifier(default=None, foreign_key="situation.id")
    version: int = operational(default=1)


class SituationPerson(MainRow, table=True):
    """Who the situation is about, as the signalements describe the person (AU-038 article 3); everything is sealed."""

    __tablename__ = "situation_person"
    __table_args__ = of_situation("situation_person")
    __subject__: ClassVar[str] = "situation_id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    situation_id: UUID = identifier(unique=True)
    cell_id: UUID = identifier()
    last_name: Sealed = nominative()
    first_name: Sealed = nominative()
    birth: Sealed = nominative(size=64)
    sex: Sealed = nominative(size=32)
    residence: Sealed = nominative(size=32)
    arrondissement: Sealed = nominative(size=32)
    quartier: Sealed = nominative(size=64)
    address: Sealed | None = nominative(default=None)
    school: Sealed | None = nominative(default=None)
    school_level: Sealed = nominative(size=32)
    representative_name: Sealed | None = nominative(default=None)
    representative_contact: Sealed | None = nominative(default=None)


class SituationExit(MainRow, table=True):
    """An information préoccupante or a saisine made outside this product: date, recipient and channel (R25)."""

    __tablename__ = "situation_exit"
    __table_args__ = of_situation("situation_exit")

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    account_id: UUID = identifier()
    kind: ExitKind = operational(sa_type=WordType(ExitKind))
    channel: ExitChannel = operational(sa_type=WordType(ExitChannel))
    made_on: date = operational()
    recorded_at: datetime = operational(sa_type=UtcDateTime)
