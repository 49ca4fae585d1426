"""A dispositif of the directory: organisational facts only."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, organisational
from backend.kernel.database import MainRow, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.kernel.lists import NumbersType
from policies.directory_words import Family, Schooling


class DirectoryEntry(MainRow, table=True):
    """A dispositif: its public, where, how to refer to it; `code` names the source that it was first listed from."""

    __tablename__ = "directory_entry"
    __table_args__ = (
        sa.CheckConstraint("age_from IS NULL OR age_until IS NULL OR age_until >= age_from", name="ages_in_order"),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    code: str | None = organisational(default=None, max_length=16, unique=True)
    name: str = organisational(max_length=120)
    organisation: str = organisational(max_length=120)
    family: Family = organisational(sa_type=WordType(Family))
    age_from: int | None = organisational(default=None)
    age_until: int | None = organisational(default=None)
    priority_districts: bool = organisational(default=False)
    schooling: Schooling = organisational(default=Schooling.ANY, sa_type=WordType(Schooling))
    arrondissements: tuple[int, ...] = organisational(default=(), sa_type=NumbersType)
    approach: str = organisational(max_length=200)
    phones: str | None = organisational(default=None, max_length=120)
    revised_on: date = organisational()
    revised_by: UUID = identifier()
    withdrawn_on: date | None = organisational(default=None)
    version: int = organisational(default=1)
