"""Passkeys: make one, use one as a second factor or to confirm, remove one that was lost (R16; WebAuthn).

A challenge is bound to one session, lives five minutes and serves once. The application of codes stays beside: nobody
is locked out by a key left at home.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput, NotFound, SignInRequired, StepUpRequired, WrongMoment
from backend.members.actions.notices import tell_holder
from backend.members.events import CredentialChange
from backend.members.models import Account, AccountSession, Passkey
from backend.members.passkeys import PasskeyError, Site, creation, credential_of, made, request, site_of, used
from policies.access import Action
from policies.habilitation import Minutes
from policies.sign_in import PASSKEYS

CHALLENGE_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyAnswer:
    """What a browser answered for a passkey, as it came."""

    text: str


def ask_new_passkey(uow: UnitOfWork, reference: str) -> str:
    """Give in JSON what one's browser is asked to make a passkey; raises `StepUpRequired` or `WrongMoment`."""
    account, session, site = _own(uow, reference)
    known = passkeys_of(uow, account)
    if len(known) >= PASSKEYS:
        raise WrongMoment(f"Vous avez déjà {PASSKEYS} clés d'accès. Retirez-en une d'abord.")
    return creation(
        site,
        holder=account.id.bytes,
        name=account.email,
        challenge=_challenge(uow, session),
        known=[passkey.credential for passkey in known],
    )


def add_passkey(uow: UnitOfWork, reference: str, answer: PasskeyAnswer) -> Passkey:
    """Keep the passkey that one's browser made, and tell the person; raises `InvalidInput` when it proves nothing."""
    account, session, site = _own(uow, reference)
    challenge = _taken(uow, session)
    if challenge is None or len(passkeys_of(uow, account)) >= PASSKEYS:
        raise InvalidInput({}, "Votre demande a expiré. Recommencez.")
    try:
        new = made(site, answer.text, challenge)
    except PasskeyError:
        raise InvalidInput({}, "Cette clé d'accès n'a pas pu être vérifiée. Recommencez.") from None
    if uow.session.scalar(sa.select(sa.exists().where(col(Passkey.credential) == new.credential))):
        raise InvalidInput({}, "Cette clé d'accès est déjà enregistrée.")
    passkey = Passkey(
        account_id=account.id,
        credential=new.credential,
        public_key=new.public_key,
        uses=new.uses,
        kind=new.kind,
        created_at=uow.now(),
    )
    uow.session.add(passkey)
    tell_holder(uow, account, CredentialChange.PASSKEY_ADDED)
    return passkey


def remove_passkey(uow: UnitOfWork, reference: str, passkey_reference: str) -> None:
    """Remove one of one's own passkeys, lost or replaced, and tell the person; raises `StepUpRequired`."""
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_OWN)
    if not uow.actor.stepped_up:
        raise StepUpRequired
    passkey = uow.session.scalar(
        sa.select(Passkey).where(col(Passkey.reference) == passkey_reference, col(Passkey.account_id) == account.id)
    )
    if passkey is None:
        raise NotFound
    uow.session.delete(passkey)
    tell_holder(uow, account, CredentialChange.PASSKEY_REMOVED)


def ask_passkey(uow: UnitOfWork, session: AccountSession) -> str | None:
    """Give in JSON what the browser of a session is asked to use a passkey; None when its person has none."""
    site = site_of(uow.settings.public_url)
    known = passkeys_of(uow, uow.session.get_one(Account, session.account_id))
    if site is None or not known:
        return None
    return request(site, challenge=_challenge(uow, session), known=[passkey.credential for passkey in known])


def use_passkey(uow: UnitOfWork, account: Account, session: AccountSession, answer: PasskeyAnswer) -> bool:
    """Check the answer of a browser to the challenge of its session, which is used up whatever the answer is."""
    site, challenge = site_of(uow.settings.public_url), _taken(uow, session)
    if site is None or challenge is None or session.account_id != account.id:
        return False
    try:
        credential = credential_of(answer.text)
        passkey = uow.session.scalar(
            sa.select(Passkey)
            .where(col(Passkey.credential) == credential, col(Passkey.account_id) == account.id)
            .with_for_update()
        )
        if passkey is None:
            return False
        passkey.uses = used(site, answer.text, challenge, public_key=passkey.public_key, uses=passkey.uses)
    except PasskeyError:
        return False
    passkey.last_used_at = uow.now()
    return True


def passkeys_of(uow: UnitOfWork, account: Account) -> Sequence[Passkey]:
    """Give the passkeys of a person, the oldest first."""
    statement = sa.select(Passkey).where(col(Passkey.account_id) == account.id)
    return uow.session.scalars(statement.order_by(col(Passkey.created_at), col(Passkey.id))).all()


def _own(uow: UnitOfWork, reference: str) -> tuple[Account, AccountSession, Site]:
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_OWN, moves=False)
    site = site_of(uow.settings.public_url)
    if site is None:
        raise NotFound
    if uow.actor.session is None:
        raise SignInRequired
    if not uow.actor.stepped_up:
        raise StepUpRequired
    return account, uow.session.get_one(AccountSession, uow.actor.session), site


def _challenge(uow: UnitOfWork, session: AccountSession) -> bytes:
    session.challenge, session.challenged_at = secrets.token_bytes(CHALLENGE_BYTES), uow.now()
    return session.challenge


def _taken(uow: UnitOfWork, session: AccountSession) -> bytes | None:
    challenge, at = session.challenge, session.challenged_at
    session.challenge = session.challenged_at = None
    fresh = at is not None and uow.now() - at < timedelta(minutes=Minutes.SECOND_FACTOR)
    return challenge if fresh else None
