"""An event that steers the cells: when, where, who was represented; no person stands in it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, organisational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.kernel.lists import WordsType
from policies.rav_words import OrganisationKind
from policies.steering_words import SteeringKind, SteeringState


class SteeringEvent(MainRow, table=True):
    """The presentation of one cell, or a meeting of the COPIL, which concerns them all and so has no cell."""

    __tablename__ = "steering_event"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'presentation') = (cell_id IS NOT NULL)", name="presentation_has_cell"),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    uid: UUID = identifier(default_factory=new_id, unique=True)
    cell_id: UUID | None = identifier(default=None, foreign_key="cell.id", index=True)
    kind: SteeringKind = organisational(sa_type=WordType(SteeringKind))
    title: str = organisational(max_length=120)
    place: str = organisational(max_length=120)
    starts_at: datetime = organisational(sa_type=UtcDateTime)
    state: SteeringState = operational(default=SteeringState.PLANNED, sa_type=WordType(SteeringState))
    present: tuple[OrganisationKind, ...] = organisational(default=(), sa_type=WordsType(OrganisationKind))
    version: int = operational(default=1)
