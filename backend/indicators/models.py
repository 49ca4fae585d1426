"""Releases of the indicators, the counts they froze, the figures they published; texts of the yearly balances.

A place is the code of a sector, or « paris ». A span is a quarter « 2026-T1 », a year « 2026 » or rolling years
« 2024-2026 ». Nothing here leads to a person: the counts have a sector, a year and one closed value.
"""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, organisational, reference
from backend.kernel.database import MainRow, WordType
from backend.kernel.identifiers import new_id, new_reference
from policies.indicator_words import Indicator, TextKind
from policies.suppression import Mark


class IndicatorRelease(MainRow, table=True):
    """What one quarter published, once and for good."""

    __tablename__ = "indicator_release"

    id: UUID = reference(default_factory=new_id, primary_key=True)
    period: str = organisational(max_length=9, unique=True)
    published_on: date = organisational()


class IndicatorCount(MainRow, table=True):
    """What a sector counted in a year, as the release of that year froze it; never shown, only its sums are."""

    __tablename__ = "indicator_count"
    __table_args__ = (sa.Index(None, "year", "place"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    place: str = organisational(max_length=16)
    year: int = organisational()
    indicator: Indicator = organisational(sa_type=WordType(Indicator))
    value: str | None = organisational(max_length=40, nullable=True)
    number: int = organisational()


class IndicatorFigure(MainRow, table=True):
    """A published figure; hidden, it has no number. A figure that a release covers and that is absent is zero."""

    __tablename__ = "indicator_figure"
    __table_args__ = (sa.Index(None, "place", "span"), sa.Index(None, "period"))

    id: UUID = reference(default_factory=new_id, primary_key=True)
    period: str = organisational(max_length=9)
    place: str = organisational(max_length=16)
    span: str = organisational(max_length=9)
    indicator: Indicator = organisational(sa_type=WordType(Indicator))
    value: str | None = organisational(max_length=40, nullable=True)
    mark: Mark = organisational(sa_type=WordType(Mark))
    number: int | None = organisational(nullable=True)


class BalanceText(MainRow, table=True):
    """A text of a yearly balance, by who answers for it; screened, so that nobody stands in it. Paris has no cell."""

    __tablename__ = "balance_text"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'city') = (cell_id IS NULL)", name="city_has_no_cell"),
        sa.Index(
            "uq_balance_text_cell",
            "cell_id",
            "year",
            "kind",
            unique=True,
            sqlite_where=sa.text("cell_id IS NOT NULL"),
            postgresql_where=sa.text("cell_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_balance_text_city",
            "year",
            unique=True,
            sqlite_where=sa.text("cell_id IS NULL"),
            postgresql_where=sa.text("cell_id IS NULL"),
        ),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID | None = identifier(default=None, foreign_key="cell.id", index=True)
    year: int = organisational()
    kind: TextKind = organisational(sa_type=WordType(TextKind))
    text: str = organisational(max_length=3000)
    written_on: date = organisational()
    version: int = operational(default=1)
