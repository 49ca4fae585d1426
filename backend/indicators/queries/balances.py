"""The balance of a year, per sector and for Paris: published figures, and the texts of those who answer for them."""

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import permits, readable
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.indicators.models import BalanceText
from backend.indicators.queries.dashboards import dashboard_view
from backend.indicators.queries.figures import releases, spans_of
from backend.indicators.views import BalanceView, TextView
from backend.kernel.errors import NotFound
from policies.access import Action
from policies.charter_words import CharterKind
from policies.indicator_words import TextKind
from policies.indicators import ROLLING_YEARS
from policies.suppression import PARIS

LOCAL = (TextKind.COORDINATION, TextKind.SOCIAL)

YEAR_DIGITS = 4


def balance_view(uow: UnitOfWork, place: str, year: str) -> BalanceView:
    """Give the balance of a year that was published; raise `NotFound` for any other, and for an unknown place."""
    published = spans_of(releases(uow))
    if len(year) != YEAR_DIGITS or year not in published:
        raise NotFound
    dashboard = dashboard_view(uow, place, year)
    if dashboard is None:
        raise NotFound
    number = int(year)
    rolling = f"{number - ROLLING_YEARS + 1}-{year}"
    cell = cell_at(uow, place)
    return BalanceView(
        place=place,
        place_label=dashboard.place_label,
        year=number,
        dashboard=dashboard,
        rolling=dashboard_view(uow, place, rolling) if rolling in published else None,
        texts=tuple(text_view(uow, cell, number, kind) for kind in ((TextKind.CITY,) if place == PARIS else LOCAL)),
    )


def text_view(uow: UnitOfWork, cell: Cell | None, year: int, kind: TextKind) -> TextView:
    """Give a text of a balance, written or not."""
    row = text_of(uow, cell, year, kind)
    empty = BalanceText(cell_id=None if cell is None else cell.id, year=year, kind=kind)
    writes = permits(uow, row or empty, Action.BALANCE_TEXT_WRITE)
    if row is None:
        return TextView(kind, (), None, 0, writes)
    paragraphs = tuple(line for line in row.text.split("\n") if line.strip())
    return TextView(kind, paragraphs, row.written_on, row.version, writes)


def text_of(uow: UnitOfWork, cell: Cell | None, year: int, kind: TextKind) -> BalanceText | None:
    """Give the row of a text of a balance, None while it is not written."""
    place = col(BalanceText.cell_id).is_(None) if cell is None else col(BalanceText.cell_id) == cell.id
    return uow.session.scalar(
        readable(uow, BalanceText).where(place, col(BalanceText.year) == year, col(BalanceText.kind) == kind)
    )


def cell_at(uow: UnitOfWork, place: str) -> Cell | None:
    """Give the cell of a sector, the open one first; None for Paris. Raises `NotFound` where there is none."""
    if place == PARIS:
        return None
    cell = uow.session.scalars(
        sa.select(Cell)
        .where(col(Cell.kind) == CharterKind.CENOMED, col(Cell.territory) == place)
        .order_by(col(Cell.closed_on).is_not(None), col(Cell.opened_on).desc())
    ).first()
    if cell is None:
        raise NotFound
    return cell
