"""Every role on every table of PostgreSQL, tried: what is declared works, everything else is refused."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import get_args

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors

from backend.authorization.roles import Discrepancies, NotOwnerError, StoreRole, grant_rights, read_back, rendered
from backend.authorization.roles.declared import DECLARED, METADATA, VERSION, Grant, Right
from backend.authorization.roles.rendering import statements
from backend.authorization.row_security import POLICIES
from backend.kernel.database import Store, open_store
from backend.kernel.identifiers import new_id
from backend.kernel.migrations import StoreName, upgrade
from policies.classification import SEALED, Classification
from tests.support.access import import_tables
from tests.support.postgresql import Cluster

import_tables()

STORES: tuple[StoreName, ...] = get_args(StoreName)
TABLES = {name: (*sorted(METADATA[name].tables), VERSION) for name in STORES}
SERVING = tuple(role for role in StoreRole if role is not StoreRole.OWNER)
SEALED_TABLES = {
    table.name
    for table in METADATA["main"].tables.values()
    if any(column.info["classification"] in SEALED for column in table.columns)
}
Databases = dict[StoreName, str]


def granted(store: StoreName, role: StoreRole, table: str) -> tuple[set[Right], set[str]]:
    """Give what a role may do to a table, and the columns of it that it may read."""
    columns = columns_of(store, table)
    rights: set[Right] = set()
    shown: set[str] = set()
    for grant in DECLARED[store].get(role, ()):
        if table in grant.tables:
            rights |= set(grant.rights)
            if Right.SELECT in grant.rights:
                bounded = None if table == VERSION else grant.columns(METADATA[store].tables[table])
                shown |= set(columns if bounded is None else bounded)
    if role is StoreRole.DUMPER:
        rights, shown = rights | {Right.SELECT}, set(columns)
    return rights, shown


def columns_of(store: StoreName, table: str) -> list[str]:
    return ["version_num"] if table == VERSION else [column.name for column in METADATA[store].tables[table].columns]


@pytest.fixture(scope="module")
def databases(postgresql: Cluster) -> Iterator[Databases]:
    """Migrate three stores as the owner, and grant what is declared."""
    made: Databases = {name: f"{name}_{new_id().hex[:12]}" for name in STORES}
    with ExitStack() as kept:
        for name, database in made.items():
            postgresql.create_database(database)
            kept.callback(postgresql.drop_database, database)
            store = open_store(postgresql.url(database), 1)
            upgrade(store, name)
            assert StoreRole.APPLICATION in grant_rights(store, name)
            store.engine.dispose()
        yield made


@pytest.fixture
def changed(postgresql: Cluster, databases: Databases) -> Iterator[dict[StoreName, Store]]:
    """Give the owner's stores, to change what is granted; what is declared is granted again afterwards."""
    stores = {name: open_store(postgresql.url(database), 1) for name, database in databases.items()}
    yield stores
    for name, store in stores.items():
        grant_rights(store, name)
        assert read_back(store, name) == Discrepancies((), (), ())
        store.engine.dispose()


def signed_in(postgresql: Cluster, database: str, role: StoreRole) -> psycopg.Connection:
    dsn = f"host=127.0.0.1 port={postgresql.port} user={role} dbname={database}"
    return psycopg.connect(dsn, autocommit=True)


def passes(connection: psycopg.Connection, statement: str) -> bool:
    """Tell whether PostgreSQL lets a statement run that changes nothing."""
    try:
        connection.execute(statement)
    except errors.InsufficientPrivilege:
        return False
    return True


def tried(connection: psycopg.Connection, table: str, columns: list[str]) -> tuple[set[Right], set[str]]:
    """Try each right on a table and on each column of it, on no row; TRUNCATE must be refused."""
    first = columns[0]
    rights = {
        right
        for right, statement in {
            Right.INSERT: f"INSERT INTO {table} ({first}) SELECT NULL WHERE false"
            if table == VERSION
            else f"INSERT INTO {table} OVERRIDING USER VALUE SELECT (NULL::{table}).* WHERE false",
            Right.UPDATE: f"UPDATE {table} SET {first} = NULL WHERE false",
            Right.DELETE: f"DELETE FROM {table} WHERE false",
        }.items()
        if passes(connection, statement)
    }
    shown = {column for column in columns if passes(connection, f"SELECT {column} FROM {table} WHERE false")}
    assert not passes(connection, f"TRUNCATE {table}")
    return rights | ({Right.SELECT} if shown else set()), shown


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("role", SERVING)
def test_a_role_does_to_every_table_what_is_declared_and_nothing_else(
    postgresql: Cluster, databases: Databases, store: StoreName, role: StoreRole
) -> None:
    if role not in DECLARED[store]:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            signed_in(postgresql, databases[store], role)
        return
    with signed_in(postgresql, databases[store], role) as connection:
        for table in TABLES[store]:
            assert tried(connection, table, columns_of(store, table)) == granted(store, role, table), table


