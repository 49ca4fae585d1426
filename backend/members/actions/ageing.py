"""Accounts that nobody signs in to: told, suspended, then emptied of their person (domain.md section 6; R13).

An account that is emptied keeps its reference, which the journal and the acts of others name; nothing else is left of
who it was. An invitation that still opens is a use to come.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.work import UnitOfWork
from backend.institutions.actions import replace_referent
from backend.kernel.clock import paris_day
from backend.mail.outbox import queue
from backend.members.actions.credentials import void_identity, void_links, void_passkeys, void_recovery_codes
from backend.members.actions.devices import forget_devices
from backend.members.actions.habilitations import end_all
from backend.members.actions.sessions import end_sessions
from backend.members.events import AccountRemoved, AccountUnused
from backend.members.models import Account, EnrolmentLink, Habilitation
from backend.members.queries.standing import unproven
from backend.members.states import OPEN
from policies.ageing import UNUSED_REMINDER_DAYS, removed_on, suspended_on, unused_kind
from policies.habilitation import AccountStatus
from policies.retention import Kind
from policies.vocabulary import Role

REMOVED_NAME = "Compte supprimé"
"""What is read where the name of somebody stood, once their account is removed."""


@dataclass(frozen=True, slots=True)
class _Unused:
    account: Account
    kind: Kind
    suspended_on: date


def remind_unused(uow: UnitOfWork) -> int:
    """Tell people, thirty and seven days before, when their account will be suspended; to be called once a day."""
    wanted = {uow.today() + timedelta(days=days) for days in UNUSED_REMINDER_DAYS}
    told = [line for line in _unused(uow) if line.suspended_on in wanted]
    for line in told:
        queue(uow, line.account.email, "account_unused", day=line.suspended_on)
    return len(told)


def suspend_unused(uow: UnitOfWork, kind: Kind) -> int:
    """Suspend the accounts whose time is over by a rule, and tell their people how to come back; gives how many."""
    over = to_suspend(uow, kind)
    for account in over:
        account.status = AccountStatus.SUSPENDED
        end_sessions(uow, account)
        void_links(uow, account)
        uow.record(AccountUnused(Reference(account.reference)))
        queue(uow, account.email, "account_suspended", day=uow.today())
    return len(over)


def remove_unused(uow: UnitOfWork) -> int:
    """Empty the accounts to which nobody signed in for longer still, whatever their state; gives how many."""
    over = to_remove(uow)
    for account in over:
        _empty(uow, account)
    return len(over)


def to_suspend(uow: UnitOfWork, kind: Kind) -> list[Account]:
    """Give the accounts whose time is over by a rule today."""
    return [line.account for line in _unused(uow) if line.kind is kind and line.suspended_on <= uow.today()]


def to_remove(uow: UnitOfWork) -> list[Account]:
    """Give the accounts that are to be emptied today; an invitation that still opens keeps one."""
    link = sa.select(col(EnrolmentLink.id)).where(
        col(EnrolmentLink.account_id) == col(Account.id),
        col(EnrolmentLink.consumed_at).is_(None),
        col(EnrolmentLink.expires_at) > uow.now(),
    )
    awaited = sa.exists(link)
    standing = col(Account.status) != AccountStatus.REMOVED
    return [account for account in _accounts(uow, standing, ~awaited) if removed_on(_used(account)) <= uow.today()]


def _empty(uow: UnitOfWork, account: Account) -> None:
    end_sessions(uow, account)
    void_links(uow, account)
    void_passkeys(uow, account)
    void_identity(uow, account)
    void_recovery_codes(uow, account)
    forget_devices(uow, account)
    end_all(uow, account, on=uow.today())
    replace_referent(uow, account.institution_id, account.id)
    uow.record(AccountRemoved(Reference(account.reference)))
    account.password_hash = account.totp_wrapped = account.totp_confirmed_at = account.totp_last_step = None
    account.display_name, account.function = REMOVED_NAME, ""
    account.email = f"{account.reference}@supprime.invalid".lower()
    account.status = AccountStatus.REMOVED


def _unused(uow: UnitOfWork) -> Iterator[_Unused]:
    rows = uow.session.execute(
        sa.select(col(Habilitation.account_id), col(Habilitation.role)).where(col(Habilitation.state).in_(sorted(OPEN)))
    )
    roles: dict[object, set[Role]] = {}
    for holder, role in rows:
        roles.setdefault(holder, set()).add(Role.of(role))
    for account in _accounts(uow, col(Account.status) == AccountStatus.ACTIVE):
        held = roles.get(account.id, set())
        yield _Unused(account, unused_kind(held), suspended_on(_used(account), held))


def _accounts(uow: UnitOfWork, *conditions: sa.ColumnElement[bool]) -> Sequence[Account]:
    statement = sa.select(Account).options(*unproven()).where(*conditions).order_by(col(Account.id)).with_for_update()
    return uow.session.scalars(statement).all()


def _used(account: Account) -> date:
    return paris_day(account.last_sign_in_at or account.created_at)
