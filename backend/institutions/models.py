"""Institutions that take part, with their referent and deputy, who propose habilitations (domain.md section 2)."""

from uuid import UUID

from backend.crypto.columns import operational, organisational, reference
from backend.kernel.database import MainRow
from backend.kernel.identifiers import new_id, new_reference
from policies.habilitation import InstitutionStatus


class Institution(MainRow, table=True):
    """A police station, a school authority, a landlord: whom people work for, and what category it signals as."""

    id: UUID = reference(default_factory=new_id, primary_key=True)
    referent_id: UUID | None = reference(default=None, index=True)
    deputy_id: UUID | None = reference(default=None, index=True)
    reference: str = reference(default_factory=new_reference, max_length=16, unique=True)
    name: str = organisational(max_length=120, unique=True)
    origin: str = organisational(max_length=32)
    status: str = operational(max_length=16, default=InstitutionStatus.ACTIVE)
    version: int = operational(default=1)