@pytest.mark.parametrize("role", SERVING)
def test_nobody_who_serves_changes_the_tables_their_guards_or_who_they_are(
    postgresql: Cluster, databases: Databases, role: StoreRole
) -> None:
    with signed_in(postgresql, databases["main"], role) as connection:
        for statement in (
            "CREATE TABLE mine (id int)",
            "CREATE TEMPORARY TABLE mine (id int)",
            "DROP TABLE situation CASCADE",
            "ALTER TABLE situation ADD COLUMN name text",
            "ALTER TABLE situation DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE journal_outbox DISABLE TRIGGER ALL",
            "DROP TRIGGER journal_outbox_refuse_update ON journal_outbox",
            "DROP POLICY situation_select ON situation",
            "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE sql AS ''",
            "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "GRANT SELECT ON situation TO reader",
            "SET session_replication_role = replica",
            f"ALTER ROLE {role} BYPASSRLS",
            *(f"SET ROLE {other}" for other in StoreRole if other is not role),
        ):
            if statement.startswith("GRANT"):
                assert not re_granted(connection, statement)
            else:
                assert not passes(connection, statement), statement


def re_granted(connection: psycopg.Connection, statement: str) -> bool:
    """Tell whether a GRANT changed anything: to who holds the right without owning it, PostgreSQL only warns."""
    passes(connection, statement)
    found = connection.execute("SELECT has_table_privilege('reader', 'situation', 'SELECT')").fetchone()
    return found != (False,)


def test_only_the_purger_erases_the_traces_of_keys(postgresql: Cluster, databases: Databases) -> None:
    for role in DECLARED["keys"]:
        with signed_in(postgresql, databases["keys"], role) as connection:
            assert passes(connection, "SELECT erase_key_traces()") is (role is StoreRole.PURGER)
            assert not passes(connection, "CLUSTER subject USING pk_subject")


@pytest.mark.parametrize("store", STORES)
def test_a_table_of_which_the_application_has_no_line_is_refused(store: StoreName) -> None:
    lines = [table for grant in DECLARED[store][StoreRole.APPLICATION] for table in grant.tables]
    assert sorted(lines) == sorted(TABLES[store])


@pytest.mark.parametrize("store", STORES)
def test_no_role_has_a_line_for_a_table_that_is_not_there_nor_two_for_one(store: StoreName) -> None:
    for grants in DECLARED[store].values():
        lines = [table for grant in grants for table in grant.tables]
        assert len(lines) == len(set(lines))
        assert set(lines) <= set(TABLES[store])


def test_neither_the_purger_nor_the_reader_reads_what_is_sealed() -> None:
    for role in (StoreRole.PURGER, StoreRole.READER):
        for table in METADATA["main"].tables.values():
            hidden = {column.name for column in table.columns if column.info["classification"] in SEALED}
            assert not hidden & granted("main", role, table.name)[1], (role, table.name)


def test_the_reader_of_an_unusual_access_does_not_read_whose_it_is() -> None:
    assert not {"account_id", "lifted_by", "settled_by"} & granted("main", StoreRole.READER, "unusual_access")[1]
    assert granted("main", StoreRole.READER, "account") == (set(), set())
    assert StoreRole.READER not in DECLARED["keys"]


def test_every_table_that_hangs_from_a_person_is_under_row_level_security() -> None:
    assert SEALED_TABLES
    assert set(POLICIES) >= SEALED_TABLES


def test_secrets_stay_readable_where_only_sealed_values_are_hidden() -> None:
    table = METADATA["main"].tables["draft"]
    shown = Grant((Right.SELECT,), ("draft",), hides=frozenset({Classification.NOMINATIVE})).columns(table)
    assert shown == tuple(column.name for column in table.columns if column.name != "content")


def test_what_is_declared_is_read_back_and_granting_again_changes_nothing(changed: dict[StoreName, Store]) -> None:
    for name, store in changed.items():
        assert read_back(store, name) == Discrepancies((), (), ())
        grant_rights(store, name)
        assert read_back(store, name) == Discrepancies((), (), ())


