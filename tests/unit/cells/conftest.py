"""A house with one cell, the CENOMED of the 13e, and the people around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from backend.authorization.actor import Actor
from backend.authorization.work import House
from backend.cells.actions import open_cell
from backend.cells.models import Cell
from backend.kernel.clock import DrivenClock
from policies.charter_words import CharterKind
from policies.vocabulary import Role
from tests.support.house import MORNING, new_house, someone


@dataclass(frozen=True, slots=True)
class Scene:
    """The house, its clock, its cell, and one person per role that the cell's life needs."""

    house: House
    clock: DrivenClock
    cell: Cell
    administrator: Actor
    dpo: Actor
    coordinator: Actor


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
    administrator = someone(Role.ADMINISTRATOR)
    with house.transaction(administrator) as uow:
        cell = open_cell(
            uow, kind=CharterKind.CENOMED, territory="13", name="CENOMED du 13e", opened_on=date(2026, 1, 5)
        )
    return Scene(
        house=house,
        clock=clock,
        cell=cell,
        administrator=administrator,
        dpo=someone(Role.DPO),
        coordinator=someone(Role.COORDINATOR, cell=cell.id),
    )
