"""`make bench`: measure every line of docs/performance.md and print one table; `--page` writes it in the page."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.bench import (
    footprint,
    journaling,
    page,
    purging,
    reading,
    releasing,
    rotation,
    sealing,
    traffic,
    workers,
)
from tests.bench.arithmetic import Spread
from tests.bench.installation import Population, kept
from tests.bench.lines import RESULTS, Line, save, table
from tests.bench.setting import Setting
from tests.support.postgresql import start_cluster

QUICK, USUAL, FULL = (1_000, 5_000), (5_000, 50_000), (5_000, 50_000, 1_000_000)
MEASURES: dict[str, Callable[[Setting], Iterator[Line]]] = {
    "sealing": sealing.measure,
    "reading": reading.measure,
    "journaling": journaling.measure,
    "releasing": releasing.measure,
    "traffic": traffic.measure,
    "footprint": footprint.measure,
    "rotation": rotation.measure,
    "purging": purging.measure,
    "workers": workers.measure,
}
"""Every measure, by the name that `--only` takes."""

SOAK = "soak"
CLUSTER = ("shared_buffers=256MB", "max_connections=200", "work_mem=16MB")


def main() -> int:
    """Run what was asked, and give the exit code: 1 when a goal is missed or a measure failed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="moins de 3 minutes : 1 000 et 5 000 situations")
    parser.add_argument(
        "--full", action="store_true", help="jusqu'à un million de situations : plusieurs Go, une heure"
    )
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="servir pendant ce temps, et rien d'autre")
    parser.add_argument("--only", action="append", choices=MEASURES, help="une mesure seulement ; à répéter")
    parser.add_argument(
        "--page", action="store_true", help="récrire docs/performance.md d'après les derniers résultats"
    )
    asked = parser.parse_args()
    if asked.page:
        page.write(["population", *MEASURES, SOAK])
        return 0
    sizes = QUICK if asked.quick else FULL if asked.full else USUAL
    folder = Path(tempfile.mkdtemp(prefix="cenacle-bench-"))
    cluster = start_cluster(*CLUSTER)
    lines: list[Line] = []
    failed: list[str] = []
    try:
        setting = Setting(sizes, 3 if asked.quick else 9, asked.quick, folder, cluster)
        chosen = {name: MEASURES[name] for name in asked.only or MEASURES}
        if asked.soak:
            chosen = {SOAK: partial(workers.soak, minutes=asked.soak)}
        elif not asked.only:
            chosen = {"population": _generated, **chosen}
        for name, measure in chosen.items():
            begun, found = time.monotonic(), list[Line]()
            try:
                found += measure(setting)
            except Exception as fault:  # noqa: BLE001  one measure that fails must not hide the others
                failed.append(f"{name} : {type(fault).__name__}, {fault}")
            if found:
                day = datetime.now(UTC).date().isoformat()
                save(found, RESULTS / f"{name}.json", " ".join(sys.argv[1:]), day)
            lines += found
            sys.stderr.write(f"{name} : {time.monotonic() - begun:.0f} s\n")
    finally:
        cluster.stop()
        shutil.rmtree(folder)
    sys.stdout.write(table(lines) + "\n")
    sys.stdout.writelines(f"Mesure en échec : {one}\n" for one in failed)
    missed = sum(line.verdict.startswith("manqué") for line in lines)
    sys.stdout.write(f"{missed} but(s) manqué(s) sur {sum(line.goal is not None for line in lines)}.\n")
    return 1 if failed else 0


def _generated(setting: Setting) -> Iterator[Line]:
    """Make the installations that are not kept from another run, and say how fast."""
    for size in setting.sizes:
        _, rate = kept(Population(size))
        if rate is not None:
            spread = Spread(rate, rate, rate)
            yield Line("situations fictives scellées en masse", "SQLite", size, "par seconde", spread, spread, None)


if __name__ == "__main__":
    sys.exit(main())
