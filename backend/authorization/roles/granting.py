"""The declaration put in force on a store, by the owner of its tables."""

import sqlalchemy as sa
from sqlmodel import Session

from backend.authorization.roles.declared import StoreRole
from backend.authorization.roles.reading import known_roles
from backend.authorization.roles.rendering import statements
from backend.kernel.database import Store
from backend.kernel.migrations import StoreName

_OWNED = (
    "SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), false) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)


class NotOwnerError(Exception):
    """Who signed in to the store does not own its tables, and grants nothing."""


def rendered(store: Store, name: StoreName) -> tuple[str, ...]:
    """Give the SQL for the roles that the cluster of a store knows; nothing is changed."""
    with store.transaction() as session:
        return _rendered(session, name)


def grant_rights(store: Store, name: StoreName) -> tuple[StoreRole, ...]:
    """Leave the roles of a store with what is declared, in one transaction, and give those that its cluster knows.

    An embedded store has no roles: nothing is done. Raises `NotOwnerError` for another role than the owner, whose
    GRANT PostgreSQL would answer with a mere warning.
    """
    if store.embedded:
        return ()
    with store.transaction() as session:
        if not session.scalar(sa.text(_OWNED)):
            raise NotOwnerError
        for statement in _rendered(session, name):
            session.execute(sa.text(statement))
        return known_roles(session)


def _rendered(session: Session, name: StoreName) -> tuple[str, ...]:
    database = str(session.scalar(sa.text("SELECT current_database()")))
    return tuple(statements(name, database, known_roles(session)))
