"""The installations that are measured: SQLite files made once and kept, their rows copied to PostgreSQL.

`application` serves under row-level security there, as in production; one cluster holds the three databases, which
production never does: times are the same, what a dump gives away is not.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import psycopg
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import SQLModel, col

from backend.app import initialise, migrate, open_house, open_stores
from backend.authorization.work import House
from backend.cells.models import Cell, RecordedAct
from backend.cells.states import ActState
from backend.crypto.keyring.standing import standing_of
from backend.crypto.sealed import Sealed
from backend.custody.actions.rotating import rotate_cell
from backend.kernel.database import JournalRow, KeysRow, MainRow
from backend.kernel.identifiers import new_id
from backend.members.models import Account
from backend.settings import Settings
from policies.charter_words import CharterKind
from policies.go_live import RequiredAct
from policies.retention_words import RecordCategory
from policies.rotation import RotationGround
from policies.vocabulary import Origin, Role
from tests.bench.population import populate
from tests.support.people import CHARTER, Someone, hold, new_institution, new_person, sign_charter
from tests.support.postgresql import Cluster

CACHE = Path(".bench") / "installations"
STORES: dict[str, type[SQLModel]] = {"keys": KeysRow, "main": MainRow, "journal": JournalRow}
RIGHTS = {"keys": "SELECT, INSERT, UPDATE, DELETE", "main": "SELECT, INSERT, UPDATE, DELETE", "journal": "SELECT"}
DIALECT = sa.make_url("postgresql+psycopg://").get_dialect()()
CELLS = 20
COORDINATED = 3
"""Cells of the coordinator who reads; the population stands in the first one, or is spread over all of them."""

SECTORS = ("13", "18", "paris-centre")
KEPT_FOR = timedelta(days=5)
"""How long a kept installation is used again: its dates are near enough that no delay runs out meanwhile."""


@dataclass(frozen=True, slots=True)
class Population:
    """What an installation holds: how many situations, over how many cells, how many more are due for destruction."""

    size: int
    cells: int = 1
    due: int = 0

    @property
    def name(self) -> str:
        """Give the name of the folder that keeps it."""
        return f"{self.size}-{self.cells}-{self.due}"


@dataclass(frozen=True, slots=True)
class Installation:
    """A whole installation on one engine: its settings, and who acts."""

    engine: str
    settings: Settings
    population: Population

    @contextmanager
    def opened(self, pool_size: int = 4) -> Iterator[House]:
        """Open its house until the end of the block."""
        house = open_house(self.settings.model_copy(update={"pool_size": pool_size}))
        try:
            yield house
        finally:
            house.stores.dispose()


def coordinator(house: House) -> Someone:
    """Give the coordinator of the three first cells."""
    return _someone(house, "coordinatrice@bench.invalid")


def reporter(house: House) -> Someone:
    """Give somebody who signals."""
    return _someone(house, "bailleur@bench.invalid")


def cells(house: House) -> list[UUID]:
    """Give the cells, the coordinator's first."""
    with house.transaction() as uow:
        return list(uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.opened_on), col(Cell.id))))


def renew(house: House, cell: UUID) -> None:
    """Draw new keys of a cell and put every key under them, as the round of the service does."""
    [since] = [line.generation for line in standing_of(house.stores.keys).cells if line.cell == cell]
    assert rotate_cell(house, cell, since, RotationGround.PERIOD, lambda *_: None)


def kept(population: Population) -> tuple[Path, float | None]:
    """Give the folder of an installation on SQLite, made unless it is kept; and how many situations a second."""
    folder = CACHE / population.name
    ready = folder / "ready"
    if ready.is_file() and time.time() - ready.stat().st_mtime < KEPT_FOR.total_seconds():
        return folder, None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    house = initialise(Settings(mode="demo", data=folder / "data"))
    try:
        account = _settle(house)
        begun = time.perf_counter()
        populate(house, cells(house)[: population.cells], account, population.size, population.due)
        rate = (population.size + population.due) / (time.perf_counter() - begun)
    finally:
        house.stores.dispose()
    ready.touch()
    return folder, rate


def on_sqlite(population: Population, folder: Path) -> Installation:
    """Give a copy of an installation in an empty folder, free to be changed."""
    made, _ = kept(population)
    shutil.copytree(made, folder / population.name)
    return Installation("SQLite", Settings(mode="demo", data=folder / population.name / "data"), population)


