"""The answer of a service to one transmission: a closed value and a day."""

from datetime import date, datetime
from uuid import UUID

from backend.crypto.columns import identifier, operational
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.situations.models import of_situation
from policies.charter_words import FeedbackValue


class Feedback(MainRow, table=True):
    """One answer per transmission, corrected by its author until it stands on an agenda."""

    __table_args__ = of_situation("feedback")

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    transmission_id: UUID = identifier(foreign_key="transmission.id", ondelete="CASCADE", unique=True)
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier(index=True)
    institution_id: UUID = identifier(foreign_key="institution.id")
    account_id: UUID = identifier()
    value: FeedbackValue = operational(sa_type=WordType(FeedbackValue))
    answered_on: date = operational()
    recorded_at: datetime = operational(sa_type=UtcDateTime)
    listed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    version: int = operational(default=1)
