"""The register of breaches through HTTP: declared by anybody, kept by the DPO, with its 72 hours (R23)."""

import csv
from collections.abc import Mapping
from datetime import timedelta
from io import StringIO

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.breaches.models import Breach
from backend.mail.models import MailOutbox
from backend.purge.actions.running import run
from backend.purge.models import PurgeTally
from policies.breaches import BreachState
from policies.retention import Kind
from tests.support.cast import Cast
from tests.support.http import Values, words_of
from tests.support.journeys import problem

API = "/api/v1/violations"
DECLARED: Mapping[str, Values] = {
    "known_on": "22/11/2026",
    "known_hour": "14 h 30",
    "cause": "wrong_recipient",
    "summary": "Un relevé remis au mauvais service",
}
QUALIFIED: Mapping[str, Values] = {
    "natures": ("confidentiality",),
    "concerned": ("identity", "circumstances"),
    "scale": "few",
    "effects": ("revealed",),
    "measures": ("recovered",),
    "risk": "high",
}


def declared(cast: Cast, who: str = "police_13", **fields: Values) -> str:
    """Declare a breach; give its address."""
    done = cast.browser(who).send("/violations/nouvelle", {**DECLARED, **fields})
    assert done.status_code == 303, words_of(done)
    return done.headers["location"].partition("?")[0]


def recorded(cast: Cast, page: str, step: str, **fields: Values) -> Response:
    return cast.browser("dpo").send(f"{page}/{step}", fields)


def rows(cast: Cast) -> list[Breach]:
    with cast.house.stores.main.transaction() as session:
        return list(session.scalars(sa.select(Breach)))


def test_a_breach_goes_from_a_member_to_the_dpo_to_the_cnil_to_the_persons(cast: Cast) -> None:
    page = declared(cast)
    own = words_of(cast.browser("police_13").get(page))
    assert "Le délégué à la protection des données est prévenu" in own
    with cast.house.stores.main.transaction() as session:
        [mail] = session.scalars(sa.select(MailOutbox).where(MailOutbox.__table__.c.template == "breach_declared"))  # type: ignore[attr-defined]
        assert mail.recipient == cast.people["dpo"].email
        assert "relevé" not in mail.content
    dpo = cast.browser("dpo")
    assert "encore 53 heures" in words_of(dpo.get(page))
    assert "à notifier avant le 25 novembre 2026 à 14 h 30" in words_of(dpo.get(page))
    assert "1 violation à traiter" in words_of(dpo.get("/"))
    assert recorded(cast, page, "qualification", **QUALIFIED).status_code == 303
    shown = words_of(dpo.get(page))
    assert "Pour clore, il manque la notification à la CNIL et la communication aux personnes" in shown
    early = dpo.post(f"{page}/cloture", {"csrf": dpo.csrf(), "version": "2"})
    assert early.status_code == 409
    future = recorded(cast, page, "notification", notified_on="24/11/2026", notified_hour="9 h", number="2026-1")
    assert future.status_code == 422
    told = recorded(cast, page, "notification", notified_on="23/11/2026", notified_hour="9 h", number="2026-1")
    assert told.status_code == 303
    assert recorded(cast, page, "communication").status_code == 422
    assert recorded(cast, page, "communication", communicated_on="23/11/2026").status_code == 303
    assert dpo.send(page, {}, f"{page}/cloture").status_code == 303
    assert "cette inscription est close" in words_of(dpo.get(page)).lower()
    listed = list(csv.reader(StringIO(dpo.get("/violations/registre").content.decode("utf-8-sig")), delimiter=";"))
    assert listed[1][listed[0].index("Numéro")] == "2026-1"
    assert listed[1][listed[0].index("Notification due le")] == "25/11/2026 14:30"


def test_after_72_hours_the_delay_is_said_and_its_reason_owed(cast: Cast) -> None:
    page = declared(cast, known_on="18/11/2026")
    assert "dépassées depuis 42 heures" in words_of(cast.browser("dpo").get(page))
    late = {"notified_on": "23/11/2026", "notified_hour": "9 h", "number": "2026-1"}
    assert recorded(cast, page, "notification", **late).status_code == 422
    assert recorded(cast, page, "notification", **late, late_ground="investigation").status_code == 303
    again = cast.program("dpo").post(
        f"/api/v1{page}/notification",
        {"notified_on": "2026-11-23", "notified_hour": "9 h", "number": "2"},
        If_Match='"2"',
    )
    assert problem(again)["status"] == 409
    prompt = declared(cast)
    timely = {**late, "late_ground": "oversight"}
    assert recorded(cast, prompt, "notification", **timely).status_code == 422


def test_an_unlikely_risk_owes_nothing_and_stops_the_clock(cast: Cast) -> None:
    page = declared(cast)
    assert recorded(cast, page, "qualification", **{**QUALIFIED, "risk": "unlikely"}).status_code == 303
    assert "à notifier avant" not in words_of(cast.browser("dpo").get(page))
    assert cast.browser("dpo").send(page, {}, f"{page}/cloture").status_code == 303


@pytest.mark.parametrize("text", ["Le relevé de Mme Durand, 15 ans", "Kevin D. a tout lu"])
def test_nobody_stands_in_the_register(cast: Cast, text: str) -> None:
    refused = cast.browser("police_13").send("/violations/nouvelle", {**DECLARED, "summary": text})
    assert refused.status_code == 422
    assert "semble parler d'une personne" in words_of(refused)
    assert rows(cast) == []


def test_the_register_is_the_dpo_s_and_a_declaration_its_author_s(cast: Cast) -> None:
    page = declared(cast)
    for who in ("coordinator_13", "administrator", "archivist", "reporter", "recipient"):
        assert cast.browser(who).get(page).status_code == 404, who
        assert "relevé" not in cast.browser(who).get("/violations").text
        assert cast.program(who).get("/api/v1/violations").json()["open"] == []
        assert cast.browser(who).get("/violations/registre").status_code == 403
    author = cast.browser("police_13")
    body = {**QUALIFIED, "csrf": author.csrf(), "version": "1"}
    assert author.post(f"{page}/qualification", body).status_code == 403
    assert cast.program("police_13").post(f"/api/v1{page}/cloture", None, If_Match='"1"').status_code == 403
    assert [row.version for row in rows(cast)] == [1]


def test_a_spreadsheet_runs_nothing_of_the_register(cast: Cast) -> None:
    declared(cast, summary="=HYPERLINK(1)")
    exported = cast.browser("dpo").get("/violations/registre").content.decode("utf-8-sig")
    assert ";'=HYPERLINK(1);" in exported


def test_a_closed_entry_goes_with_the_purge_after_five_years_and_an_open_one_stays(cast: Cast) -> None:
    declared(cast)
    declared(cast)
    closed, still_open = rows(cast)
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.update(Breach).where(col(Breach.id) == closed.id).values(state=BreachState.CLOSED))
    for days, left in ((5 * 365, {closed.id, still_open.id}), (3, {still_open.id})):
        cast.pass_long(timedelta(days=days))
        made = run(cast.house)
        assert {row.id for row in rows(cast)} == left
    with cast.house.transaction() as uow:
        counted = sa.select(col(PurgeTally.number)).where(
            col(PurgeTally.run_id) == made, col(PurgeTally.kind) == Kind.BREACH
        )
        assert uow.session.scalars(counted).all() == [1], "counted in the run that did it, and in its attestation"
