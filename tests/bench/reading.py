"""Lists, bounded counts and searches, at each size: what they cost must not follow the number of situations."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID, uuid4

import psycopg
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.actor import Actor, Grant
from backend.authorization.vault import Purpose, Value
from backend.authorization.work import House
from backend.boards.queries.lists import situations_list
from backend.crypto.names import suggest, tokens
from backend.kernel.clock import paris_day
from backend.situations.models import Situation
from backend.situations.queries import open_people
from policies.vocabulary import Role
from tests.bench.arithmetic import Goal, Spread, at_most, percentile, ratios
from tests.bench.installation import CELLS, COORDINATED, Installation, Population, cells, coordinator
from tests.bench.lines import Line
from tests.bench.population import Person, searches
from tests.bench.setting import ENGINES, Setting

GROUPS = ("a-qualifier", "closes")
"""The group of the day's work, and the largest one."""

KEY = "a key of the comparison"

SCANNED = 1000
"""Situations that are decrypted to say what a search without an index would cost; the others are in proportion."""

SOON = at_most(50)

SOUGHT = 40
"""People looked for: half of them are stored, under the very names."""


WARMING = 2
"""Runs that are not counted: what is compiled, planned or cached once is not what people wait for."""

Act = Callable[[House, Actor], object]


@dataclass(frozen=True, slots=True)
class Run:
    """One piece of work: its milliseconds, those spent in the databases, how many statements it took there."""

    whole: float
    inside: float
    statements: int


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of lists and searches, on both engines and at each size."""
    populations = [Population(size) for size in setting.sizes]
    populations.append(Population(setting.sizes[-1], cells=CELLS))
    for engine in ENGINES:
        with ExitStack() as stack:
            opened = [
                (found, stack.enter_context(found.opened()))
                for found in (setting.installation(engine, population) for population in populations)
            ]
            for work, act in WORKS.items():
                yield from _grown(setting, work, act, opened)
            for installation, house in opened:
                yield from _searches(setting, installation, house)


def _grown(setting: Setting, work: str, act: Act, opened: Sequence[tuple[Installation, House]]) -> Iterator[Line]:
    """Do one work at each size in turn, run after run, so that all of them meet the same moments of the machine."""
    runs: list[list[Run]] = [[] for _ in opened]
    for turn in range(6 * setting.rounds + WARMING):
        for place, (_, house) in enumerate(opened):
            run = _run(house, act)
            if turn >= WARMING:
                runs[place].append(run)
    smallest = [run.inside for run in runs[0]]
    for (installation, _), found in zip(opened, runs, strict=True):
        population = installation.population
        over = (
            ""
            if population.cells == 1
            else f", dans {population.cells} cellules, lues par la coordinatrice de {COORDINATED}"
        )
        note = f"{found[-1].statements} requêtes SQL"
        yield _percentile(f"{work}{over}", installation.engine, population.size, [run.whole for run in found], note)
        if found is not runs[0]:
            inside = [run.inside for run in found]
            yield Line(
                f"{work}{over}, temps SQL",
                installation.engine,
                population.size,
                "ms",
                Spread.of(inside),
                ratios(inside, smallest),
                at_most(1.3),
                f"{setting.sizes[0]} situations",
                Spread.of(smallest),
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
    over = "" if installation.population.cells == 1 else f", dans {installation.population.cells} cellules"
    yield _percentile(f"recherche exacte et proche d'un nom{over}", engine, size, costs, "", goal)
    if over:
        return
    scan = Spread.of([_scan(house, size) for _ in range(3)])
    middle = Spread.of(costs)
    ratio = Spread(middle.middle / scan.middle, middle.low / scan.high, middle.high / scan.low)
    yield Line("recherche d'un nom", engine, size, "ms", middle, ratio, None, "tout déchiffrer", scan)
    if engine == "PostgreSQL":
        theirs = Spread.of([_pgcrypto(installation, sought[0], size) for _ in range(3)])
        ratio = Spread(middle.middle / theirs.middle, middle.low / theirs.high, middle.high / theirs.low)
        yield Line("recherche d'un nom", engine, size, "ms", middle, ratio, None, "pgcrypto", theirs)


def _run(house: House, act: Act) -> Run:
    """Do a work once, as somebody who has not listed anything this hour."""
    actor = _reader(house)
    statements, inside, begun = 0, 0.0, 0.0

    def before(*_: object) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def after(*_: object) -> None:
        nonlocal statements, inside
        statements += 1
        inside += 1000 * (time.perf_counter() - begun)

    engines = [store.engine for store in (house.stores.main, house.stores.keys, house.stores.journal)]
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", before)
        sa.event.listen(engine, "after_cursor_execute", after)
    start = time.perf_counter()
    act(house, actor)
    whole = 1000 * (time.perf_counter() - start)
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", before)
        sa.event.remove(engine, "after_cursor_execute", after)
    return Run(whole, inside, statements)


def _reader(house: House) -> Actor:
    person = coordinator(house)
    grants = frozenset(Grant(Role.COORDINATOR, cell) for cell in cells(house)[:COORDINATED])
    return Actor(uuid4(), person.institution, grants)


def _list(group: str, house: House, actor: Actor) -> object:
    with house.transaction(actor) as uow:
        return situations_list(uow, group, None)


def _count(house: House, actor: Actor) -> object:
    with house.transaction(actor) as uow:
        return gate.count(uow, Situation)


WORKS: dict[str, Act] = {
    **{f"liste « {group} », 50 noms": partial(_list, group) for group in GROUPS},
    "nombre borné à 1 000": _count,
}
"""What a coordinator reads most."""


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


def _day(birth: Value) -> date:
    return date.fromisoformat(str(birth["date"])) if isinstance(birth, Mapping) else date.min


def _scan(house: House, size: int) -> float:
    """Open the names of some situations, as a search without an index would, and give the milliseconds of all."""
    number = min(SCANNED, size)
    with house.transaction(_reader(house)) as uow:
        rows = uow.session.scalars(sa.select(Situation).limit(number)).all()
        begun = time.perf_counter()
        open_people(uow, rows, Purpose.MATCH)
        return 1000 * (time.perf_counter() - begun) * size / number


def _pgcrypto(installation: Installation, person: Person, size: int) -> float:
    """Look for a name among names that pgcrypto encrypted (AES-256, a key derived for each), in milliseconds."""
    address = installation.settings.store_url("main").replace("+psycopg", "").replace("application@", "postgres@")
    number = min(SCANNED, size) // 4
    with psycopg.connect(address) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")
        connection.execute("CREATE TEMPORARY TABLE compared (name bytea)")
        connection.execute(
            "INSERT INTO compared SELECT pgp_sym_encrypt('Fictif ' || number, %s, 'cipher-algo=aes256')"
            " FROM generate_series(1, %s) AS number",
            (KEY, number),
        )
        begun = time.perf_counter()
        connection.execute(
            "SELECT count(*) FROM compared WHERE pgp_sym_decrypt(name, %s) = %s",
            (KEY, person.last_name),
        )
        took = time.perf_counter() - begun
        connection.rollback()
    return 1000 * took * size / number


def _percentile(work: str, engine: str, size: int, costs: list[float], note: str, goal: Goal = SOON) -> Line:
    reached = percentile(costs, 0.95)
    return Line(
        f"{work}, p95", engine, size, "ms", Spread.of(costs), Spread(reached, reached, reached), goal, note=note
    )
