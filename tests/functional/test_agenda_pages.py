"""Meetings through the pages: the coordinator prepares, members answer and read what is theirs, others see nothing."""

from datetime import timedelta

import pytest
from httpx2 import Response

from tests.support.cast import Cast
from tests.support.http import Values, links_of, title_of, words_of
from tests.support.journeys import answered, at_parquet, problem

PLAN = {"first": "14/01/2027", "second": "15/04/2027", "hour": "9 h 30", "place": "Salle des mariages"}
STRANGERS = ("coordinator_18", "parquet_18", "guest_13", "reporter", "recipient", "steering", "dpo", "administrator")
MEMBERS = ("parquet_13", "town_hall_13", "police_13", "pjj_13", "education_13", "social_coordinator_13")


def plan(cast: Cast, **fields: Values) -> Response:
    cell = cast.cells["13"].reference
    return cast.browser("coordinator_13").send("/reunions/calendrier/nouveau", {"cells": cell, **PLAN, **fields})


def planned(cast: Cast) -> list[str]:
    assert plan(cast).headers["location"] == "/reunions?fait=prevues"
    page = cast.browser("coordinator_13").get("/reunions")
    return [link for link in dict.fromkeys(links_of(page)) if len(link) == len("/reunions/0000-0000-0000")]


def act(cast: Cast, address: str, verb: str, who: str = "coordinator_13", **fields: Values) -> Response:
    return cast.browser(who).send(address, fields, f"{address}/{verb}")


def emergency(cast: Cast, **fields: Values) -> Response:
    typed = {
        "cell": cast.cells["13"].reference,
        "event_kind": "rixe",
        "event_on": "21/11/2026",
        "event_quartier": "51",
        "day": "25/11/2026",
        "hour": "14 h",
        "place": "Salle des mariages",
    }
    return cast.browser("coordinator_13").send("/reunions/urgence", {**typed, **fields})


def retained(cast: Cast, value: str = "retained", **typed: str) -> str:
    situation = at_parquet(cast, **typed).situation
    assert answered(cast, {situation: value}).status_code == 303
    return situation


def test_a_year_is_planned_and_shown_with_what_is_known_against_its_days(cast: Cast) -> None:
    first, _ = planned(cast)
    calendar = words_of(cast.browser("police_13").get("/reunions/calendrier?annee=2027"))
    assert "14 janvier 2027 à 9 h 30" in calendar
    assert "vacances de printemps (zone C)" in calendar
    assert "Prévoir les réunions" not in calendar
    assert "Salle des mariages" in words_of(cast.browser("police_13").get(first))
    for asked in ("", "9999", "-1", "²⁰²⁷", "MMXXVII", "2029"):
        assert "Calendrier 2026" in words_of(cast.browser("police_13").get(f"/reunions/calendrier?annee={asked}"))
    assert "Année 2029" not in words_of(cast.browser("police_13").get("/reunions/calendrier?annee=2028"))
    plan(cast, first="", second="", fourth="09/12/2027")
    assert "vacances scolaires 2027-2028 : non connu" in words_of(cast.browser("coordinator_13").get("/reunions"))


def test_what_the_charter_refuses_comes_back_with_all_that_was_typed(cast: Cast) -> None:
    planned(cast)
    answer = plan(cast, first="18/02/2027", second="")
    assert answer.status_code == 422
    assert "fiche 3.3" in words_of(answer)
    assert 'value="18/02/2027"' in answer.text
    assert 'value="Salle des mariages"' in answer.text
    for field, typed, said in (
        ("place", "chez Madame Durand", "Indiquez seulement un lieu"),
        ("hour", "25 h", "entre 0 h 00 et 23 h 59"),
        ("hour", "matin", "9 h 30"),
        ("third", "15/04/2027", "3e trimestre"),
    ):
        refused = plan(cast, **{"first": "", "second": "", "third": "09/09/2027", field: typed})
        assert refused.status_code == 422
        assert said in words_of(refused)
        assert f'id="champ-{field}-erreur"' in refused.text


