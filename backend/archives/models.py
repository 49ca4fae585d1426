"""The opening of one archived situation: asked, signed by somebody else, for a time. It goes with its situation."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, organisational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.situations.models import of_situation
from policies.archive_words import REASON_LENGTH, OpeningGround, OpeningState

_LIVE = sa.text("state IN ('asked', 'opened')")


class ArchiveOpening(MainRow, table=True):
    """Who asked to open an archived situation, why, who decided, until when it is read; the reason names nobody."""

    __tablename__ = "archive_opening"
    __table_args__ = (
        *of_situation("archive_opening"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        sa.CheckConstraint("state <> 'opened' OR (decided_by IS NOT NULL AND open_until IS NOT NULL)", name="signed"),
        sa.Index("ix_archive_opening_asked", "asked_at", "id"),
        # One situation at a time: whoever asks has one request or one opening, in all the cells.
        sa.Index("uq_archive_opening_live", "asked_by", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    ground: OpeningGround = operational(sa_type=WordType(OpeningGround))
    reason: str = organisational(max_length=REASON_LENGTH)
    state: OpeningState = operational(default=OpeningState.ASKED, sa_type=WordType(OpeningState))
    asked_by: UUID = identifier()
    asked_at: datetime = operational(sa_type=UtcDateTime)
    decided_by: UUID | None = identifier(default=None)
    decided_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    open_until: datetime | None = operational(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)
