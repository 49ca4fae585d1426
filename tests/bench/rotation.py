"""New keys of a cell while the service answers: how long until every key is under them, and whether anybody notices."""

import threading
import time
from collections.abc import Iterator

from tests.bench.arithmetic import Spread, at_most
from tests.bench.installation import Population, cells, owner_of, renew
from tests.bench.lines import Line
from tests.bench.processes import sealing, served
from tests.bench.setting import ENGINES, Setting
from tests.bench.traffic import SUBMITTED, Credentials, Side, people

EVERY = 0.05
"""Seconds between two requests: twenty a second."""

ROTATIONS = 3

JUDGED = 300_000
"""Situations of which the goal speaks: what fewer of them cost is brought to that number."""


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of rotation on both engines, at the greatest size."""
    size = setting.sizes[-1]
    for engine in ENGINES:
        installation = setting.installation(engine, Population(size), fresh=True)
        log = setting.folder / "served.log"
        with sealing(installation, log), served(installation, log) as worker:
            signalling, reading = people(installation)
            over, failures = threading.Event(), [0]
            asking = threading.Thread(
                target=_ask, args=(Side(worker, signalling, reading, []), signalling, over, failures)
            )
            asking.start()
            costs = []
            with owner_of(installation).opened() as house:
                cell = cells(house)[0]
                for _ in range(ROTATIONS):
                    time.sleep(1)
                    begun = time.perf_counter()
                    renew(house, cell)
                    costs.append((time.perf_counter() - begun) * JUDGED / size)
                    time.sleep(1)
            over.set()
            asking.join(60)
        spread = Spread.of(costs)
        note = f"mesuré sur {size} situations, ramené à {JUDGED}, vingt requêtes par seconde pendant ce temps"
        work = "clés d'une cellule et de ses situations mises sous de nouvelles clés"
        yield Line(work, engine, size, "s", spread, spread, at_most(20), note=note)
        failed = Spread(float(failures[0]), float(failures[0]), float(failures[0]))
        yield Line("la même, requêtes en échec", engine, size, "", failed, failed, at_most(0))


def _ask(side: Side, who: Credentials, over: threading.Event, failures: list[int]) -> None:
    while not over.wait(EVERY):
        try:
            side.program(who, "POST", "/api/v1/signalements", SUBMITTED)
        except (RuntimeError, OSError):
            failures[0] += 1
