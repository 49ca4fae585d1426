"""What the counters say of the years that were replayed: they survive the purge (FIG-01, domain.md section 7)."""

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.cells.models import Cell
from backend.cli.replay.history import YEARS
from backend.counts.deltas import total
from policies.indicator_words import Indicator

SHOWN = (
    Indicator.SIGNALEMENT_RECEIVED,
    Indicator.RETAINED,
    Indicator.NOT_RETAINED,
    Indicator.EXAMINED,
    Indicator.NOT_EXAMINED,
)
"""184, 130, 54, 61 and 69 at the real scale."""


def figures(house: House) -> tuple[tuple[str, int], ...]:
    """Give the figures of the years that were replayed, in every cell, with the label of each (FIG-01)."""
    since, until = f"{YEARS[0]}-01", f"{YEARS[-1]}-12"
    with house.transaction() as uow:
        cells = uow.session.scalars(sa.select(col(Cell.id))).all()
        return tuple(
            (shown.label, sum(total(uow.session, shown, cell, since=since, until=until) for cell in cells))
            for shown in SHOWN
        )
