"""Throw-away PostgreSQL clusters on loopback, started in about a second, as root or as an ordinary user.

One cluster holds the three stores of a test, as three databases. That production needs three clusters is for
`cenacle doctor` to check; a test of that starts several. No server survives the process that started it: the
kernel stops it.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

STARTED_WITHIN = 30.0
"""Seconds a cluster may take to accept connections."""

SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")
"""What a cluster that will never be recovered does not need."""

ROLES = """
CREATE ROLE owner LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE application LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE sealer LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE purger LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE reader LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE dumper LOGIN NOSUPERUSER BYPASSRLS;
GRANT pg_read_all_data TO dumper;
GRANT pg_checkpoint TO purger;
"""
"""What `docs/deployment/roles.sh` makes, without passwords."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster: `postgres` is superuser, `owner` owns the databases, `application` owns nothing."""

    folder: Path
    port: int
    server: subprocess.Popen[bytes]

    def url(self, database: str, user: str = "owner") -> str:
        """Give the SQLAlchemy URL of a database for a role."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> None:
        """Create a database owned by `owner`; nobody sits in `template` meanwhile."""
        with self._superuser() as connection:
            database = sql.Identifier(name)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER owner TEMPLATE {} STRATEGY file_copy").format(
                    database, sql.Identifier(template)
                )
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO application").format(database))

    def create_database_from(self, template: str) -> str:
        """Create a copy of a database under a fresh name, in about 25 ms, and give that name."""
        name = f"{template}_{uuid4().hex[:12]}"
        self.create_database(name, template)
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the connections that remain."""
        with self._superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server, whoever is still connected, and erase its folder."""
        self.server.send_signal(signal.SIGINT)
        self.server.wait(STARTED_WITHIN)
        shutil.rmtree(self.folder)

    @contextmanager
    def _superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        # CREATE DATABASE refuses to run in a transaction.
        dsn = f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield connection


def start_cluster(*options: str) -> Cluster:
    """Start a cluster, with server options such as `wal_recycle=off`; its caller stops it.

    Raise `FileNotFoundError` without PostgreSQL, `RuntimeError` with the server's log when it does not start.
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="cenacle-postgresql-"))
    data, log = folder / "data", folder / "log"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    initdb = [
        str(binaries / "initdb"),
        f"--pgdata={data}",
        "--username=postgres",
        "--auth=trust",
        "--no-sync",
    ]
    if _start([*initdb, "--encoding=UTF8", "--locale=C.UTF-8"], log).wait() != 0:
        raise RuntimeError(log.read_text())
    port = _free_port()
    settings = [*SPEED, "listen_addresses=127.0.0.1", "unix_socket_directories=", f"port={port}", *options]
    server = _start([str(binaries / "postgres"), "-D", str(data), *(f"--{setting}" for setting in settings)], log)
    cluster = Cluster(folder, port, server)
    _wait_until_ready(server, data / "postmaster.pid", log)
    with cluster._superuser() as connection:  # noqa: SLF001 - the maker of a cluster finishes it
        connection.execute(ROLES)
    return cluster


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    # PostgreSQL refuses to run as root; and it must not outlive a test run that is killed.
    identity = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    with log.open("ab") as output:
        return subprocess.Popen(
            ["/usr/bin/setpriv", *identity, "--pdeathsig=INT", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        )


def _binaries() -> Path:
    """Find the newest server installed; Debian does not put it on the PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if installed:
        return installed[-1].parent
    if on_path:
        return Path(on_path).parent
    raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], pid_file: Path, log: Path) -> None:
    # The server writes its state on the last line of postmaster.pid.
    deadline = time.monotonic() + STARTED_WITHIN
    while not (pid_file.exists() and pid_file.read_text().rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise RuntimeError(log.read_text())
        time.sleep(0.01)
