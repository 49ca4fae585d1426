"""A house with two cells, both engines; and on PostgreSQL the same under row-level security, as `application`."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from backend.audit.journal import Journal
from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.roles import grant_rights
from backend.authorization.row_security import POLICIES, statements
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.crypto.keyring import ServiceKey
from backend.kernel.clock import DrivenClock
from backend.kernel.database import MainRow, open_store
from backend.kernel.identifiers import new_id
from backend.situations.models import Situation
from policies.charter_words import CharterKind
from policies.vocabulary import Role, Stage
from tests.support.access import import_tables
from tests.support.house import MORNING, new_house, someone
from tests.support.postgresql import Cluster


@dataclass(frozen=True, slots=True)
class Scene:
    """The house, its clock, two cells, and the coordinator and the magistrate of the first one."""

    house: House
    clock: DrivenClock
    cell: UUID
    other_cell: UUID
    coordinator: Actor
    parquet: Actor


import_tables()


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


@pytest.fixture
def scene(house: House, clock: DrivenClock) -> Scene:
    return furnish(house, clock)


@pytest.fixture
def guarded(postgresql: Cluster, tmp_path: Path, clock: DrivenClock) -> Iterator[Scene]:
    """Give the scene under row-level security: `owner` made it, `application` works in it, through one connection."""
    names = {store: f"{store}_{uuid4().hex[:12]}" for store in ("main", "keys", "journal")}
    for name in names.values():
        postgresql.create_database(name)
    built = new_house({store: postgresql.url(name) for store, name in names.items()}, tmp_path, clock)
    scene = furnish(built, clock)
    with built.stores.main.engine.begin() as connection:
        for table in POLICIES:
            for statement in statements(table):
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32))")
    grant_rights(built.stores.main, "main")
    built.stores.main.engine.dispose()
    stores = replace(built.stores, main=open_store(postgresql.url(names["main"], "application"), 1))
    journal = Journal(
        stores,
        mac_key=built.keyring.service_key(ServiceKey.JOURNAL_MAC),
        log_key=built.keyring.service_key(ServiceKey.LOG),
        clock=clock,
    )
    yield replace(scene, house=replace(built, stores=stores, journal=journal))
    stores.dispose()
    for name in names.values():
        postgresql.drop_database(name)


def furnish(house: House, clock: DrivenClock) -> Scene:
    """Open two cells with their keys."""
    cells = [
        Cell(
            id=new_id(),
            kind=CharterKind.CENOMED,
            territory=territory,
            name=f"CENOMED du {territory}e",
            charter_version="cenomed-2023",
            opened_on=MORNING.date(),
        )
        for territory in ("13", "18")
    ]
    for cell in cells:
        house.keyring.create_cell(cell.id)
    with house.stores.main.transaction() as session:
        session.add_all(cells)
    first, second = (cell.id for cell in cells)
    return Scene(
        house=house,
        clock=clock,
        cell=first,
        other_cell=second,
        coordinator=someone(Role.COORDINATOR, cell=first),
        parquet=someone(Role.PARQUET, cell=first),
    )


@pytest.fixture
def statements_sent(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Collect the statements sent to `main` by the scene of the test."""
    engine = request.getfixturevalue("scene").house.stores.main.engine
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def table_of(model: type[MainRow]) -> sa.Table:
    """Give the table of a model."""
    return MainRow.metadata.tables[str(model.__tablename__)]


def add_situation(scene: Scene, stage: Stage = Stage.RECEIVED, cell: UUID | None = None, minutes: int = 0) -> str:
    """Add a situation, received some minutes after the scene's morning, and give its reference."""
    situation = Situation(
        id=new_id(),
        cell_id=cell or scene.cell,
        charter_version="cenomed-2023",
        stage=stage,
        received_at=MORNING + timedelta(minutes=minutes),
        majority_month="2030-01",
    )
    with scene.house.stores.main.transaction() as session:
        session.add(situation)
    return situation.reference


@contextmanager
def rolled_back(house: House, actor: Actor = ANONYMOUS) -> Iterator[UnitOfWork]:
    """Give a unit of work that fails at its very end."""
    with suppress(Dropped), house.transaction(actor) as uow:
        yield uow
        raise Dropped


class Dropped(Exception):  # noqa: N818  what a test throws to take a transaction back
    """Nothing went wrong."""
