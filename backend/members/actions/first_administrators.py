"""The first administrators, whom nobody could propose: `init` creates two and refuses one (domain.md section 2)."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.work import UnitOfWork
from backend.institutions.models import Institution
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.members.actions.accounts import Person, new_account
from backend.members.actions.credentials import Handover, issue_link
from backend.members.actions.signing_in import normal_email
from backend.members.events import AccountInvited, HabilitationMoved
from backend.members.models import Account, Habilitation
from backend.members.queries.standing import holders
from backend.members.states import CONFIRM, HABILITATION
from policies.habilitation import MINIMUM_ADMINISTRATORS, AccountStatus, Confirmer, HabilitationState
from policies.vocabulary import Origin, Role


def create_first_administrators(
    uow: UnitOfWork, institution_name: str, people: Sequence[Person]
) -> list[tuple[Account, Handover]]:
    """Create the city's institution and its first administrators, with a link and a code for each; no password exists.

    Raises `InvalidInput` for fewer than two people or one address for two, `WrongMoment` when there are accounts.
    """
    if len({normal_email(person.email) for person in people}) < MINIMUM_ADMINISTRATORS:
        raise InvalidInput({"email": "Il faut deux administrateurs, à deux adresses différentes."})
    if uow.session.scalar(sa.select(sa.exists().where(col(Account.id).is_not(None)))):
        raise WrongMoment("Cénacle a déjà des comptes.")
    institution = Institution(name=institution_name, origin=Origin.CITY_SERVICE)
    uow.session.add(institution)
    uow.session.flush()  # accounts lead to it without a relationship for the session to order them by
    return [_create(uow, institution, person) for person in people]


def confirm_at_console(uow: UnitOfWork, email: str, designation: str) -> Habilitation:
    """Confirm again, from the machine itself, a suspended administrator whom no other is left to confirm.

    With two administrators, renewing the credentials of one would otherwise leave the city with one for ever. Raises
    `WrongMoment` while two are in force, or when this person was not one: who holds the machine holds the root key
    anyway, and the journal tells.
    """
    if len(holders(uow, Role.ADMINISTRATOR)) >= MINIMUM_ADMINISTRATORS:
        raise WrongMoment("Deux administrateurs sont en fonction : l'un d'eux confirme dans Cénacle.")
    habilitation = uow.session.scalar(
        sa.select(Habilitation)
        .join(Account, col(Account.id) == col(Habilitation.account_id))
        .where(
            col(Account.email) == normal_email(email),
            col(Habilitation.role) == Role.ADMINISTRATOR,
            col(Habilitation.state) == HabilitationState.SUSPENDED,
        )
    )
    if habilitation is None:
        raise WrongMoment("Cette personne n'est pas un administrateur dont l'habilitation est suspendue.")
    habilitation.state = HABILITATION.step(HabilitationState.SUSPENDED, CONFIRM)
    habilitation.version += 1
    habilitation.designation, habilitation.reviewed_on = designation, uow.today()
    uow.record(HabilitationMoved(Reference(habilitation.reference), HabilitationState.CONFIRMED))
    return habilitation


def renew_link(uow: UnitOfWork, email: str) -> Handover:
    """Draw another link for somebody who was invited, from the machine itself: the e-mail never arrived.

    Raises `WrongMoment` for anybody else: it would be a way round a reset, which suspends.
    """
    account = uow.session.scalar(
        sa.select(Account).where(
            col(Account.email) == normal_email(email), col(Account.status) == AccountStatus.INVITED
        )
    )
    if account is None:
        raise WrongMoment("Aucune invitation n'attend à cette adresse.")
    uow.record(AccountInvited(Reference(account.reference)))
    return issue_link(uow, account)


def _create(uow: UnitOfWork, institution: Institution, person: Person) -> tuple[Account, Handover]:
    account = new_account(uow, institution.id, person)
    habilitation = Habilitation(
        account_id=account.id,
        role=Role.ADMINISTRATOR,
        confirmer=Confirmer.ADMINISTRATOR,
        state=HabilitationState.CONFIRMED,
        valid_from=uow.today(),
        reviewed_on=uow.today(),
    )
    uow.session.add(habilitation)
    uow.record(AccountInvited(Reference(account.reference)))
    uow.record(HabilitationMoved(Reference(habilitation.reference), HabilitationState.CONFIRMED))
    return account, issue_link(uow, account)
