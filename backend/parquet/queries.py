"""What is read of the filter: the answers of a situation already fetched."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.parquet.models import ParquetAnswer
from backend.situations.models import Situation


def answers_of(uow: UnitOfWork, situation: Situation) -> Sequence[ParquetAnswer]:
    """Give the answers on a situation already fetched, the first one first; the last one holds."""
    statement = sa.select(ParquetAnswer).where(col(ParquetAnswer.situation_id) == situation.id)
    return uow.session.scalars(statement.order_by(col(ParquetAnswer.rank))).all()
