"""The indicators of Paris: one yearly release built, suppression included, and the page read from the frozen ones."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import sqlalchemy as sa

from backend.app import initialise
from backend.authorization.actor import Actor, Grant
from backend.authorization.work import House
from backend.cells.models import Cell
from backend.counts.deltas import CountDelta
from backend.indicators.actions.publishing import publish_due
from backend.indicators.queries.dashboards import dashboard_view
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_id
from backend.settings import Settings
from policies.charter_words import CharterKind
from policies.indicators import DECLARED, DELAYS
from policies.months import month_of
from policies.suppression import PARIS
from policies.territories import sectors
from policies.vocabulary import Role
from tests.bench.arithmetic import Spread, at_most
from tests.bench.lines import Line
from tests.bench.setting import Setting

LAST = 2025
MONTHLY = 2
"""Deltas of each indicator, sector and month, at most: a sector of Paris signals about twenty minors a year."""


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of indicators, on SQLite: what is built is arithmetic, and the same on PostgreSQL."""
    years = 4 if setting.quick else 20
    clock = DrivenClock(datetime(LAST - years, 12, 1, tzinfo=UTC))
    house = initialise(Settings(mode="demo", data=setting.folder / "indicators" / "data"), clock)
    try:
        _fill(house, years)
        builds = []
        for year in range(LAST - years + 1, LAST + 1):
            clock.advance(datetime(year + 1, 3, 1, tzinfo=UTC) - clock())
            begun = time.process_time()
            with house.transaction() as uow:
                publish_due(uow)
            builds.append(time.process_time() - begun)
        latest = Spread.of(builds[-3:])
        note = f"les quatre trimestres de chacune des trois dernières années, sur {years} ans"
        work = f"construire les publications d'une année ({years} ans d'indicateurs), processeur"
        yield Line(work, "SQLite", None, "s", latest, latest, at_most(60), note=note)
        waits = [_read(house) for _ in range(5 * setting.rounds)]
        spread = Spread.of(waits)
        yield Line(f"lire les indicateurs de Paris, {years} ans", "SQLite", None, "ms", spread, spread, at_most(200))
    finally:
        house.stores.dispose()


def _read(house: House) -> float:
    actor = Actor(uuid4(), None, frozenset({Grant(Role.STEERING, None)}))
    begun = time.perf_counter()
    with house.transaction(actor) as uow:
        view = dashboard_view(uow, PARIS, f"{LAST - 2}-{LAST}")
    if view is None:
        raise RuntimeError("the figures of the last three years were not published")
    return 1000 * (time.perf_counter() - begun)


def _fill(house: House, years: int) -> None:
    """Open the sectors of Paris, and count in each, month by month, what a real cell would."""
    draw = random.Random(2026)  # noqa: S311  a reproducible draw, not a secret
    opened = [
        Cell(
            id=new_id(),
            kind=CharterKind.CENOMED,
            territory=sector.code,
            name=f"CENOMED {sector.code}",
            charter_version="cenomed-2023",
            opened_on=date(2024, 1, 1),
        )
        for sector in sectors(date(LAST, 1, 1))
    ]
    counted = [declared for declared in DECLARED.values() if declared.indicator not in DELAYS and declared.suppressed]
    rows = [
        {
            "id": new_id(),
            "indicator": declared.indicator.value,
            "cell_id": cell.id,
            "month": month_of(date(year, month, 1)),
            "value": draw.choice(declared.values).value if declared.values else None,
            "delta": 1,
        }
        for cell in opened
        for year in range(LAST - years + 1, LAST + 1)
        for month in range(1, 13)
        for declared in counted
        for _ in range(draw.randrange(MONTHLY + 1))
    ]
    with house.stores.main.transaction() as session:
        session.add_all(opened)
        session.flush()
        session.execute(sa.insert(CountDelta), rows)
