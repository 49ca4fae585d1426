"""A real server in a process of its own, for tests of what only a socket shows: slow clients, crowds, kills."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

ROOT = Path(__file__).parents[2]

STARTED_WITHIN = 90.0
"""Seconds: three on a machine at rest, thirty were not always enough on one with ten other processes to run."""


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and its process."""

    address: str
    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def free_port() -> int:
    """Give a port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, port: int, **environment: str) -> Iterator[Server]:
    """Serve the demonstration stores of a folder until the end of the block."""
    given = {
        **os.environ,
        "CENACLE_MODE": "demo",
        "CENACLE_DATA": str(data),
        "CENACLE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        **environment,
    }
    command = [sys.executable, "-m", "backend", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            _wait(process, port, urlsplit(given["CENACLE_PUBLIC_URL"]).netloc)
            yield Server(f"http://127.0.0.1:{port}", port, process)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, host: str) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            output = process.stdout.read().decode() if process.stdout else ""
            raise RuntimeError(f"the server stopped: {output[-2000:]}")
        try:
            asked = httpx2.get(f"http://127.0.0.1:{port}/sante", timeout=1, headers={"Host": host})
            if asked.status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")