def test_members_answer_and_the_coordinator_keeps_a_date(cast: Cast) -> None:
    first, _ = planned(cast)
    days = {"first": "21/01/2027", "second": "28/01/2027"}
    proposed = cast.browser("coordinator_13").send(f"{first}/dates", days)
    assert proposed.headers["location"] == f"{first}?fait=proposees"
    police = cast.browser("police_13")
    assert "Vos disponibilités sont attendues" in words_of(police.get("/reunions"))
    page = police.get(f"{first}/disponibilites")
    names = [name for name in page.text.split('name="') if name.startswith("reponse-")]
    fields = {name.partition('"')[0]: "yes" for name in names}
    assert len(fields) == 2
    assert police.resend(page, fields, f"{first}/disponibilites").status_code == 303
    assert "Vos disponibilités sont attendues" not in words_of(police.get("/reunions"))
    sheet = cast.browser("coordinator_13").get(first)
    assert "Oui : 1 (police-13)" in words_of(sheet)
    assert "police-13" not in words_of(cast.browser("pjj_13").get(first))
    assert cast.browser("coordinator_13").resend(sheet, {}, f"{first}/date").status_code == 303
    assert "21 janvier 2027" in words_of(cast.browser("pjj_13").get(first))
    assert police.resend(page, fields, f"{first}/disponibilites").status_code == 404


def test_a_meeting_is_convened_moved_and_cancelled(cast: Cast) -> None:
    first, _ = planned(cast)
    assert act(cast, first, "convocation").headers["location"] == f"{first}?fait=convoquee"
    moved = cast.browser("coordinator_13").send(f"{first}/deplacement", {"day": "21/01/2027"})
    assert moved.status_code == 303
    too_early = cast.browser("coordinator_13").send(f"{first}/deplacement", {"day": "22/12/2026"})
    assert too_early.status_code == 422
    assert "23 décembre 2026" in words_of(too_early)
    assert act(cast, first, "annulation").headers["location"] == "/reunions?fait=annulee"
    assert "annulée" in words_of(cast.browser("pjj_13").get("/reunions"))


def test_an_emergency_is_agreed_on_the_town_hall_s_own_page(cast: Cast) -> None:
    address = emergency(cast).headers["location"].partition("?")[0]
    assert "Convoquer les membres" not in words_of(cast.browser("coordinator_13").get(address))
    assert "Votre accord est attendu" in words_of(cast.browser("town_hall_13").get("/reunions"))
    assert "Donner l'accord" not in words_of(cast.browser("police_13").get(address))
    assert act(cast, address, "accord", "town_hall_13").status_code == 303
    assert act(cast, address, "convocation").status_code == 303
    refused = emergency(cast, event_on="30/11/2026")
    assert refused.status_code == 422
    assert "pas un jour à venir" in words_of(refused)


def test_an_emergency_without_agreement_is_convened_by_no_forged_form(cast: Cast) -> None:
    address = emergency(cast).headers["location"].partition("?")[0]
    browser = cast.browser("coordinator_13")
    forged = browser.post(f"{address}/convocation", {"csrf": browser.csrf(), "version": "1"})
    assert forged.status_code == 422
    assert "hypothèse" in words_of(forged)
    assert browser.post(f"{address}/accord", {"csrf": browser.csrf(), "version": "1"}).status_code == 403
    program = cast.program("coordinator_13")
    assert problem(program.post(f"/api/v1{address}/convocation", {}, If_Match='"1"'))["status"] == 422


def test_the_first_page_says_what_meetings_await(cast: Cast) -> None:
    first, _ = planned(cast)
    home = words_of(cast.browser("coordinator_13").get("/"))
    assert "Réunion du 14 janvier 2027 à 9 h 30 à convoquer" in home
    assert "15 avril 2027" not in home
    assert "janvier 2027" not in words_of(cast.browser("police_13").get("/"))
    act(cast, first, "convocation")
    for who in ("coordinator_13", *MEMBERS):
        assert "CENOMED du 13e, 14 janvier 2027 à 9 h 30." in words_of(cast.browser(who).get("/"))


@pytest.mark.parametrize("who", STRANGERS)
def test_who_is_not_a_member_of_the_cell_sees_no_meeting(cast: Cast, who: str) -> None:
    first, _ = planned(cast)
    browser = cast.browser(who)
    for page in (first, f"{first}/ordre-du-jour", f"{first}/convocation", f"{first}/disponibilites"):
        assert browser.get(page).status_code == 404
    for verb in ("convocation", "annulation", "deplacement", "ordre-du-jour/remplir", "accord"):
        assert browser.post(f"{first}/{verb}", {"csrf": browser.csrf(), "version": "1"}).status_code in {404, 422}
    for page in ("/reunions", "/reunions/calendrier?annee=2027"):
        assert "janvier 2027" not in words_of(browser.get(page))
    assert problem(cast.program(who).get(f"/api/v1{first}"))["status"] == 404


