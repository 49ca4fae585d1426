"""What one seat prepares on one situation: sealed under a key of its own, destroyed when the meeting closes."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, nominative, operational, sensitive
from backend.crypto.sealed import Sealed
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id
from backend.situations.models import of_situation
from policies.vocabulary import Role


class PriorResearch(MainRow, table=True):
    """The answer and the note of one member on one situation, readable by their author only (step 3)."""

    __tablename__ = "prior_research"
    __table_args__ = (*of_situation("prior_research"), sa.UniqueConstraint("situation_id", "account_id"))
    __subject__: ClassVar[str] = "id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    account_id: UUID = identifier()
    role: Role = operational(sa_type=WordType(Role))
    value: Sealed = nominative(size=32)
    note: Sealed | None = sensitive(default=None)
    prepared_at: datetime = operational(sa_type=UtcDateTime)
    version: int = operational(default=1)
