"""Pages that no link leads to, in Chromium: a one-time form, a second factor, a lock, a refusal, a way out.

They are answered to the cast of the functional tests and shown as they are, without a server: what is looked at is the
page, not the way to it.
"""

from datetime import timedelta
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx2 import Response
from playwright.sync_api import Browser, Route

from backend.web.pages import STATIC
from tests.support import cast as casting
from tests.support.axe import violations
from tests.support.everything import by_invitation, sign_in
from tests.support.journeys import START
from tests.support.layout import nameless, out_of_order, overflow
from tests.support.markup import kind_of

Pages = dict[tuple[str, int, str], str]
"""Kind of address, status and title; the page."""


def answered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """Give the pages that were answered on the way, one of each kind, status and title."""
    seen: Pages = {}

    def keep(response: Response) -> None:
        if response.headers.get("content-type", "").startswith("text/html"):
            response.read()
            path = kind_of(urlsplit(str(response.url)).path)
            title = response.text.partition("<title>")[2].partition(" · Cénacle</title>")[0]
            seen.setdefault((path, response.status_code, title), response.text)

    monkeypatch.setattr(casting, "watch", keep)
    cast = casting.build(folder)
    by_invitation(cast)
    sign_in(cast)
    reporter, coordinator = cast.browser("reporter"), cast.another("coordinator_13")
    reporter.send("/signalements/nouveau", {**START, "immediate_danger": "yes"})
    reporter.get("/situations/0000-0000-0000")
    reporter.get("/journal")
    reporter.post("/compte/verrouillage", {"csrf": "faux"})
    cast.pass_time(timedelta(minutes=20))
    coordinator.get("/connexion")
    cast.house.stores.dispose()
    return seen


def test_pages_that_no_link_leads_to_are_without_fault(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = answered(tmp_path, monkeypatch)
    titles = {title for _, _, title in pages}
    assert {"Session verrouillée", "Une autre voie est nécessaire", "Page introuvable", "Action réservée"} <= titles
    found = []
    page = chromium.new_page(viewport={"width": 320, "height": 900})
    shown = ""

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            asset = STATIC / path.removeprefix("/static/")
            route.fulfill(body=asset.read_bytes(), content_type=guess_type(asset.name)[0] or "text/plain")
        else:
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    page.route("**/*", serve)
    for (path, status, title), text in pages.items():
        shown = text
        page.goto(f"http://127.0.0.1{path}")
        seen = [*violations(page), *nameless(page), *out_of_order(page)]
        seen += [f"{overflow(page)} pixels too wide"] if overflow(page) else []
        found += [f"{title} ({path}, {status}): {line}" for line in seen]
    page.close()
    assert any(title.startswith("Erreur : ") for title in titles)
    assert found == []
