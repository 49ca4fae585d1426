"""Who looked, what is unusual, and what is proved, through HTTP: coordinator, DPO, and everybody else refused."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalEntry
from backend.audit.proving import check_event
from backend.cli import loops
from backend.crypto.keyring import ServiceKey
from backend.mail.models import MailOutbox
from backend.oversight.models import UnusualAccess
from policies.unusual_access import LATE, REFUSALS
from tests.support.cast import Cast
from tests.support.http import title_of, words_of
from tests.support.journeys import in_research, sent

NIGHT = timedelta(hours=13)
"""From the morning of the cast to after the last hour of work."""


def journalled(cast: Cast, name: str) -> list[dict[str, object]]:
    cast.house.journal.seal_outbox()
    with cast.house.stores.journal.transaction() as session:
        bodies = session.scalars(
            sa.select(col(JournalEntry.body)).where(col(JournalEntry.name) == name).order_by(col(JournalEntry.leaf))
        )
        return [json.loads(body)["values"] for body in bodies]


def found(cast: Cast) -> list[UnusualAccess]:
    with cast.house.stores.main.transaction() as session:
        return list(session.scalars(sa.select(UnusualAccess)))


def test_the_coordinator_sees_which_institution_and_role_opened_a_situation_and_not_who(cast: Cast) -> None:
    situation = in_research(cast)
    for _ in range(2):
        assert cast.browser("police_13").get(f"/situations/{situation}").status_code == 200
    coordinator = cast.browser("coordinator_13")
    sheet = words_of(coordinator.get(f"/situations/{situation}"))
    assert "Qui a ouvert cette situation" in sheet
    answer = coordinator.get(f"/situations/{situation}/ouvertures")
    assert situation in title_of(answer), "each page has a title of its own"
    page = words_of(answer)
    police = cast.people["police_13"]
    assert "Commissariat du 13e, commissariat : lecture, 23 novembre 2026 à 9 h 00" in sheet
    assert "Commissariat du 13e Commissariat lecture 23 novembre 2026 à 9 h 00" in page
    assert "doublons" not in page + sheet
    assert agent(cast, police.email) not in page + sheet
    for other in ("police_13", "coordinator_18", "dpo", "administrator"):
        assert cast.browser(other).get(f"/situations/{situation}/ouvertures").status_code in {403, 404}


@pytest.fixture
def night(cast: Cast) -> list[str]:
    """Let a seat open three situations at night, and knock at closed doors; then a round finds it, and only it."""
    situations = [in_research(cast) for _ in range(LATE)]
    cast.pass_time(NIGHT)
    police = cast.browser("police_13")
    for situation in situations:
        assert police.get(f"/situations/{situation}").status_code == 200
    for _ in range(REFUSALS):
        assert police.get("/purge").status_code == 403
    cast.pass_time(timedelta(days=1))
    loops.go_round(cast.house)
    loops.go_round(cast.house)
    return situations


def test_the_dpo_is_told_of_what_is_unusual_learns_who_it_was_for_a_reason_and_settles_it(
    cast: Cast, night: list[str]
) -> None:
    assert sorted(row.oddity.value for row in found(cast)) == ["late", "refusals"]
    with cast.house.stores.main.transaction() as session:
        mails = session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == "unusual_access")).all()
    assert [mail.recipient for mail in mails] == [cast.people["dpo"].email]
    dpo = cast.browser("dpo")
    assert "Accès inhabituels que personne n'a regardés : 2" in words_of(dpo.get("/"))
    police = cast.people["police_13"]
    listing = words_of(dpo.get("/acces-inhabituels"))
    assert "Situations ouvertes en dehors des heures de travail" in listing
    late = next(row for row in found(cast) if row.oddity.value == "late")
    page = f"/acces-inhabituels/{late.reference}"
    before = dpo.get(page)
    name = agent(cast, police.email)
    assert name not in before.text + listing
    assert "Autres accès inhabituels de la même personne 1" in words_of(before)
    assert not any(situation in before.text for situation in night)
    assert dpo.send(page, {}, f"{page}/levee").status_code == 422
    assert dpo.send(page, {"ground": "ask"}, f"{page}/levee").headers["location"] == f"{page}?fait=leve"
    assert name in words_of(dpo.get(page))
    assert journalled(cast, "oversight:access:lifted") == [{"access": late.reference, "ground": "ask"}]
    assert dpo.send(page, {"outcome": "justified"}, f"{page}/suite").status_code == 303
    assert "justifié par le travail de la personne" in words_of(dpo.get(page))
    assert "regardés : 1" in words_of(dpo.get("/"))
    for other in ("administrator", "coordinator_13", "police_13", "archivist"):
        assert cast.browser(other).get("/acces-inhabituels").status_code == 403
        assert cast.browser(other).get(page).status_code == 404


def test_a_program_of_the_dpo_reads_and_settles_the_same_and_is_told_no_name(cast: Cast, night: list[str]) -> None:
    dpo = cast.program("dpo")
    listed = dpo.get("/api/v1/acces-inhabituels")
    assert {line["oddity"] for line in listed.json()["lines"]} == {"late", "refusals"}
    page = f"/api/v1/acces-inhabituels/{listed.json()['lines'][0]['reference']}"
    read = dpo.get(page)
    assert read.json()["person"] is None
    name = agent(cast, cast.people["police_13"].email)
    assert not any(told in read.text + listed.text for told in (name, *night))
    lifting = dpo.post(f"{page}/levee", {"ground": "ask"}, If_Match=read.headers["ETag"])
    assert (lifting.status_code, lifting.json()["type"]) == (403, "urn:cenacle:step-up-required")
    assert dpo.post(f"{page}/suite", {"outcome": "justified"}).status_code == 428
    settled = dpo.post(f"{page}/suite", {"outcome": "justified"}, If_Match=read.headers["ETag"])
    assert settled.json()["line"]["state"] == "settled"
    assert name not in settled.text
    for other in ("administrator", "coordinator_13", "police_13"):
        assert cast.program(other).get("/api/v1/acces-inhabituels").status_code == 403
        assert cast.program(other).get(page).status_code == 404
    watched = cast.program("coordinator_13").get(f"/api/v1/situations/{night[0]}/ouvertures")
    assert "Commissariat du 13e" in {line["institution"] for line in watched.json()["lines"]}
    assert name not in watched.text


def agent(cast: Cast, email: str) -> str:
    with cast.house.stores.main.transaction() as session:
        return str(session.scalar(sa.text("SELECT display_name FROM account WHERE email = :email"), {"email": email}))


def test_the_dpo_compares_a_checkpoint_kept_elsewhere_and_proves_an_event(cast: Cast) -> None:
    sent(cast)
    dpo = cast.browser("dpo")
    kept = dpo.get("/journal/point-de-controle")
    assert kept.text == cast.house.journal.checkpoint() or kept.text.startswith("cenacle/journal/")
    sent(cast)
    compared = dpo.send("/journal", {"note": kept.text.replace("\n", "\r\n")}, "/journal/comparaison")
    assert "Rien n'a été retiré ni changé" in words_of(compared)
    forged = kept.text.replace(kept.text.splitlines()[1], "1", 1)
    refused = dpo.send("/journal", {"note": forged}, "/journal/comparaison")
    assert refused.status_code == 422
    assert "Ce n'est pas un point de contrôle signé" in words_of(refused)
    proof = dpo.send("/journal", {"number": "0"}, "/journal/preuve")
    assert check_event(proof.text, cast.house.keyring.public_key(ServiceKey.LOG)).number == 0
    assert journalled(cast, "oversight:event:proved") == [{"number": 0}]
    for number in ("999999", "zéro", "", "9" * 30):
        assert dpo.send("/journal", {"number": number}, "/journal/preuve").status_code == 422
    for other in ("administrator", "coordinator_13", "archivist"):
        for path in ("/journal", "/journal/point-de-controle"):
            assert cast.browser(other).get(path).status_code == 403
