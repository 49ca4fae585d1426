"""Deltas of the indicators: plus or minus a few, in a cell and a month, for at most one closed value (domain.md 7).

A verb adds them in its own transaction, while it knows the value; no reference, no instant, no day: nothing leads back
to a situation, and the purge has nothing to take away. A correction adds the opposite.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from backend.crypto.columns import organisational, reference
from backend.kernel.database import MainRow
from backend.kernel.identifiers import new_id
from policies.indicator_words import Indicator
from policies.months import first_day
from policies.vocabulary import Word

CITY = UUID(int=0)
"""Stands for a cell in what the whole city counts, such as the meetings of the COPIL."""


class CountDelta(MainRow, table=True):
    """One contribution to an indicator; `month` reads YYYY-MM."""

    __tablename__ = "count_delta"
    __table_args__ = (sa.Index(None, "indicator", "cell_id", "month"),)

    id: UUID = reference(primary_key=True)
    indicator: str = organisational(max_length=40)
    cell_id: UUID = reference()
    month: str = organisational(max_length=7)
    value: str | None = organisational(max_length=40, nullable=True)
    delta: int = organisational()


def add_delta(session: Session, indicator: Indicator, cell: UUID, *, month: str, value: str | None, by: int) -> None:
    """Add `by`, positive or negative, to an indicator of a cell for a month YYYY-MM, and one of its closed values.

    The value of a delay is its number of days.

    Raise `ValueError` for a month of another shape.
    """
    first_day(month)
    session.add(
        CountDelta(
            id=new_id(),
            indicator=indicator.value,
            cell_id=cell,
            month=month,
            value=None if value is None else str(value),
            delta=by,
        )
    )


def total(
    session: Session,
    indicator: Indicator,
    cell: UUID,
    *,
    since: str | None = None,
    until: str | None = None,
    value: Word | None = None,
) -> int:
    """Sum an indicator of a cell, from the month `since` to the month `until` included; one value, or all of them."""
    query = select(func.coalesce(func.sum(CountDelta.delta), 0)).where(
        col(CountDelta.indicator) == indicator.value, col(CountDelta.cell_id) == cell
    )
    if since is not None:
        query = query.where(col(CountDelta.month) >= since)
    if until is not None:
        query = query.where(col(CountDelta.month) <= until)
    if value is not None:
        query = query.where(col(CountDelta.value) == value.value)
    return int(session.exec(query).one())