@pytest.mark.parametrize(
    "store,statement,said",
    [
        ("main", "GRANT DELETE ON receipt TO application", "application : DELETE receipt"),
        ("main", "GRANT SELECT (content) ON draft TO purger", "purger : SELECT draft.content"),
        ("main", "GRANT TRUNCATE ON situation TO PUBLIC", "PUBLIC : TRUNCATE situation"),
        ("main", 'GRANT TEMPORARY ON DATABASE "{database}" TO reader', "reader : TEMPORARY database"),
        ("main", "GRANT CREATE ON SCHEMA public TO application", "application : CREATE schema public"),
        ("main", "ALTER TABLE draft NO FORCE ROW LEVEL SECURITY", "PUBLIC : ROW LEVEL SECURITY draft"),
        ("keys", "GRANT EXECUTE ON FUNCTION erase_key_traces() TO sealer", "sealer : EXECUTE erase_key_traces"),
        ("journal", "GRANT UPDATE ON journal_leaf TO sealer", "sealer : UPDATE journal_leaf"),
    ],
)
def test_a_right_too_wide_is_named_and_granting_takes_it_back(
    changed: dict[StoreName, Store], store: StoreName, statement: str, said: str
) -> None:
    database = str(changed[store].engine.url.database)
    with changed[store].transaction() as session:
        session.execute(sa.text(statement.format(database=database)))
    assert read_back(changed[store], store).wider == (said,)
    if "NO FORCE" in statement:
        with changed[store].transaction() as session:
            session.execute(sa.text("ALTER TABLE draft FORCE ROW LEVEL SECURITY"))


@pytest.mark.parametrize(
    "statement,undone,said",
    [
        ("ALTER ROLE application BYPASSRLS", "ALTER ROLE application NOBYPASSRLS", "application : BYPASSRLS"),
        ("GRANT owner TO purger", "REVOKE owner FROM purger", "purger : MEMBER owner"),
        ("ALTER TABLE cell OWNER TO reader", "ALTER TABLE cell OWNER TO owner", "reader : OWNER"),
    ],
)
def test_a_role_that_holds_more_than_rights_on_tables_is_named(
    postgresql: Cluster, changed: dict[StoreName, Store], statement: str, undone: str, said: str
) -> None:
    database = str(changed["main"].engine.url.database)
    with postgresql._superuser(database) as superuser:  # noqa: SLF001  only a superuser goes this far
        superuser.execute(statement)
        try:
            assert said in read_back(changed["main"], "main").wider
        finally:
            superuser.execute(undone)


def test_what_is_missing_is_named(changed: dict[StoreName, Store]) -> None:
    with changed["journal"].transaction() as session:
        session.execute(sa.text("REVOKE INSERT ON journal_leaf FROM sealer"))
        session.execute(sa.text("REVOKE SELECT ON journal_entry FROM reader"))
    assert read_back(changed["journal"], "journal").missing == (
        "reader : SELECT journal_entry",
        "sealer : INSERT journal_leaf",
    )


def test_another_role_than_the_owner_grants_nothing(postgresql: Cluster, databases: Databases) -> None:
    store = open_store(postgresql.url(databases["main"], "application"), 1)
    with pytest.raises(NotOwnerError):
        grant_rights(store, "main")
    store.engine.dispose()


def test_a_role_that_the_cluster_does_not_know_is_named_and_left_out(
    postgresql: Cluster, changed: dict[StoreName, Store]
) -> None:
    with postgresql._superuser() as superuser:  # noqa: SLF001  only a superuser renames a role
        superuser.execute("ALTER ROLE reader RENAME TO lecteur")
        try:
            assert read_back(changed["main"], "main").absent == (StoreRole.READER,)
            assert not any("reader" in statement for statement in rendered(changed["main"], "main"))
        finally:
            superuser.execute("ALTER ROLE lecteur RENAME TO reader")


def test_an_embedded_store_has_no_roles(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('roles') / 'main.sqlite'}", 1)
    assert grant_rights(store, "main") == ()
    store.engine.dispose()


def test_where_no_role_of_ours_is_known_everything_is_taken_back_and_nothing_granted() -> None:
    said = list(statements("main", "main", []))
    assert any(line.startswith("REVOKE ALL ON ALL TABLES") for line in said)
    assert not any(line.startswith("GRANT") for line in said)
