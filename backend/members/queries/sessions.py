"""Whose session this is, and what it still lets do (architecture.md section 6; R18).

An expired or locked session is no session; nothing of it waits for a job to take effect.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.work import UnitOfWork
from backend.crypto.keyring import ServiceKey
from backend.institutions.models import Institution
from backend.kernel.errors import SignInRequired
from backend.members import tokens
from backend.members.models import Account, AccountSession, SessionKind
from backend.members.queries.standing import grants_of
from policies.habilitation import AccountStatus, InstitutionStatus, Minutes

_LIVES = {
    SessionKind.ENROLMENT: timedelta(minutes=Minutes.ENROLMENT),
    SessionKind.SECOND_FACTOR: timedelta(minutes=Minutes.SECOND_FACTOR),
    SessionKind.FULL: timedelta(minutes=Minutes.ABSOLUTE),
    SessionKind.TOKEN: tokens.LIFE,
}


def fingerprint(secret: str) -> bytes:
    """Give what is stored of a random secret; it needs no salt, it has 80 bits or more."""
    return sha256(secret.encode()).digest()


def session_of(uow: UnitOfWork, secret: str, kind: SessionKind) -> AccountSession | None:
    """Give the session of a kind that a cookie's secret opens, locked or not; None when it ended or never was."""
    found = uow.session.scalar(
        sa.select(AccountSession).where(
            col(AccountSession.secret_hash) == fingerprint(secret), col(AccountSession.kind) == kind
        )
    )
    return found if found is not None and is_current(found, uow.now()) else None


def session_ended_by(uow: UnitOfWork, secret: str) -> AccountSession | None:
    """Give the session that a cookie's secret opened and that has just ended; it is good for nothing else."""
    recent = uow.now() - timedelta(minutes=Minutes.SECOND_FACTOR)
    return uow.session.scalar(
        sa.select(AccountSession).where(
            col(AccountSession.secret_hash) == fingerprint(secret), col(AccountSession.ended_at) > recent
        )
    )


def is_current(session: AccountSession, now: datetime) -> bool:
    """Tell whether a session or a token has neither ended nor lived too long."""
    life = _LIVES[SessionKind.of(session.kind)]
    return session.ended_at is None and timedelta(0) <= now - session.created_at < life


def is_locked(session: AccountSession, now: datetime) -> bool:
    """Tell whether the person must type a code or the password again: asked to, or idle for too long."""
    allowed = Minutes.SITTING_LOCK if is_sitting(session, now) else Minutes.IDLE_LOCK
    idle = now - session.last_seen_at >= timedelta(minutes=allowed)
    return session.kind == SessionKind.FULL and (idle or session.locked_at is not None)


def is_sitting(session: AccountSession, now: datetime) -> bool:
    """Tell whether the session is that of somebody who conducts a meeting today, and may listen for an hour."""
    return session.sitting_until is not None and now < session.sitting_until


def sits(uow: UnitOfWork) -> bool:
    """Tell whether the session of the person who asks is kept open for a meeting."""
    row = None if uow.actor.session is None else uow.session.get(AccountSession, uow.actor.session)
    return row is not None and is_sitting(row, uow.now())


def is_stepped_up(session: AccountSession, now: datetime) -> bool:
    """Tell whether the second factor is fresh enough for a sensitive act."""
    at = session.stepped_up_at
    return at is not None and now - at < timedelta(minutes=Minutes.STEP_UP)


def actor_of_session(uow: UnitOfWork, secret: str) -> Actor:
    """Give who acts with a cookie's secret; nobody when the session is locked, ended, or its account excluded."""
    session = session_of(uow, secret, SessionKind.FULL)
    return ANONYMOUS if session is None else actor_in(uow, session.id)


def actor_in(uow: UnitOfWork, session: UUID) -> Actor:
    """Give who acts in a full session; nobody when it is locked, ended, or its account excluded."""
    row = uow.session.get(AccountSession, session)
    if row is None or row.kind != SessionKind.FULL or not is_current(row, uow.now()) or is_locked(row, uow.now()):
        return ANONYMOUS
    return _actor(uow, row)


def actor_of_token(uow: UnitOfWork, token: str) -> Actor:
    """Give who acts with a bearer token; raises `SignInRequired` when it is not ours, expired, or was ended."""
    claims = tokens.read(uow.keyring.public_key(ServiceKey.TOKEN), token, issuer=uow.settings.issuer, now=uow.now())
    session = uow.session.get(AccountSession, claims.session)
    if (
        session is None
        or session.kind != SessionKind.TOKEN
        or session.account_id != claims.account
        or not is_current(session, uow.now())
    ):
        raise SignInRequired
    actor = _actor(uow, session)
    if actor.account is None:
        raise SignInRequired
    return actor


def account_that_may_sign_in(uow: UnitOfWork, account: UUID) -> Account | None:
    """Give an account if its person may act: active, with both factors, in an institution that takes part."""
    row = uow.session.execute(
        sa.select(Account, col(Institution.status))
        .join(Institution, col(Institution.id) == col(Account.institution_id))
        .where(col(Account.id) == account)
    ).one_or_none()
    if row is None:
        return None
    found, institution = row
    enrolled = found.password_hash is not None and found.totp_confirmed_at is not None
    active = found.status == AccountStatus.ACTIVE and institution == InstitutionStatus.ACTIVE
    return found if enrolled and active else None


def _actor(uow: UnitOfWork, session: AccountSession) -> Actor:
    account = account_that_may_sign_in(uow, session.account_id)
    if account is None:
        return ANONYMOUS
    return Actor(
        account=account.id,
        institution=account.institution_id,
        grants=grants_of(uow, account),
        session=session.id,
        stepped_up=is_stepped_up(session, uow.now()),
    )
