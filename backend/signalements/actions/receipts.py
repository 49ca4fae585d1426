"""« Traité »: what an author learns, for every outcome alike (domain.md section 2; step 4)."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.charters.queries import charter_of
from backend.kernel.clock import paris_day
from backend.signalements.models import Receipt
from policies.months import add_months
from policies.vocabulary import ReceiptStatus


def process_receipts(uow: UnitOfWork, cell: UUID) -> int:
    """Mark as processed every receipt of a cell that is old enough, when an ordinary meeting closes; give how many.

    Old enough is the charter's delay after reception, whatever became of the situation: date and status say nothing.
    """
    months = charter_of(cell_of(uow, cell).charter_version).rules.receipt.months
    statement = sa.select(Receipt).where(col(Receipt.cell_id) == cell, col(Receipt.status) == ReceiptStatus.RECEIVED)
    due = [
        row
        for row in uow.session.scalars(statement.with_for_update())
        if add_months(paris_day(row.submitted_at), months) <= uow.today()
    ]
    for row in due:
        row.status = ReceiptStatus.PROCESSED
        row.processed_at = uow.now()
        row.version += 1
    return len(due)
