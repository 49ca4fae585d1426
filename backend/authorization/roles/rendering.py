"""The SQL of the declaration, safe to run again: everything is taken back, then what is declared is granted."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from backend.authorization.roles.declared import (
    DECLARED,
    METADATA,
    Grant,
    Right,
    StoreRole,
)
from backend.crypto.keystore import (
    ERASE_TRACES,
    HolderKey,
    RootGeneration,
    SearchToken,
    ServiceKeyRecord,
    SubjectRecord,
    SubjectWrap,
)
from backend.kernel.migrations import StoreName

DATABASE, SCHEMA = "database", "schema public"
"""What a right to sign in, and to see that there are tables, is said to be on."""

_REWRITTEN = tuple(
    table.__tablename__
    for table in (SubjectRecord, SubjectWrap, SearchToken, HolderKey, ServiceKeyRecord, RootGeneration)
)

_FUNCTION = (
    # CLUSTER rewrites as VACUUM FULL does, and unlike it runs inside a function; only an owner may ask for either.
    f"CREATE OR REPLACE FUNCTION {ERASE_TRACES}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
    "SET search_path = public, pg_temp AS $$ BEGIN "
    + "".join(f"CLUSTER {table} USING pk_{table}; " for table in _REWRITTEN)
    + "END $$"
)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One right of one role: on a table, on one of its columns, on a function, on the database or its schema."""

    role: str
    right: str
    table: str
    column: str = ""

    def __str__(self) -> str:
        """Say it as an operator would."""
        return f"{self.role} : {self.right} {self.table}{f'.{self.column}' if self.column else ''}"


def statements(store: StoreName, database: str, roles: Collection[StoreRole]) -> Iterator[str]:
    """Give the SQL that leaves the roles of a store with what is declared, and nobody else with anything.

    `roles` are those that the cluster knows; the owner of the tables runs it, in one transaction.
    """
    known = [role for role in DECLARED[store] if role in roles]
    everyone = ", ".join(["PUBLIC", *(role for role in StoreRole if role in roles and role is not StoreRole.OWNER)])
    if store == "keys":
        yield _FUNCTION
    yield f'REVOKE ALL ON DATABASE "{database}" FROM {everyone}'
    yield f"REVOKE ALL ON SCHEMA public FROM {everyone}"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {everyone}"
        yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {kind} FROM {everyone}"
    if known:
        yield f'GRANT CONNECT ON DATABASE "{database}" TO {", ".join(known)}'
        yield f"GRANT USAGE ON SCHEMA public TO {', '.join(known)}"
    for role in known:
        for grant in DECLARED[store][role]:
            yield from _granted(store, role, grant)
    if store == "keys" and StoreRole.PURGER in known:
        yield f"GRANT EXECUTE ON FUNCTION {ERASE_TRACES}() TO {StoreRole.PURGER}"


def entries(store: StoreName, roles: Collection[StoreRole]) -> frozenset[Entry]:
    """Give every right that is declared in a store for some roles, as `reading` reads them back."""
    known = [role for role in DECLARED[store] if role in roles]
    found = {entry for role in known for grant in DECLARED[store][role] for entry in _entries(store, role, grant)}
    found |= {Entry(role, right, on) for role in known for right, on in (("CONNECT", DATABASE), ("USAGE", SCHEMA))}
    if store == "keys" and StoreRole.PURGER in roles:
        found.add(Entry(StoreRole.PURGER, "EXECUTE", ERASE_TRACES))
    return frozenset(found)


def _granted(store: StoreName, role: StoreRole, grant: Grant) -> Iterator[str]:
    whole = [name for name in grant.tables if _columns(store, grant, name) is None]
    bounded = [name for name in grant.tables if name not in whole]
    if whole:
        yield f"GRANT {', '.join(sorted(grant.rights))} ON {', '.join(whole)} TO {role}"
    others = sorted(right for right in grant.rights if right is not Right.SELECT)
    if bounded and others:
        yield f"GRANT {', '.join(others)} ON {', '.join(bounded)} TO {role}"
    for name in bounded:
        yield f"GRANT SELECT ({', '.join(_columns(store, grant, name) or ())}) ON {name} TO {role}"


def _entries(store: StoreName, role: StoreRole, grant: Grant) -> Iterator[Entry]:
    for name in grant.tables:
        columns = _columns(store, grant, name)
        for right in grant.rights:
            if right is Right.SELECT and columns is not None:
                yield from (Entry(role, right, name, column) for column in columns)
            else:
                yield Entry(role, right, name)


def _columns(store: StoreName, grant: Grant, name: str) -> tuple[str, ...] | None:
    table = METADATA[store].tables.get(name)
    return None if table is None else grant.columns(table)
