"""Processes of the product measured from outside: memory, processor time, start; all on loopback."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.installation import Installation, environment
from tests.support.server import ROOT, free_port

TICKS = os.sysconf("SC_CLK_TCK")
STARTED_WITHIN = 180.0
"""Seconds that a process may take to answer, on a machine that does something else too."""


@dataclass(slots=True)
class Worker:
    """A serving process, or one that stands for it."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def alive(self) -> bool:
        """Tell whether it still runs."""
        return self.process.poll() is None

    def memory(self) -> tuple[float, float]:
        """Give its resident memory and the most that it ever held, in MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        found = {line.split(":")[0]: line for line in lines}
        return tuple(int(found[name].split()[1]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]

    def files(self) -> int:
        """Give how many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop it, and wait."""
        if self.alive:
            self.process.send_signal(number)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def processor(process: int) -> float:
    """Give the seconds of processor that a process used, and those of its children, whether they ended or not."""
    own, children = _stat(process), Path(f"/proc/{process}/task/{process}/children")
    alive = children.read_text(encoding="ascii").split() if children.exists() else []
    return own + sum(_stat(int(child)) for child in alive)


def _stat(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS


def launch(arguments: list[str], given: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a process of this tree; the kernel stops it when the bench dies."""
    with log.open("ab") as output:
        return subprocess.Popen(
            ["/usr/bin/setpriv", "--pdeathsig=TERM", "--", sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **given},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def wait_until_served(worker: Worker, path: str = "/sante", host: str | None = None) -> float:
    """Wait until a worker answers, and give the seconds; raise `RuntimeError` when it stops or takes a minute."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < STARTED_WITHIN:
        if not worker.alive:
            break
        try:
            if ask(worker.port, "GET", path, {"Host": host} if host else {})[0] == 200:
                return time.perf_counter() - begun
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"a process of the bench did not start on port {worker.port}")


@contextmanager
def served(installation: Installation, log: Path, *, port: int | None = None, **settings: str) -> Iterator[Worker]:
    """Serve an installation until the end of the block."""
    worker = start_server(installation, log, port=port, **settings)
    try:
        wait_until_served(worker)
        yield worker
    finally:
        worker.stop()


def start_server(installation: Installation, log: Path, *, port: int | None = None, **settings: str) -> Worker:
    """Start to serve an installation."""
    chosen = port or free_port()
    given = environment(installation) | {"CENACLE_PUBLIC_URL": f"http://127.0.0.1:{chosen}"} | settings
    return Worker(launch(["-m", "backend", "serve", "--port", str(chosen)], given, log), chosen)


@contextmanager
def sealing(installation: Installation, log: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    """Seal the journal in a process of its own, as PostgreSQL asks; SQLite's is sealed by the one that serves."""
    if installation.engine == "SQLite":
        yield None
        return
    process = launch(["-m", "backend", "audit", "seal"], environment(installation), log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def ask(
    port: int, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 60
) -> tuple[int, dict[str, str], bytes]:
    """Make one request on a connection of its own; give status, headers and body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        return exchange(connection, method, path, headers, body)
    finally:
        connection.close()


def exchange(
    connection: HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Make one request on a connection that is kept."""
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def one_of(workers: list[Worker]) -> Worker:
    """Give a worker at random, as a balancer without memory would."""
    return random.choice(workers)  # noqa: S311  a routing, not a secret


def as_json(value: object) -> bytes:
    """Give the bytes of a JSON body."""
    return json.dumps(value).encode()
