"""Which institutions there are (domain.md section 2)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col

from backend.authorization.gate import readable
from backend.authorization.work import UnitOfWork
from backend.institutions.models import Institution
from backend.kernel.errors import NotFound


def institutions_of(uow: UnitOfWork) -> Sequence[Institution]:
    """Give the institutions that the person may read, by name."""
    return uow.session.scalars(readable(uow, Institution).order_by(col(Institution.name))).all()


def institution_of(uow: UnitOfWork, institution: UUID) -> Institution:
    """Give an institution by its identifier, whoever asks: its name is no secret; raises `NotFound`."""
    found = uow.session.get(Institution, institution)
    if found is None:
        raise NotFound
    return found
