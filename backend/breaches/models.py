"""A breach in the register: closed words and one screened sentence; nobody is named there."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, organisational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.kernel.lists import WordsType
from policies.breaches import (
    BreachCause,
    BreachData,
    BreachEffect,
    BreachMeasure,
    BreachNature,
    BreachRisk,
    BreachScale,
    BreachState,
    Exemption,
    LateGround,
)


class Breach(MainRow, table=True):
    """What happened, when it was known, what it may do, what was done, who was told (RGPD, article 33.5)."""

    __table_args__ = (sa.Index("ix_breach_known", "known_at", "id"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    state: BreachState = operational(default=BreachState.DECLARED, sa_type=WordType(BreachState))
    declared_by: UUID = identifier(index=True)
    declared_at: datetime = operational(sa_type=UtcDateTime)
    known_at: datetime = operational(sa_type=UtcDateTime)
    cause: BreachCause = operational(sa_type=WordType(BreachCause))
    summary: str = organisational(max_length=200)
    natures: tuple[BreachNature, ...] = operational(default=(), sa_type=WordsType(BreachNature))
    concerned: tuple[BreachData, ...] = operational(default=(), sa_type=WordsType(BreachData))
    scale: BreachScale | None = operational(default=None, sa_type=WordType(BreachScale))
    effects: tuple[BreachEffect, ...] = operational(default=(), sa_type=WordsType(BreachEffect))
    measures: tuple[BreachMeasure, ...] = operational(default=(), sa_type=WordsType(BreachMeasure))
    risk: BreachRisk | None = operational(default=None, sa_type=WordType(BreachRisk))
    notified_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    notification_number: str | None = organisational(default=None, max_length=64)
    late_ground: LateGround | None = operational(default=None, sa_type=WordType(LateGround))
    communicated_on: date | None = operational(default=None)
    exemption: Exemption | None = operational(default=None, sa_type=WordType(Exemption))
    closed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)
