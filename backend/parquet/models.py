"""The parquet's answers: every one is kept until the situation is destroyed, the last one holds."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id
from backend.situations.models import of_situation
from policies.vocabulary import ParquetAnswerValue, ParquetGround


class ParquetAnswer(MainRow, table=True):
    """One answer, with its single ground when the situation is not retained; no detail of a measure (AMB-06)."""

    __tablename__ = "parquet_answer"
    __table_args__ = (*of_situation("parquet_answer"), sa.UniqueConstraint("situation_id", "rank"))

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    account_id: UUID = identifier()
    rank: int = operational()
    answer: ParquetAnswerValue = operational(sa_type=WordType(ParquetAnswerValue))
    ground: ParquetGround | None = operational(default=None, sa_type=WordType(ParquetGround))
    answered_at: datetime = operational(sa_type=UtcDateTime)
