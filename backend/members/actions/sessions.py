"""Sessions: open, touch, lock, end; what ends a session ends it within the request (architecture.md section 6; R18)."""

from datetime import time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.crypto.keyring import ServiceKey
from backend.kernel.clock import paris_instant
from backend.kernel.errors import NotFound, SignInRequired, StepUpRequired
from backend.kernel.identifiers import new_secret
from backend.members import tokens
from backend.members.actions.devices import Visit, recognise
from backend.members.events import SessionLocked, SessionsEnded, SignedIn, SittingKept
from backend.members.models import Account, AccountSession, SessionKind
from backend.members.queries.sessions import account_that_may_sign_in, fingerprint
from policies.access import Action
from policies.habilitation import AccountStatus
from policies.sign_in import Means

TOUCHED_EVERY = timedelta(minutes=1)
"""Precision of « last seen »: a page does not cost a write."""


def open_session(
    uow: UnitOfWork,
    account: Account,
    kind: SessionKind,
    means: Means = Means.CODE,
    *,
    visit: Visit | None = None,
    id_token_wrapped: bytes | None = None,
    stepped_up: bool = True,
) -> str:
    """Open a session under a fresh secret, which the cookie carries and only its hash is stored.

    The secret changes at each step of a sign-in: one that somebody planted before opens nothing afterwards. It is
    stepped up unless it opens without a second factor of ours: the provider's own session lasts twelve hours (R18).
    """
    secret = new_secret()
    full = kind is SessionKind.FULL
    device = recognise(uow, account, visit) if full and visit is not None else None
    uow.session.add(
        AccountSession(
            account_id=account.id,
            kind=kind,
            secret_hash=fingerprint(secret),
            means=means,
            device_id=None if device is None else device.id,
            id_token_wrapped=id_token_wrapped,
            created_at=uow.now(),
            last_seen_at=uow.now(),
            stepped_up_at=uow.now() if full and stepped_up else None,
        )
    )
    if full:
        account.last_sign_in_at = uow.now()
        uow.record(SignedIn(Reference(account.reference), kind, means))
    return secret


def open_token(uow: UnitOfWork, account: Account) -> str:
    """Give a bearer token of ten minutes; its session row lets it be ended before."""
    session = AccountSession(
        account_id=account.id,
        kind=SessionKind.TOKEN,
        means=Means.CODE,
        created_at=uow.now(),
        last_seen_at=uow.now(),
    )
    uow.session.add(session)
    account.last_sign_in_at = uow.now()
    uow.record(SignedIn(Reference(account.reference), SessionKind.TOKEN, Means.CODE))
    return tokens.issue(
        uow.keyring.service_key(ServiceKey.TOKEN),
        tokens.Claims(account.id, session.id),
        issuer=uow.settings.issuer,
        now=uow.now(),
    )


def touch(uow: UnitOfWork, session: UUID) -> None:
    """Say that the person is still there."""
    row = uow.session.get_one(AccountSession, session)
    if uow.now() - row.last_seen_at >= TOUCHED_EVERY:
        row.last_seen_at = uow.now()


def lock(uow: UnitOfWork) -> None:
    """Lock the session of the person who asks, until a code or the password is typed again."""
    if uow.actor.session is None or uow.actor.account is None:
        raise SignInRequired
    uow.session.get_one(AccountSession, uow.actor.session).locked_at = uow.now()
    uow.record(SessionLocked(Reference(uow.session.get_one(Account, uow.actor.account).reference)))


def sit(uow: UnitOfWork) -> None:
    """Let the session of who conducts a meeting stay open through an hour without a key pressed, until the day ends.

    Raises `StepUpRequired` without a fresh second factor (domain.md section 5).
    """
    if uow.actor.session is None or uow.actor.account is None:
        raise SignInRequired
    if not uow.actor.stepped_up:
        raise StepUpRequired
    row = uow.session.get_one(AccountSession, uow.actor.session)
    row.sitting_until = paris_instant(uow.today() + timedelta(days=1), time())
    uow.record(SittingKept(Reference(uow.session.get_one(Account, uow.actor.account).reference)))


def sign_out(uow: UnitOfWork, secret: str) -> bool:
    """End the session that a cookie's secret opens, locked or not; nothing happens when there is none.

    Tells whether the provider holds a session of its own, which its person may want to leave too.
    """
    session = uow.session.scalar(
        sa.select(AccountSession).where(
            col(AccountSession.secret_hash) == fingerprint(secret), col(AccountSession.ended_at).is_(None)
        )
    )
    if session is None:
        return False
    session.ended_at = uow.now()
    account = uow.session.get_one(Account, session.account_id)
    uow.record(SessionsEnded(Reference(account.reference), 1))
    return session.id_token_wrapped is not None and uow.settings.provider is not None


def end_own_sessions(uow: UnitOfWork, reference: str) -> int:
    """End every session and token of the person who asks, this one too; gives how many."""
    return end_sessions(uow, fetch(uow, Account, reference, to=Action.ACCOUNT_OWN))


def end_sessions(uow: UnitOfWork, account: Account) -> int:
    """End every session and token of somebody, at once; gives how many."""
    ended = uow.session.scalars(
        sa.update(AccountSession)
        .where(col(AccountSession.account_id) == account.id, col(AccountSession.ended_at).is_(None))
        .values(ended_at=uow.now())
        .returning(col(AccountSession.id))
    ).all()
    if ended:
        uow.record(SessionsEnded(Reference(account.reference), len(ended)))
    return len(ended)


def sign_in_as_persona(uow: UnitOfWork, email: str) -> str:
    """Open a full session as a persona, in one click; raises `NotFound` outside the demo mode."""
    return open_session(uow, _in_demo(uow, email), SessionKind.FULL, Means.DEMONSTRATION)


def token_as_persona(uow: UnitOfWork, email: str) -> str:
    """Give a bearer token as a persona; raises `NotFound` outside the demo mode."""
    return open_token(uow, _in_demo(uow, email))


def _in_demo(uow: UnitOfWork, email: str) -> Account:
    if uow.settings.mode != "demo":
        raise NotFound
    found = uow.session.scalar(
        sa.select(Account).where(col(Account.email) == email, col(Account.status) == AccountStatus.ACTIVE)
    )
    account = None if found is None else account_that_may_sign_in(uow, found.id)
    if account is None:
        raise NotFound
    return account
