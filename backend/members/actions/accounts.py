"""The verbs of an account: invite, renew its credentials, change its address (domain.md section 2)."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.institutions.actions import name_referents
from backend.institutions.models import Institution
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.mail.outbox import queue
from backend.members.actions.credentials import (
    Handover,
    issue_link,
    new_recovery_codes,
    void_identity,
    void_links,
    void_passkeys,
    void_recovery_codes,
)
from backend.members.actions.devices import forget_devices
from backend.members.actions.habilitations import suspend_all
from backend.members.actions.notices import tell
from backend.members.actions.sessions import end_sessions
from backend.members.actions.signing_in import normal_email
from backend.members.events import AccountInvited, CredentialChange, CredentialsChanged
from backend.members.models import Account
from policies.access import Action
from policies.habilitation import ENDED_ACCOUNTS, AccountStatus, InstitutionStatus


@dataclass(frozen=True, slots=True)
class Person:
    """Who is invited: a name, a function and an address at work."""

    display_name: str
    function: str
    email: str


def invite(uow: UnitOfWork, institution_reference: str, person: Person) -> tuple[Account, Handover]:
    """Create an account and send its link; the code is for the administrator to give by telephone.

    Raises `InvalidInput` for an address that has an account: one person, one account (R13).
    """
    institution = fetch(uow, Institution, institution_reference, to=Action.INSTITUTION_READ)
    # Asked first: somebody who may not invite must not learn which addresses have an account.
    require(uow, Account(institution_id=institution.id), Action.ACCOUNT_INVITE)
    if institution.status != InstitutionStatus.ACTIVE:
        raise WrongMoment("Cette institution ne participe plus.")
    account = new_account(uow, institution.id, person)
    handover = hand_over(uow, account)
    uow.record(AccountInvited(Reference(account.reference)))
    return account, handover


def new_account(uow: UnitOfWork, institution: UUID, person: Person) -> Account:
    """Add the account of a person of an institution; raises `InvalidInput` for an address that has one."""
    address = normal_email(person.email)
    if uow.session.scalar(sa.select(sa.exists().where(col(Account.email) == address))):
        raise InvalidInput({"email": "Cette adresse a déjà un compte."})
    account = Account(
        institution_id=institution,
        email=address,
        display_name=person.display_name,
        function=person.function,
        created_at=uow.now(),
    )
    uow.session.add(account)
    uow.session.flush()  # links and habilitations lead to it without a relationship for the session to order them by
    return account


def hand_over(uow: UnitOfWork, account: Account) -> Handover:
    """Draw a link and queue it to the person; remember who gives the code: that one never confirms."""
    account.credentials_by = uow.actor.account
    handover = issue_link(uow, account)
    queue(uow, account.email, "invitation", link=handover.path)
    return handover


def reset_credentials(uow: UnitOfWork, reference: str, version: int) -> tuple[Account, Handover]:
    """Void every way in of somebody, end their sessions, suspend what they hold, send a new link.

    The person and the DPO are told. A closed account is opened again this way, and holds nothing.
    """
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_RESET, version=version)
    if account.status in {AccountStatus.EXCLUDED, AccountStatus.REMOVED}:
        raise WrongMoment(f"Ce compte est {AccountStatus.of(account.status).label}.")
    account.password_hash = account.totp_wrapped = account.totp_confirmed_at = account.totp_last_step = None
    account.status = AccountStatus.INVITED
    void_recovery_codes(uow, account)
    void_passkeys(uow, account)
    void_identity(uow, account)
    forget_devices(uow, account)
    end_sessions(uow, account)
    suspend_all(uow, account)
    tell(uow, account, account.email, CredentialChange.RESET)
    handover = hand_over(uow, account)
    return account, handover


def change_email(uow: UnitOfWork, reference: str, version: int, *, email: str) -> Account:
    """Change somebody's address and suspend what they hold; the old address and the DPO are told."""
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_RESET, version=version)
    if account.status in ENDED_ACCOUNTS:
        raise WrongMoment(f"Ce compte est {AccountStatus.of(account.status).label}.")
    address, former = normal_email(email), account.email
    if address == former:
        raise InvalidInput({"email": "C'est déjà l'adresse de ce compte."})
    if uow.session.scalar(sa.select(sa.exists().where(col(Account.email) == address))):
        raise InvalidInput({"email": "Cette adresse a déjà un compte."})
    account.email = address
    account.credentials_by = uow.actor.account
    void_links(uow, account)  # sent to an address that is not the person's
    suspend_all(uow, account)
    tell(uow, account, former, CredentialChange.ADDRESS)
    return account


def renew_recovery_codes(uow: UnitOfWork, reference: str) -> tuple[str, ...]:
    """Replace one's own recovery codes, after a fresh second factor; they are shown this once."""
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_OWN)
    codes = new_recovery_codes(uow, account)
    uow.record(CredentialsChanged(Reference(account.reference), CredentialChange.RECOVERY_CODES))
    return codes


def appoint_referents(
    uow: UnitOfWork, institution_reference: str, version: int, *, referent: str | None, deputy: str | None
) -> Institution:
    """Name the referent of an institution and a deputy, among its people, by the references of their accounts.

    Raises `InvalidInput` for somebody of another institution.
    """
    institution = fetch(uow, Institution, institution_reference, to=Action.INSTITUTION_READ)
    chosen = {
        field: None if account is None else _colleague(uow, institution, field, account)
        for field, account in (("referent", referent), ("deputy", deputy))
    }
    return name_referents(uow, institution_reference, version, referent=chosen["referent"], deputy=chosen["deputy"])


def _colleague(uow: UnitOfWork, institution: Institution, field: str, reference: str) -> UUID:
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_READ)
    if account.institution_id != institution.id:
        raise InvalidInput({field: "Choisissez une personne de cette institution."})
    return account.id
