"""Who acted in 2012-2014: few people for ten cells, habilitated by four eyes, reviewed each year, gone in 2015."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.work import House, UnitOfWork
from backend.charters.actions import record_signature
from backend.charters.queries import charter_in_force
from backend.cli.demonstration.acting import accept_everything, acting
from backend.cli.demonstration.people import ADMIN, ADMIN_2, appoint, invite_person
from backend.cli.demonstration.timeline import Timeline
from backend.cli.replay.history import ARRONDISSEMENTS
from backend.institutions.actions import close_institution, create_institution
from backend.institutions.models import Institution
from backend.members.actions.accounts import Person
from backend.members.actions.departures import Departure, settle_departure
from backend.members.actions.habilitations import Proposal, confirm, grant, propose, review
from backend.members.models import Account, Habilitation
from policies.access import Action
from policies.charter_words import CharterKind
from policies.habilitation import AccountStatus, Confirmer, HabilitationState
from policies.vocabulary import Origin, Role

SUFFIX = "2012@institution.invalid"
"""Not the personas' domain: nobody of the past can be entered in one click."""

UNTIL = "jusqu'en 2014"

NAMES: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.MUNICIPAL_POLICE: f"Direction de la prévention et de la protection ({UNTIL})",
        Origin.PARQUET: f"Parquet des mineurs de Paris ({UNTIL})",
        Origin.POLICE: f"Préfecture de police ({UNTIL})",
        Origin.EDUCATION: f"Académie de Paris ({UNTIL})",
        Origin.SOCIAL_SERVICES: f"Direction de l'action sociale, de l'enfance et de la santé ({UNTIL})",
        Origin.ASSOCIATION: f"Association Le Fil Imaginaire ({UNTIL})",
        Origin.CITY_SERVICE: f"Mission informatique et libertés ({UNTIL})",
    }
)
"""The institutions of the time, apart from those of the present."""

