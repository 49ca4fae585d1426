"""Who looked, what is unusual, and what is proved, through HTTP: coordinator, DPO, and everybody else refused."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalEntry
from backend.audit.proving import check_event
from backend.cli import loops
from backend.crypto.keyring import ServiceKey
from backend.mail.models import MailOutbox
from backend.members.models import Account, NamesakeTally
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


def named(cast: Cast, person: str, displayed: str) -> None:
    with cast.house.stores.main.transaction() as session:
        session.execute(
            sa.update(Account).where(col(Account.id) == cast.people[person].id).values(display_name=displayed)
        )


def tallies(cast: Cast) -> dict[UUID, NamesakeTally]:
    with cast.house.stores.main.transaction() as session:
        return {row.account_id: row for row in session.scalars(sa.select(NamesakeTally))}


def test_the_dpo_learns_that_a_namesake_was_opened_and_nothing_outside_tells_which_opening_it_was(
    cast: Cast,
) -> None:
    situation = in_research(cast, last_name="N’Diaye-Zaborowskix")
    named(cast, "police_13", "Mme Awa ZABOROWSKIX")
    named(cast, "pjj_13", "Mme Awa Martin")
    before = tallies(cast)
    assert cast.people["coordinator_13"].id in before, "who opens has one, namesake or not"
    for _ in range(2):
        for seat in ("police_13", "pjj_13"):
            assert cast.browser(seat).get(f"/situations/{situation}").status_code == 200
    rows = tallies(cast)
    police, pjj = (rows[cast.people[seat].id] for seat in ("police_13", "pjj_13"))
    assert len(police.wrapped) == len(pjj.wrapped) == len(rows[cast.people["coordinator_13"].id].wrapped)
    assert (police.month, set(vars(police)) - set(vars(pjj))) == (pjj.month, set())
    cast.browser("pjj_13").get(f"/situations/{situation}")
    assert tallies(cast)[cast.people["pjj_13"].id].wrapped != pjj.wrapped, "written again without a namesake too"
    swapped = cast.people["pjj_13"].id, police.wrapped
    cast.pass_time(timedelta(days=1))
    loops.go_round(cast.house)
    assert found(cast) == []
    dpo = cast.browser("dpo")
    assert "Ouvertures d'homonymes" in words_of(dpo.get("/acces-inhabituels"))
    page = "/acces-inhabituels/homonymes"
    seen = words_of(dpo.get(page))
    assert "23 novembre 2026 2 pseudonyme" in seen
    assert "ZABOROWSKIX" not in seen
    assert dpo.send(page, {}, f"{page}/levee").status_code == 422
    known = words_of(dpo.send(page, {"ground": "ask"}, f"{page}/levee"))
    assert "23 novembre 2026 2 Mme Awa ZABOROWSKIX" in known
    assert "Martin" not in known
    assert journalled(cast, "oversight:namesakes:lifted") == [{"ground": "ask"}]
    assert "pseudonyme" in words_of(dpo.get(page)), "nothing of it is kept"
    listed = cast.program("dpo").get(f"/api/v1{page}")
    assert listed.json()["lines"] == [{"day": "2026-11-23", "number": 2, "person": None}]
    assert cast.program("dpo").post(f"/api/v1{page}/levee", {"ground": "ask"}).status_code == 403
    for other in ("administrator", "coordinator_13", "police_13"):
        assert cast.browser(other).get(page).status_code == 403
    with cast.house.stores.main.transaction() as session:
        session.execute(
            sa.update(NamesakeTally).where(col(NamesakeTally.account_id) == swapped[0]).values(wrapped=swapped[1])
        )
    assert "Martin" not in words_of(dpo.send(page, {"ground": "ask"}, f"{page}/levee")), "a tally moved does not open"


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
