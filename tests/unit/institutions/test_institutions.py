"""Institutions: created, renamed, given referents and closed by administrators, seen by their own people."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import backend.tables  # noqa: F401  signatures and accounts lead to institutions
from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import House
from backend.institutions.actions import close_institution, create_institution, name_referents, rename_institution
from backend.institutions.models import Institution
from backend.institutions.queries import habilitated, institution_of, institutions_of
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, Stale, WrongMoment
from backend.kernel.identifiers import new_id
from policies.habilitation import InstitutionStatus
from policies.vocabulary import Origin, Role
from tests.support.house import MORNING, new_house, someone

ADMINISTRATOR = someone(Role.ADMINISTRATOR)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, DrivenClock(MORNING))
    yield built
    built.stores.dispose()


@pytest.fixture
def institution(house: House) -> Institution:
    with house.transaction(ADMINISTRATOR) as uow:
        return create_institution(uow, name="Commissariat du 13e", origin=Origin.POLICE)


def test_an_administrator_creates_renames_and_closes(house: House, institution: Institution) -> None:
    with house.transaction(ADMINISTRATOR) as uow:
        rename_institution(uow, institution.reference, 1, name="Commissariat central du 13e")
    with house.transaction(ADMINISTRATOR) as uow:
        assert [row.name for row in habilitated(uow)] == ["Commissariat central du 13e"]
        assert close_institution(uow, institution.reference, 2).status == InstitutionStatus.CLOSED
    with house.transaction(ADMINISTRATOR) as uow:
        assert habilitated(uow) == []
        assert institution_of(uow, institution.id).version == 3
        with pytest.raises(WrongMoment):
            close_institution(uow, institution.reference, 3)
        with pytest.raises(NotFound):
            institution_of(uow, new_id())


def test_two_institutions_do_not_share_a_name(house: House, institution: Institution) -> None:
    with house.transaction(ADMINISTRATOR) as uow:
        other = create_institution(uow, name="Mairie du 13e", origin=Origin.TOWN_HALL).reference
    for again in ("Commissariat du 13e", "Mairie du 13e"):
        with house.transaction(ADMINISTRATOR) as uow, pytest.raises(InvalidInput):
            create_institution(uow, name=again, origin=Origin.POLICE)
    with pytest.raises(InvalidInput), house.transaction(ADMINISTRATOR) as uow:
        rename_institution(uow, other, 1, name=institution.name)
    with house.transaction(ADMINISTRATOR) as uow:
        rename_institution(uow, other, 1, name="Mairie du 13e")


def test_the_referent_and_the_deputy_are_two_people(house: House, institution: Institution) -> None:
    one, two = new_id(), new_id()
    with house.transaction(ADMINISTRATOR) as uow:
        named = name_referents(uow, institution.reference, 1, referent=one, deputy=two)
        assert (named.referent_id, named.deputy_id) == (one, two)
    with pytest.raises(InvalidInput), house.transaction(ADMINISTRATOR) as uow:
        name_referents(uow, institution.reference, 2, referent=one, deputy=one)
    with house.transaction(ADMINISTRATOR) as uow:
        name_referents(uow, institution.reference, 2, referent=None, deputy=None)


@pytest.mark.parametrize("role", [Role.DPO, Role.ARCHIVIST])
def test_who_oversees_reads_every_institution_and_changes_none(
    house: House, institution: Institution, role: Role
) -> None:
    with house.transaction(someone(role)) as uow:
        assert [row.id for row in institutions_of(uow)] == [institution.id]
        with pytest.raises(Forbidden):
            rename_institution(uow, institution.reference, 1, name="Autre")
        with pytest.raises(Forbidden):
            create_institution(uow, name="Autre", origin=Origin.PJJ)


def test_people_see_their_own_institution_only(house: House, institution: Institution) -> None:
    colleague = someone(Role.POLICE, cell=new_id(), institution=institution.id)
    for actor, seen in ((colleague, [institution.id]), (someone(Role.PJJ, cell=new_id()), []), (ANONYMOUS, [])):
        with house.transaction(actor) as uow:
            assert [row.id for row in institutions_of(uow)] == seen
    with house.transaction(someone(Role.PJJ, cell=new_id())) as uow, pytest.raises(NotFound):
        rename_institution(uow, institution.reference, 1, name="Autre")


def test_an_administrator_does_not_close_the_institution_they_work_for(house: House, institution: Institution) -> None:
    own = someone(Role.ADMINISTRATOR, institution=institution.id)
    with house.transaction(own) as uow, pytest.raises(Forbidden):
        close_institution(uow, institution.reference, 1)


def test_of_two_people_who_change_one_institution_the_second_is_told(house: House, institution: Institution) -> None:
    with house.transaction(ADMINISTRATOR) as uow:
        rename_institution(uow, institution.reference, 1, name="Un")
    with house.transaction(ADMINISTRATOR) as uow, pytest.raises(Stale):
        rename_institution(uow, institution.reference, 1, name="Deux")
