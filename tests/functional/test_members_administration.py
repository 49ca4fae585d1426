"""Accounts, habilitations and institutions through their pages: three people make a member, each in a browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from policies.vocabulary import Role
from tests.support.browsing import Browser, entered
from tests.support.house import MORNING, new_house
from tests.support.people import Someone, habilitation_of, new_person, row
from tests.unit.members.conftest import City, city

__all__ = ["city"]


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, DrivenClock(MORNING))
    yield built
    built.stores.dispose()


def proposed(house: House, city: City, role: Role = Role.POLICE) -> str:
    referent = entered(house, city.referent)
    answer = referent.post(
        f"/comptes/{city.officer.reference}/habilitations",
        role=role,
        cell=city.cell_reference,
        valid_from="23/11/2026",
    )
    assert answer.headers["Location"] == f"/comptes/{city.officer.reference}?fait=proposition"
    page = referent.get(answer.headers["Location"]).text
    assert "Un administrateur doit maintenant l" in page
    return str(re.findall(r'href="/habilitations/([0-9A-Z-]{14})"', page)[0])


def press(somebody: Browser, reference: str, verb: str, **fields: str) -> int:
    """Press a button of a habilitation's page, with the version that the page carries."""
    page = somebody.get(f"/habilitations/{reference}").text
    version = (re.findall(r'name="version" value="(\d+)"', page) or ["1"])[0]
    return somebody.post(f"/habilitations/{reference}/{verb}", version=version, **fields).status_code


def test_three_people_make_a_member_each_from_their_own_page(house: House, city: City) -> None:
    reference = proposed(house, city)
    admin = entered(house, city.admin)
    assert "un administrateur doit l" in admin.get("/habilitations").text
    assert press(admin, reference, "accord") == 303
    assert press(admin, reference, "confirmation") == 403
    coordinator = entered(house, city.coordinator)
    page = coordinator.get(f"/habilitations/{reference}").text
    assert "Confirmer" in page
    assert "officer, Commissariat" in page
    assert press(coordinator, reference, "confirmation") == 303
    assert habilitation_of(house, reference).confirmed_by == city.coordinator.id
    assert "confirmée" in entered(house, city.officer).get("/compte").text


def test_a_coordinator_is_confirmed_with_the_designation_asked_beside_its_field(house: House, city: City) -> None:
    reference = proposed(house, city, Role.COORDINATOR)
    assert press(entered(house, city.admin), reference, "accord") == 303
    second = entered(house, city.admin_2)
    version = re.findall(r'name="version" value="(\d+)"', second.get(f"/habilitations/{reference}").text)[0]
    answer = second.post(f"/habilitations/{reference}/confirmation", version=version)
    assert answer.status_code == 422
    assert "Indiquez la référence de la désignation par la maire." in answer.text
    assert press(second, reference, "confirmation", designation="arrêté 2026-40") == 303
    assert "arrêté 2026-40" in second.get(f"/habilitations/{reference}").text


def test_pages_offer_only_what_the_person_may_do(house: House, city: City) -> None:
    reference = proposed(house, city)
    assert "Accorder" in entered(house, city.admin).get(f"/habilitations/{reference}").text
    for person in (city.officer, city.referent, city.coordinator, city.dpo):
        assert "Accorder" not in entered(house, person).get(f"/habilitations/{reference}").text
    own = entered(house, city.officer).get(f"/comptes/{city.officer.reference}").text
    assert "Renouveler les identifiants" not in own
    assert "Exclure" not in own


def test_a_page_that_is_older_than_the_last_step_changes_nothing(house: House, city: City) -> None:
    reference = proposed(house, city)
    admin = entered(house, city.admin)
    assert admin.post(f"/habilitations/{reference}/accord", version="0").status_code == 412
    assert admin.post(f"/habilitations/{reference}/accord", version="x").status_code == 422
    assert habilitation_of(house, reference).granted_by is None


@pytest.mark.parametrize("who", ["officer", "coordinator"])
def test_who_has_no_business_there_learns_nothing_of_other_accounts(house: House, city: City, who: str) -> None:
    somebody = entered(house, getattr(city, who))
    other: Someone = city.admin if who == "officer" else city.officer
    assert somebody.get(f"/comptes/{other.reference}").status_code == 404
    assert somebody.get("/comptes/nouveau").status_code == 403
    listed = somebody.get("/comptes").text
    assert other.email.partition("@")[0] + "</a>" not in listed
    for verb in ("identifiants", "adresse", "depart", "exclusion", "habilitations"):
        assert somebody.post(f"/comptes/{other.reference}/{verb}", version="1").status_code in {404, 422}


