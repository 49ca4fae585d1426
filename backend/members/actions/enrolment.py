"""Enrolment: a link by e-mail, a code by telephone, a password, an application, eight recovery codes (R16).

The link is consumed by the form that carries the code, never by opening it: mail scanners open links.
"""

from dataclasses import dataclass
from hmac import compare_digest

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.work import House, UnitOfWork
from backend.kernel.errors import InvalidInput, NotFound, SignInRequired
from backend.members.actions.credentials import (
    link_code_hash,
    new_recovery_codes,
    new_totp,
    totp_of,
    use_totp,
)
from backend.members.actions.devices import Visit
from backend.members.actions.sessions import end_sessions, open_session
from backend.members.actions.signing_in import WrongCredentials
from backend.members.events import AccountEnrolled, Factor, SignInFailed
from backend.members.models import Account, AccountSession, EnrolmentLink, SessionKind
from backend.members.passwords import hash_password, weakness
from backend.members.queries.sessions import fingerprint, session_of
from policies.habilitation import LINK_ATTEMPTS, AccountStatus
from policies.sign_in import Means

ISSUER = "Cénacle"
"""Name under which the application lists its codes."""


@dataclass(frozen=True, slots=True, repr=False)
class Provisioning:
    """What the person's application needs: an address to scan, and the same secret in letters to type."""

    uri: str
    secret: str


@dataclass(frozen=True, slots=True, repr=False)
class Enrolled:
    """The end of an enrolment: a full session, and the recovery codes, shown this once."""

    secret: str
    recovery_codes: tuple[str, ...]


def open_link(house: House, token: str, code: str) -> str:
    """Consume a link with the code given by telephone; give the secret of a session good only for enrolling.

    Raises `NotFound` for a link that is unknown, used, expired or tried too often, `WrongCredentials` for the code.
    """
    secret = None
    with house.transaction() as uow:
        link = _link(uow, token)
        account = uow.session.get_one(Account, link.account_id)
        link.attempts += 1
        if compare_digest(link.code_hash, link_code_hash(uow, token, code)):
            link.consumed_at = uow.now()
            secret = open_session(uow, account, SessionKind.ENROLMENT)
        else:
            uow.record(SignInFailed(Reference(account.reference), Factor.LINK_CODE))
    if secret is None:
        raise WrongCredentials("Ce code n'est pas celui de ce lien. Vérifiez-le auprès de l'administrateur.")
    return secret


def check_link(uow: UnitOfWork, token: str) -> None:
    """Tell whether a link may still be used, without consuming it; raises `NotFound`."""
    _link(uow, token)


def choose_password(house: House, secret: str, password: str) -> None:
    """Set the password of the person who enrols; raises `InvalidInput` for a weak one, `SignInRequired` too late."""
    with house.transaction() as uow:
        account = _enrolling(uow, secret)[1]
        lacks = weakness(password, (account.email, account.display_name))
    if lacks is not None:
        raise InvalidInput({"password": lacks})
    hashed = hash_password(password)
    with house.transaction() as uow:
        account = _enrolling(uow, secret)[1]
        account.password_hash = hashed
        new_totp(uow, account)


def provisioning(uow: UnitOfWork, secret: str) -> Provisioning:
    """Give what the application of who enrols must be told; raises `SignInRequired` too late or too early."""
    account = _enrolling(uow, secret)[1]
    if account.password_hash is None or account.totp_wrapped is None:
        raise SignInRequired
    totp = totp_of(uow, account)
    return Provisioning(totp.provisioning_uri(name=account.email, issuer_name=ISSUER), totp.secret)


def confirm_totp(uow: UnitOfWork, secret: str, code: str, visit: Visit | None = None) -> Enrolled:
    """Check the first code of the application; the account is active from then on.

    Raises `InvalidInput` for a wrong code: the secret was just shown to this person, there is nothing to guess.
    """
    session, account = _enrolling(uow, secret)
    if account.password_hash is None or not use_totp(uow, account, code):
        raise InvalidInput({"code": "Ce code ne correspond pas. Attendez le suivant, puis saisissez-le."})
    account.totp_confirmed_at = uow.now()
    account.status = AccountStatus.ACTIVE
    codes = new_recovery_codes(uow, account)
    session.ended_at = uow.now()
    end_sessions(uow, account)
    uow.record(AccountEnrolled(Reference(account.reference)))
    return Enrolled(open_session(uow, account, SessionKind.FULL, Means.ENROLMENT, visit=visit), codes)


def _link(uow: UnitOfWork, token: str) -> EnrolmentLink:
    link = uow.session.scalar(
        sa.select(EnrolmentLink)
        .join(Account, col(Account.id) == col(EnrolmentLink.account_id))
        .where(
            col(EnrolmentLink.token_hash) == fingerprint(token),
            col(EnrolmentLink.consumed_at).is_(None),
            col(EnrolmentLink.expires_at) > uow.now(),
            col(EnrolmentLink.attempts) < LINK_ATTEMPTS,
            col(Account.status) == AccountStatus.INVITED,
        )
        .with_for_update(of=EnrolmentLink)
    )
    if link is None:
        raise NotFound("Ce lien n'est plus valable. Demandez-en un autre à l'administrateur.")
    return link


def _enrolling(uow: UnitOfWork, secret: str) -> tuple[AccountSession, Account]:
    session = session_of(uow, secret, SessionKind.ENROLMENT)
    account = None if session is None else uow.session.get(Account, session.account_id)
    if session is None or account is None or account.status != AccountStatus.INVITED:
        raise SignInRequired("Votre inscription a pris trop de temps. Demandez un autre lien à l'administrateur.")
    return session, account
