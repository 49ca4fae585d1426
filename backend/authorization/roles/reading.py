"""The declaration compared with what a store really allows: its catalogue is read, which every role may do."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from backend.authorization.roles.declared import DECLARED, MEMBERS, StoreRole
from backend.authorization.roles.rendering import DATABASE, SCHEMA, Entry, entries
from backend.authorization.row_security import POLICIES
from backend.kernel.database import Store
from backend.kernel.migrations import StoreName

PUBLIC = "PUBLIC"

_ENTRIES = f"""
SELECT grantee, privilege_type, name, column_name FROM (
    SELECT a.grantee, a.privilege_type, c.relname AS name, '' AS column_name
    FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
    UNION ALL
    SELECT a.grantee, a.privilege_type, c.relname, t.attname
    FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
    UNION ALL
    SELECT a.grantee, a.privilege_type, p.proname, ''
    FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.pronamespace = 'public'::regnamespace AND a.grantee <> p.proowner
    UNION ALL
    SELECT a.grantee, a.privilege_type, '{DATABASE}', ''
    FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    WHERE d.datname = current_database() AND a.grantee <> d.datdba
    UNION ALL
    SELECT a.grantee, a.privilege_type, '{SCHEMA}', ''
    FROM pg_namespace n, aclexplode(n.nspacl) a
    WHERE n.nspname = 'public' AND a.grantee <> n.nspowner
) AS found
"""  # noqa: S608  constants of ours
_NAMES = "SELECT oid, rolname FROM pg_roles"
_ATTRIBUTES = (
    "SELECT rolname, attribute FROM pg_roles, unnest("
    "ARRAY['SUPERUSER', 'BYPASSRLS', 'CREATEROLE', 'CREATEDB', 'REPLICATION'],"
    "ARRAY[rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication]) AS held(attribute, has) WHERE has"
)
_MEMBERS = (
    "SELECT m.rolname, g.rolname FROM pg_auth_members a"
    " JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid"
)
_OWNED = (
    "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')"
)
_UNFORCED = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    " AND NOT (relrowsecurity AND relforcerowsecurity)"
)


@dataclass(frozen=True, slots=True)
class Discrepancies:
    """What a store allows and should not, what it should and does not, the roles that its cluster does not know."""

    wider: tuple[str, ...]
    missing: tuple[str, ...]
    absent: tuple[StoreRole, ...]


def known_roles(session: Session) -> tuple[StoreRole, ...]:
    """Give those of our roles that the cluster knows."""
    names = set(session.scalars(sa.text("SELECT rolname FROM pg_roles")))
    return tuple(role for role in StoreRole if role in names)


def read_back(store: Store, name: StoreName) -> Discrepancies:
    """Compare what a store of PostgreSQL allows with what is declared; nothing is changed.

    A table that should be under row-level security and is not, for the owner too, is a right too wide.
    """
    with store.transaction() as session:
        roles = known_roles(session)
        declared, actual = entries(name, roles), frozenset(_actual(session))
        wider = [str(entry) for entry in sorted(actual - declared)]
        wider += _powers(session, roles)
        if name == "main":
            unforced = set(session.scalars(sa.text(_UNFORCED))) & POLICIES.keys()
            wider += [f"{PUBLIC} : ROW LEVEL SECURITY {table}" for table in sorted(unforced)]
    return Discrepancies(
        wider=tuple(wider),
        missing=tuple(str(entry) for entry in sorted(declared - actual)),
        absent=tuple(role for role in (StoreRole.OWNER, *DECLARED[name]) if role not in roles),
    )


def _actual(session: Session) -> Iterator[Entry]:
    names = {row.oid: row.rolname for row in session.execute(sa.text(_NAMES))}
    for grantee, right, table, column in session.execute(sa.text(_ENTRIES)):
        yield Entry(names.get(grantee, PUBLIC), right, table, column)


def _powers(session: Session, roles: Collection[StoreRole]) -> list[str]:
    """Give what a role holds beside rights on tables: an attribute, another role, or tables of its own."""
    ours = set(roles)
    attributes = {(role, attribute) for role, attribute in session.execute(sa.text(_ATTRIBUTES)) if role in ours}
    attributes -= {(StoreRole.DUMPER, "BYPASSRLS")}
    members = {(role, of) for role, of in session.execute(sa.text(_MEMBERS)) if role in ours}
    members -= {(role, of) for role, allowed in MEMBERS.items() for of in allowed}
    owners = {role for role in session.scalars(sa.text(_OWNED)) if role in ours - {StoreRole.OWNER}}
    return [
        *(f"{role} : {attribute}" for role, attribute in sorted(attributes)),
        *(f"{role} : MEMBER {of}" for role, of in sorted(members)),
        *(f"{role} : OWNER" for role in sorted(owners)),
    ]