@pytest.mark.parametrize("who", MEMBERS)
def test_a_member_reads_a_meeting_and_changes_nothing_of_it(cast: Cast, who: str) -> None:
    first, _ = planned(cast)
    browser, program = cast.browser(who), cast.program(who)
    assert browser.get(first).status_code == 200
    assert "Annuler cette réunion" not in browser.get(first).text
    for verb in ("convocation", "annulation", "ordre-du-jour/remplir"):
        assert browser.post(f"{first}/{verb}", {"csrf": browser.csrf(), "version": "1"}).status_code in {403, 404}
        assert problem(program.post(f"/api/v1{first}/{verb}", {}, If_Match='"1"'))["status"] == 403


def test_an_agenda_shows_names_to_coordinator_and_parquet_and_references_of_what_was_retained_to_members(
    cast: Cast,
) -> None:
    kept, aside = retained(cast, last_name="Lahaye"), retained(cast, "not_retained", last_name="Quemener")
    first, _ = planned(cast)
    act(cast, first, "ordre-du-jour/remplir")
    for who in ("coordinator_13", "parquet_13"):
        page = words_of(cast.browser(who).get(first))
        for written in ("Lahaye", "Quemener", kept, aside):
            assert written in page
    for who in MEMBERS[1:]:
        page = words_of(cast.browser(who).get(first))
        assert kept in page
        for hidden in ("Lahaye", "Quemener", aside, "non retenues"):
            assert hidden not in page
        assert aside not in cast.program(who).get(f"/api/v1{first}").text
    for who in ("coordinator_13", *MEMBERS):
        for document in ("ordre-du-jour", "convocation"):
            printed = cast.browser(who).get(f"{first}/{document}").text
            for hidden in ("Lahaye", "Quemener", aside):
                assert hidden not in printed
    assert "Lahaye" not in title_of(cast.browser("coordinator_13").get(first))


def test_points_are_listed_shifted_and_withdrawn_with_buttons(cast: Cast) -> None:
    names = []
    for name in ("Ba", "Li"):
        names.append(retained(cast, last_name=name))
        cast.pass_time(timedelta(minutes=1))
    first, second = planned(cast)
    for situation in names:
        assert act(cast, first, "ordre-du-jour", situation=situation).status_code == 303
    page = cast.browser("coordinator_13").get(first)
    [down] = [part.partition('"')[0] for part in page.text.split('action="') if "/rang" in part.partition('"')[0]][:1]
    assert cast.browser("coordinator_13").resend(page, {}, down).status_code == 303
    text = words_of(cast.browser("coordinator_13").get(first))
    assert text.index(names[1]) < text.index(names[0])
    stale = cast.browser("coordinator_13").resend(page, {}, down)
    assert stale.status_code == 412
    assert "Une autre personne" in words_of(stale)
    fresh = cast.browser("coordinator_13").get(first)
    out = next(link for link in links_of(fresh) if link.endswith("/retrait"))
    without = cast.browser("coordinator_13").send(out, {})
    assert without.status_code == 422
    assert "Renseignez ce champ" in words_of(without)
    assert cast.browser("coordinator_13").resend(without, {"reason": "agenda_full"}, out).status_code == 303
    assert names[1] in words_of(cast.browser("coordinator_13").get(second))


def test_of_two_coordinators_who_edit_one_agenda_the_second_is_told_and_loses_nothing(cast: Cast) -> None:
    situation, other = retained(cast), retained(cast, last_name="Ba")
    first, _ = planned(cast)
    mine, theirs = cast.browser("coordinator_13").get(first), cast.browser("coordinator_13").get(first)
    address = f"{first}/ordre-du-jour"
    assert cast.browser("coordinator_13").resend(mine, {"situation": situation}, address).status_code == 303
    told = cast.browser("coordinator_13").resend(theirs, {"situation": other}, address)
    assert told.status_code == 412
    assert f'<option value="{other}" selected>' in told.text
    assert cast.browser("coordinator_13").resend(told, {}, address).status_code == 303


def test_a_program_reads_and_changes_with_the_version_that_it_read(cast: Cast) -> None:
    first, _ = planned(cast)
    program = cast.program("coordinator_13")
    read = program.get(f"/api/v1{first}")
    assert read.json()["line"]["place"] == "Salle des mariages"
    path = f"/api/v1{first}/ordre-du-jour/remplir"
    assert problem(program.post(path, {}))["status"] == 428
    done = program.post(path, {}, If_Match=read.headers["ETag"])
    assert done.json()["version"] == 2
    assert problem(program.post(path, {}, If_Match=read.headers["ETag"]))["status"] == 412
    assert problem(program.post("/api/v1/reunions", {"cells": []}))["status"] == 422
