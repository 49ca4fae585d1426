"""People for tests: accounts with both factors, habilitations in any state, codes as their application shows them."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import Actor
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.charters.models import CharterSignature
from backend.institutions.models import Institution
from backend.kernel.clock import paris_day
from backend.members.actions.credentials import STEP, new_totp, totp_of
from backend.members.actions.sessions import open_session
from backend.members.models import Account, CharterAcceptance, Habilitation, SessionKind, Undertaking
from backend.members.passwords import hash_password
from backend.members.queries.sessions import actor_of_session
from policies.charter_words import CharterKind
from policies.habilitation import AccountStatus, Commitment, HabilitationState, confirmer_of
from policies.vocabulary import Origin, Role

PASSWORD = "Quatre chevaux verts 27"
HOST = "192.0.2.7"
CHARTER = "cenomed-2023"


@cache
def password_hash() -> str:
    """Compute Argon2 once per process."""
    return hash_password(PASSWORD)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of a test."""

    id: UUID
    reference: str
    email: str
    institution: UUID


def new_institution(house: House, name: str = "Commissariat", origin: Origin = Origin.POLICE) -> UUID:
    """Add an institution."""
    with house.transaction() as uow:
        institution = Institution(name=name, origin=origin)
        uow.session.add(institution)
    return institution.id


def sign_charter(house: House, institution: UUID, version: str = CHARTER, signed_on: date = date(2024, 1, 1)) -> None:
    """Let an institution have signed a version of the charter."""
    with house.transaction() as uow:
        uow.session.add(
            CharterSignature(
                institution_id=institution,
                recorded_by=institution,
                kind=CharterKind.CENOMED,
                charter_version=version,
                rules_version="ri-1",
                signed_on=signed_on,
                signatory_function="directeur",
            )
        )


def new_person(house: House, institution: UUID, email: str, *, clause: bool = True) -> Someone:
    """Add somebody active, with both factors, who accepted the charter and every undertaking."""
    with house.transaction() as uow:
        account = Account(
            institution_id=institution,
            email=email,
            display_name=email.partition("@")[0],
            function="agent",
            status=AccountStatus.ACTIVE,
            password_hash=password_hash(),
            created_at=uow.now(),
        )
        new_totp(uow, account)
        account.totp_confirmed_at = uow.now()
        uow.session.add(account)
        uow.session.flush()
        if clause:
            uow.session.add(
                CharterAcceptance(
                    account_id=account.id, charter_version=CHARTER, rules_version="ri-1", accepted_at=uow.now()
                )
            )
            uow.session.add_all(
                Undertaking(account_id=account.id, kind=kind, accepted_at=uow.now()) for kind in Commitment
            )
    return Someone(account.id, account.reference, email, institution)


def hold(house: House, person: Someone, role: Role, cell: UUID | None = None, **changes: object) -> str:
    """Let somebody hold a habilitation, confirmed today unless told otherwise; gives its reference."""
    today = paris_day(house.clock())
    habilitation = Habilitation(
        account_id=person.id,
        cell_id=cell,
        role=role,
        confirmer=confirmer_of(role, for_city=cell is None),
        state=HabilitationState.CONFIRMED,
        valid_from=today,
        reviewed_on=today,
    )
    for name, value in changes.items():
        setattr(habilitation, name, value)
    with house.transaction() as uow:
        uow.session.add(habilitation)
    return habilitation.reference


def new_cell(house: House, name: str = "CENOMED du 13e", territory: str = "75113") -> Cell:
    """Add a cell."""
    with house.transaction() as uow:
        cell = Cell(
            kind=CharterKind.CENOMED,
            territory=territory,
            name=name,
            charter_version=CHARTER,
            opened_on=date(2024, 1, 1),
        )
        uow.session.add(cell)
    return cell


def enter(house: House, person: Someone) -> str:
    """Open a full session for somebody, without the sign-in; gives its secret."""
    with house.transaction() as uow:
        return open_session(uow, uow.session.get_one(Account, person.id), SessionKind.FULL)


def acting(house: House, person: Someone) -> Actor:
    """Give somebody as the gate sees them at this moment."""
    secret = enter(house, person)
    with house.transaction() as uow:
        return actor_of_session(uow, secret)


def code_of(house: House, person: Someone) -> str:
    """Give the code that the person's application shows at this moment."""
    with house.transaction() as uow:
        return code_in(uow, person.id)


def code_in(uow: UnitOfWork, account: UUID) -> str:
    """Give the code that an application shows, within a transaction."""
    totp = totp_of(uow, uow.session.get_one(Account, account))
    return str(totp.generate_otp(int(uow.now().timestamp()) // STEP))


def row(house: House, person: Someone) -> Account:
    """Give somebody's account as it stands in the database."""
    with house.transaction() as uow:
        return uow.session.get_one(Account, person.id)


def habilitation_of(house: House, reference: str) -> Habilitation:
    """Give a habilitation as it stands in the database."""
    with house.transaction() as uow:
        return uow.session.scalars(sa.select(Habilitation).where(col(Habilitation.reference) == reference)).one()
