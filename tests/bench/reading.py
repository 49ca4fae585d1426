"""Lists, bounded counts and searches, at each size: what they cost must not follow the number of situations."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import psycopg
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.actor import Actor, Grant
from backend.authorization.vault import Purpose
from backend.authorization.work import House
from backend.boards.queries.lists import situations_list
from backend.crypto.names import suggest, tokens
from backend.kernel.clock import paris_day
from backend.situations.models import Situation
from backend.situations.queries import open_people
from policies.vocabulary import Role
from tests.bench.arithmetic import Goal, Spread, at_most, percentile
from tests.bench.installation import COORDINATED, Installation, Population, cells, coordinator
from tests.bench.population import Person, searches
from tests.bench.report import Line
from tests.bench.setting import Setting

GROUPS = ("a-qualifier", "closes")
"""The group of the day's work, and the largest one."""

SCANNED = 1000
"""Situations that are decrypted one by one to say what a search without an index would cost; the rest is a rule of three."""

SOUGHT = 40
"""People looked for: half of them are stored, under the very names."""


@dataclass(slots=True)
class Statements:
    """What one piece of work asked of the databases: how many statements, how many milliseconds in them."""

    count: int = 0
    milliseconds: float = 0.0


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of lists and searches, on both engines and at each size."""
    before: dict[tuple[str, str], float] = {}
    populations = [Population(size) for size in setting.sizes]
    populations.append(Population(setting.sizes[-1], cells=20))
    for population in populations:
        for installation in setting.each(population):
            with installation.opened() as house:
                yield from _lists(setting, installation, house, before)
                yield from _searches(setting, installation, house)


def _lists(
    setting: Setting, installation: Installation, house: House, before: dict[tuple[str, str], float]
) -> Iterator[Line]:
    engine, size = installation.engine, installation.population.size
    spread = installation.population.cells
    where = "" if spread == 1 else f", {size} situations dans {spread} cellules, coordinatrice de {COORDINATED}"
    works: dict[str, Callable[[House, Actor], object]] = {
        f"liste « {group} », 50 noms{where}": lambda house, actor, group=group: _list(house, actor, group)  # type: ignore[misc]
        for group in GROUPS
    }
    works[f"nombre borné à 1 000{where}"] = _count
    for work, act in works.items():
        whole, asked = _times(house, act, 6 * setting.rounds)
        yield _percentile(work, engine, size, whole, at_most(50), f"{asked[-1].count} requêtes SQL")
        inside = Spread.of([one.milliseconds for one in asked])
        known = before.setdefault((work, engine), inside.middle)
        ratio = Spread(inside.middle / known, inside.low / known, inside.high / known)
        if size != setting.sizes[0] and spread == 1:
            label = f"{setting.sizes[0]} situations"
            yield Line(
                f"temps SQL, {work}",
                engine,
                size,
                "ms",
                inside,
                ratio,
                at_most(1.3),
                label,
                Spread(known, known, known),
            )


def _searches(setting: Setting, installation: Installation, house: House) -> Iterator[Line]:
    size, engine = installation.population.size, installation.engine
    goal = at_most(20 if size >= 1_000_000 else 10)
    cell = cells(house)[0]
    sought = [*_stored(house, cell, SOUGHT // 2), *searches(paris_day(house.clock()), SOUGHT // 2)]
    _search(house, cell, sought[0])
    costs = []
    for _ in range(max(1, setting.rounds // 2)):
        for person in sought:
            begun = time.perf_counter()
            _search(house, cell, person)
            costs.append(1000 * (time.perf_counter() - begun))
    scan = Spread.of([_scan(house, size) for _ in range(3)])
    yield _percentile("recherche exacte et proche d'un nom", engine, size, costs, goal, "")
    middle = Spread.of(costs)
    ratio = Spread(middle.middle / scan.middle, middle.low / scan.high, middle.high / scan.low)
    yield Line("recherche d'un nom", engine, size, "ms", middle, ratio, None, "tout déchiffrer", scan)
    if engine == "PostgreSQL":
        theirs = Spread.of([_pgcrypto(installation, sought[0], size) for _ in range(3)])
        ratio = Spread(middle.middle / theirs.middle, middle.low / theirs.high, middle.high / theirs.low)
        yield Line("recherche d'un nom", engine, size, "ms", middle, ratio, None, "pgcrypto", theirs)


def _times(house: House, act: Callable[[House, Actor], object], rounds: int) -> tuple[list[float], list[Statements]]:
    """Give the milliseconds of some runs, each by somebody else: a person lists only so much in an hour."""
    whole, asked = [], []
    for turn in range(rounds + 2):
        actor = _reader(house)
        with _watching(house) as statements:
            begun = time.perf_counter()
            act(house, actor)
            took = 1000 * (time.perf_counter() - begun)
        if turn > 1:  # what is compiled, planned or cached once is not what people wait for
            whole.append(took)
            asked.append(statements)
    return whole, asked


@contextmanager
def _watching(house: House) -> Iterator[Statements]:
    """Count the statements on the three stores, and the time spent in them."""
    seen, begun = Statements(), [0.0]

    def before(*_: object) -> None:
        begun[0] = time.perf_counter()

    def after(*_: object) -> None:
        seen.count += 1
        seen.milliseconds += 1000 * (time.perf_counter() - begun[0])

    engines = [store.engine for store in (house.stores.main, house.stores.keys, house.stores.journal)]
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", before)
        sa.event.listen(engine, "after_cursor_execute", after)
    yield seen
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", before)
        sa.event.remove(engine, "after_cursor_execute", after)


def _reader(house: House) -> Actor:
    person = coordinator(house)
    grants = frozenset(Grant(Role.COORDINATOR, cell) for cell in cells(house)[:COORDINATED])
    return Actor(uuid4(), person.institution, grants)


def _list(house: House, actor: Actor, group: str) -> object:
    with house.transaction(actor) as uow:
        return situations_list(uow, group, None)


def _count(house: House, actor: Actor) -> object:
    with house.transaction(actor) as uow:
        return gate.count(uow, Situation)


def _search(house: House, cell: UUID, person: Person) -> object:
    found = house.keyring.search(cell, tokens(person.last_name, person.first_name, person.birth))
    return suggest(found)


def _stored(house: House, cell: UUID, count: int) -> list[Person]:
    """Give people of the cell as their situations name them."""
    with house.transaction(_reader(house)) as uow:
        rows = uow.session.scalars(sa.select(Situation).where(col(Situation.cell_id) == cell).limit(count)).all()
        opened = open_people(uow, rows, Purpose.MATCH)
    return [
        Person(str(values["last_name"]), str(values["first_name"]), _day(values["birth"])) for values in opened.values()
    ]


def _day(birth: object) -> date:
    return date.fromisoformat(str(dict(birth)["date"]))  # type: ignore[call-overload]


def _scan(house: House, size: int) -> float:
    """Open the names of some situations, as a search without an index would, and give the milliseconds of all."""
    number = min(SCANNED, size)
    with house.transaction(_reader(house)) as uow:
        rows = uow.session.scalars(sa.select(Situation).limit(number)).all()
        begun = time.perf_counter()
        open_people(uow, rows, Purpose.MATCH)
        return 1000 * (time.perf_counter() - begun) * size / number


def _pgcrypto(installation: Installation, person: Person, size: int) -> float:
    """Look for a name among names encrypted by pgcrypto (AES-256, its own key derivation), and give the milliseconds."""
    address = installation.settings.store_url("main").replace("+psycopg", "").replace("application@", "postgres@")
    number = min(SCANNED, size) // 4
    with psycopg.connect(address) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")
        connection.execute("CREATE TEMPORARY TABLE compared (name bytea)")
        connection.execute(
            "INSERT INTO compared SELECT pgp_sym_encrypt('Fictif ' || number, 'a key of the comparison', 'cipher-algo=aes256')"
            " FROM generate_series(1, %s) AS number",
            (number,),
        )
        begun = time.perf_counter()
        connection.execute(
            "SELECT count(*) FROM compared WHERE pgp_sym_decrypt(name, 'a key of the comparison') = %s",
            (person.last_name,),
        )
        took = time.perf_counter() - begun
        connection.rollback()
    return 1000 * took * size / number


def _percentile(work: str, engine: str, size: int, costs: list[float], goal: Goal, note: str) -> Line:
    reached = percentile(costs, 0.95)
    return Line(
        f"{work}, p95", engine, size, "ms", Spread.of(costs), Spread(reached, reached, reached), goal, note=note
    )
