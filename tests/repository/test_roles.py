"""The roles of production, on real clusters: the script that compose.yaml mounts, then the migrations as the owner."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import get_args

import psycopg
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from backend.cli.command import app
from backend.kernel.migrations import StoreName
from tests.support.postgresql import Cluster, start_cluster
from tests.support.tree import ROOT

SCRIPT = ROOT / "docs" / "deployment" / "roles.sh"
ROLES = ("application", "dumper", "owner", "purger", "reader", "sealer")
STORES: tuple[StoreName, ...] = get_args(StoreName)
Clusters = dict[StoreName, Cluster]


@pytest.fixture(scope="module")
def clusters() -> Iterator[Clusters]:
    """Prepare three new clusters with the script that compose.yaml mounts."""
    passwords = {f"{role.upper()}_PASSWORD": f"l'un \" $autre {role}" for role in ROLES}
    with ExitStack() as running:
        prepared: Clusters = {}
        for store in STORES:
            cluster = prepared[store] = start_cluster("wal_recycle=off")
            running.callback(cluster.stop)
            superuser = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGUSER": "postgres"}
            with psycopg.connect(f"host=127.0.0.1 port={cluster.port} user=postgres dbname=postgres") as connection:
                connection.execute("DROP ROLE application, dumper, owner, purger, reader, sealer")
            subprocess.run([str(SCRIPT)], env={**os.environ, **superuser, **passwords, "STORE": store}, check=True)
        yield prepared


@pytest.fixture
def operator(clusters: Clusters, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Be who types commands with the addresses of the owner, all of which `migrate` has already seen."""
    address(clusters, "owner", monkeypatch)
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0
    return monkeypatch


def address(clusters: Clusters, role: str, patch: pytest.MonkeyPatch) -> None:
    for store, cluster in clusters.items():
        patch.setenv(f"CENACLE_{store.upper()}_URL", cluster.url(store, role))


def asked(url: str, question: str) -> list[tuple[object, ...]]:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        result = connection.execute(sa.text(question))
        return [tuple(row) for row in result] if result.returns_rows else []


@pytest.mark.parametrize("store", STORES)
def test_a_new_cluster_has_our_roles_and_only_the_dumper_passes_by_row_level_security(
    clusters: Clusters, store: StoreName
) -> None:
    rows = asked(
        clusters[store].url("postgres", "postgres"),
        "SELECT rolname, rolbypassrls, rolsuper OR rolcreaterole OR rolcreatedb, rolpassword LIKE 'SCRAM-SHA-256%'"
        " FROM pg_authid WHERE rolcanlogin AND rolname <> 'postgres' ORDER BY rolname",
    )
    assert rows == [(role, role == "dumper", False, True) for role in ROLES]


@pytest.mark.usefixtures("operator")
def test_the_roles_of_a_store_open_no_other_database_and_the_reader_no_keys(clusters: Clusters) -> None:
    for store in STORES:
        for role in ROLES:
            for other in ("postgres", "template1", *(["keys"] if (store, role) == ("keys", "reader") else [])):
                with pytest.raises(sa.exc.OperationalError, match="permission denied"):
                    asked(clusters[store].url(other, role), "SELECT 1")
    assert asked(clusters["main"].url("main", "reader"), "SELECT current_user") == [("reader",)]


def test_a_cluster_that_was_just_migrated_needs_no_other_command(
    clusters: Clusters, operator: pytest.MonkeyPatch
) -> None:
    address(clusters, "application", operator)
    done = CliRunner().invoke(app, ["roles", "--check"])
    assert done.exit_code == 0, done.output
    assert "rien d'autre" in done.stdout


def test_a_right_too_wide_is_said_then_taken_back_by_its_owner_alone(
    clusters: Clusters, operator: pytest.MonkeyPatch
) -> None:
    asked(clusters["main"].url("main", "owner"), "GRANT DELETE ON receipt TO application")
    asked(clusters["journal"].url("journal", "owner"), "REVOKE INSERT ON journal_leaf FROM sealer")
    address(clusters, "application", operator)
    told = CliRunner().invoke(app, ["roles", "--check"])
    assert told.exit_code == 1
    assert "main, de trop : application : DELETE receipt" in told.stderr
    assert "journal, manque : sealer : INSERT journal_leaf" in told.stderr
    for command in (["roles", "--apply"], ["migrate"]):
        refused = CliRunner().invoke(app, command)
        assert refused.exit_code == 1
        assert "« owner »" in refused.stderr
    address(clusters, "owner", operator)
    printed = CliRunner().invoke(app, ["roles"]).stdout
    assert "-- keys" in printed
    assert "GRANT INSERT, SELECT ON superseded, tombstone TO application;" in printed
    applied = CliRunner().invoke(app, ["roles", "--apply"])
    assert applied.stdout.count("droits accordés") == len(STORES)
    assert CliRunner().invoke(app, ["roles", "--check"]).exit_code == 0


@pytest.mark.usefixtures("operator")
def test_a_role_that_is_not_there_is_said(clusters: Clusters) -> None:
    with psycopg.connect(
        f"host=127.0.0.1 port={clusters['main'].port} user=postgres dbname=postgres", autocommit=True
    ) as superuser:
        superuser.execute("ALTER ROLE reader RENAME TO lecteur")
        try:
            told = CliRunner().invoke(app, ["roles", "--check"])
            assert told.exit_code == 1
            assert "main, rôle absent de l'instance : reader" in told.stderr
            assert "main, de trop : lecteur : SELECT cell" in told.stderr
        finally:
            superuser.execute("ALTER ROLE lecteur RENAME TO reader")


def test_what_has_no_role_or_asks_for_two_things_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("CENACLE_DATA", str(tmp_path_factory.mktemp("roles")))
    assert "n'ont pas de rôles" in CliRunner().invoke(app, ["roles"]).stderr
    assert "Choisissez" in CliRunner().invoke(app, ["roles", "--apply", "--check"]).stderr


def test_a_store_of_another_name_is_refused() -> None:
    assert subprocess.run([str(SCRIPT)], env={**os.environ, "STORE": "autre"}, check=False).returncode == 2
