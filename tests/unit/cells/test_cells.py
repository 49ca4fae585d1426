"""The life of a cell: opened with keys of its own, competent for its sector, held by its coordinator."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalEntry
from backend.authorization.work import UnitOfWork
from backend.cells.actions import (
    add_contact,
    close_cell,
    confirm_education_contacts,
    end_contact,
    open_cell,
    rename_cell,
    set_charter_version,
)
from backend.cells.models import Cell, ContactKind
from backend.cells.queries import by_name, cell_for, cell_of, cells_of, contacts_on, education_confirmed
from backend.crypto.keystore import HolderKey
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, Stale, WrongMoment
from backend.kernel.identifiers import new_id
from policies.charter_words import CharterKind
from policies.vocabulary import Role
from tests.support.house import someone
from tests.unit.cells.conftest import Scene

KIND = CharterKind.CENOMED
TODAY = date(2026, 11, 23)
CONTACT = {"function": "adjoint à la maire", "phone": "01 44 08 13 13", "email": "contact@exemple.invalid"}


def test_a_cell_has_keys_of_its_own_and_the_charter_in_force(scene: Scene) -> None:
    with scene.house.stores.keys.transaction() as session:
        kinds = session.scalars(sa.select(col(HolderKey.kind)).where(col(HolderKey.holder) == scene.cell.id)).all()
    assert set(kinds) == {"cell", "index", "archive", "hold"}
    assert scene.cell.charter_version == "cenomed-2023"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_opens_renames_or_closes_a_cell(scene: Scene, role: Role) -> None:
    for person in (someone(role), someone(role, cell=scene.cell.id)):
        with pytest.raises(Forbidden), scene.house.transaction(person) as uow:
            open_cell(uow, kind=KIND, territory="18", name="CENOMED du 18e", opened_on=TODAY)
        with pytest.raises((Forbidden, NotFound)), scene.house.transaction(person) as uow:
            rename_cell(uow, scene.cell.reference, 1, name="Autre nom")
        with pytest.raises((Forbidden, NotFound)), scene.house.transaction(person) as uow:
            close_cell(uow, scene.cell.reference, 1, closed_on=TODAY)


def test_the_coordinator_of_a_cell_is_told_why_and_nothing_is_opened(scene: Scene) -> None:
    with pytest.raises(Forbidden, match="administrateur"), scene.house.transaction(scene.coordinator) as uow:
        open_cell(uow, kind=KIND, territory="18", name="CENOMED du 18e", opened_on=TODAY)
    with scene.house.transaction(scene.administrator) as uow:
        assert [cell.territory for cell in cells_of(uow)] == ["13"]
    with scene.house.stores.keys.transaction() as session:
        assert session.scalar(sa.select(sa.func.count(sa.distinct(col(HolderKey.holder))))) == 1


@pytest.mark.parametrize(
    "territory,opened_on,field",
    [
        ("13", TODAY, "territory"),
        ("2", TODAY, "territory"),
        ("centre", date(2019, 1, 1), "territory"),
        ("18", date(1999, 1, 1), "opened_on"),
    ],
)
def test_a_cell_needs_a_free_sector_and_a_charter_of_its_day(
    scene: Scene, territory: str, opened_on: date, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal, scene.house.transaction(scene.administrator) as uow:
        open_cell(uow, kind=KIND, territory=territory, name="CENOMED", opened_on=opened_on)
    assert set(refusal.value.errors) == {field}


def test_of_two_administrators_who_open_one_sector_at_once_the_second_is_told(scene: Scene) -> None:
    def opens(uow: UnitOfWork) -> Cell:
        return open_cell(uow, kind=KIND, territory="18", name="CENOMED du 18e", opened_on=TODAY)

    def second() -> None:
        with scene.house.transaction(someone(Role.ADMINISTRATOR)) as uow:
            opens(uow)

    with ThreadPoolExecutor(1) as pool:
        with scene.house.transaction(scene.administrator) as uow:
            opens(uow)
            running = pool.submit(second)
            wait([running], timeout=0.3)
        with pytest.raises(InvalidInput, match="Corrigez"):
            running.result()


def test_a_sector_takes_another_cell_once_the_first_is_closed(scene: Scene) -> None:
    with scene.house.transaction(scene.administrator) as uow:
        close_cell(uow, scene.cell.reference, 1, closed_on=TODAY)
    with scene.house.transaction(scene.administrator) as uow:
        second = open_cell(uow, kind=KIND, territory="13", name="CENOMED du 13e (bis)", opened_on=TODAY)
        assert cell_for(uow, 13, TODAY) is second
        assert cell_of(uow, scene.cell.id) is cell_for(uow, 13, TODAY - timedelta(days=1))


def test_residence_decides_which_cell_is_competent(scene: Scene) -> None:
    with scene.house.transaction(scene.administrator) as uow:
        centre = open_cell(uow, kind=KIND, territory="centre", name="CENOMED Paris Centre", opened_on=TODAY)
        assert cell_for(uow, 3, TODAY) is centre
        assert cell_for(uow, 18, TODAY) is None
        assert cell_for(uow, 13, date(2026, 1, 4)) is None
        with pytest.raises(LookupError):
            cell_for(uow, 21, TODAY)


def test_an_unknown_cell_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound), scene.house.transaction(scene.administrator) as uow:
        cell_of(uow, new_id())


def test_a_cell_is_renamed_once_by_the_first_of_two_people(scene: Scene) -> None:
    with scene.house.transaction(scene.administrator) as uow:
        assert rename_cell(uow, scene.cell.reference, 1, name="CENOMED 13").version == 2
    with pytest.raises(Stale), scene.house.transaction(scene.administrator) as uow:
        rename_cell(uow, scene.cell.reference, 1, name="CENOMED XIII")


def test_a_cell_closes_once_and_not_in_the_past(scene: Scene) -> None:
    with pytest.raises(InvalidInput), scene.house.transaction(scene.administrator) as uow:
        close_cell(uow, scene.cell.reference, 1, closed_on=TODAY - timedelta(days=1))
    with scene.house.transaction(scene.administrator) as uow:
        close_cell(uow, scene.cell.reference, 1, closed_on=TODAY)
    with pytest.raises(WrongMoment), scene.house.transaction(scene.administrator) as uow:
        close_cell(uow, scene.cell.reference, 2, closed_on=TODAY)


def test_a_cell_applies_a_published_version_only(scene: Scene) -> None:
    with pytest.raises(InvalidInput), scene.house.transaction(scene.administrator) as uow:
        set_charter_version(uow, scene.cell.reference, 1, charter_version="cenomed-1999")
    with scene.house.transaction(scene.administrator) as uow:
        changed = set_charter_version(uow, scene.cell.reference, 1, charter_version="cenomed-2012")
        assert changed.charter_version == "cenomed-2012"


def contact(scene: Scene, kind: ContactKind, name: str) -> str:
    with scene.house.transaction(scene.coordinator) as uow:
        return add_contact(uow, scene.cell.reference, kind=kind, name=name, **CONTACT).reference


def names(scene: Scene, person: Role, cell: UUID | None) -> list[str]:
    with scene.house.transaction(someone(person, cell=cell)) as uow:
        return [contact.name for contact in contacts_on(uow, scene.cell, uow.today())]


def test_contacts_are_listed_in_the_order_in_which_to_call(scene: Scene) -> None:
    contact(scene, ContactKind.EDUCATION, "Béatrice Aubert")
    contact(scene, ContactKind.DEPUTY, "Ali Benali")
    local = contact(scene, ContactKind.LOCAL, "Zoé Martin")
    assert names(scene, Role.POLICE, scene.cell.id) == ["Zoé Martin", "Ali Benali", "Béatrice Aubert"]
    assert names(scene, Role.POLICE, new_id()) == []
    assert names(scene, Role.REPORTER, None) == []
    with scene.house.transaction(scene.coordinator) as uow:
        end_contact(uow, local, 1)
    assert names(scene, Role.DPO, None) == ["Ali Benali", "Béatrice Aubert"]
    with pytest.raises(WrongMoment), scene.house.transaction(scene.coordinator) as uow:
        end_contact(uow, local, 2)


@pytest.mark.parametrize("role", [Role.POLICE, Role.ADMINISTRATOR, Role.DPO])
def test_only_the_coordinator_holds_the_contacts(scene: Scene, role: Role) -> None:
    person = someone(role, cell=scene.cell.id if role is Role.POLICE else None)
    with pytest.raises(Forbidden), scene.house.transaction(person) as uow:
        add_contact(uow, scene.cell.reference, kind=ContactKind.LOCAL, name="Zoé Martin", **CONTACT)
    with pytest.raises(Forbidden), scene.house.transaction(person) as uow:
        confirm_education_contacts(uow, scene.cell.reference)


def test_a_contact_has_no_right_and_no_name_in_the_journal(scene: Scene) -> None:
    reference = contact(scene, ContactKind.LOCAL, "Zoé Martin")
    scene.house.journal.seal_outbox()
    with scene.house.stores.journal.transaction() as session:
        bodies = session.scalars(sa.select(col(JournalEntry.body))).all()
    assert any(reference in body for body in bodies)
    assert not any("Martin" in body or "01 44 08" in body for body in bodies)


def test_the_education_contacts_are_confirmed_once_each_rentree(scene: Scene) -> None:
    with pytest.raises(WrongMoment, match="au moins un"), scene.house.transaction(scene.coordinator) as uow:
        confirm_education_contacts(uow, scene.cell.reference)
    contact(scene, ContactKind.EDUCATION, "Béatrice Aubert")
    with scene.house.transaction(scene.coordinator) as uow:
        assert confirm_education_contacts(uow, scene.cell.reference).contacts == 1
    with pytest.raises(WrongMoment, match="2026-2027"), scene.house.transaction(scene.coordinator) as uow:
        confirm_education_contacts(uow, scene.cell.reference)
    scene.clock.advance(timedelta(days=300))
    with scene.house.transaction(scene.coordinator) as uow:
        assert education_confirmed(uow, scene.cell, 2027) is None
        confirm_education_contacts(uow, scene.cell.reference)
        assert education_confirmed(uow, scene.cell, 2027) is not None


def test_who_holds_no_habilitation_sees_no_cell(scene: Scene) -> None:
    with scene.house.transaction(someone(Role.POLICE, cell=scene.cell.id)) as uow:
        assert [cell.name for cell in cells_of(uow)] == ["CENOMED du 13e"]
    with scene.house.transaction(someone()) as uow:
        assert list(cells_of(uow)) == []


def test_a_row_shows_nothing_of_itself(scene: Scene) -> None:
    assert repr(scene.cell) == "<Cell>"
    assert isinstance(scene.cell, Cell)


def test_cells_stand_in_the_order_of_their_numbers() -> None:
    names = ["CENOMED du 18e", "Paris Centre", "CENOMED du 9e", "cenomed du 10e"]
    assert [cell.name for cell in by_name(Cell(name=name) for name in names)] == [
        names[2],
        names[3],
        names[0],
        names[1],
    ]
