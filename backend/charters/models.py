"""Signatures of the charter and of the règlement intérieur, one row per institution and version (CEN-54)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import operational, organisational, professional, reference
from backend.kernel.database import MainRow
from backend.kernel.identifiers import new_id, new_reference


class CharterSignature(MainRow, table=True):
    """An institution signed a version of the charter, and the règlement intérieur, on a day."""

    __tablename__ = "charter_signature"
    __table_args__ = (sa.CheckConstraint("ended_on IS NULL OR ended_on >= signed_on", name="ended_after_signed"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    institution_id: UUID = reference(foreign_key="institution.id", index=True)
    recorded_by: UUID = reference()
    reference: str = reference(default_factory=new_reference, max_length=16, unique=True)
    kind: str = organisational(max_length=32)
    charter_version: str = organisational(max_length=64)
    rules_version: str = organisational(max_length=64)
    signed_on: date = organisational()
    signatory_function: str = professional(max_length=120)
    ended_on: date | None = organisational(default=None)
    version: int = operational(default=1)
