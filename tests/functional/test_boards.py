"""Each role's first page shows what awaits it, with its deadline, and nothing else (domain.md section 2)."""

import re
from datetime import timedelta

import pytest

from policies.retention_words import RecordCategory
from tests.support.cast import ABSENT, Cast
from tests.support.http import links_of, words_of
from tests.support.journeys import agreed, at_parquet, decided, drafted, qualified, sent

NOTHING = "Rien ne vous attend"


def test_the_coordinator_sees_each_step_of_the_work_with_its_deadline(cast: Cast) -> None:
    assert "À qualifier" not in _home(cast, "coordinator_13")
    sent(cast)
    qualified(cast, sent(cast, last_name="Imaginaire").situation)
    at_parquet(cast, last_name="Irréel")
    words = _home(cast, "coordinator_13")
    for group in ("À qualifier", "À transmettre au parquet", "Réponse attendue du parquet"):
        assert group in words
    assert re.search(r"dans \d+ jours", words)
    assert "Fictif" not in words


def test_what_nears_its_deadline_comes_first(cast: Cast) -> None:
    sent(cast)
    cast.pass_time(timedelta(days=58))
    cast_home = _home(cast, "coordinator_13")
    assert cast_home.index("À qualifier") < cast_home.index("Correspondants")


def test_an_exit_puts_the_situation_first(cast: Cast) -> None:
    situation = sent(cast).situation
    page = f"/situations/{situation}/sortie/crip"
    answer = cast.browser("coordinator_13").send(page, {"channel": "phone"}, page)
    assert answer.status_code == 303
    assert "Sorties enregistrées" in _home(cast, "coordinator_13")


@pytest.mark.parametrize("who", ["coordinator_13", "parquet_13"])
def test_an_exit_comes_first_at_every_stage_until_the_coordinator_has_read_it(cast: Cast, who: str) -> None:
    situation = at_parquet(cast).situation
    page = f"/situations/{situation}/sortie/crip"
    assert cast.browser(who).send(page, {"channel": "phone"}, page).status_code == 303
    coordinator = cast.browser("coordinator_13")
    words = _home(cast, "coordinator_13")
    assert words.index("Sorties enregistrées") < words.index("Réponse attendue du parquet")
    assert situation in words_of(coordinator.get("/situations?groupe=sorties"))
    sheet = f"/situations/{situation}"
    assert coordinator.send(sheet, {}, f"{sheet}/sorties/lecture").status_code == 303
    assert "Sorties enregistrées" not in _home(cast, "coordinator_13")
    assert situation not in words_of(coordinator.get("/situations?groupe=sorties"))
    assert "Sorties enregistrées" in words_of(coordinator.get(sheet))
    assert cast.browser(who).send(page, {"channel": "post"}, page).status_code == 303
    assert "Sorties enregistrées" in _home(cast, "coordinator_13")


def test_only_the_coordinator_says_that_an_exit_was_read(cast: Cast) -> None:
    situation = at_parquet(cast).situation
    page = f"/situations/{situation}/sortie/crip"
    assert cast.browser("parquet_13").send(page, {"channel": "phone"}, page).status_code == 303
    sheet = f"/situations/{situation}"
    assert "pris connaissance" not in words_of(cast.browser("parquet_13").get(sheet))
    for who, status in {"parquet_13": 403, "coordinator_18": 404, "coordinator_13": 412}.items():
        browser = cast.browser(who)
        lecture = browser.post(f"{sheet}/sorties/lecture", {"version": "1", "csrf": browser.csrf()})
        assert lecture.status_code == status


def test_who_may_signal_starts_from_the_first_page(cast: Cast) -> None:
    assert "/signalements/nouveau" in links_of(cast.browser("reporter").get("/"))
    assert "/signalements/nouveau" not in links_of(cast.browser("steering").get("/"))


def test_the_parquet_sees_only_what_awaits_its_answer(cast: Cast) -> None:
    assert "Filtre du parquet attend" not in _home(cast, "parquet_13")
    at_parquet(cast)
    assert "1 situation attend votre réponse" in _home(cast, "parquet_13")
    assert NOTHING in _home(cast, "parquet_18")


def test_who_submits_sees_drafts_and_what_came_back(cast: Cast) -> None:
    assert NOTHING in _home(cast, "reporter")
    drafted(cast)
    assert "1 brouillon en cours" in _home(cast, "reporter")
    decided(cast, sent(cast).situation, "renvoi", {"reason": "motive_unclear"})
    assert "Signalement à compléter" in _home(cast, "reporter")


@pytest.mark.parametrize("who", ["archivist", "administrator"])
def test_whoever_may_enter_an_act_is_asked_for_it_until_nothing_is_left_without_one(cast: Cast, who: str) -> None:
    cells = len(cast.cells)
    assert f"{cells} cellules attendent un acte" in _home(cast, who)
    first, *others = (category.value for category in RecordCategory)
    agreed(cast, categories=[first])
    assert f"{cells} cellules attendent un acte" in _home(cast, who)
    agreed(cast, categories=others)
    left = cells if who == "administrator" else cells - 1
    assert re.search(rf"{left} cellules? atten(d|dent) un acte", _home(cast, who))
    listed = words_of(cast.browser("archivist").get("/cellules"))
    assert listed.count("1 acte à enregistrer") == cells - 1
    assert "à enregistrer" not in words_of(cast.browser("coordinator_13").get("/cellules"))


@pytest.mark.parametrize("who", ["steering", "archivist", "recipient", "guest_13", "town_hall_13", "coordinator_18"])
def test_the_others_learn_nothing_from_what_happens_in_the_cell(cast: Cast, who: str) -> None:
    before = _home(cast, who)
    at_parquet(cast)
    sent(cast)
    assert _home(cast, who) == before


@pytest.mark.parametrize("who", sorted(set(ABSENT) & {"former_13", "unsigned_13", "lapsed_13"}))
def test_who_lost_or_awaits_a_habilitation_is_told_kindly_and_sees_no_task(cast: Cast, who: str) -> None:
    sent(cast)
    words = _home(cast, who)
    assert "À qualifier" not in words


def test_a_member_whose_institution_did_not_sign_is_told_why(cast: Cast) -> None:
    assert "n'a pas signé la charte" in _home(cast, "unsigned_13")


def _home(cast: Cast, who: str) -> str:
    answer = cast.browser(who).get("/")
    assert answer.status_code == 200
    return words_of(answer)
