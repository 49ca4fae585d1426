"""The resource guide: structures, yearly editions and their diffusion, links of reception desks, public opening."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, organisational, secret
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.kernel.lists import NumbersType, WordsType
from policies.rav_words import Access, Medium, Public, StructureKind, Theme


class _Facts(MainRow):
    """What is said of a structure, in the guide and in each edition of it."""

    name: str = organisational(max_length=120)
    kind: StructureKind = organisational(sa_type=WordType(StructureKind))
    publics: tuple[Public, ...] = organisational(sa_type=WordsType(Public))
    themes: tuple[Theme, ...] = organisational(sa_type=WordsType(Theme))
    arrondissements: tuple[int, ...] = organisational(sa_type=NumbersType)
    address: str | None = organisational(default=None, max_length=200)
    confidential: bool = organisational(default=False)
    transport: str | None = organisational(default=None, max_length=120)
    hours: str | None = organisational(default=None, max_length=120)
    phones: str = organisational(max_length=120)
    languages: str | None = organisational(default=None, max_length=120)
    accessibility: tuple[Access, ...] = organisational(default=(), sa_type=WordsType(Access))
    approach: str | None = organisational(default=None, max_length=200)
    revised_on: date = organisational()


class Structure(_Facts, table=True):
    """A structure of the guide; the address of a confidential one is not stored at all."""

    __tablename__ = "rav_structure"
    __table_args__ = (sa.CheckConstraint("NOT confidential OR address IS NULL", name="confidential_without_address"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id", index=True)
    revised_by: UUID = identifier()
    withdrawn_on: date | None = organisational(default=None)
    version: int = organisational(default=1)


class Edition(MainRow, table=True):
    """The guide of a cell for a year, as it stood on the day it was published."""

    __tablename__ = "rav_edition"
    __table_args__ = (sa.UniqueConstraint("cell_id", "year"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id")
    year: int = organisational()
    published_at: datetime = organisational(sa_type=UtcDateTime)
    published_by: UUID = identifier()
    version: int = organisational(default=1)


class EditionEntry(_Facts, table=True):
    """A structure as an edition gives it."""

    __tablename__ = "rav_edition_entry"
    __table_args__ = (sa.UniqueConstraint("edition_id", "structure_id"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    edition_id: UUID = identifier(foreign_key="rav_edition.id", ondelete="CASCADE")
    structure_id: UUID = identifier()


class Diffusion(MainRow, table=True):
    """An edition sent out: how, when, to how many recipients."""

    __tablename__ = "rav_diffusion"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    edition_id: UUID = identifier(foreign_key="rav_edition.id", ondelete="CASCADE", index=True)
    medium: Medium = organisational(sa_type=WordType(Medium))
    sent_on: date = organisational()
    recipients: int = organisational()


class DeskLink(MainRow, table=True):
    """A link by which the reception desk of a habilitated institution reads the guide; only its hash is kept."""

    __tablename__ = "desk_link"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id", index=True)
    institution_id: UUID = identifier(foreign_key="institution.id")
    desk: str = organisational(max_length=120)
    link_hash: bytes = secret(unique=True)
    made_on: date = organisational()
    ends_on: date = organisational()
    revoked_at: datetime | None = organisational(sa_type=UtcDateTime, default=None)
    hour: int = organisational(default=0)
    opened: int = organisational(default=0)
    version: int = organisational(default=1)


class GuideDecision(MainRow, table=True):
    """A decision of the city to open the guide to the public, or to close it; the last one holds, closed by default."""

    __tablename__ = "rav_guide_decision"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    opens: bool = organisational()
    act: str = organisational(max_length=120)
    decided_on: date = organisational()
    recorded_by: UUID = identifier()
    recorded_at: datetime = organisational(sa_type=UtcDateTime)
    version: int = organisational(default=1)
