"""What somebody who leaves would leave empty, and who could take over."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import Grant
from backend.authorization.gate import permits
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.institutions.models import Institution
from backend.members.models import Account, Habilitation
from backend.members.queries.listings import colleagues
from backend.members.queries.standing import grants_of, holders
from backend.members.states import OPEN
from policies.access import Action
from policies.habilitation import POSTS, AccountStatus, HabilitationState
from policies.vocabulary import Role

CITY = "ville"


@dataclass(frozen=True, slots=True)
class Post:
    """A role that must always be held: in a cell, or for the city."""

    role: Role
    cell: UUID | None
    cell_reference: str | None
    where: str

    @property
    def key(self) -> str:
        """Give the name of the post in a form."""
        return f"{self.role.value}-{self.cell_reference or CITY}"

    @property
    def label(self) -> str:
        """Name the post."""
        return f"{self.role.label}, {self.where}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could take a post over; not habilitated, they are proposed in the same act."""

    account: Account
    habilitated: bool


def vacated(uow: UnitOfWork, account: Account, *, lock: bool = False) -> tuple[Post, ...]:
    """Give the posts that nobody would hold any more if somebody left today.

    `lock` holds the habilitations to these posts: of two who leave at once, the second sees the first gone.
    """
    statement = (
        sa.select(Habilitation)
        .where(
            col(Habilitation.account_id) == account.id,
            col(Habilitation.state) == HabilitationState.CONFIRMED,
            col(Habilitation.role).in_(sorted(POSTS)),
        )
        .order_by(col(Habilitation.role), col(Habilitation.id))
    )
    posts = []
    for held in uow.session.scalars(statement).all():
        role = Role.of(held.role)
        if lock:
            _lock(uow, role, held.cell_id)
        others = [
            person
            for person in holders(uow, role, held.cell_id)
            if person.id != account.id and Grant(role, held.cell_id) in grants_of(uow, person)
        ]
        if len(others) < POSTS[role]:
            cell = None if held.cell_id is None else uow.session.get_one(Cell, held.cell_id)
            where = "toute la Ville" if cell is None else cell.name
            posts.append(Post(role, held.cell_id, None if cell is None else cell.reference, where))
    return tuple(dict.fromkeys(posts))


def candidates(uow: UnitOfWork, leaver: Account, post: Post) -> tuple[Candidate, ...]:
    """Give who could take a post over: those on the way to it, then the colleagues whom the reader may propose."""
    statement = (
        sa.select(Account)
        .join(Habilitation, col(Habilitation.account_id) == col(Account.id))
        .where(
            col(Account.id) != leaver.id,
            col(Account.status).in_(sorted({AccountStatus.INVITED, AccountStatus.ACTIVE})),
            col(Habilitation.role) == post.role,
            _in(post.cell),
            col(Habilitation.state).in_(sorted(OPEN)),
            sa.or_(col(Habilitation.valid_until).is_(None), col(Habilitation.valid_until) > uow.today()),
        )
        .order_by(col(Account.display_name), col(Account.id))
    )
    ready = {person.id: Candidate(person, habilitated=True) for person in uow.session.scalars(statement)}
    institution = uow.session.get_one(Institution, leaver.institution_id)
    proposable = (
        person
        for person in colleagues(uow, institution)
        if person.id != leaver.id and permits(uow, person, Action.ACCOUNT_PROPOSE)
    )
    found = ready | {person.id: Candidate(person, habilitated=False) for person in proposable if person.id not in ready}
    return tuple(found.values())


def _lock(uow: UnitOfWork, role: Role, cell: UUID | None) -> None:
    statement = sa.select(Habilitation).where(col(Habilitation.role) == role, _in(cell)).order_by(col(Habilitation.id))
    uow.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()


def _in(cell: UUID | None) -> sa.ColumnElement[bool]:
    return col(Habilitation.cell_id).is_(None) if cell is None else col(Habilitation.cell_id) == cell
