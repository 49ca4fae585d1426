"""Meetings, proposed dates, answers, and what an agenda lists: references only, nothing of a minor stands here."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, organisational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.situations.models import of_situation
from policies.charter_words import EventLink, Gravity
from policies.meeting_words import AgendaPart, AvailabilityAnswer, CarryReason, ItemState, MeetingKind, MeetingStage

PLACE_LENGTH = 120

_PENDING = sa.text("state IN ('listed', 'examining')")


class Meeting(MainRow, table=True):
    """A meeting of exactly one cell; meetings of several cells held together share a `sitting` and nothing else."""

    __table_args__ = (
        sa.Index("ix_meeting_cell_starts", "cell_id", "starts_at", "id"),
        sa.UniqueConstraint("id", "cell_id"),
        sa.CheckConstraint("(kind = 'emergency') = (event_kind IS NOT NULL)", name="emergency_has_event"),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id")
    sitting: UUID | None = identifier(default=None, index=True)
    uid: UUID = identifier(default_factory=new_id, unique=True)
    kind: MeetingKind = operational(sa_type=WordType(MeetingKind))
    stage: MeetingStage = operational(default=MeetingStage.PLANNED, sa_type=WordType(MeetingStage))
    starts_at: datetime = operational(sa_type=UtcDateTime)
    place: str = organisational(max_length=PLACE_LENGTH)
    sequence: int = operational(default=0)
    convened_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    opened_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    event_kind: Gravity | None = operational(default=None, sa_type=WordType(Gravity))
    event_on: date | None = operational(default=None)
    event_quartier: int | None = operational(default=None)
    agreed_by: UUID | None = identifier(default=None)
    agreed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)


class MeetingDate(MainRow, table=True):
    """A date proposed for a planned meeting; it goes once the date is set."""

    __tablename__ = "meeting_date"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "starts_at"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    meeting_id: UUID = identifier(foreign_key="meeting.id", ondelete="CASCADE")
    cell_id: UUID = identifier()
    starts_at: datetime = operational(sa_type=UtcDateTime)


class Availability(MainRow, table=True):
    """What a member answers to a proposed date; it goes with the date."""

    __table_args__ = (sa.UniqueConstraint("date_id", "account_id"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    date_id: UUID = identifier(foreign_key="meeting_date.id", ondelete="CASCADE")
    cell_id: UUID = identifier()
    account_id: UUID = identifier(foreign_key="account.id", index=True, ondelete="CASCADE")
    answer: AvailabilityAnswer = operational(sa_type=WordType(AvailabilityAnswer))
    answered_at: datetime = operational(sa_type=UtcDateTime)
    version: int = operational(default=1)


class AgendaItem(MainRow, table=True):
    """A situation on an agenda: its part, its rank, what became of it; `link` ties it to the event of an emergency."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        *of_situation("agenda_item"),
        sa.ForeignKeyConstraint(
            ["meeting_id", "cell_id"],
            ["meeting.id", "meeting.cell_id"],
            ondelete="CASCADE",
            name="fk_agenda_item_meeting",
        ),
        sa.UniqueConstraint("meeting_id", "situation_id"),
        sa.Index(
            "uq_agenda_item_pending",
            "situation_id",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    meeting_id: UUID = identifier()
    cell_id: UUID = identifier()
    situation_id: UUID = identifier(index=True)
    part: AgendaPart = operational(sa_type=WordType(AgendaPart))
    rank: int = operational()
    link: EventLink | None = operational(default=None, sa_type=WordType(EventLink))
    state: ItemState = operational(default=ItemState.LISTED, sa_type=WordType(ItemState))
    version: int = operational(default=1)


class CarryOver(MainRow, table=True):
    """A situation left an agenda without its examination, and why: each time is a fresh decision with its reason."""

    __tablename__ = "carry_over"
    __table_args__ = (
        *of_situation("carry_over"),
        sa.ForeignKeyConstraint(
            ["meeting_id", "cell_id"],
            ["meeting.id", "meeting.cell_id"],
            ondelete="CASCADE",
            name="fk_carry_over_meeting",
        ),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    meeting_id: UUID = identifier()
    cell_id: UUID = identifier()
    situation_id: UUID = identifier(index=True)
    reason: CarryReason = operational(sa_type=WordType(CarryReason))
    carried_at: datetime = operational(sa_type=UtcDateTime)
