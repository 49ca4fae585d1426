"""Pages that no link leads to, in Chromium: a one-time form, a second factor, a lock, a refusal, a way out.

They are answered to the cast of the functional tests and shown as they are, without a server: what is looked at is the
page, not the way to it.
"""

import re
from datetime import timedelta
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from httpx2 import Response
from playwright.sync_api import Browser, Route
from sqlmodel import col

from backend.cli import loops
from backend.mail.models import MailOutbox
from backend.web.pages import STATIC
from tests.support import cast as casting
from tests.support.axe import violations
from tests.support.cast import Cast
from tests.support.everything import by_invitation, sign_in
from tests.support.http import forms_of, links_of
from tests.support.journeys import START, retained, sent
from tests.support.layout import nameless, out_of_order, overflow
from tests.support.markup import kind_of
from tests.support.people import PASSWORD

REQUEST = {
    "claim": "access",
    "requester": "holder",
    "identity_check": "in_person",
    "authority_check": "record",
    "received_on": "20/11/2026",
    "last_name": "Durand",
    "first_name": "Elodie",
    "birth_date": "16/03/2010",
}
ARCHIVE = {
    "kind": "archive",
    "months": "12",
    "number": "2026 DASES 12",
    "decided_on": "20/11/2026",
    "authority": "Conseil de Paris",
    "applies_on": "15/12/2026",
}
ASKED = {"ground": "rights", "reason": "Demande d'accès reçue par courrier, à instruire avant un mois."}

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
    enrol_again(cast)
    claim(cast)
    archive(cast)
    cast.browser("administrator").get("/reseaux/guide/ouverture")
    cast.house.stores.dispose()
    return seen


def enrol_again(cast: Cast) -> None:
    """Reset somebody, who opens the link of the e-mail with the code that was told on the telephone."""
    sheet = f"/comptes/{cast.people['police_13'].reference}"
    told = cast.browser("administrator").send(sheet, {}, f"{sheet}/identifiants")
    [code] = re.findall(r"<strong>(\d{4} \d{4})</strong>", told.text)
    with cast.house.transaction() as uow:
        [link] = [one for one in uow.session.scalars(sa.select(col(MailOutbox.link))) if one and "inscription" in one]
    newcomer, password = cast.anonymous(), "/mon-inscription/mot-de-passe"
    newcomer.get(link)
    newcomer.send(link, {"code": "0000 0000"})
    assert newcomer.send(link, {"code": code}).headers["location"] == password
    assert newcomer.send(password, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert newcomer.get("/mon-inscription/application").status_code == 200


def claim(cast: Cast) -> None:
    """Register a request of access, and recognise a situation of the cell."""
    situation = sent(cast, "reporter").situation
    assert cast.browser("dpo").send("/droits/nouvelle", REQUEST).status_code == 303
    coordinator = cast.browser("coordinator_13")
    assert coordinator.send(f"/situations/{situation}/relecture", {"outcome": "kept"}).status_code == 303
    page = next(link for link in links_of(coordinator.get("/droits/recherches")) if "/recherches/" in link)
    forms = forms_of(coordinator.get(page))
    form = next(form for form in forms if form.action == page and any(field.value == "oui" for field in form.fields))
    assert coordinator.post(page, form.filled({"situations": (situation,)})).status_code == 303
    finding = next(link for link in links_of(coordinator.get(page)) if link.startswith("/droits/reconnues/"))
    assert coordinator.get(finding).status_code == 200


def archive(cast: Cast) -> None:
    """Decide on an archive, let a closed situation come into it, ask for it, sign, and read it."""
    dpo, decided = cast.browser("dpo"), cast.browser("administrator").send("/conservation/decisions", ARCHIVE)
    decision = decided.headers["location"].partition("?")[0]
    assert dpo.get(decision).status_code == 200
    assert dpo.send(decision, {"opinion": "favourable"}, f"{decision}/avis").status_code == 303
    situation = retained(cast)
    closing = f"/situations/{situation}/cloture"
    assert cast.browser("coordinator_13").send(closing, {"reason": "moved_away"}).status_code == 303
    cast.pass_time(timedelta(days=100))
    sent(cast)  # somebody works there: the clock of the journal follows
    loops.go_round(cast.house)
    coordinator, dpo = cast.browser("coordinator_13"), cast.browser("dpo")
    asking = next(link for link in links_of(coordinator.get("/archives")) if link.startswith("/archives/situations/"))
    opening = coordinator.send(asking, ASKED).headers["location"].partition("?")[0]
    assert dpo.get(opening).status_code == 200
    assert dpo.send(opening, {"decision": "sign"}, f"{opening}/decision").status_code == 303
    assert coordinator.get(opening).status_code == 200
    assert coordinator.get(f"{opening}/lecture").status_code == 200


def test_pages_that_no_link_leads_to_are_without_fault(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = answered(tmp_path, monkeypatch)
    titles = {title for _, _, title in pages}
    assert {"Session verrouillée", "Une autre voie est nécessaire", "Page introuvable", "Action réservée"} <= titles
    assert {"Code à donner par téléphone", "Bienvenue dans Cénacle", "Situation archivée"} <= titles
    kinds = {path for path, _, _ in pages}
    assert {"/reseaux/guide/ouverture", "/droits/reconnues/{reference}", "/conservation/decisions/{reference}"} <= kinds
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
