"""The purge of what is due, whole, against the deletion of the same rows by one statement per table."""

import time
from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.crypto.keystore import SubjectRecord
from backend.purge.actions.running import run
from backend.purge.models import PurgeNotice, PurgeRun
from backend.situations.models import Situation
from policies.retention_words import Guard, RunState
from tests.bench.arithmetic import Spread, at_most
from tests.bench.installation import Installation, Population, cells, owner_of
from tests.bench.lines import Line
from tests.bench.setting import ENGINES, Setting

SMALLER = 4
"""How many times fewer situations are destroyed first: four times more must not take more than four times longer."""


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of the purge on both engines."""
    due = 200 if setting.quick else 5_000
    rounds = 3
    for engine in ENGINES:
        ours: dict[int, list[float]] = {due // SMALLER: [], due: []}
        bare: list[float] = []
        for _ in range(rounds):
            for number, costs in ours.items():
                costs.append(_purge(_fresh(setting, engine, number), number))
            bare.append(_delete(_fresh(setting, engine, due)))
        ratio = Spread.of([one / other for one, other in zip(ours[due], bare, strict=True)])
        work = f"purge de {due} situations échues, attestation comprise"
        yield Line(
            work, engine, due, "s", Spread.of(ours[due]), ratio, at_most(4), "DELETE des mêmes lignes", Spread.of(bare)
        )
        grown = Spread.of([large / small / SMALLER for small, large in zip(*ours.values(), strict=True)])
        small = Spread.of([SMALLER * cost for cost in ours[due // SMALLER]])
        yield Line(
            "la même, par situation",
            engine,
            due,
            "s",
            Spread.of(ours[due]),
            grown,
            at_most(1.2),
            f"{due // SMALLER}, quatre fois",
            small,
        )


def _fresh(setting: Setting, engine: str, due: int) -> Installation:
    return setting.installation(engine, Population(due, due=due), fresh=True)


def _purge(installation: Installation, due: int) -> float:
    """Run the purge as its owner until nothing due is left, a person confirming that the share is large."""
    with owner_of(installation).opened() as house:
        begun = time.perf_counter()
        first = run(house)
        took = time.perf_counter() - begun
        with house.stores.main.transaction() as session:
            row = session.get_one(PurgeRun, first)
            if row.state is RunState.REFUSED:
                row.guard, row.confirmed_at = Guard.SHARE, house.clock()
        begun = time.perf_counter()
        run(house)
        took = time.perf_counter() - begun
        house.keyring.leave_no_trace()
        left = _due(house)
        if left:
            raise RuntimeError(f"{left} of {due} situations are still there")
        return took


def _due(house: House) -> int:
    cell = cells(house)[0]
    with house.transaction() as uow:
        uow.hand_over(cell)
        # What this very run announces has its seven days to be seen.
        over = sa.select(sa.func.count()).where(col(PurgeNotice.opened_on) < uow.today())
        return uow.session.scalar(over) or 0


def _delete(installation: Installation) -> float:
    """Delete the same rows, and what hangs from them by foreign keys, in one transaction of each store."""
    with owner_of(installation).opened() as house:
        cell = cells(house)[0]
        begun = time.perf_counter()
        with house.transaction() as uow:
            uow.hand_over(cell)
            chosen = uow.session.scalars(sa.select(col(PurgeNotice.situation_id))).all()
            uow.session.execute(sa.delete(Situation).where(col(Situation.id).in_(sorted(chosen))))
        with house.stores.keys.transaction() as session:
            session.execute(sa.delete(SubjectRecord).where(col(SubjectRecord.subject).in_(sorted(chosen))))
        return time.perf_counter() - begun
