"""Exclusion for a breach: of a person or of an institution, at once, on a coded ground (R11, L.132-5 CSI)."""

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.counts.deltas import CITY
from backend.institutions.models import Institution
from backend.kernel.errors import SignInRequired, WrongMoment
from backend.members.actions.credentials import void_links
from backend.members.actions.habilitations import exclude_all
from backend.members.actions.sessions import end_sessions
from backend.members.events import InstitutionExcluded, PersonExcluded
from backend.members.models import Account, Exclusion
from policies.access import Action
from policies.habilitation import AccountStatus, ExclusionGround, InstitutionStatus
from policies.indicator_words import Indicator


def exclude_person(uow: UnitOfWork, reference: str, version: int, *, ground: ExclusionGround) -> Account:
    """Exclude a person: sessions, tokens, links and habilitations end in this transaction."""
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_EXCLUDE, version=version)
    if account.status == AccountStatus.EXCLUDED:
        raise WrongMoment("Cette personne est déjà exclue.")
    account.status = AccountStatus.EXCLUDED
    _put_out(uow, account)
    exclude_all(uow, account)
    _write_down(uow, ground, account=account)
    uow.record(PersonExcluded(Reference(account.reference), ground))
    return account


def exclude_institution(uow: UnitOfWork, reference: str, version: int, *, ground: ExclusionGround) -> Institution:
    """Exclude an institution: the sessions of its people end, none of its habilitations is in force any more."""
    institution = fetch(uow, Institution, reference, to=Action.INSTITUTION_EXCLUDE, version=version)
    if institution.status == InstitutionStatus.EXCLUDED:
        raise WrongMoment("Cette institution est déjà exclue.")
    institution.status = InstitutionStatus.EXCLUDED
    people = uow.session.scalars(sa.select(Account).where(col(Account.institution_id) == institution.id)).all()
    for account in people:
        _put_out(uow, account)
    _write_down(uow, ground, institution=institution)
    uow.record(InstitutionExcluded(Reference(institution.reference), ground))
    return institution


def _put_out(uow: UnitOfWork, account: Account) -> None:
    end_sessions(uow, account)
    void_links(uow, account)


def _write_down(
    uow: UnitOfWork,
    ground: ExclusionGround,
    *,
    account: Account | None = None,
    institution: Institution | None = None,
) -> None:
    if uow.actor.account is None:
        raise SignInRequired
    uow.session.add(
        Exclusion(
            account_id=None if account is None else account.id,
            institution_id=None if institution is None else institution.id,
            ground=ground,
            decided_by=uow.actor.account,
            decided_at=uow.now(),
        )
    )
    uow.count(Indicator.EXCLUDED, CITY)
