"""What was unusual in somebody's accesses, pseudonymous until the DPO says why they must know (R14)."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from policies.oversight_words import AccessOutcome, AccessState, LiftGround, Oddity


class UnusualAccess(MainRow, table=True):
    """What an account did more than usual on a day; it goes with the account, or with what the journal said of it."""

    __tablename__ = "unusual_access"
    __table_args__ = (sa.UniqueConstraint("account_id", "day", "oddity"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    account_id: UUID = identifier(foreign_key="account.id", ondelete="CASCADE")
    day: date = operational(index=True)
    oddity: Oddity = operational(sa_type=WordType(Oddity))
    number: int = operational()
    state: AccessState = operational(default=AccessState.WAITING, sa_type=WordType(AccessState))
    found_at: datetime = operational(sa_type=UtcDateTime)
    lifted_by: UUID | None = identifier(default=None)
    lifted_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    ground: LiftGround | None = operational(default=None, sa_type=WordType(LiftGround))
    settled_by: UUID | None = identifier(default=None)
    settled_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    outcome: AccessOutcome | None = operational(default=None, sa_type=WordType(AccessOutcome))
    version: int = operational(default=1)


class CosignedCheckpoint(MainRow, table=True):
    """A checkpoint of the journal with the line of the witness that cosigned it; the first of a size stays."""

    __tablename__ = "cosigned_checkpoint"

    size: int = operational(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    note: str = operational(sa_type=sa.Text)
    signed_at: datetime = operational(sa_type=UtcDateTime)
