"""A house with two institutions, two administrators, a referent and a coordinator."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.institutions.models import Institution
from backend.kernel.clock import DrivenClock
from policies.vocabulary import Origin, Role
from tests.support.house import MORNING, new_house
from tests.support.people import Someone, hold, new_cell, new_institution, new_person, sign_charter

both_engines = pytest.mark.parametrize("engine_kind", ["sqlite", "postgresql"], indirect=True)
"""For the tests whose statements could mean something else on the other engine; the others would only take longer."""


@pytest.fixture
def engine_kind(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


@dataclass(frozen=True, slots=True)
class City:
    """Who is there at the beginning of a test."""

    cell: UUID
    cell_reference: str
    police: UUID
    police_reference: str
    admin: Someone
    admin_2: Someone
    dpo: Someone
    referent: Someone
    coordinator: Someone
    coordination: str
    officer: Someone


@pytest.fixture
def city(house: House) -> City:
    """A cell with its coordinator, two administrators, the DPO, a commissariat with its referent and an officer."""
    cell = new_cell(house)
    town = new_institution(house, "Ville de Paris", Origin.CITY_SERVICE)
    police = new_institution(house)
    for institution in (town, police):
        sign_charter(house, institution)
    people = {name: new_person(house, town, f"{name}@paris.invalid") for name in ("admin", "admin-2", "dpo", "cpsa")}
    referent = new_person(house, police, "referent@police.invalid")
    officer = new_person(house, police, "officer@police.invalid")
    for name in ("admin", "admin-2"):
        hold(house, people[name], Role.ADMINISTRATOR)
    hold(house, people["dpo"], Role.DPO)
    coordination = hold(
        house,
        people["cpsa"],
        Role.COORDINATOR,
        cell.id,
        proposed_by=referent.id,
        granted_by=people["admin"].id,
        confirmed_by=people["admin-2"].id,
        designation="arrêté 2026-12",
    )
    with house.transaction() as uow:
        uow.session.execute(sa.update(Institution).where(col(Institution.id) == police).values(referent_id=referent.id))
        police_reference = uow.session.get_one(Institution, police).reference
    return City(
        cell=cell.id,
        cell_reference=cell.reference,
        police=police,
        police_reference=police_reference,
        admin=people["admin"],
        admin_2=people["admin-2"],
        dpo=people["dpo"],
        referent=referent,
        coordinator=people["cpsa"],
        coordination=coordination,
        officer=officer,
    )
