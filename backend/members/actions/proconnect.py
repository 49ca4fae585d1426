"""Sign in through ProConnect, link one's identity there, leave it (legal.md R16 to R18, domain.md section 2).

The provider says who is there; who may enter is decided here, from the accounts that were linked. Each step takes the
house: nothing is asked of the provider within a transaction. Whatever is refused of it is journalled under its closed
word and told to the person without detail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import fetch
from backend.authorization.work import House, UnitOfWork
from backend.kernel.errors import NotFound, Refusal, StepUpRequired, Unavailable, WrongMoment
from backend.kernel.identifiers import new_secret
from backend.members.actions.credentials import void_identity
from backend.members.actions.devices import Visit
from backend.members.actions.habilitations import suspend_own
from backend.members.actions.notices import tell, tell_holder
from backend.members.actions.sessions import open_session
from backend.members.events import CredentialChange, ProviderRefused
from backend.members.models import Account, ProviderIdentity, ProviderRequest, SessionKind
from backend.members.provider import Asked, Identity, ProviderError, authorization_address, redeem, sign_out_address
from backend.members.queries.sessions import account_that_may_sign_in, actor_in, fingerprint, session_ended_by
from backend.settings import Provider
from policies.access import Action
from policies.habilitation import Minutes
from policies.sign_in import STRONG, Means, ProviderFault


class ProviderAnswerRefused(Refusal):
    """What came back from ProConnect is not to be believed; it never says why."""

    status = 401
    code = "provider-refused"
    title = "Connexion impossible"

    def __init__(self) -> None:
        """Say the same thing in every case."""
        super().__init__(
            "La réponse de ProConnect n'a pas pu être vérifiée. Recommencez ; si cela continue, connectez-vous avec "
            "votre mot de passe et prévenez votre administrateur."
        )


class IdentityUnknown(Refusal):
    """ProConnect knows the person, and no account of ours is linked to that identity: nobody enters by its word."""

    status = 403
    code = "identity-unknown"
    title = "ProConnect vous connaît, Cénacle pas encore"

    def __init__(self) -> None:
        """Say what to do, whether there is an account or not."""
        super().__init__("Cette identité ProConnect n'est associée à aucun compte de Cénacle.")


@dataclass(frozen=True, slots=True, repr=False)
class Arrival:
    """The end of a journey to the provider: the secret of a session, unless an identity was linked, and what follows.

    `second_factor` tells that the session only awaits a factor of ours.
    """

    secret: str | None
    following: str
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class _Expected:
    """What an answer is awaited for: the session to link an identity to, or a sign-in."""

    session: UUID | None
    following: str


def ask_sign_in(house: House, following: str) -> str:
    """Note that a browser leaves for the provider; give the secret of its cookie."""
    _provider(house)
    with house.transaction() as uow:
        return _ask(uow, None, following)


def ask_link(uow: UnitOfWork, following: str) -> str:
    """Note that somebody goes to the provider to link an identity; give the secret of the browser's cookie.

    `following` is where to come back. Raises `StepUpRequired` without a fresh second factor, `WrongMoment` when an
    identity is linked already.
    """
    _provider_of(uow)
    if not uow.actor.stepped_up:
        raise StepUpRequired
    if is_linked(uow, uow.account()):
        raise WrongMoment("Une identité ProConnect est déjà associée à votre compte. Retirez-la d'abord.")
    return _ask(uow, uow.actor.session, following)


def leave_for_provider(house: House, secret: str) -> str:
    """Give where a browser that asked goes to sign in; raises `Unavailable` when the provider does not answer."""
    provider = _provider(house)
    with house.transaction() as uow:
        if _request(uow, secret) is None:
            raise WrongMoment("Votre demande a expiré. Revenez à la page de connexion, puis recommencez.")
    try:
        return authorization_address(provider, Asked(secret))
    except ProviderError as error:
        raise _refused(house, error.fault) from None


def come_back(house: House, secret: str, answer: Mapping[str, str], visit: Visit) -> Arrival:
    """Check what the provider answered to a browser, once; open a session, or link the identity to the open one.

    Raises `ProviderAnswerRefused`, `IdentityUnknown`, or `Unavailable` when the provider does not answer.
    """
    provider = _provider(house)
    with house.transaction() as uow:
        expected = _take(uow, secret)
    if expected is None:
        raise _refused(house, ProviderFault.REQUEST)
    try:
        identity = redeem(provider, Asked(secret), answer, house.clock())
    except ProviderError as error:
        raise _refused(house, error.fault) from None
    with house.transaction() as uow:
        arrival = (
            _enter(uow, identity, expected.following, visit)
            if expected.session is None
            else _link(uow, identity, expected.session, expected.following)
        )
    if arrival is None:
        raise _refused(house, ProviderFault.UNKNOWN)
    return arrival


def remove_identity(uow: UnitOfWork, reference: str) -> None:
    """Forget one's own identity at the provider, after a fresh second factor; raises `WrongMoment` without one."""
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_OWN)
    if not uow.actor.stepped_up:
        raise StepUpRequired
    if not void_identity(uow, account):
        raise WrongMoment("Aucune identité ProConnect n'est associée à votre compte.")
    tell_holder(uow, account, CredentialChange.IDENTITY_REMOVED)


