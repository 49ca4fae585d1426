"""The person who acts, with the habilitations that are in force at this very moment (domain.md section 2)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from policies.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Grant:
    """A habilitation in force: a role, and the cell it is held in (None for a city role)."""

    role: Role
    cell: UUID | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in, or nobody (`ANONYMOUS`); void habilitations never reach here."""

    account: UUID | None
    institution: UUID | None
    grants: frozenset[Grant]
    session: UUID | None = None
    stepped_up: bool = False

    def cells(self, roles: AbstractSet[Role]) -> frozenset[UUID]:
        """Give the cells in which one of these roles is held."""
        return frozenset(grant.cell for grant in self.grants if grant.role in roles and grant.cell is not None)

    def roles_in(self, cell: UUID) -> frozenset[Role]:
        """Give the roles held in one cell."""
        return frozenset(grant.role for grant in self.grants if grant.cell == cell)

    def holds_anywhere(self, roles: AbstractSet[Role]) -> bool:
        """Tell whether one of these roles is held, in any cell or for the city."""
        return bool(self.roles & roles)

    def holds_for_city(self, roles: AbstractSet[Role]) -> bool:
        """Tell whether one of these roles is held for the whole city."""
        return any(grant.role in roles and grant.cell is None for grant in self.grants)

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held, in a cell or for the city."""
        return frozenset(grant.role for grant in self.grants)


ANONYMOUS = Actor(account=None, institution=None, grants=frozenset())
"""Nobody: signed out, or the service before it knows who asks."""
