"""The demonstration in a process of its own, for browsers: its data made once, each suite on a copy of them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.server import ROOT, free_port, serving


def make_demo(folder: Path) -> Path:
    """Make the live part of the data by the command that makes them for everybody; give where they are."""
    data = folder / "data"
    command = [sys.executable, "-m", "backend", "demo", "--data", str(data), "--size", "0", "--no-serve"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return data


@contextmanager
def served_copy(data: Path, folder: Path) -> Iterator[str]:
    """Serve a copy of the data, with its key beside it, on a free port of the loopback; give its address."""
    shutil.copytree(data.parent, folder)
    with serving(folder / data.name, free_port()) as server:
        yield server.address
