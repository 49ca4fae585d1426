"""Requests through HTTP, on loopback and bounded in time and number, against the bare twin; processor time of all."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from random import choice
from urllib.parse import urlencode
from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import col

from backend.members.actions.sessions import open_token
from backend.members.models import Account
from backend.situations.models import Situation
from backend.web.session import csrf_token
from tests.bench import twin
from tests.bench.arithmetic import Goal, Spread, at_most, interleaved, ratios
from tests.bench.installation import Installation, Population, cells, coordinator, owner_of, reporter
from tests.bench.lines import Line
from tests.bench.processes import Worker, as_json, exchange, launch, processor, sealing, served, wait_until_served
from tests.bench.setting import ENGINES, Setting
from tests.support.people import enter
from tests.support.server import free_port
from tests.support.typed import COMPLETE

CROWD, SMALL_CROWD = 1000, 200
"""Requests sent at the same moment; the smaller crowd is that of `--quick`."""

ATTEMPTS = 6
"""How often one of the crowd is sent again, when the service says to come back later."""

PATIENCE = 90.0
"""Seconds after which the crowd is over, whatever is left of it."""

SLOTS = 10
"""Connections of each process, as the product's default."""

AT_ONCE = 20
"""Requests of one sample."""

SUBMITTED = {name: value for name, value in COMPLETE.items() if name != "facts"}
START = {
    "immediate_danger": "non",
    "school_offence": "non",
    "radicalisation": "non",
    "residence": "known",
    "arrondissement": "13",
}
TYPED = {
    "last_name": "Fictif",
    "first_name": "Camille",
    "birth_date": "04/05/2012",
    "sex": "unknown",
    "school_level": "middle",
    "qualification": "infra_delinquency",
    "motives": ["MOT-02", "MOT-06"],
    "steps": ["talked_family"],
    "insufficiencies": ["no_support"],
    "act": "send",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """How somebody is known: a program's token, a browser's cookie, what its forms carry back."""

    token: str
    cookie: str
    csrf: str


@dataclass(slots=True)
class Side:
    """One of the two that are compared: the process, who asks it, what it makes other processes do."""

    worker: Worker
    signalling: Credentials
    reading: Credentials
    others: list[int]
    situations: list[str] = field(default_factory=list)
    _kept: HTTPConnection | None = None

    def used(self) -> float:
        """Give the seconds of processor used so far, by the worker, the database and the sealer."""
        return processor(self.worker.process.pid) + sum(processor(other) for other in self.others)

    def program(self, who: Credentials, method: str, path: str, body: object = None) -> bytes:
        """Ask as a program does; raise `RuntimeError` for a refusal."""
        headers = {"Authorization": f"Bearer {who.token}", "Content-Type": "application/json"}
        return self._asked(method, path, headers, None if body is None else as_json(body))[1]

    def page(self, who: Credentials, path: str) -> bytes:
        """Open a page as a browser does."""
        return self._asked("GET", path, self._browser(who), None)[1]

    def form(self, who: Credentials, path: str, fields: Mapping[str, object]) -> str:
        """Send a form as a browser does, and give where the answer leads."""
        headers = {**self._browser(who), "Content-Type": "application/x-www-form-urlencoded"}
        return self._asked("POST", path, headers, urlencode({**fields, "csrf": who.csrf}, doseq=True).encode())[0]

    def _browser(self, who: Credentials) -> dict[str, str]:
        return {"Cookie": f"cenacle={who.cookie}", "Origin": f"http://127.0.0.1:{self.worker.port}"}

    def _asked(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> tuple[str, bytes]:
        try:
            status, found, answer = exchange(self._connection(), method, path, headers, body)
        except ConnectionError:  # kept for too long between two samples
            self._kept = None
            status, found, answer = exchange(self._connection(), method, path, headers, body)
        if status >= 400:
            raise RuntimeError(f"{method} {path} answered {status}: {answer[:300]!r}")
        return found.get("location", ""), answer

    def _connection(self) -> HTTPConnection:
        if self._kept is None:
            self._kept = HTTPConnection("127.0.0.1", self.worker.port, timeout=60)
        return self._kept


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of requests on both engines, then the crowd's."""
    for engine in ENGINES:
        installation = setting.installation(engine, Population(setting.sizes[0]), fresh=True)
        with _sides(setting, installation) as (ours, theirs):
            yield from _compared(setting, engine, ours, theirs)
            yield _waited(engine, ours, 20 * setting.rounds)
            yield _crowded(engine, ours, SMALL_CROWD if setting.quick else CROWD)


@contextmanager
def _sides(setting: Setting, installation: Installation) -> Iterator[tuple[Side, Side]]:
    log, port = setting.folder / "served.log", free_port()
    cluster, url = [], f"sqlite:///{setting.folder / 'twin.sqlite'}"
    if installation.engine == "PostgreSQL":
        cluster = [setting.cluster.server.pid]
        url = owner_of(installation).settings.store_url("main")
    with sealing(installation, log) as sealer, served(installation, log) as worker:
        other = Worker(launch(["-m", "tests.bench.twin", str(port), url, str(SLOTS)], {}, log), port)
        try:
            wait_until_served(other)
            ours = Side(worker, *people(installation), cluster + ([sealer.pid] if sealer else []))
            nobody = Credentials(twin.TOKEN, twin.TOKEN, twin.CSRF)
            theirs = Side(other, nobody, nobody, cluster)
            for side in (ours, theirs):
                for _ in range(AT_ONCE):
                    _submit_json(side)
                    _submit_form(side)
            ours.situations, theirs.situations = _opened(installation), _copies(url)
            yield ours, theirs
        finally:
            other.stop()


def people(installation: Installation) -> tuple[Credentials, Credentials]:
    """Sign in who signals and who coordinates, each as a program and as a browser."""
    with installation.opened() as house:
        found = []
        for person in (reporter(house), coordinator(house)):
            with house.transaction() as uow:
                token = open_token(uow, uow.session.get_one(Account, person.id))
            secret = enter(house, person)
            found.append(Credentials(token, secret, csrf_token(secret)))
    return found[0], found[1]


def _opened(installation: Installation) -> list[str]:
    """Give the references of the situations that were just submitted."""
    with installation.opened() as house:
        cell = cells(house)[0]
        with house.transaction() as uow:
            uow.hand_over(cell)
            latest = sa.select(col(Situation.reference)).order_by(col(Situation.received_at).desc()).limit(AT_ONCE)
            return list(uow.session.scalars(latest))


def _copies(url: str) -> list[str]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(sa.text(f"SELECT reference FROM twinsituation LIMIT {AT_ONCE}")))
    finally:
        engine.dispose()


def _compared(setting: Setting, engine: str, ours: Side, theirs: Side) -> Iterator[Line]:
    works: dict[str, tuple[Callable[[Side], object], Goal]] = {
        "signaler en JSON": (_submit_json, at_most(1.8)),
        "signaler par le formulaire (2 envois)": (_submit_form, at_most(1.8)),
        "ouvrir une situation en JSON": (_read_json, at_most(1.5)),
        "ouvrir la page d'une situation": (_read_page, at_most(1.5)),
    }
    for work, (act, goal) in works.items():
        costs = interleaved([partial(_cost, side, act) for side in (ours, theirs)], setting.rounds)
        mine, other = Spread.of(costs[0]), Spread.of(costs[1])
        yield Line(f"{work}, processeur", engine, None, "ms", mine, ratios(*costs), goal, "jumeau nu", other)


def _cost(side: Side, act: Callable[[Side], object]) -> float:
    """Give the milliseconds of processor of one request, in all the processes that it makes work."""
    before = side.used()
    for _ in range(AT_ONCE):
        act(side)
    return 1000 * (side.used() - before) / AT_ONCE


def _submit_json(side: Side) -> None:
    side.program(side.signalling, "POST", "/api/v1/signalements", SUBMITTED)


def _submit_form(side: Side) -> None:
    draft = side.form(side.signalling, "/signalements/nouveau", START)
    side.form(side.signalling, draft, TYPED)


def _read_json(side: Side) -> None:
    side.program(side.reading, "GET", f"/api/v1/situations/{choice(side.situations)}")  # noqa: S311


def _read_page(side: Side) -> None:
    side.page(side.reading, f"/situations/{choice(side.situations)}")  # noqa: S311


def _waited(engine: str, side: Side, count: int) -> Line:
    waits = []
    for _ in range(count):
        begun = time.perf_counter()
        _read_json(side)
        waits.append(1000 * (time.perf_counter() - begun))
    middle = Spread.of(waits)
    return Line("ouvrir une situation, journal compris, attente", engine, None, "ms", middle, middle, at_most(10))


def _crowded(engine: str, side: Side, size: int) -> Line:
    """Submit many signalements at the same moment; what is answered 503 is sent again, under the same key."""
    begun = time.perf_counter()
    ends, again = asyncio.run(_crowd(side, size))
    took = time.perf_counter() - begun
    made = sum(count for status, count in ends.items() if status == 201)
    failed = float(size - made)
    note = f"{size} envois en {took:.0f} s, {again} repris après un 503, fins : {dict(ends)}"
    spread = Spread(failed, failed, failed)
    return Line(f"{size} signalements à la fois, échecs", engine, None, "", spread, spread, at_most(0), note=note)


async def _crowd(side: Side, size: int) -> tuple[Counter[int], int]:
    again = 0

    async def one(key: str) -> int:
        nonlocal again
        for attempt in range(ATTEMPTS):
            status = await _post(side, key)
            if status != 503:
                return status
            again += 1
            await asyncio.sleep(1 + attempt)
        return 503

    tasks = [asyncio.create_task(one(uuid4().hex)) for _ in range(size)]
    done, late = await asyncio.wait(tasks, timeout=PATIENCE)
    for task in late:
        task.cancel()
    ends = Counter(0 if task.exception() else task.result() for task in done)
    return ends + Counter({0: len(late)}), again


async def _post(side: Side, key: str) -> int:
    """Submit once on a connection of its own, and give the status."""
    body = as_json(SUBMITTED)
    reader, writer = await asyncio.open_connection("127.0.0.1", side.worker.port)
    try:
        writer.write(
            f"POST /api/v1/signalements HTTP/1.1\r\nHost: 127.0.0.1:{side.worker.port}\r\nConnection: close\r\n"
            f"Authorization: Bearer {side.signalling.token}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        head = await reader.readline()
        await reader.read()
        return int(head.split()[1])
    finally:
        writer.close()
