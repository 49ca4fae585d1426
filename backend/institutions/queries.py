"""Which institutions there are (domain.md section 2)."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import readable
from backend.authorization.work import UnitOfWork
from backend.institutions.models import Institution
from backend.kernel.errors import NotFound
from policies.habilitation import InstitutionStatus


def institutions_of(uow: UnitOfWork) -> Sequence[Institution]:
    """Give the institutions that the person may read, by name."""
    return uow.session.scalars(readable(uow, Institution).order_by(col(Institution.name))).all()


def institution_of(uow: UnitOfWork, institution: UUID) -> Institution:
    """Give an institution by its identifier, whoever asks: its name is no secret; raises `NotFound`."""
    found = uow.session.get(Institution, institution)
    if found is None:
        raise NotFound
    return found


def habilitated(uow: UnitOfWork) -> Sequence[Institution]:
    """Give the institutions that take part, whoever asks: an agent of one may be invited to signal once."""
    statement = sa.select(Institution).where(col(Institution.status) == InstitutionStatus.ACTIVE)
    return uow.session.scalars(statement.order_by(col(Institution.name))).all()
