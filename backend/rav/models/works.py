"""Meetings of a network, what they decide to follow, and its events."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, organisational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from policies.rav_words import MeetingKind, MeetingState, ThematicDay


class Meeting(MainRow, table=True):
    """A plenary or working-group meeting; its agenda is a list of titles."""

    __tablename__ = "rav_meeting"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    network_id: UUID = identifier(foreign_key="rav_network.id", ondelete="CASCADE", index=True)
    kind: MeetingKind = organisational(sa_type=WordType(MeetingKind))
    title: str = organisational(max_length=120)
    starts_at: datetime = organisational(sa_type=UtcDateTime)
    place: str = organisational(max_length=120)
    state: MeetingState = organisational(default=MeetingState.PLANNED, sa_type=WordType(MeetingState))
    version: int = organisational(default=1)


class AgendaTitle(MainRow, table=True):
    """One point of the agenda of a meeting."""

    __tablename__ = "rav_agenda_title"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "rank"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    meeting_id: UUID = identifier(foreign_key="rav_meeting.id", ondelete="CASCADE")
    rank: int = organisational()
    title: str = organisational(max_length=120)


class Presence(MainRow, table=True):
    """An organisation that attended a meeting: the organisation, never who came for it."""

    __tablename__ = "rav_presence"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "member_id"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    meeting_id: UUID = identifier(foreign_key="rav_meeting.id", ondelete="CASCADE")
    member_id: UUID = identifier(foreign_key="rav_member.id", ondelete="CASCADE")


class FollowUp(MainRow, table=True):
    """An action to follow, that an organisation took on at a meeting."""

    __tablename__ = "rav_follow_up"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    meeting_id: UUID = identifier(foreign_key="rav_meeting.id", ondelete="CASCADE", index=True)
    member_id: UUID = identifier(foreign_key="rav_member.id", ondelete="CASCADE")
    title: str = organisational(max_length=120)
    due_on: date = organisational()
    done_on: date | None = organisational(default=None)
    version: int = organisational(default=1)


class Event(MainRow, table=True):
    """An event for the inhabitants, on a thematic day or another date (RAV-12)."""

    __tablename__ = "rav_event"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    network_id: UUID = identifier(foreign_key="rav_network.id", ondelete="CASCADE", index=True)
    day: ThematicDay = organisational(sa_type=WordType(ThematicDay))
    title: str = organisational(max_length=120)
    held_on: date = organisational()
    place: str = organisational(max_length=120)
    version: int = organisational(default=1)
