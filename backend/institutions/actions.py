"""The verbs of an institution: create, rename, name its referents, close it (domain.md section 2)."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.institutions.events import InstitutionClosed, InstitutionCreated, InstitutionRenamed, ReferentsNamed
from backend.institutions.models import Institution
from backend.kernel.errors import InvalidInput, WrongMoment
from policies.access import Action
from policies.habilitation import InstitutionStatus
from policies.vocabulary import Origin


def create_institution(uow: UnitOfWork, *, name: str, origin: Origin) -> Institution:
    """Create an institution; its category is what its signalements count as (CEN-26).

    Raises `Forbidden`, or `InvalidInput` for a name that is taken.
    """
    institution = Institution(name=name, origin=origin)
    require(uow, institution, Action.INSTITUTION_WRITE)
    _check_name(uow, name)
    uow.session.add(institution)
    uow.session.flush()  # accounts and signatures of the same transaction lead to it without a relationship
    uow.record(InstitutionCreated(Reference(institution.reference)))
    return institution


def rename_institution(uow: UnitOfWork, reference: str, version: int, *, name: str) -> Institution:
    """Change the name under which people know an institution; raises `InvalidInput` for a name that is taken."""
    institution = fetch(uow, Institution, reference, to=Action.INSTITUTION_WRITE, version=version)
    if name != institution.name:
        _check_name(uow, name)
    institution.name = name
    uow.record(InstitutionRenamed(Reference(institution.reference)))
    return institution


def name_referents(
    uow: UnitOfWork, reference: str, version: int, *, referent: UUID | None, deputy: UUID | None
) -> Institution:
    """Name who proposes habilitations for an institution's people, and who does it for the referent.

    Accounts of the institution; raises `InvalidInput` when one person would be both.
    """
    institution = fetch(uow, Institution, reference, to=Action.INSTITUTION_WRITE, version=version)
    if referent is not None and referent == deputy:
        raise InvalidInput({"deputy": "Le suppléant est une autre personne que le référent."})
    institution.referent_id, institution.deputy_id = referent, deputy
    uow.record(ReferentsNamed(Reference(institution.reference), referent, deputy))
    return institution


def replace_referent(uow: UnitOfWork, institution: UUID, leaver: UUID) -> None:
    """Put the deputy in the place of a referent who leaves, or leave the place of the deputy empty.

    Part of a departure, whose own rule says who may settle it; nothing happens for somebody who is neither.
    """
    row = uow.session.get_one(Institution, institution, with_for_update=True, populate_existing=True)
    if leaver not in {row.referent_id, row.deputy_id}:
        return
    row.referent_id, row.deputy_id = (row.deputy_id if row.referent_id == leaver else row.referent_id), None
    row.version += 1
    uow.record(ReferentsNamed(Reference(row.reference), row.referent_id, None))


def close_institution(uow: UnitOfWork, reference: str, version: int) -> Institution:
    """Close an institution that no longer takes part: its people read nothing from now on."""
    institution = fetch(uow, Institution, reference, to=Action.INSTITUTION_EXCLUDE, version=version)
    if institution.status != InstitutionStatus.ACTIVE:
        raise WrongMoment("Cette institution ne participe déjà plus.")
    institution.status = InstitutionStatus.CLOSED
    uow.record(InstitutionClosed(Reference(institution.reference)))
    return institution


def _check_name(uow: UnitOfWork, name: str) -> None:
    if uow.session.scalar(sa.select(sa.exists().where(col(Institution.name) == name))):
        raise InvalidInput({"name": "Une institution porte déjà ce nom."})
