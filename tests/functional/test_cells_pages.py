"""An administrator opens a cell and enters its acts, the DPO confirms them, the coordinator holds the contacts."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.authorization.actor import ANONYMOUS, Actor, Grant
from backend.cells import pages as cells
from backend.cells.queries import cells_of
from backend.charters import pages as charters
from backend.institutions.actions import create_institution
from backend.kernel.clock import DrivenClock
from policies.go_live import OTHER_ACTS, RequiredAct
from policies.vocabulary import Origin, Role
from tests.support.house import MORNING, new_house, someone
from tests.support.served import Served, serve

ACT = {"number": "2026-17", "issued_on": "12/01/2026", "authority": "maire de Paris", "file_sha256": "ab" * 32}
CONTACT = {"function": "adjointe", "phone": "01 44 08 13 13", "email": "contact@exemple.invalid"}
ADMINISTRATOR, DPO, ARCHIVIST = (someone(role) for role in (Role.ADMINISTRATOR, Role.DPO, Role.ARCHIVIST))


@pytest.fixture
def served(store_urls: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    house = new_house(store_urls, tmp_path, DrivenClock(MORNING))
    with house.transaction(ADMINISTRATOR) as uow:
        create_institution(uow, name="Commissariat du 13e", origin=Origin.POLICE)
    yield serve(house, [cells.router, charters.router])
    house.stores.dispose()


def as_(served: Served, actor: Actor) -> Served:
    served.actor = actor
    return served


def opened(served: Served) -> str:
    status, address = as_(served, ADMINISTRATOR).post(
        "/cellules/nouvelle", territory="13", name="CENOMED du 13e", opened_on="05/01/2026"
    )
    assert status == 303
    return address.partition("?")[0]


def coordinator(served: Served) -> Actor:
    with served.house.transaction(ADMINISTRATOR) as uow:
        [cell] = cells_of(uow)
    return someone(Role.COORDINATOR, cell=cell.id)


def test_a_cell_goes_from_its_opening_to_its_first_signalement(served: Served) -> None:
    address = opened(served)
    _, page = served.get(address)
    assert "Aucun signalement n'est reçu" in page or "Aucun signalement n&#39;est reçu" in page
    for wanted in OTHER_ACTS:
        status, target = as_(served, ADMINISTRATOR).post(f"{address}/actes", kind=wanted.act.value, **ACT)
        assert (status, target) == (303, f"{address}?fait=acte")
    status, page = served.post(f"{address}/actes", kind=RequiredAct.ELIMINATION.value, **ACT)
    assert (status, "avec les catégories qu" in page) == (422, True)
    agreement = as_(served, ARCHIVIST).post(f"{address}/accords", categories="retained", **ACT)
    assert agreement == (303, f"{address}?fait=accord")
    assert "Actes à confirmer" not in served.get("/cellules")[1]
    assert "Actes à confirmer : 5" in as_(served, DPO).get("/cellules")[1]
    _, waiting = served.get("/actes")
    decisions = re.findall(r'action="(/actes/[\w-]+)".*?name="version" value="(\d+)"', waiting, re.DOTALL)
    assert len(decisions) == 5
    for action, version in decisions:
        assert served.post(action, version=version, decision="confirm") == (303, f"{address}?fait=decision")
    assert "Aucun acte n" in served.get("/actes")[1]
    _, page = as_(served, coordinator(served)).get(f"{address}?fait=decision")
    assert "Votre décision est enregistrée." in page
    assert "Aucun signalement n" not in page
    assert "contrat parisien 2023-2026" in page


def test_an_administrator_sees_no_button_to_confirm_and_cannot_forge_it(served: Served) -> None:
    address = opened(served)
    served.post(f"{address}/actes", kind="aipd", **ACT)
    _, page = served.get(address)
    assert "à confirmer" in page
    assert 'name="decision"' not in page
    [reference] = re.findall(r'action="/actes/([\w-]+)"', as_(served, DPO).get("/actes")[1])
    status, page = as_(served, ADMINISTRATOR).post(f"/actes/{reference}", version=1, decision="confirm")
    assert status == 403
    assert "délégué à la protection des données" in page


def test_the_dpo_cannot_enter_an_act(served: Served) -> None:
    address = opened(served)
    assert as_(served, DPO).get(f"{address}/actes")[0] == 403
    assert served.post(f"{address}/actes", kind="aipd", **ACT)[0] == 403


def test_one_person_with_both_roles_sees_and_may_nothing_on_their_own_act(served: Served) -> None:
    both = replace(ADMINISTRATOR, grants=ADMINISTRATOR.grants | {Grant(Role.DPO, None)})
    address = opened(served)
    served.post(f"{address}/actes", kind="aipd", **ACT)
    _, page = as_(served, both).get("/actes")
    assert "analyse d" in page.lower()
    assert 'name="decision"' not in page


def test_a_form_that_is_refused_comes_back_with_what_was_typed(served: Served) -> None:
    address = opened(served)
    status, page = served.post(f"{address}/actes", kind="aipd", **{**ACT, "file_sha256": "zz", "ends_on": "31/02/2027"})
    assert status == 422
    assert "64 caractères, de 0 à 9" in page
    assert "Écrivez la date sous la forme JJ/MM/AAAA." in page
    assert 'value="maire de Paris"' in page
    status, page = served.post("/cellules/nouvelle", territory="13", name="Bis", opened_on="05/01/2026")
    assert status == 422
    assert "a déjà une cellule" in page
    assert 'value="Bis"' in page


@pytest.mark.parametrize("field,text", [("phone", "poste de Zoé"), ("email", "zoe"), ("name", "Zoé\u202eMartin")])
def test_a_contact_that_cannot_be_called_is_refused(served: Served, field: str, text: str) -> None:
    address = opened(served)
    as_(served, coordinator(served))
    status, page = served.post(f"{address}/contacts", **{"kind": "local", "name": "Zoé Martin", **CONTACT, field: text})
    assert status == 422
    assert f'id="champ-{field}-erreur"' in page


def test_the_coordinator_holds_the_contacts_and_confirms_them_each_rentree(served: Served) -> None:
    address = opened(served)
    as_(served, coordinator(served))
    assert "Ajouter un contact" in served.get(f"{address}/contacts")[1]
    status, target = served.post(f"{address}/contacts", kind="education", name="Zoé Martin", **CONTACT)
    assert (status, target) == (303, f"{address}?fait=contact")
    _, page = served.get(address)
    assert "à confirmer pour l" in page
    assert "2026-2027" in page
    assert served.post(f"{address}/correspondants")[0] == 303
    assert served.post(f"{address}/correspondants")[0] == 409
    [(target, version)] = re.findall(r'action="(/contacts/[\w-]+/retrait)".*?"version" value="(\d+)"', page, re.DOTALL)
    assert served.post(target, version=version) == (303, f"{address}?fait=retrait")
    assert "Zoé Martin" not in served.get(address)[1]


def test_who_is_not_of_the_cell_sees_neither_contacts_nor_acts(served: Served) -> None:
    address = opened(served)
    served.post(f"{address}/actes", kind="aipd", **ACT)
    as_(served, coordinator(served)).post(f"{address}/contacts", kind="local", name="Zoé Martin", **CONTACT)
    _, page = as_(served, someone(Role.REPORTER)).get(address)
    assert "CENOMED du 13e" in page
    for hidden in ("Zoé Martin", "01 44 08", "2026-17", "Administration", "Renommer"):
        assert hidden not in page
    assert as_(served, ANONYMOUS).get(address)[0] == 303
    assert served.post(f"{address}/nom", version=1, name="Autre")[0] == 401


def test_an_administrator_renames_applies_a_version_and_closes(served: Served) -> None:
    address = opened(served)
    assert served.post(f"{address}/nom", version=1, name="CENOMED 13") == (303, f"{address}?fait=renommee")
    assert served.post(f"{address}/nom", version=1, name="Autre")[0] == 412
    assert served.post(f"{address}/charte", version=2, charter_version="cenomed-2012")[0] == 303
    assert served.post(f"{address}/charte", version=3, charter_version="cenomed-1999")[0] == 422
    assert served.post(f"{address}/fermeture", version=3, closed_on="22/11/2026")[0] == 422
    assert served.post(f"{address}/fermeture", version=3, closed_on="23/11/2026")[0] == 303
    _, page = served.get("/cellules")
    assert "fermée le 23 novembre 2026" in page
    assert "hypothèse" in served.get(address)[1]


def test_only_an_administrator_is_asked_what_to_open(served: Served) -> None:
    status, page = as_(served, ADMINISTRATOR).get("/cellules/nouvelle")
    assert status == 200
    assert '<option value="centre">Paris Centre' in page
    assert as_(served, DPO).get("/cellules/nouvelle")[0] == 403


def test_a_form_without_the_session_s_token_is_refused(served: Served) -> None:
    address = opened(served)
    assert served.post(f"{address}/nom", csrf="", version=1, name="Un nom forgé")[0] == 403
    assert "Un nom forgé" not in served.get(address)[1]


def test_signatures_are_recorded_by_an_administrator_and_read_by_coordinators(served: Served) -> None:
    opened(served)
    _, page = as_(served, ADMINISTRATOR).get("/chartes")
    [institution] = re.findall(r'<option value="([\w-]+)">Commissariat du 13e', page)
    signature = {
        "institution": institution,
        "charter_version": "cenomed-2023",
        "rules_version": "2023-1",
        "signed_on": "01/02/2023",
        "signatory_function": "commissaire central",
    }
    status, page = served.post("/chartes/signatures", **{**signature, "signed_on": "01/02/2033"})
    assert status == 422
    assert 'value="commissaire central"' in page
    assert served.post("/chartes/signatures", **signature) == (303, "/chartes?fait=signature")
    _, page = as_(served, coordinator(served)).get("/chartes")
    assert "commissaire central" in page
    assert "Enregistrer une signature" not in page
    assert served.post("/chartes/signatures", **signature)[0] in {403, 404}
    _, page = as_(served, ADMINISTRATOR).get("/chartes")
    [target] = re.findall(r'action="(/chartes/signatures/[\w-]+/fin)"', page)
    assert served.post(target, version=1, ended_on="2026-11-23") == (303, "/chartes?fait=fin")
    assert "terminée le 23 novembre 2026" in served.get("/chartes")[1]


def test_every_rule_of_a_charter_shows_its_source_and_no_invented_article(served: Served) -> None:
    as_(served, someone(Role.POLICE))
    status, page = served.get("/chartes/cenomed-2023")
    assert status == 200
    rows = re.findall(r'data-label="Source">\s*(.*?)\s*</td>', page, re.DOTALL)
    assert len(rows) > 30
    assert all(rows)
    assert "charte signée, article" not in page
    assert served.get("/chartes/cenomed-1999")[0] == 404
