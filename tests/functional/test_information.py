"""Pages open to everybody: they open without signing in, lead nowhere in vain, and say nothing of anybody."""

import pytest
import sqlalchemy as sa

from backend.boards.pages.information import PAGES
from tests.support.cast import Cast
from tests.support.http import forms_of, links_of, title_of, words_of
from tests.support.journeys import sent


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_information_opens_to_anybody_and_says_nothing_of_anybody(cast: Cast, path: str) -> None:
    done = sent(cast)
    seen = {}
    for who in (None, "reporter", "coordinator_13", "administrator", "excluded_13", "unsigned_13"):
        answer = (cast.browser(who) if who else cast.anonymous()).get(path)
        assert answer.status_code == 200
        assert title_of(answer) == f"{PAGES[path][1]} · Cénacle"
        assert "set-cookie" not in answer.headers
        for hidden in ("Durand", done.situation, done.receipt):
            assert hidden not in answer.text
        seen[who] = answer
    assert words_of(seen[None]) == words_of(seen["excluded_13"])
    assert forms_of(seen[None]) == []


def test_no_link_of_the_product_leads_nowhere(cast: Cast) -> None:
    sent(cast)
    for who in (None, "reporter", "coordinator_13", "parquet_13", "administrator", "dpo"):
        browser = cast.browser(who) if who else cast.anonymous()
        seen: set[str] = set()
        awaiting = ["/", *PAGES]
        while awaiting:
            page = awaiting.pop()
            seen.add(page)
            answer = browser.get(page)
            assert answer.status_code in {200, 303}, (who, page)
            links = {link.partition("#")[0] for link in links_of(answer)}
            awaiting += sorted({link for link in links if link.startswith("/")} - seen - set(awaiting))
        assert len(seen) > 5


def test_no_page_leads_to_a_third_party(cast: Cast) -> None:
    for path in (*PAGES, "/connexion"):
        for link in links_of(cast.anonymous().get(path)):
            assert link.startswith(("/", "#", "?", "tel:", "mailto:")) or link == "", (path, link)


def test_the_protection_of_data_names_the_rights_and_whom_to_write_to(cast: Cast) -> None:
    words = words_of(cast.anonymous().get("/protection-des-donnees")).casefold()
    for word in ("accès", "rectification", "délégué à la protection des données", "cnil"):
        assert word in words


def test_help_gives_the_numbers_that_cannot_wait(cast: Cast) -> None:
    words = words_of(cast.anonymous().get("/aide"))
    assert "119" in words
    assert "17" in words


@pytest.mark.parametrize("path", ["/sante", "/pret"])
def test_supervision_is_answered_without_detail(cast: Cast, path: str) -> None:
    answer = cast.anonymous().get(path)
    assert answer.status_code == 200
    assert answer.json().keys() == {"etat"}


def test_a_store_that_does_not_answer_is_not_ready_and_says_no_more(cast: Cast) -> None:
    with cast.house.stores.keys.transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    answer = cast.anonymous().get("/pret")
    assert (answer.status_code, answer.json()) == (503, {"etat": "pas prêt"})
    assert cast.anonymous().get("/sante").status_code == 200


@pytest.mark.parametrize(
    "path", ["/metriques", "/docs", "/redoc", "/openapi.json", "/admin", "/.env", "/static/../app.py"]
)
def test_what_is_not_served_is_not_found(cast: Cast, path: str) -> None:
    assert cast.anonymous().get(path).status_code == 404


def test_the_description_of_the_api_names_no_page(cast: Cast) -> None:
    document = cast.stranger().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert {"/api/v1/jetons", "/api/v1/moi", "/api/v1/signalements", "/api/v1/situations"} <= document["paths"].keys()
