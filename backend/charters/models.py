"""Signatures of the charter and of the règlement intérieur, one row per institution and version (CEN-54)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import identifier, operational, organisational, professional
from backend.kernel.database import MainRow, WordType
from backend.kernel.identifiers import new_id, new_reference
from policies.charter_words import CharterKind


class CharterSignature(MainRow, table=True):
    """An institution signed a version of the charter, and the règlement intérieur, on a day."""

    __tablename__ = "charter_signature"
    __table_args__ = (
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= signed_on", name="ended_after_signed"),
        sa.Index(
            "uq_charter_signature_lasting",
            "institution_id",
            "charter_version",
            "rules_version",
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
    )

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    institution_id: UUID = identifier(foreign_key="institution.id", index=True)
    kind: CharterKind = organisational(sa_type=WordType(CharterKind))
    charter_version: str = organisational(max_length=64)
    rules_version: str = organisational(max_length=64)
    signed_on: date = organisational()
    signatory_function: str = professional(max_length=120)
    recorded_by: UUID = identifier()
    ended_on: date | None = organisational(default=None)
    version: int = operational(default=1)