def leave_provider(house: House, secret: str, state: str) -> str | None:
    """Give where a browser whose session has just ended goes to leave the provider too; None when it needs not.

    The token that names the session to the provider serves once.
    """
    provider = house.settings.provider
    if provider is None:
        return None
    with house.transaction() as uow:
        session = session_ended_by(uow, secret)
        if session is None or session.id_token_wrapped is None:
            return None
        id_token = uow.keyring.unwrap_credential(session.account_id, session.id_token_wrapped).decode()
        session.id_token_wrapped = None
    try:
        return sign_out_address(provider, id_token, state)
    except ProviderError as error:
        raise _refused(house, error.fault) from None


def is_linked(uow: UnitOfWork, account: UUID) -> bool:
    """Tell whether an account has an identity at the provider."""
    return bool(uow.session.scalar(sa.select(sa.exists().where(col(ProviderIdentity.account_id) == account))))


def forget_old_requests(uow: UnitOfWork) -> None:
    """Delete what was asked of the provider and never came back."""
    uow.session.execute(sa.delete(ProviderRequest).where(col(ProviderRequest.asked_at) <= uow.now() - _LIFE))


_LIFE = timedelta(minutes=Minutes.PROVIDER)


def _provider(house: House) -> Provider:
    provider = house.settings.provider
    if provider is None:
        raise NotFound
    return provider


def _provider_of(uow: UnitOfWork) -> Provider:
    if uow.settings.provider is None:
        raise NotFound
    return uow.settings.provider


def _ask(uow: UnitOfWork, session: UUID | None, following: str) -> str:
    forget_old_requests(uow)
    secret = new_secret()
    uow.session.add(
        ProviderRequest(session_id=session, secret_hash=fingerprint(secret), following=following, asked_at=uow.now())
    )
    return secret


def _request(uow: UnitOfWork, secret: str) -> ProviderRequest | None:
    return uow.session.scalar(
        sa.select(ProviderRequest)
        .where(
            col(ProviderRequest.secret_hash) == fingerprint(secret),
            col(ProviderRequest.asked_at) > uow.now() - _LIFE,
        )
        .with_for_update()
    )


def _take(uow: UnitOfWork, secret: str) -> _Expected | None:
    """Use a request up: of two answers that carry one state, the second is answered nothing."""
    request = _request(uow, secret)
    if request is None:
        return None
    expected = _Expected(request.session_id, request.following)
    uow.session.delete(request)
    return expected


def _enter(uow: UnitOfWork, identity: Identity, following: str, visit: Visit) -> Arrival | None:
    """Open the session of the account that the identity is linked to, if its person may act; None otherwise."""
    linked = uow.session.scalar(
        sa.select(col(ProviderIdentity.account_id)).where(col(ProviderIdentity.identity_hash) == _hash(identity))
    )
    account = None if linked is None else account_that_may_sign_in(uow, linked)
    if account is None:
        return None
    strong = identity.assurance in STRONG
    kind = SessionKind.FULL if strong else SessionKind.SECOND_FACTOR
    id_token = uow.keyring.wrap_credential(account.id, identity.id_token.encode())
    secret = open_session(uow, account, kind, Means.PROVIDER, visit=visit, id_token_wrapped=id_token, stepped_up=False)
    return Arrival(secret, following, second_factor=not strong)


def _link(uow: UnitOfWork, identity: Identity, session: UUID, following: str) -> Arrival:
    """Link an identity as the person who asked, if the session in which they did is still open."""
    uow.enter(actor_in(uow, session))
    if uow.actor.account is None:
        raise WrongMoment("Votre session a pris fin ou s'est verrouillée. Connectez-vous, puis recommencez.")
    account = fetch(uow, Account, uow.session.get_one(Account, uow.actor.account).reference, to=Action.ACCOUNT_OWN)
    known = sa.or_(
        col(ProviderIdentity.account_id) == account.id, col(ProviderIdentity.identity_hash) == _hash(identity)
    )
    if uow.session.scalar(sa.select(sa.exists().where(known))):
        raise WrongMoment("Cette identité ProConnect, ou ce compte, est déjà associé. Demandez à votre administrateur.")
    uow.session.add(ProviderIdentity(account_id=account.id, identity_hash=_hash(identity), linked_at=uow.now()))
    suspend_own(uow, account)
    tell(uow, account, account.email, CredentialChange.IDENTITY_LINKED)
    return Arrival(None, following)


def _hash(identity: Identity) -> bytes:
    return sha256(identity.key.encode()).digest()


def _refused(house: House, fault: ProviderFault) -> Refusal:
    """Journal a fault in a transaction of its own; give what the person is told of it."""
    with house.transaction() as uow:
        uow.record(ProviderRefused(fault))
    if fault is ProviderFault.UNREACHABLE:
        return Unavailable("ProConnect ne répond pas. Réessayez, ou connectez-vous avec votre mot de passe.")
    return IdentityUnknown() if fault is ProviderFault.UNKNOWN else ProviderAnswerRefused()