def test_an_administrator_resets_somebody_and_reads_the_code_once(house: House, city: City) -> None:
    admin = entered(house, city.admin)
    address = f"/comptes/{city.coordinator.reference}"
    version = str(row(house, city.coordinator).version)
    answer = admin.post(f"{address}/identifiants", version=version)
    assert re.search(r"<strong>\d{4} \d{4}</strong>", answer.text)
    assert "à confirmer de nouveau" in admin.get(address).text
    assert press(admin, city.coordination, "confirmation", designation="arrêté 1") == 403


def test_an_address_a_departure_and_an_exclusion_are_recorded_from_the_sheet(house: House, city: City) -> None:
    admin = entered(house, city.admin)
    address = f"/comptes/{city.officer.reference}"
    wrong = admin.post(f"{address}/adresse", version="1", email="sans-arobase")
    assert wrong.status_code == 422
    assert "sans-arobase" in wrong.text
    done = admin.post(f"{address}/adresse", version="1", email="nouvelle@police.invalid")
    assert "L&#39;adresse est changée" in admin.get(done.headers["Location"]).text
    assert admin.post(f"{address}/exclusion", version="2", ground="parce que").status_code == 422
    assert admin.post(f"{address}/exclusion", version="2", ground="misuse").status_code == 303
    assert admin.post(f"{address}/depart", version="3", leaves_on="23/11/2026").status_code == 409
    assert "exclu pour manquement" in admin.get(address).text
    referent = f"/comptes/{city.referent.reference}"
    assert admin.post(f"{referent}/depart", version="1", leaves_on="23/11/2026").status_code == 303


def test_an_institution_is_created_gets_its_referents_and_is_excluded(house: House, city: City) -> None:
    admin = entered(house, city.admin)
    answer = admin.post("/institutions", name="Mairie du 13e", origin="town_hall")
    address = answer.headers["Location"].partition("?")[0]
    assert admin.post("/institutions", name="Mairie du 13e", origin="town_hall").status_code == 422
    assert admin.post(f"{address}/nom", version="1", name="Mairie du 13e arrondissement").status_code == 303
    assert "Mairie du 13e arrondissement" in admin.get(address).text
    police = f"/institutions/{city.police_reference}"
    same = admin.post(
        f"{police}/referents", version="1", referent=city.officer.reference, deputy=city.officer.reference
    )
    assert same.status_code == 422
    outsider = admin.post(f"{police}/referents", version="1", referent=city.admin.reference)
    assert outsider.status_code == 422
    named = admin.post(
        f"{police}/referents", version="1", referent=city.officer.reference, deputy=city.referent.reference
    )
    assert named.headers["Location"] == f"{police}?fait=referents"
    assert admin.post(f"{police}/exclusion", version="2", ground="charter").status_code == 303
    assert admin.post(f"{address}/fermeture", version="2").status_code == 303
    own = re.findall(r'/institutions/([0-9A-Z-]{14})">Ville de Paris', admin.get("/institutions").text)[0]
    assert admin.post(f"/institutions/{own}/fermeture", version="1").status_code == 403


def test_a_member_sees_the_institution_they_work_for_and_no_other(house: House, city: City) -> None:
    officer = entered(house, city.officer)
    page = officer.get("/institutions").text
    assert "Commissariat" in page
    assert "Ville de Paris" not in page
    assert officer.post("/institutions", name="Une autre", origin="pjj").status_code == 403


def test_the_lists_are_paged(house: House, city: City) -> None:
    for number in range(60):
        new_person(house, city.police, f"agent-{number:02}@police.invalid", clause=False)
    admin = entered(house, city.admin)
    first = admin.get("/comptes").text
    following = re.findall(r'href="(/comptes\?apres=[0-9A-Z-]{14})"', first)
    assert len(following) == 1
    second = admin.get(following[0]).text
    assert set(re.findall(r"/comptes/([0-9A-Z-]{14})", first)).isdisjoint(
        re.findall(r"/comptes/([0-9A-Z-]{14})", second)
    )