def on_postgresql(population: Population, folder: Path, cluster: Cluster) -> Installation:
    """Give the same installation on PostgreSQL: the owner migrated it, the application serves it."""
    source = on_sqlite(population, folder / "from")
    suffix = new_id().hex[:12]
    for store, rights in RIGHTS.items():
        cluster.create_database(f"{store}_{suffix}")
        with cluster._superuser(f"{store}_{suffix}") as connection:  # noqa: SLF001  what the superuser grants at creation
            connection.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT {rights} ON TABLES TO application"
            )
    owned = source.settings.model_copy(update=_urls(cluster, suffix, "owner"))
    stores = open_stores(owned)
    migrate(stores)
    stores.dispose()
    origin = open_stores(source.settings)
    for store, row in STORES.items():
        with cluster._superuser(f"{store}_{suffix}") as connection:  # noqa: SLF001  row-level security binds the others
            _copy(getattr(origin, store).engine, row.metadata, connection)
            connection.execute("ANALYZE")
    origin.dispose()
    return replace(
        source, engine="PostgreSQL", settings=source.settings.model_copy(update=_urls(cluster, suffix, "application"))
    )


def owner_of(installation: Installation) -> Installation:
    """Give the same installation on PostgreSQL as the owner of the tables works on it, who runs the purge."""
    urls = {
        name: SecretStr(getattr(installation.settings, name).get_secret_value().replace("application@", "owner@"))
        for name in ("main_url", "keys_url", "journal_url")
        if getattr(installation.settings, name) is not None
    }
    return replace(installation, settings=installation.settings.model_copy(update=urls))


def environment(installation: Installation) -> dict[str, str]:
    """Give the variables by which a process of its own opens the installation."""
    given = {"CENACLE_MODE": "demo", "CENACLE_DATA": str(installation.settings.data)}
    for name in ("main_url", "keys_url", "journal_url"):
        value = getattr(installation.settings, name)
        if value is not None:
            given[f"CENACLE_{name.upper()}"] = value.get_secret_value()
    return given


def _urls(cluster: Cluster, suffix: str, role: str) -> dict[str, SecretStr]:
    return {f"{store}_url": SecretStr(cluster.url(f"{store}_{suffix}", role)) for store in STORES}


def _copy(origin: sa.Engine, metadata: sa.MetaData, target: psycopg.Connection) -> None:
    """Copy every row of a store to PostgreSQL, table by table, in the order of their foreign keys."""
    for table in metadata.sorted_tables:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        with origin.connect() as reading, target.cursor() as cursor:
            rows = reading.execution_options(stream_results=True).execute(sa.select(table))
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([_written(column, value) for column, value in zip(table.columns, row, strict=True)])


def _written(column: sa.Column[Any], value: object) -> object:
    """Give a value as its column writes it; what PostgreSQL's driver has a type for, it writes itself."""
    if isinstance(value, Sealed):
        return value.data
    if isinstance(value, tuple):
        return cast("sa.types.TypeDecorator[Any]", column.type).process_bind_param(value, DIALECT)
    return value


def _someone(house: House, email: str) -> Someone:
    with house.transaction() as uow:
        row = uow.session.scalars(sa.select(Account).where(col(Account.email) == email)).one()
        return Someone(row.id, row.reference, row.email, row.institution_id)


def _settle(house: House) -> UUID:
    """Open the cells with their agreement, the institutions, the people; give the account of who signals."""
    with house.transaction() as uow:
        opened = [
            Cell(
                id=new_id(),
                kind=CharterKind.CENOMED,
                territory=SECTORS[number] if number < len(SECTORS) else f"fictif-{number}",
                name=f"CENOMED fictive {number + 1}",
                charter_version=CHARTER,
                opened_on=date(2024, 1, 1) + timedelta(days=number),
            )
            for number in range(CELLS)
        ]
        uow.session.add_all(opened)
    for cell in opened:
        house.keyring.create_cell(cell.id)
    city = new_institution(house, "Direction fictive", Origin.MUNICIPAL_POLICE)
    sign_charter(house, city)
    leading = new_person(house, city, "coordinatrice@bench.invalid")
    for cell in opened[:COORDINATED]:
        hold(house, leading, Role.COORDINATOR, cell.id)
    landlord = new_institution(house, "Bailleur fictif", Origin.LANDLORD)
    signalling = new_person(house, landlord, "bailleur@bench.invalid")
    hold(house, signalling, Role.REPORTER)
    with house.transaction() as uow:
        uow.session.add(_agreement(opened[0].id, leading.id, uow.now()))
    return signalling.id


def _agreement(cell: UUID, account: UUID, now: datetime) -> RecordedAct:
    return RecordedAct(
        cell_id=cell,
        kind=RequiredAct.ELIMINATION,
        state=ActState.CONFIRMED,
        number="2024-17",
        issued_on=date(2024, 1, 2),
        authority="Archives de Paris",
        categories=tuple(RecordCategory),
        file_sha256="0" * 64,
        entered_by=account,
        entered_at=now,
    )
