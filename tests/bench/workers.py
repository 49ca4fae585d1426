"""Several workers on PostgreSQL, as separate processes with separate folders: nothing is lost, nothing is doubled.

Requests go to any of them at random. One is killed at intervals while they serve, one is paused across a rotation of a
cell's key; what was acknowledged is then counted in the rows and in the journal, key by key.
"""

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalEntry, JournalOutbox
from backend.authorization.idempotency import IdempotencyKey
from backend.signalements.events import SignalementSubmitted
from backend.signalements.models import Receipt
from tests.bench.arithmetic import Spread, at_most
from tests.bench.installation import Installation, Population, cells, owner_of, renew, reporter
from tests.bench.lines import Line
from tests.bench.processes import Worker, as_json, ask, one_of, sealing, start_server, wait_until_served
from tests.bench.setting import Setting
from tests.bench.traffic import SUBMITTED, Credentials, Side, people

CLIENTS = 4
"""Threads that submit, each one request after another."""

RENEWED = 300.0
"""Seconds after which people sign in again: a token lasts ten minutes."""

TRIES = 60
"""How often one signalement is sent again, under the same key, until somebody acknowledges it."""


@dataclass(slots=True)
class Sent:
    """What the clients saw: the keys acknowledged, those given up, the failures that a repetition mended."""

    acknowledged: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)
    mended: int = 0


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of several workers: with 2, with 4, and with one paused across a rotation."""
    seconds, every = (8.0, 4.0) if setting.quick else (40.0, 10.0)
    for count in (2,) if setting.quick else (2, 4):
        installation = setting.installation("PostgreSQL", Population(setting.sizes[0]), fresh=True)
        yield from _killed(setting, installation, count, seconds, every)
    yield _paused(setting, setting.installation("PostgreSQL", Population(setting.sizes[0]), fresh=True))


def soak(setting: Setting, minutes: float) -> Iterator[Line]:
    """Serve for some minutes, and compare what each worker holds in the last third with the second one."""
    for engine in ("SQLite", "PostgreSQL"):
        installation = setting.installation(engine, Population(setting.sizes[0]), fresh=True)
        with ExitStack() as stack:
            [worker] = _start(setting, stack, _homes(setting, installation, 1))
            signalling, reading = people(installation)
            begun, signed_in, samples = time.monotonic(), 0.0, []
            while (passed := time.monotonic() - begun) < 60 * minutes:
                if passed - signed_in > RENEWED:
                    signed_in, (signalling, reading) = passed, people(installation)
                side = Side(worker, signalling, reading, [])
                for _ in range(10):
                    side.program(signalling, "POST", "/api/v1/signalements", SUBMITTED)
                    side.page(reading, "/aide")
                connections = 0.0 if engine == "SQLite" else _connections(installation)
                samples.append((worker.memory()[0], float(worker.files()), connections))
                time.sleep(0.5)
        third = len(samples) // 3
        for place, (work, unit) in enumerate(
            (("mémoire", "Mio"), ("fichiers et connexions HTTP", ""), ("connexions PostgreSQL", ""))
        ):
            before = [sample[place] for sample in samples[third : 2 * third]]
            after = [sample[place] for sample in samples[2 * third :]]
            if max(after):
                grown = Spread.of(after).middle / Spread.of(before).middle
                ratio = Spread(grown, grown, grown)
                yield Line(
                    f"{minutes:g} minutes de service : {work}",
                    engine,
                    None,
                    unit,
                    Spread.of(after),
                    ratio,
                    at_most(1.05),
                    "le tiers d'avant",
                    Spread.of(before),
                )


def _homes(setting: Setting, installation: Installation, count: int) -> list[Installation]:
    """Give an installation to each worker: the same stores, a folder and a file of the root key of its own."""
    if installation.engine == "SQLite":
        return [installation]
    homes = []
    for _ in range(count):
        folder = setting.folder / f"worker-{uuid4().hex[:8]}" / "data"
        folder.mkdir(parents=True)
        shutil.copy(installation.settings.root_key_path(), folder.with_name("data.root-key"))
        homes.append(replace(installation, settings=installation.settings.model_copy(update={"data": folder})))
    return homes


def _start(setting: Setting, stack: ExitStack, homes: list[Installation]) -> list[Worker]:
    """Start one worker for each home, and the sealer."""
    log = setting.folder / "served.log"
    stack.enter_context(sealing(homes[0], log))
    workers = [start_server(home, log) for home in homes]
    for worker in workers:
        stack.callback(worker.stop)
    for worker in workers:
        wait_until_served(worker)
    return workers


def _killed(setting: Setting, installation: Installation, count: int, seconds: float, every: float) -> Iterator[Line]:
    """Submit to workers of which one is killed at intervals and started again, then count what is there."""
    with ExitStack() as stack:
        homes = _homes(setting, installation, count)
        workers = _start(setting, stack, homes)
        signalling, _ = people(installation)
        sent, over = Sent(), threading.Event()
        clients = [
            threading.Thread(target=_submit_until, args=(workers, signalling, sent, over)) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        kills, begun = 0, time.monotonic()
        while time.monotonic() - begun < seconds:
            time.sleep(every)
            place = random.randrange(count)  # noqa: S311  a victim, not a secret
            workers[place].stop(signal.SIGKILL)
            kills += 1
            workers[place] = start_server(homes[place], setting.folder / "served.log", port=workers[place].port)
            stack.callback(workers[place].stop)
        over.set()
        for client in clients:
            client.join(120)
        for worker in workers:
            wait_until_served(worker)
        time.sleep(3)  # the sealer's last turn
    lost, doubled, journalled = _counted(installation, sent)
    note = f"{len(sent.acknowledged)} envois acquittés, {kills} arrêts brutaux, {sent.mended} essais repris"
    for work, number in (
        ("perdus", lost + len(sent.given_up)),
        ("doublés", doubled),
        ("écart avec le journal", abs(journalled)),
    ):
        spread = Spread(float(number), float(number), float(number))
        yield Line(
            f"{count} processus, arrêts brutaux : signalements {work}",
            "PostgreSQL",
            None,
            "",
            spread,
            spread,
            at_most(0),
            note=note,
        )


def _submit_until(workers: list[Worker], who: Credentials, sent: Sent, over: threading.Event) -> None:
    while not over.is_set():
        key = uuid4().hex
        headers = {"Authorization": f"Bearer {who.token}", "Content-Type": "application/json", "Idempotency-Key": key}
        for _ in range(TRIES):
            try:
                status, _, _ = ask(
                    one_of(workers).port, "POST", "/api/v1/signalements", headers, as_json(SUBMITTED), 15
                )
            except OSError:
                status = 0
            if status == 201:
                sent.acknowledged.add(key)
                break
            sent.mended += 1
            time.sleep(0.5)
        else:
            sent.given_up.add(key)


def _counted(installation: Installation, sent: Sent) -> tuple[int, int, int]:
    """Give how many acknowledged signalements are lost, how many are doubled, and by how many the journal differs."""
    with owner_of(installation).opened() as house:
        person, cell = reporter(house), cells(house)[0]
        with house.transaction() as uow:
            uow.hand_over(cell)
            with uow.reaching(person.id):
                kept = uow.session.execute(sa.select(col(IdempotencyKey.key), col(IdempotencyKey.result))).all()
                references = set(uow.session.scalars(sa.select(col(Receipt.reference))))
                waiting = uow.session.scalar(_waiting()) or 0
        with house.stores.journal.transaction() as session:
            told = (
                session.scalar(sa.select(sa.func.count()).where(col(JournalEntry.name) == SignalementSubmitted.name))
                or 0
            )
    by_key = {row.key: row.result for row in kept if row.result in references}
    lost = len(sent.acknowledged - by_key.keys())
    made = len(references) - installation.population.size  # the population has one receipt each, of the same person
    return lost, made - len(by_key), told + waiting - made


def _waiting() -> sa.Select[int]:
    body = col(JournalOutbox.body)
    return sa.select(sa.func.count()).select_from(JournalOutbox).where(body.contains(SignalementSubmitted.name))


def _paused(setting: Setting, installation: Installation) -> Line:
    """Pause a worker while the key of its cell changes generation, then ask it to open and to seal at once."""
    failures = 0
    with ExitStack() as stack:
        workers = _start(setting, stack, _homes(setting, installation, 2))
        signalling, reading = people(installation)
        sides = [Side(worker, signalling, reading, []) for worker in workers]
        for side in sides:
            side.program(signalling, "POST", "/api/v1/signalements", SUBMITTED)
        os.kill(workers[0].process.pid, signal.SIGSTOP)
        with owner_of(installation).opened() as house:
            renew(house, cells(house)[0])
        sides[1].program(signalling, "POST", "/api/v1/signalements", SUBMITTED)
        os.kill(workers[0].process.pid, signal.SIGCONT)
        for side in (*sides, *sides):
            try:
                side.program(signalling, "POST", "/api/v1/signalements", SUBMITTED)
                side.program(reading, "GET", "/api/v1/situations?groupe=a-qualifier")
            except (RuntimeError, OSError):
                failures += 1
    spread = Spread(float(failures), float(failures), float(failures))
    return Line(
        "un processus en pause pendant une rotation : échecs", "PostgreSQL", None, "", spread, spread, at_most(0)
    )


def _connections(installation: Installation) -> float:
    """Count the connections to the three databases of an installation."""
    engine = sa.create_engine(owner_of(installation).settings.store_url("main"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return float(
            connection.scalar(sa.text("SELECT count(*) FROM pg_stat_activity WHERE usename = 'application'")) or 0
        )
