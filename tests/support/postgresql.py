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
    maker: psycopg.Connection
    """The superuser's connection that makes and drops databases: one of its own for each took a tenth of a test."""

    def url(self, database: str, user: str = "owner") -> str:
        """Give the SQLAlchemy URL of a database for a role."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> None:
        """Create a database owned by `owner`."""
        database = sql.Identifier(name)
        self.maker.execute(sql.SQL("CREATE DATABASE {} OWNER owner STRATEGY file_copy").format(database))
        self.maker.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        self.maker.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO application").format(database))

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the connections that remain."""
        self.maker.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server, whoever is still connected, and erase its folder."""
        self.maker.close()
        self.server.send_signal(signal.SIGINT)
        self.server.wait(STARTED_WITHIN)
        shutil.rmtree(self.folder)

    @contextmanager
    def _superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        with _connect(self.port, database) as connection:
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
    _wait_until_ready(server, data / "postmaster.pid", log)
    maker = _connect(port)
    maker.execute(ROLES)
    return Cluster(folder, port, server, maker)


def _connect(port: int, database: str = "postgres") -> psycopg.Connection:
    """Connect as the superuser; no transaction is opened, for CREATE DATABASE refuses to run in one."""
    return psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname={database}", autocommit=True)


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
