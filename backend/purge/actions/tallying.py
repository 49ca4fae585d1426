"""Keep the counts of a run in the transaction of what they count, so that a kill loses none."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.purge.models import PurgeTally
from policies.retention import Kind
from policies.retention_words import Verdict


def tally(
    uow: UnitOfWork,
    run: UUID,
    kind: Kind,
    verdict: Verdict,
    number: int,
    *,
    cell: UUID | None = None,
    agreement: str | None = None,
) -> None:
    """Add a number to what a run treated in one way; nothing is written for none."""
    if not number:
        return
    row = uow.session.scalar(
        sa.select(PurgeTally)
        .where(
            col(PurgeTally.run_id) == run,
            col(PurgeTally.cell_id).is_not_distinct_from(cell),
            col(PurgeTally.kind) == kind,
            col(PurgeTally.verdict) == verdict,
            col(PurgeTally.agreement).is_not_distinct_from(agreement),
        )
        .with_for_update()
    )
    if row is None:
        row = PurgeTally(run_id=run, cell_id=cell, kind=kind, verdict=verdict, agreement=agreement, number=0)
        uow.session.add(row)
    row.number += number
    uow.session.flush()


def forget_standing(uow: UnitOfWork, run: UUID, cell: UUID) -> None:
    """Forget what a run had found standing in a cell: it is about to look again."""
    standing = (Verdict.ANNOUNCED, Verdict.LOCKED, Verdict.LIMITED)
    uow.session.execute(
        sa.delete(PurgeTally).where(
            col(PurgeTally.run_id) == run, col(PurgeTally.cell_id) == cell, col(PurgeTally.verdict).in_(standing)
        )
    )
