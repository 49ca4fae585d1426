"""Sign in, in two steps; confirm again; unlock (R16, R18).

Each step counts the attempt, computes outside any transaction, then decides in another one. Refusals are worded alike
and cost alike whether the account exists or not.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.work import House, UnitOfWork
from backend.kernel.errors import Refusal, SignInRequired
from backend.members.actions.credentials import use_recovery_code, use_totp
from backend.members.actions.devices import Visit
from backend.members.actions.passkeys import PasskeyAnswer, use_passkey
from backend.members.actions.sessions import open_session, open_token
from backend.members.actions.throttling import (
    count_attempt,
    forget_attempts,
    network_key,
    password_key,
    second_factor_key,
)
from backend.members.events import Factor, SessionUnlocked, SignInFailed, SteppedUp
from backend.members.models import Account, AccountSession, SessionKind
from backend.members.passwords import verify_password
from backend.members.queries.sessions import account_that_may_sign_in, session_of
from policies.sign_in import Means


class WrongCredentials(Refusal):
    """The address, the password or the code does not fit; it never says which."""

    status = 401
    code = "wrong-credentials"
    title = "Connexion impossible"

    def __init__(self, detail: str = "L'adresse, le mot de passe ou le code ne correspond pas.") -> None:
        """Say the same thing in every case."""
        super().__init__(detail)


@dataclass(frozen=True, slots=True, repr=False)
class _Known:
    """What is known of an address before its password is checked; nothing when it has no account."""

    account: UUID | None
    password_hash: str | None


Proof = str | PasskeyAnswer
"""A second factor as it was given: a code that was typed, or what a browser answered for a passkey."""


@dataclass(frozen=True, slots=True)
class _Proved:
    """Somebody whose second factor is right, and which one it was."""

    account: Account
    means: Means


def normal_email(email: str) -> str:
    """Give the one spelling under which an address is stored and sought."""
    return email.strip().casefold()


def sign_in(house: House, email: str, password: str, host: str) -> str:
    """Check the first factor; give the secret of a session that only awaits the second one.

    Raises `WrongCredentials`, or `Throttled` after five failures in a row. `host` is the address of the client.
    """
    with house.transaction() as uow:
        known = _count_password(uow, email, host)
    right = verify_password(password, known.password_hash)
    secret = None
    with house.transaction() as uow:
        account = _after_password(uow, known, email, host, right=right)
        if account is not None:
            secret = open_session(uow, account, SessionKind.SECOND_FACTOR)
    if secret is None:
        raise WrongCredentials("L'adresse ou le mot de passe ne correspond pas.")
    return secret


def give_second_factor(house: House, secret: str, proof: Proof, visit: Visit | None = None) -> str:
    """Check a code, a recovery code or a passkey; give the secret of a full session, a fresh one.

    Raises `WrongCredentials`, `Throttled`, or `SignInRequired` when the first step is too old.
    """
    opened = None
    with house.transaction() as uow:
        waiting = session_of(uow, secret, SessionKind.SECOND_FACTOR)
        if waiting is None:
            raise SignInRequired("Votre connexion a pris trop de temps. Recommencez.")
        person = waiting.account_id
        count_attempt(uow, [second_factor_key(person)])
    with house.transaction() as uow:
        waiting = session_of(uow, secret, SessionKind.SECOND_FACTOR)
        proved = None if waiting is None else _after_proof(uow, waiting, proof)
        if waiting is not None and proved is not None:
            waiting.ended_at = uow.now()
            opened = open_session(
                uow,
                proved.account,
                SessionKind.FULL,
                Means.PROVIDER if waiting.means == Means.PROVIDER else proved.means,
                visit=visit,
                id_token_wrapped=waiting.id_token_wrapped,
            )
    if opened is None:
        raise _wrong(proof)
    return opened


def sign_in_for_token(house: House, email: str, password: str, code: str, host: str) -> str:
    """Check both factors at once and give a bearer token; raises `WrongCredentials` or `Throttled`."""
    with house.transaction() as uow:
        known = _count_password(uow, email, host)
    right = verify_password(password, known.password_hash)
    token = None
    with house.transaction() as uow:
        account = _after_password(uow, known, email, host, right=right)
        if account is not None:
            count_attempt(uow, [second_factor_key(account.id)])
    if account is not None:
        with house.transaction() as uow:
            proved = _after_code(uow, account.id, code)
            if proved is not None:
                token = open_token(uow, proved.account)
    if token is None:
        raise WrongCredentials
    return token


def step_up(house: House, session: UUID, proof: Proof) -> None:
    """Confirm a full session by a fresh second factor; raises `WrongCredentials` or `Throttled`."""
    with house.transaction() as uow:
        person = _full(uow, session).account_id
        count_attempt(uow, [second_factor_key(person)])
    confirmed = False
    with house.transaction() as uow:
        row = _full(uow, session)
        proved = _after_proof(uow, row, proof)
        if proved is not None:
            confirmed = True
            row.stepped_up_at = uow.now()
            uow.record(SteppedUp(Reference(proved.account.reference)))
    if not confirmed:
        raise _wrong(proof)


def unlock(house: House, secret: str, proof: str) -> None:
    """Take a locked session up again with the password or a code; raises `WrongCredentials` or `Throttled`."""
    with house.transaction() as uow:
        row = session_of(uow, secret, SessionKind.FULL)
        if row is None:
            raise SignInRequired
        session, person = row.id, row.account_id
        count_attempt(uow, [second_factor_key(person)])
        account = account_that_may_sign_in(uow, person)
        stored = None if account is None else account.password_hash
    right = verify_password(proof, stored)
    unlocked = False
    with house.transaction() as uow:
        row = _full(uow, session)
        account = _locked_account(uow, person)
        if account is not None and (right or use_totp(uow, account, proof)):
            forget_attempts(uow, [second_factor_key(person)])
            unlocked = True
            row.locked_at, row.last_seen_at = None, uow.now()
            uow.record(SessionUnlocked(Reference(account.reference)))
        elif account is not None:
            uow.record(SignInFailed(Reference(account.reference), Factor.PASSWORD))
    if not unlocked:
        raise WrongCredentials("Ce mot de passe ou ce code ne correspond pas.")


def _count_password(uow: UnitOfWork, email: str, host: str) -> _Known:
    address = normal_email(email)
    count_attempt(uow, [password_key(address)], network=network_key(host))
    found = uow.session.scalar(sa.select(Account).where(col(Account.email) == address))
    account = None if found is None else account_that_may_sign_in(uow, found.id)
    return _Known(None, None) if account is None else _Known(account.id, account.password_hash)


def _after_password(uow: UnitOfWork, known: _Known, email: str, host: str, *, right: bool) -> Account | None:
    account = None if known.account is None else account_that_may_sign_in(uow, known.account)
    # The hash is read again: a password replaced during the computation is no password any more.
    if right and account is not None and account.password_hash == known.password_hash:
        forget_attempts(uow, [password_key(normal_email(email))], network=network_key(host))
        return account
    _failed(uow, account, Factor.PASSWORD)
    return None


def _after_code(uow: UnitOfWork, person: UUID, code: str) -> _Proved | None:
    account = _locked_account(uow, person)
    if account is not None:
        for means, use in ((Means.CODE, use_totp), (Means.RECOVERY_CODE, use_recovery_code)):
            if use(uow, account, code):
                forget_attempts(uow, [second_factor_key(person)])
                return _Proved(account, means)
    _failed(uow, account, Factor.SECOND_FACTOR)
    return None


def _after_proof(uow: UnitOfWork, session: AccountSession, proof: Proof) -> _Proved | None:
    if isinstance(proof, str):
        return _after_code(uow, session.account_id, proof)
    account = _locked_account(uow, session.account_id)
    if account is not None and use_passkey(uow, account, session, proof):
        forget_attempts(uow, [second_factor_key(account.id)])
        return _Proved(account, Means.PASSKEY)
    _failed(uow, account, Factor.PASSKEY)
    return None


def _failed(uow: UnitOfWork, account: Account | None, factor: Factor) -> None:
    uow.record(SignInFailed(None if account is None else Reference(account.reference), factor))


def _wrong(proof: Proof) -> WrongCredentials:
    if isinstance(proof, str):
        return WrongCredentials("Ce code ne correspond pas, ou il a déjà servi.")
    return WrongCredentials(
        "Cette clé d'accès ne correspond pas, ou la demande a expiré. Réessayez, ou utilisez un code."
    )


def _locked_account(uow: UnitOfWork, person: UUID) -> Account | None:
    """Give the account with its row locked: two requests cannot use one code."""
    uow.session.get(Account, person, with_for_update=True, populate_existing=True)
    return account_that_may_sign_in(uow, person)


def _full(uow: UnitOfWork, session: UUID) -> AccountSession:
    row = uow.session.get(AccountSession, session)
    if row is None or row.kind != SessionKind.FULL or row.ended_at is not None:
        raise SignInRequired
    return row
