"""The directory of dispositifs through HTTP: read by all, kept by coordinators and administrators (CEN-56, ORI)."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.directory.actions import add_entry, begin_directory, change_entry, revise_entry, withdraw_entry
from backend.directory.forms import EntryForm
from backend.directory.models import DirectoryEntry
from backend.kernel.errors import Forbidden, Stale, WrongMoment
from policies.directory_words import Family
from policies.dispositifs import dispositifs
from tests.support.cast import Cast
from tests.support.http import links_of, title_of, words_of
from tests.support.journeys import problem

API = "/api/v1/annuaire"
TYPED = {
    "name": "Atelier des Peupliers",
    "organisation": "Association du quartier",
    "family": "prevention",
    "age_from": "11",
    "age_until": "17",
    "schooling": "any",
    "arrondissements": ("13", "14"),
    "approach": "Par l'équipe du quartier, avec l'accord des parents",
    "phones": "01 44 08 13 13",
}
BODY = {**TYPED, "age_from": 11, "age_until": 17, "arrondissements": [13, 14]}
EVERYBODY = ("police_13", "social_coordinator_13", "reporter", "recipient", "steering", "dpo", "archivist", "guest_13")


def begun(cast: Cast) -> None:
    page = "/annuaire"
    assert cast.browser("coordinator_13").send(page, {}, "/annuaire/liste-de-depart").status_code == 303


def entry_of(cast: Cast, name: str) -> DirectoryEntry:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(DirectoryEntry).where(col(DirectoryEntry.name) == name)).one()


def looked(cast: Cast, who: str = "police_13", **fields: str) -> str:
    return words_of(cast.browser(who).send("/annuaire", fields)).partition("trouvé")[2]


def test_the_first_list_fills_the_directory_once_and_does_not_bring_back_what_was_withdrawn(cast: Cast) -> None:
    begun(cast)
    entry = entry_of(cast, "Mission locale de Paris")
    assert entry.family is Family.WORK
    path = f"/annuaire/{entry.reference}"
    assert cast.browser("administrator").send(path, {}, f"{path}/retrait").status_code == 303
    assert "liste de départ" not in words_of(cast.browser("coordinator_13").get("/annuaire"))
    with pytest.raises(WrongMoment), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        begin_directory(uow)
    with pytest.raises(WrongMoment), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        revise_entry(uow, entry.reference, 2)
    assert "Mission locale de Paris" not in looked(cast, search="mission locale")


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_signed_in_reads_it_and_only_who_keeps_it_changes_it(cast: Cast, who: str) -> None:
    begun(cast)
    entry = entry_of(cast, "Mission locale de Paris")
    browser, program = cast.browser(who), cast.program(who)
    assert "Mission locale de Paris" in words_of(browser.send("/annuaire", {"search": "mission"}))
    page = browser.get(f"/annuaire/{entry.reference}")
    assert page.status_code == 200
    assert "Modifier" not in words_of(page)
    assert program.get(f"{API}/{entry.reference}").json()["entry"]["phones"] is None
    refused = {"csrf": browser.csrf(), "version": "1"}
    for verb in ("modification", "revision", "retrait"):
        assert browser.post(f"/annuaire/{entry.reference}/{verb}", refused).status_code in {403, 422}
    assert browser.post("/annuaire/liste-de-depart", refused).status_code == 403
    assert browser.get("/annuaire/nouveau").status_code == 403
    assert browser.get("/annuaire/a-relire").status_code == 403
    assert program.post(API, BODY).status_code == 403
    for path in ("", "/revision", "/retrait"):
        answer = program.post(f"{API}/{entry.reference}{path}", BODY if path == "" else None, If_Match='"1"')
        assert answer.status_code == 403
    form = EntryForm.model_validate(BODY)
    with cast.house.transaction(cast.actor(who)) as uow:
        for attempt in (
            lambda: add_entry(uow, form),
            lambda: begin_directory(uow),
            lambda: change_entry(uow, entry.reference, 1, form),
            lambda: withdraw_entry(uow, entry.reference, 1),
        ):
            with pytest.raises(Forbidden):
                attempt()
    assert entry_of(cast, "Mission locale de Paris").version == 1


def test_it_is_searched_by_words_age_family_place_and_school_and_nothing_is_kept_in_an_address(cast: Cast) -> None:
    begun(cast)
    assert "Ville Vie Vacances" in looked(cast, search="vacances", age="9")
    assert "Ville Vie Vacances" not in looked(cast, search="vacances", age="17")
    assert "Mission locale" in looked(cast, family="work", schooling="out_of_school")
    assert "Dispositifs relais" not in looked(cast, schooling="out_of_school", search="relais")
    assert "Instance de conseil" in looked(cast, family="parenthood", arrondissement="6")
    assert "Instance de conseil" not in looked(cast, family="parenthood", arrondissement="13")
    assert "Réussite éducative" not in looked(cast, search="reussite", outside_priority_districts="oui").replace(
        "Groupement d'intérêt public Réussite éducative", ""
    )
    nothing = cast.browser("police_13").send("/annuaire", {"search": "zzzz"})
    assert "Rien ne correspond" in words_of(nothing)
    wrong = cast.browser("police_13").send("/annuaire", {"search": "relais", "age": "douze"})
    assert wrong.status_code == 422
    assert 'value="relais"' in wrong.text
    found = cast.program("reporter").post(f"{API}/recherche", {"search": "decrochage", "age": 16}).json()
    assert any("PSAD" in entry["name"] for entry in found)
    assert len(cast.program("reporter").post(f"{API}/recherche", {}).json()) == 30


def test_a_dispositif_is_added_changed_and_revised(cast: Cast) -> None:
    coordinator = cast.browser("coordinator_18")
    wrong = coordinator.send("/annuaire/nouveau", {**TYPED, "age_until": "9"})
    assert wrong.status_code == 422
    assert "Atelier des Peupliers" in wrong.text
    made = coordinator.send("/annuaire/nouveau", TYPED)
    path = made.headers["location"].partition("?")[0]
    shown = words_of(coordinator.get(path))
    for words in ("de 11 à 17 ans", "13e et 14e", "01 44 08 13 13", "Direction de la police municipale"):
        assert words in shown
    assert title_of(coordinator.get(f"{path}/modification")).startswith("Modifier un dispositif")
    assert coordinator.send(f"{path}/modification", {"age_until": "", "age_from": "16"}).status_code == 303
    assert "dès 16 ans" in words_of(coordinator.get(path))
    late = coordinator.post(f"{path}/revision", {"csrf": coordinator.csrf(), "version": "1"})
    assert late.status_code == 412
    program = cast.program("administrator")
    stamp = program.post(API, {**BODY, "name": "Autre atelier"}).json()
    assert program.post(f"{API}/{stamp['reference']}/revision", None).status_code == 428
    again = program.post(f"{API}/{stamp['reference']}", {**BODY, "name": "Encore un"}, If_Match='"1"')
    assert again.json()["version"] == 2
    assert program.post(f"{API}/{stamp['reference']}/revision", None, If_Match='"2"').status_code == 200
    gone = program.post(f"{API}/{stamp['reference']}/retrait", None, If_Match='"3"')
    assert gone.json()["stage"] == "withdrawn"
    with pytest.raises(Stale), cast.house.transaction(cast.actor("administrator")) as uow:
        withdraw_entry(uow, stamp["reference"], 3)


@pytest.mark.parametrize("field", ["name", "organisation", "approach"])
@pytest.mark.parametrize("text", ["Mme Durand, 12 ans", "Appeler Kevin D., suivi par la PJJ"])
def test_nobody_stands_in_the_directory(cast: Cast, field: str, text: str) -> None:
    refused = cast.browser("coordinator_13").send("/annuaire/nouveau", {**TYPED, field: text})
    assert refused.status_code == 422
    assert "semble parler d'une personne" in words_of(refused)
    answer = cast.program("administrator").post(API, {**BODY, field: text})
    assert problem(answer)["errors"].keys() == {field}


def test_every_dispositif_of_the_first_list_passes_the_screening() -> None:
    for one in dispositifs():
        facts = {name: value for name, value in one.model_dump().items() if name != "code"}
        assert EntryForm.model_validate(facts).name == one.name


def test_a_sheet_that_nobody_revised_for_a_year_awaits_who_keeps_the_directory(cast: Cast) -> None:
    begun(cast)
    with cast.house.stores.main.transaction() as session:
        row = session.scalars(sa.select(DirectoryEntry).where(col(DirectoryEntry.code) == "ORI-E1")).one()
        row.revised_on = date(2025, 11, 23)
        session.scalars(sa.select(DirectoryEntry).where(col(DirectoryEntry.code) == "ORI-E2")).one().revised_on = date(
            2025, 11, 24
        )
    for who in ("coordinator_13", "administrator"):
        assert "1 fiche sans relecture depuis un an" in words_of(cast.browser(who).get("/"))
        late = cast.browser(who).get("/annuaire/a-relire")
        assert f"/annuaire/{row.reference}" in links_of(late)
        assert words_of(late).count(": à relire") == 1
    assert "sans relecture" not in words_of(cast.browser("police_13").get("/"))
    path = f"/annuaire/{row.reference}"
    assert cast.browser("coordinator_13").send(path, {}, f"{path}/revision").status_code == 303
    assert "Aucune fiche à relire" in words_of(cast.browser("coordinator_13").get("/annuaire/a-relire"))
