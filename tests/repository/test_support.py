"""The support of the tests does what the tests believe."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import hypothesis
import psycopg
import pytest
import sqlalchemy as sa

from tests.support.network import OutsideNetworkError, is_local
from tests.support.postgresql import Cluster

ROOT = Path(__file__).parents[2]


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        result = connection.execute(sa.text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_three_empty_stores_exist_on_both_engines(store_urls: dict[str, str]) -> None:
    assert list(store_urls) == ["main", "keys", "journal"]
    for name, url in store_urls.items():
        execute(url, f"CREATE TABLE only_in_{name} (id integer)")
    for name, url in store_urls.items():
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        assert sa.inspect(engine).get_table_names() == [f"only_in_{name}"]


def test_the_owner_and_the_application_are_ordinary_roles(postgresql: Cluster) -> None:
    privileges = execute(
        postgresql.url("postgres", "postgres"),
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname IN ('owner', 'application') ORDER BY rolname",
    )
    assert privileges == [
        ("application", False, False, False, False),
        ("owner", False, False, False, False),
    ]


def test_the_application_owns_nothing_and_reads_only_what_it_is_granted(postgresql: Cluster) -> None:
    postgresql.create_database("grants")
    execute(postgresql.url("grants"), "CREATE TABLE kept (id integer)")
    for statement in ("SELECT * FROM kept", "DROP TABLE kept", "CREATE TABLE mine (id integer)"):
        with pytest.raises(sa.exc.ProgrammingError):
            execute(postgresql.url("grants", "application"), statement)
    execute(postgresql.url("grants"), "GRANT SELECT ON kept TO application")
    assert execute(postgresql.url("grants", "application"), "SELECT * FROM kept") == []
    postgresql.drop_database("grants")


def test_a_database_made_from_a_template_has_its_rows_and_none_of_its_later_ones(postgresql: Cluster) -> None:
    postgresql.create_database("pattern")
    execute(postgresql.url("pattern"), "CREATE TABLE leaf AS SELECT 1 AS id")
    copy = postgresql.create_database_from("pattern")
    execute(postgresql.url("pattern"), "INSERT INTO leaf VALUES (2)")
    assert execute(postgresql.url(copy), "SELECT id FROM leaf") == [(1,)]
    for name in (copy, "pattern"):
        postgresql.drop_database(name)


def test_a_stopped_cluster_leaves_neither_server_nor_folder_even_with_a_client_connected() -> None:
    program = (
        "import psycopg; from tests.support.postgresql import start_cluster\n"
        "cluster = start_cluster('wal_recycle=off')\n"
        "client = psycopg.connect(host='127.0.0.1', port=cluster.port, user='owner', dbname='postgres')\n"
        "print(client.execute('SHOW wal_recycle').fetchone()[0])\n"
        "cluster.stop(); print(cluster.folder.exists(), cluster.server.poll())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["off", "False", "0"]


def test_a_cluster_dies_with_a_test_run_that_is_killed() -> None:
    program = (
        "import time; from tests.support.postgresql import start_cluster\n"
        "cluster = start_cluster()\n"
        "print(cluster.port, cluster.folder, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        port, folder = run.stdout.readline().split()
        psycopg.connect(host="127.0.0.1", port=port, user="owner", dbname="postgres").close()
        os.kill(run.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", int(port))) != 0:
                shutil.rmtree(folder)
                return
        time.sleep(0.05)
    pytest.fail("the cluster is still there")


def test_a_test_cannot_leave_the_machine() -> None:
    with socket.socket() as stream, pytest.raises(OutsideNetworkError):
        stream.connect(("192.0.2.1", 80))
    with socket.socket() as stream, pytest.raises(OutsideNetworkError):
        stream.connect_ex(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as datagram, pytest.raises(OutsideNetworkError):
        datagram.sendto(b"", ("192.0.2.1", 53))
    with pytest.raises(OutsideNetworkError):
        socket.getaddrinfo("exemple.invalid", 80)


def test_a_test_can_talk_to_its_own_servers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


@pytest.mark.parametrize(
    "host,local",
    [
        (None, True),
        ("localhost", True),
        ("127.8.9.1", True),
        ("::1", True),
        (b"127.0.0.1", True),
        ("10.0.0.1", False),
        ("127.0.0.1.exemple.invalid", False),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_only_loopback_addresses_are_local(host: object, *, local: bool) -> None:
    assert is_local(host) is local


def test_examples_are_the_same_at_every_run() -> None:
    assert hypothesis.settings().derandomize
    assert hypothesis.settings().deadline is None
