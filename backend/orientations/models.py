"""Orientations, how the family was informed, and transmissions: closed values, but for what leaves, which is sealed.

A transmission has a key of its own and copies the values that leave at that instant: the later life of the situation
changes nothing of what was sent.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, reference, sensitive
from backend.crypto.sealed import Sealed
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.situations.models import of_situation
from policies.charter_words import InformationWaiver, RecipientCategory
from policies.orientation_words import (
    Destination,
    InformationMode,
    InformationResult,
    NoticeGround,
    OrientationState,
    TransmissionState,
)

_DECIDED = sa.text("state = 'decided'")


class Orientation(MainRow, table=True):
    """The decision, at one examination, to propose one form of support; it sends nothing by itself."""

    __table_args__ = (
        *of_situation("orientation"),
        sa.ForeignKeyConstraint(
            ["examination_id", "cell_id"],
            ["examination.id", "examination.cell_id"],
            ondelete="CASCADE",
            name="fk_orientation_examination",
        ),
        sa.Index(
            "uq_orientation_decided",
            "examination_id",
            "destination",
            unique=True,
            sqlite_where=_DECIDED,
            postgresql_where=_DECIDED,
        ),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    examination_id: UUID = identifier()
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    destination: Destination = operational(sa_type=WordType(Destination))
    state: OrientationState = operational(default=OrientationState.DECIDED, sa_type=WordType(OrientationState))
    decided_at: datetime = operational(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)


class FamilyInformation(MainRow, table=True):
    """What the coordinator did on one day to inform a family: a mode, and what became of each addressee; no text."""

    __tablename__ = "family_information"
    __table_args__ = of_situation("family_information")

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    account_id: UUID = identifier()
    made_on: date = operational()
    mode: InformationMode = operational(sa_type=WordType(InformationMode))
    first_holder: InformationResult = operational(sa_type=WordType(InformationResult))
    second_holder: InformationResult = operational(sa_type=WordType(InformationResult))
    minor: InformationResult = operational(sa_type=WordType(InformationResult))
    recorded_at: datetime = operational(sa_type=UtcDateTime)


class NoticeException(MainRow, table=True):
    """The coordinator's decision, coded and dated, that a family is not informed; the next examination ends it."""

    __tablename__ = "notice_exception"
    __table_args__ = of_situation("notice_exception")

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    account_id: UUID = identifier()
    ground: NoticeGround = operational(sa_type=WordType(NoticeGround))
    decided_at: datetime = operational(sa_type=UtcDateTime)


class Transmission(MainRow, table=True):
    """What was sent to one institution, sealed under its own key, and until when that institution reads it.

    `limited_at` repeats that of its situation, a row that its recipient does not reach.
    """

    __table_args__ = (
        *of_situation("transmission"),
        sa.UniqueConstraint("orientation_id"),
        sa.Index("ix_transmission_cell_sent", "cell_id", "sent_at", "id"),
    )
    __subject__: ClassVar[str] = "id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    orientation_id: UUID | None = identifier(default=None, foreign_key="orientation.id", ondelete="CASCADE")
    institution_id: UUID = identifier(foreign_key="institution.id", index=True)
    category: RecipientCategory = operational(sa_type=WordType(RecipientCategory))
    waiver: InformationWaiver | None = operational(default=None, sa_type=WordType(InformationWaiver))
    state: TransmissionState = operational(default=TransmissionState.SENT, sa_type=WordType(TransmissionState))
    content: Sealed = sensitive()
    sent_at: datetime = operational(sa_type=UtcDateTime)
    opened_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    reminded_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    readable_until: datetime = operational(sa_type=UtcDateTime)
    limited_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)


class TransmissionUndertaking(MainRow, table=True):
    """The confidentiality undertaking that one person accepted before opening one transmission."""

    __tablename__ = "transmission_undertaking"
    __table_args__ = (sa.UniqueConstraint("transmission_id", "account_id"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    transmission_id: UUID = reference(foreign_key="transmission.id", ondelete="CASCADE")
    account_id: UUID = reference(foreign_key="account.id", index=True, ondelete="CASCADE")
    accepted_at: datetime = operational(sa_type=UtcDateTime)
