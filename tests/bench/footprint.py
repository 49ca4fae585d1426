"""What a worker weighs and how soon it serves, measured from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.arithmetic import Goal, Spread, at_most
from tests.bench.installation import Installation, Population
from tests.bench.lines import Line
from tests.bench.processes import start_server, wait_until_served
from tests.bench.setting import ENGINES, Setting
from tests.bench.traffic import Side, people
from tests.support.server import ROOT

REQUESTS, LISTS = 1000, 20
"""Pages opened before the memory is read, and how many of them are lists of names: a person has so many an hour."""

STARTS = 3


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of memory, start and import."""
    imports = [_import() for _ in range(max(STARTS, setting.rounds))]
    yield _line("importer l'application, processeur", "", "s", imports, at_most(0.8))
    for engine in ENGINES[:1] if setting.quick else ENGINES:
        installation = setting.installation(engine, Population(setting.sizes[0]))
        lives = [_life(setting, installation) for _ in range(STARTS)]
        starts, rests, peaks = ([life[place] for life in lives] for place in range(3))
        yield _line("démarrer, jusqu'à la première réponse", engine, "s", starts, at_most(1.5))
        yield _line(f"mémoire après {REQUESTS} requêtes", engine, "Mio", rests, at_most(150))
        yield _line("mémoire au plus haut", engine, "Mio", peaks, at_most(240))


def _life(setting: Setting, installation: Installation) -> tuple[float, float, float]:
    """Start a worker, ask it a thousand things, and give the seconds of its start and its memory in MiB."""
    worker = start_server(installation, setting.folder / "served.log")
    try:
        started = wait_until_served(worker)
        side = Side(worker, *people(installation), [])
        for number in range(REQUESTS):
            side.page(side.reading, "/situations" if number < LISTS else "/aide")
        time.sleep(1)
        return started, *worker.memory()
    finally:
        worker.stop()


def _import() -> float:
    """Give the seconds of processor that a fresh interpreter takes to import the application, as compiled by `make`."""
    before = os.times()
    subprocess.run([sys.executable, "-c", "import backend.cli.serving"], cwd=ROOT, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _line(work: str, engine: str, unit: str, samples: list[float], goal: Goal) -> Line:
    spread = Spread.of(samples)
    return Line(work, engine, None, unit, spread, spread, goal)
