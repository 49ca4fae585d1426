"""The roles of production, on real clusters: the script that compose.yaml mounts, then the migrations as the owner."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import get_args

import psycopg
import pytest
import sqlalchemy as sa

from backend.kernel.database import open_store
from backend.kernel.migrations import StoreName, upgrade
from tests.support.postgresql import Cluster, start_cluster
from tests.support.tree import ROOT

SCRIPT = ROOT / "docs" / "deployment" / "roles.sh"
WRITING = {"SELECT", "INSERT", "UPDATE", "DELETE"}


@pytest.fixture(scope="module")
def prepared() -> Iterator[dict[StoreName, Cluster]]:
    """Prepare three new clusters with the script that compose.yaml mounts, then migrate them as their owner."""
    passwords = {"OWNER_PASSWORD": "l'un", "APPLICATION_PASSWORD": 'l"autre', "SEALER_PASSWORD": "le $tiers"}
    with ExitStack() as running:
        clusters: dict[StoreName, Cluster] = {}
        for store in get_args(StoreName):
            cluster = clusters[store] = start_cluster("wal_recycle=off")
            running.callback(cluster.stop)
            superuser = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGUSER": "postgres"}
            with psycopg.connect(f"host=127.0.0.1 port={cluster.port} user=postgres dbname=postgres") as connection:
                connection.execute("DROP ROLE dumper, owner")
                connection.execute("DROP ROLE application")
            subprocess.run([str(SCRIPT)], env={**os.environ, **superuser, **passwords, "STORE": store}, check=True)
            opened = open_store(cluster.url(store, "owner"), 1)
            upgrade(opened, store)
            opened.engine.dispose()
        yield clusters


def asked(url: str, question: str) -> list[tuple[object, ...]]:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        result = connection.execute(sa.text(question))
        return [tuple(row) for row in result] if result.returns_rows else []


@pytest.mark.parametrize("store", get_args(StoreName))
def test_a_new_cluster_has_an_owner_an_application_and_a_sealer_without_privilege(
    prepared: dict[StoreName, Cluster], store: StoreName
) -> None:
    rows = asked(
        prepared[store].url("postgres", "postgres"),
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb, rolpassword LIKE 'SCRAM-SHA-256%'"
        " FROM pg_authid WHERE rolcanlogin AND rolname <> 'postgres' ORDER BY rolname",
    )
    assert rows == [(role, False, True) for role in ("application", "owner", "sealer")]


@pytest.mark.parametrize("store", get_args(StoreName))
def test_the_roles_of_a_store_open_no_other_database(prepared: dict[StoreName, Cluster], store: StoreName) -> None:
    for role in ("application", "sealer"):
        assert asked(prepared[store].url(store, role), "SELECT current_user") == [(role,)]
        for other in ("postgres", "template1"):
            with pytest.raises(sa.exc.OperationalError):
                asked(prepared[store].url(other, role), "SELECT 1")


@pytest.mark.parametrize(
    "store,role,granted",
    [
        ("main", "application", WRITING),
        ("main", "sealer", WRITING),
        ("keys", "application", WRITING),
        ("keys", "sealer", {"SELECT"}),
        ("journal", "application", {"SELECT"}),
        ("journal", "sealer", {"SELECT", "INSERT"}),
    ],
)
def test_a_role_may_do_to_the_migrated_tables_what_was_granted_and_no_more(
    prepared: dict[StoreName, Cluster], store: StoreName, role: str, granted: set[str]
) -> None:
    rows = asked(
        prepared[store].url(store, "postgres"),
        "SELECT tablename, privilege"
        " FROM pg_tables, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege"
        f" WHERE schemaname = 'public' AND has_table_privilege('{role}', format('%I', tablename), privilege)",
    )
    tables = {table for table, _privilege in rows}
    assert len(tables) > 1
    assert set(rows) == {(table, privilege) for table in tables for privilege in granted}


@pytest.mark.parametrize("role", ["application", "sealer"])
@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (id int)", "DROP TABLE journal_leaf", "DELETE FROM journal_leaf", "TRUNCATE journal_leaf"],
)
def test_nobody_who_serves_or_seals_can_change_the_journal(
    prepared: dict[StoreName, Cluster], statement: str, role: str
) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"):
        asked(prepared["journal"].url("journal", role), statement)


def test_a_store_of_another_name_is_refused() -> None:
    assert subprocess.run([str(SCRIPT)], env={**os.environ, "STORE": "autre"}, check=False).returncode == 2
