"""One situation at one meeting: when it was examined, who sat, what was decided; never what was said."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, nominative, operational
from backend.crypto.sealed import Sealed
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id
from backend.situations.models import of_situation
from policies.examination_words import Decision, FollowingReason, PostponementReason
from policies.vocabulary import ClosingReason, Role


class Examination(MainRow, table=True):
    """The examination that a point of an agenda gave rise to; the school attendance is sealed with the situation."""

    __table_args__ = (*of_situation("examination"), sa.UniqueConstraint("id", "cell_id"))
    __subject__: ClassVar[str] = "situation_id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    item_id: UUID = identifier(foreign_key="agenda_item.id", ondelete="CASCADE", unique=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    begun_at: datetime = operational(sa_type=UtcDateTime)
    guest_entered_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    attendance: Sealed | None = nominative(default=None, size=32)
    decision: Decision | None = operational(default=None, sa_type=WordType(Decision))
    following: FollowingReason | None = operational(default=None, sa_type=WordType(FollowingReason))
    closing: ClosingReason | None = operational(default=None, sa_type=WordType(ClosingReason))
    postponement: PostponementReason | None = operational(default=None, sa_type=WordType(PostponementReason))
    decided_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)


class Presence(MainRow, table=True):
    """A seat that was held while a situation was examined; those not named were absent."""

    __tablename__ = "presence"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["examination_id", "cell_id"],
            ["examination.id", "examination.cell_id"],
            ondelete="CASCADE",
            name="fk_presence_examination",
        ),
        sa.UniqueConstraint("examination_id", "role"),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    examination_id: UUID = identifier()
    cell_id: UUID = identifier()
    role: Role = operational(sa_type=WordType(Role))
