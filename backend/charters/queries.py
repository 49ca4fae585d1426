"""Which charter is in force, and which versions bind an institution that signed (domain.md section 2, CEN-54)."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import readable
from backend.authorization.work import UnitOfWork
from backend.charters.models import CharterSignature
from policies.charter import Charter, accepted_versions, in_force, published
from policies.charter_words import CharterKind


def charter_in_force(kind: CharterKind, day: date) -> Charter:
    """Give the version of a kind of charter that is in force on a day; raises LookupError before the first one."""
    return in_force(published(), kind, day)


def charters_of(kind: CharterKind, day: date) -> tuple[Charter, ...]:
    """Give the published versions of a kind of charter that have taken effect by a day, latest first."""
    started = [charter for charter in published().values() if charter.valid_from <= day and charter.kind is kind]
    return tuple(sorted(started, key=lambda charter: charter.valid_from, reverse=True))


def charter_of(version: str) -> Charter:
    """Give a published version: the one that a cell applies or that a situation pinned; raises KeyError."""
    return published()[version]


def binding_versions(uow: UnitOfWork, institution: UUID, kind: CharterKind, day: date) -> frozenset[str]:
    """Give the versions that an institution has signed and that bind it on a day.

    A signature binds while it lasts, and only for the version in force or, until the transition date of the new one
    (three months by default), for the previous one. Empty: its members read nothing nominative.
    """
    signed = uow.session.scalars(
        sa.select(col(CharterSignature.charter_version)).where(
            col(CharterSignature.institution_id) == institution,
            col(CharterSignature.kind) == kind,
            *_lasting(day),
        )
    )
    return frozenset(signed) & accepted_versions(published(), kind, day)


def _lasting(day: date) -> tuple[sa.ColumnElement[bool], ...]:
    ended = col(CharterSignature.ended_on)
    return (col(CharterSignature.signed_on) <= day, sa.or_(ended.is_(None), ended > day))


def signatures_of(uow: UnitOfWork, institutions: Collection[UUID] | None = None) -> Sequence[CharterSignature]:
    """Give the signatures that the person may read, latest first: of some institutions, or of all."""
    statement = readable(uow, CharterSignature)
    if institutions is not None:
        statement = statement.where(col(CharterSignature.institution_id).in_(sorted(institutions)))
    order = (col(CharterSignature.signed_on).desc(), col(CharterSignature.id))
    return uow.session.scalars(statement.order_by(*order)).all()
