"""Drafts, receipts, one-time invitations, and the signalements themselves.

A receipt has its own reference and knows nothing of the situation: whatever becomes of it, its author reads the same.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, nominative, operational, organisational, professional, secret, sensitive
from backend.crypto.sealed import Sealed
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.signalements.states import FactsState
from backend.situations.models import of_situation
from policies.vocabulary import Origin, ReceiptStatus, ReturnReason


class Receipt(MainRow, table=True):
    """What the author of a signalement keeps: a reference, a date, a status that never tells the outcome."""

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id")
    account_id: UUID | None = identifier(default=None, index=True)
    status: ReceiptStatus = operational(default=ReceiptStatus.RECEIVED, sa_type=WordType(ReceiptStatus))
    return_reason: ReturnReason | None = operational(default=None, sa_type=WordType(ReturnReason))
    submitted_at: datetime = operational(sa_type=UtcDateTime)
    processed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)


class Draft(MainRow, table=True):
    """A signalement being written, sealed whole under a key of its own; read by its author only, for 30 days."""

    __subject__: ClassVar[str] = "id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id")
    account_id: UUID = identifier(index=True)
    content: Sealed = nominative()
    created_at: datetime = operational(sa_type=UtcDateTime)
    saved_at: datetime = operational(sa_type=UtcDateTime)
    receipt_id: UUID | None = identifier(default=None, foreign_key="receipt.id", ondelete="SET NULL")
    received_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)


class Signalement(MainRow, table=True):
    """What one partner submitted about one minor, once; sealed under the key of its situation."""

    __table_args__ = of_situation("signalement")
    __subject__: ClassVar[str] = "situation_id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    receipt_id: UUID | None = identifier(default=None, foreign_key="receipt.id", index=True, ondelete="SET NULL")
    invitation_id: UUID | None = identifier(default=None, foreign_key="invitation.id", ondelete="SET NULL")
    origin: Origin = organisational(sa_type=WordType(Origin))
    submitted_at: datetime = operational(sa_type=UtcDateTime)
    facts_state: FactsState = operational(sa_type=WordType(FactsState))
    author: Sealed = nominative()
    qualification: Sealed = sensitive(size=64)
    motives: Sealed = sensitive(size=512)
    circumstances: Sealed = sensitive(size=768)
    steps: Sealed = nominative(size=512)
    version: int = operational(default=1)


class SignalementFacts(MainRow, table=True):
    """The optional objective facts, under a key of their own: what the review masks or drops is destroyed for good."""

    __tablename__ = "signalement_facts"
    __table_args__ = of_situation("signalement_facts")
    __subject__: ClassVar[str] = "id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    signalement_id: UUID = identifier(foreign_key="signalement.id", ondelete="CASCADE", unique=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    text: Sealed = sensitive()


class Invitation(MainRow, table=True):
    """A one-time form for a named agent without an account: a link, and a code given by phone, never by e-mail."""

    __table_args__ = (sa.Index("ix_invitation_cell_created", "cell_id", "created_at", "id"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id")
    institution_id: UUID = identifier(foreign_key="institution.id")
    invited_by: UUID = identifier()
    agent_name: str = professional(max_length=120)
    agent_function: str = professional(max_length=120)
    link_hash: bytes = secret(unique=True)
    code_hash: bytes = secret()
    attempts: int = operational(default=0)
    created_at: datetime = operational(sa_type=UtcDateTime)
    expires_at: datetime = operational(sa_type=UtcDateTime)
    opened_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    session_hash: bytes | None = secret(default=None, unique=True)
    used_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    author_confirmed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)
