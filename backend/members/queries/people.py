"""Who somebody is at work: what other features may show of an account."""

from dataclasses import dataclass
from uuid import UUID

from backend.authorization.work import UnitOfWork
from backend.institutions.models import Institution
from backend.members.models import Account


@dataclass(frozen=True, slots=True)
class AuthorView:
    """An agent: name, function, institution, and the category under which the institution signals."""

    name: str
    function: str
    institution: str
    origin: str


def author_of(uow: UnitOfWork, account: UUID) -> AuthorView:
    """Give what an account says of its person at work."""
    row = uow.session.get_one(Account, account)
    institution = uow.session.get_one(Institution, row.institution_id)
    return AuthorView(row.display_name, row.function, institution.name, institution.origin)