INTERNAL_RULES = "règlement intérieur 2012"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the time, with one habilitation in each of some cells, or one for the city."""

    local: str
    name: str
    function: str
    origin: Origin
    role: Role
    arrondissements: tuple[int, ...] = ()

    @property
    def email(self) -> str:
        """The address under which this person acts."""
        return f"{self.local}-{SUFFIX}"


_PAIRS = tuple(ARRONDISSEMENTS[place : place + 2] for place in range(0, len(ARRONDISSEMENTS), 2))
_COORDINATORS = ("Aubin Lestrade", "Mireille Tournon", "Joseph Carvalin", "Anita Fombelle", "Régis Montclar")

MEMBERS = (
    *(
        Member(
            f"coordinateur-{pair[0]}",
            name,
            f"coordination des {pair[0]}e et {pair[1]}e",
            Origin.MUNICIPAL_POLICE,
            Role.COORDINATOR,
            pair,
        )
        for pair, name in zip(_PAIRS, _COORDINATORS, strict=True)
    ),
    Member("parquet", "Claire Vandenesse", "substitut", Origin.PARQUET, Role.PARQUET, ARRONDISSEMENTS),
    Member("police", "Olivier Brancion", "correspondant des cellules", Origin.POLICE, Role.POLICE, ARRONDISSEMENTS),
    Member("education", "Sabine Orval", "référente sécurité", Origin.EDUCATION, Role.EDUCATION, ARRONDISSEMENTS),
    Member(
        "cst",
        "Jeanne Malbosc",
        "coordinatrice sociale de territoire",
        Origin.SOCIAL_SERVICES,
        Role.SOCIAL_COORDINATOR,
        ARRONDISSEMENTS,
    ),
    Member("association", "Luc Tervannes", "directeur", Origin.ASSOCIATION, Role.RECIPIENT),
    Member("dpo", "Paul Hennequin", "correspondant informatique et libertés", Origin.CITY_SERVICE, Role.DPO),
)

COORDINATORS = tuple(member.email for member in MEMBERS if member.role is Role.COORDINATOR)
DPO = next(member.email for member in MEMBERS if member.role is Role.DPO)
ASSOCIATION = next(member.email for member in MEMBERS if member.role is Role.RECIPIENT)


def email_of(role: Role, arrondissement: int) -> str:
    """Give the address of who held a role in the cell of an arrondissement; raises `StopIteration` for nobody."""
    return next(member.email for member in MEMBERS if member.role is role and arrondissement in member.arrondissements)


def settle(house: House, timeline: Timeline) -> None:
    """Create the institutions of the time, their referents, their signatures, and invite the members."""
    with acting(house, ADMIN) as uow:
        references = {
            origin: create_institution(uow, name=name, origin=origin).reference for origin, name in NAMES.items()
        }
    for origin, reference in references.items():
        timeline.later(5)
        appoint(house, reference, Person("Référent de l'institution", "référent Cénacle", _referent(origin)))
    with acting(house, ADMIN) as uow:
        charter = charter_in_force(CharterKind.CENOMED, uow.today()).version
        for reference in references.values():
            record_signature(
                uow,
                reference,
                charter_version=charter,
                rules_version=INTERNAL_RULES,
                signed_on=uow.today(),
                signatory_function="direction",
            )
    for member in MEMBERS:
        timeline.later(5)
        invite_person(house, references[member.origin], Person(member.name, member.function, member.email))


def habilitate(house: House, timeline: Timeline, cells: Mapping[str, str]) -> None:
    """Take each member from proposal to acceptance, coordinators first: they confirm the others of their cells."""
    coordinators = [member for member in MEMBERS if member.role is Role.COORDINATOR]
    others = [member for member in MEMBERS if member.role is not Role.COORDINATOR]
    for group in (coordinators, others):
        for member in group:
            timeline.later(5)
            _propose(house, member, cells)
        timeline.later(60)
        with acting(house, ADMIN) as uow:
            for row in _rows(uow, HabilitationState.PROPOSED):
                grant(uow, row.reference, row.version)
        timeline.later(60)
        _confirm(house)
        for member in group:
            timeline.later(5)
            accept_everything(house, member.email)


def review_all(house: House, reviewers: Sequence[str]) -> None:
    """Make the annual review of what each reviewer may review: administrators also review each other."""
    for email in reviewers:
        with acting(house, email) as uow:
            for row in _rows(uow, HabilitationState.CONFIRMED):
                if row.reviewed_on != uow.today() and gate.permits(uow, row, Action.HABILITATION_REVIEW):
                    review(uow, row.reference, row.version)


def everybody(house: House) -> list[str]:
    """Give the addresses of all whose account is active."""
    with house.transaction() as uow:
        active = sa.select(col(Account.email)).where(col(Account.status) == AccountStatus.ACTIVE)
        return list(uow.session.scalars(active.order_by(col(Account.email))))


def come_in(house: House, emails: Iterable[str]) -> None:
    """Let people sign in, and out again."""
    for email in emails:
        with acting(house, email):
            pass


def leave(house: House) -> None:
    """Close the accounts of everybody but the administrators, then the institutions of the time."""
    with acting(house, ADMIN) as uow:
        emails = sa.select(Account).where(col(Account.email).like(f"%{SUFFIX}")).order_by(col(Account.email))
        for account in uow.session.scalars(emails).all():
            departure = Departure(uow.today(), acknowledged=True)
            settle_departure(uow, account.reference, account.version, departure)
        names = sa.select(Institution).where(col(Institution.name).in_(sorted(NAMES.values())))
        for institution in uow.session.scalars(names).all():
            close_institution(uow, institution.reference, institution.version)


def _propose(house: House, member: Member, cells: Mapping[str, str]) -> None:
    with acting(house, _referent(member.origin)) as uow:
        account = uow.session.scalars(sa.select(Account).where(col(Account.email) == member.email)).one()
        held: list[str | None] = [cells[str(number)] for number in member.arrondissements]
        for cell in held or [None]:
            propose(uow, account.reference, Proposal(member.role, cell, uow.today()))


def _confirm(house: House) -> None:
    """Confirm what was granted: a second administrator, or the coordinator of each cell."""
    for email in (ADMIN_2, *COORDINATORS):
        with acting(house, email) as uow:
            for row in _rows(uow, HabilitationState.GRANTED):
                if gate.permits(uow, row, Action.HABILITATION_CONFIRM):
                    by_city = row.confirmer == Confirmer.ADMINISTRATOR
                    designation = f"arrêté fictif {uow.today().year}, {Role.of(row.role).label}" if by_city else None
                    confirm(uow, row.reference, row.version, designation=designation)


def _rows(uow: UnitOfWork, state: HabilitationState) -> Sequence[Habilitation]:
    statement = sa.select(Habilitation).where(col(Habilitation.state) == state)
    return uow.session.scalars(statement.order_by(col(Habilitation.id))).all()


def _referent(origin: Origin) -> str:
    return f"referent-{tuple(NAMES).index(origin) + 1}-{SUFFIX}"
