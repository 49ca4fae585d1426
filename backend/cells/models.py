"""Cells, their contacts, the yearly confirmation of the education contacts, the acts of the go-live gate.

Source: domain.md sections 1, 2 and 10; CEN-21 (contacts), CEN-22 (education contacts).
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.cells.states import ActState
from backend.crypto.columns import identifier, operational, organisational, professional
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.kernel.lists import WordsType
from policies.charter_words import CharterKind
from policies.go_live import RequiredAct
from policies.retention_words import RecordCategory
from policies.vocabulary import Word


class ContactKind(Word):
    """People to call in the territory of a cell; no right is attached to any of them."""

    LOCAL = "local", "référent de proximité"
    DEPUTY = "deputy", "suppléant du référent de proximité"
    EDUCATION = "education", "correspondant de l'Éducation nationale"


class Cell(MainRow, table=True):
    """A charter applied to a territory, such as the CENOMED du 13e; one at a time."""

    __table_args__ = (
        sa.Index(
            "uq_cell_open",
            "kind",
            "territory",
            unique=True,
            sqlite_where=sa.text("closed_on IS NULL"),
            postgresql_where=sa.text("closed_on IS NULL"),
        ),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    kind: CharterKind = organisational(sa_type=WordType(CharterKind))
    territory: str = organisational(max_length=16, index=True)
    name: str = organisational(max_length=120)
    charter_version: str = organisational(max_length=64)
    opened_on: date = organisational()
    closed_on: date | None = organisational(default=None)
    version: int = operational(default=1)


class LocalContact(MainRow, table=True):
    """A named contact of a cell, at work: the référent de proximité, a deputy, an education correspondent."""

    __tablename__ = "local_contact"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id", index=True)
    kind: ContactKind = organisational(sa_type=WordType(ContactKind))
    name: str = professional(max_length=120)
    function: str = professional(max_length=120)
    phone: str = professional(max_length=32)
    email: str = professional(max_length=254)
    valid_from: date = organisational()
    valid_until: date | None = organisational(default=None)
    version: int = operational(default=1)


class EducationConfirmation(MainRow, table=True):
    """The coordinator read the education contacts again at the rentrée and confirmed them for the year."""

    __tablename__ = "education_confirmation"
    __table_args__ = (sa.UniqueConstraint("cell_id", "school_year"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    cell_id: UUID = identifier(foreign_key="cell.id")
    school_year: int = organisational()
    contacts: int = organisational()
    confirmed_on: date = organisational()
    confirmed_by: UUID = identifier()


class RecordedAct(MainRow, table=True):
    """An act of the go-live gate: entered by one person, then confirmed or refused by the DPO.

    An elimination agreement names the categories that it covers; no other act has any.
    """

    __tablename__ = "recorded_act"
    __table_args__ = (
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> entered_by", name="two_people"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= issued_on", name="ends_after_issued"),
        sa.CheckConstraint("(kind = 'elimination') = (categories <> '')", name="agreement_has_categories"),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id", index=True)
    kind: RequiredAct = organisational(sa_type=WordType(RequiredAct))
    state: ActState = operational(default=ActState.ENTERED, sa_type=WordType(ActState))
    number: str = organisational(max_length=64)
    issued_on: date = organisational()
    authority: str = organisational(max_length=120)
    ends_on: date | None = organisational(default=None)
    categories: tuple[RecordCategory, ...] = organisational(default=(), sa_type=WordsType(RecordCategory))
    file_sha256: str = organisational(max_length=64)
    entered_by: UUID = identifier()
    entered_at: datetime = operational(sa_type=UtcDateTime)
    decided_by: UUID | None = identifier(default=None)
    decided_at: datetime | None = operational(sa_type=UtcDateTime, default=None)
    version: int = operational(default=1)
