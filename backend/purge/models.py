"""Notices, runs with their tallies and attestations, the switch and lease of the purge, durations of the Ville.

A notice hangs from its situation and goes with it. What survives a purge counts and never refers.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, organisational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.situations.models import of_situation
from policies.retention import Kind
from policies.retention_words import DecisionState, Guard, RunState, Verdict


class PurgeNotice(MainRow, table=True):
    """A destruction announced to the coordinator: its day, its rule, and the daily runs that have seen it since."""

    __tablename__ = "purge_notice"
    __table_args__ = (*of_situation("purge_notice"), sa.Index("ix_purge_notice_cell_due", "cell_id", "due_on", "id"))

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    situation_id: UUID = identifier(unique=True)
    cell_id: UUID = identifier()
    kind: Kind = operational(sa_type=WordType(Kind))
    due_on: date = operational()
    opened_on: date = operational()
    opened_at: datetime = operational(sa_type=UtcDateTime)
    seen: int = operational(default=1)
    last_seen_on: date = operational()
    version: int = operational(default=1)


class PurgeRun(MainRow, table=True):
    """One daily run: what it found, why it refused, who confirmed, and its signed attestation once it is over."""

    __tablename__ = "purge_run"
    __table_args__ = (sa.Index("ix_purge_run_started", "started_at", "id"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    day: date = operational(index=True)
    state: RunState = operational(default=RunState.STARTED, sa_type=WordType(RunState))
    started_at: datetime = operational(sa_type=UtcDateTime)
    finished_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    guard: Guard | None = operational(default=None, sa_type=WordType(Guard))
    confirmed_by: UUID | None = identifier(default=None)
    confirmed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    attestation: str | None = operational(default=None, sa_type=sa.Text)
    version: int = operational(default=1)


class PurgeTally(MainRow, table=True):
    """How many of one category a run treated in one way, in a cell or for the whole city; never which."""

    __tablename__ = "purge_tally"
    __table_args__ = (sa.UniqueConstraint("run_id", "cell_id", "kind", "verdict", "agreement"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    run_id: UUID = identifier(foreign_key="purge_run.id", ondelete="CASCADE", index=True)
    cell_id: UUID | None = identifier(default=None)
    kind: Kind = operational(sa_type=WordType(Kind))
    verdict: Verdict = operational(sa_type=WordType(Verdict))
    agreement: str | None = identifier(default=None, max_length=16)
    number: int = operational()


class PurgeState(MainRow, table=True):
    """Whether the purge may run, and which process runs it: a single row."""

    __tablename__ = "purge_state"
    __table_args__ = (sa.CheckConstraint("id = 1", name="single"),)

    id: int = identifier(
        default=1, primary_key=True, sa_type=sa.SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    stopped_by: UUID | None = identifier(default=None)
    stopped_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    holder: UUID | None = identifier(default=None)
    held_until: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)


class RetentionDecision(MainRow, table=True):
    """A duration that the Ville decided: entered by an administrator, applied after the DPO's favourable opinion."""

    __tablename__ = "retention_decision"
    __table_args__ = (sa.CheckConstraint("opinion_by IS NULL OR opinion_by <> entered_by", name="two_people"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    kind: Kind = organisational(sa_type=WordType(Kind))
    months: int = organisational()
    number: str = organisational(max_length=64)
    decided_on: date = organisational()
    authority: str = organisational(max_length=120)
    applies_on: date = organisational()
    state: DecisionState = operational(default=DecisionState.ENTERED, sa_type=WordType(DecisionState))
    entered_by: UUID = identifier()
    entered_at: datetime = operational(sa_type=UtcDateTime)
    opinion_by: UUID | None = identifier(default=None)
    opinion_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)
