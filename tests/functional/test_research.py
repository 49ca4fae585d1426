"""Step 3 through HTTP: the coordinator opens, each seat prepares for itself, a guest reads one situation (step 3)."""

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.crypto.keystore import SubjectRecord, TombstoneRecord
from backend.mail.models import MailOutbox
from backend.members.models import Account
from backend.research.actions import close_research, open_research
from backend.research.forms import OpenForm
from backend.research.models import PriorResearch
from backend.situations.models import Situation
from policies.vocabulary import Sharing, Stage
from tests.support.cast import Cast
from tests.support.http import links_of, words_of
from tests.support.journeys import (
    at_parquet,
    guest_reference,
    in_research,
    opened,
    prepared,
    problem,
    retained,
    rows,
    sent,
)

SEATS = ("town_hall_13", "police_13", "pjj_13", "education_13")
NOTE = "brouillardopaline"
API = "/api/v1/situations"


def row(cast: Cast, situation: str) -> Situation:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(Situation).where(col(Situation.reference) == situation)).one()


def closed(cast: Cast, situation: str) -> None:
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        statement = sa.select(Situation).where(col(Situation.reference) == situation).with_for_update()
        close_research(uow, uow.session.scalars(statement).one())


def noted(cast: Cast, situation: str, who: str = "police_13", **fields: str) -> Response:
    return prepared(cast, situation, who, **{"value": "to_bring", "note": NOTE, **fields})


@pytest.mark.parametrize("who", SEATS)
def test_a_seat_reads_a_retained_situation_once_research_is_open_and_not_before(cast: Cast, who: str) -> None:
    situation = retained(cast)
    member = cast.browser(who)
    assert member.get(f"/situations/{situation}").status_code == 404
    assert "Rien à préparer" in words_of(member.get("/recherche"))
    assert opened(cast, situation).status_code == 303
    assert "1 situation à préparer" in words_of(member.get("/"))
    assert "Durand" in words_of(member.get("/recherche"))
    page = member.get(f"/situations/{situation}/recherche")
    assert "/recherche" in links_of(page)
    assert "/situations" not in links_of(page)
    words = words_of(page)
    assert "Aller à votre préparation" in words
    for shown in ("Durand", "Élodie", "Collège des Peupliers", "Square du Puits"):
        assert shown in words
    for hidden in ("12 rue du Moulin", "06 39 98 12 34", "Martine", "Bailleur du Sud", "Réponse du parquet"):
        assert hidden not in words


@pytest.mark.parametrize(
    "who", ["parquet_18", "coordinator_18", "social_coordinator_13", "guest_13", "reporter", "dpo"]
)
def test_nobody_else_reads_it(cast: Cast, who: str) -> None:
    situation = in_research(cast)
    for path in ("", "/recherche", "/invite", "/sortie/crip"):
        answer = cast.browser(who).get(f"/situations/{situation}{path}")
        assert answer.status_code in {404, 422}
        assert "Durand" not in answer.text
    assert cast.program(who).get(f"{API}/{situation}").status_code == 404
    assert "Durand" not in cast.program(who).get("/api/v1/recherche").text


def test_only_what_the_parquet_retained_is_opened_and_only_once_and_by_its_coordinator(cast: Cast) -> None:
    waiting, situation = at_parquet(cast).situation, retained(cast)
    coordinator = cast.program("coordinator_13")
    both, one = {"references": [waiting, situation]}, {"references": [situation]}
    assert coordinator.post(f"{API}/ouverture-recherche", both).status_code == 409
    assert row(cast, situation).sharing is Sharing.WITHHELD
    for who, status in {"parquet_13": 403, "police_13": 404, "coordinator_18": 404}.items():
        assert cast.program(who).post(f"{API}/ouverture-recherche", one).status_code == status
    assert coordinator.post(f"{API}/ouverture-recherche", one).status_code == 200
    assert coordinator.post(f"{API}/ouverture-recherche", one).status_code == 409


def test_a_member_keeps_an_answer_and_a_note_that_nobody_else_reads(cast: Cast) -> None:
    situation = in_research(cast)
    assert noted(cast, situation).headers["location"] == "/recherche?fait=preparee"
    page = f"/situations/{situation}/recherche"
    assert NOTE in cast.browser("police_13").get(page).text
    assert "préparée" in words_of(cast.browser("police_13").get("/recherche"))
    assert noted(cast, situation, value="non_communicable", note="").status_code == 303
    assert NOTE not in cast.browser("police_13").get(page).text
    assert noted(cast, situation).status_code == 303
    for who in ("coordinator_13", "parquet_13", "town_hall_13", "administrator", "dpo"):
        for path in (f"/situations/{situation}", page, "/recherche", "/"):
            assert NOTE not in cast.browser(who).get(path).text
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{situation}"))
    assert "Commissariat : préparé" in sheet
    assert "Mairie d'arrondissement : pas encore" in sheet
    assert "éléments à apporter" not in sheet
    assert "pas encore" not in words_of(cast.browser("police_13").get(f"/situations/{situation}"))
    assert len(rows(cast)["prior_research"]) == 1


def test_preparing_does_not_disturb_what_the_coordinator_is_writing(cast: Cast) -> None:
    situation = in_research(cast)
    version = row(cast, situation).version
    assert noted(cast, situation).status_code == 303
    assert row(cast, situation).version == version


def test_the_cst_is_kept_out_with_the_rule_and_learns_nothing(cast: Cast) -> None:
    situation = in_research(cast)
    for reference in (situation, "0000-0000-0000"):
        answer = cast.program("social_coordinator_13").post(f"{API}/{reference}/recherche", {"value": "nothing"})
        assert answer.status_code == 422
        assert "contrat parisien 2015-2020, étape 3" in problem(answer)["detail"]
    assert "étape 3" in words_of(cast.browser("social_coordinator_13").get("/recherche"))
    assert rows(cast)["prior_research"] == []


@pytest.mark.parametrize("who, status", [("coordinator_13", 403), ("parquet_13", 403), ("town_hall_13", 204)])
def test_only_seats_prepare(cast: Cast, who: str, status: int) -> None:
    situation = in_research(cast)
    assert cast.program(who).post(f"{API}/{situation}/recherche", {"value": "nothing"}).status_code == status


def test_what_is_refused_in_a_note_is_said_beside_it_and_nothing_is_lost(cast: Cast) -> None:
    situation = in_research(cast)
    answer = noted(cast, situation, note="PV 2026/004512 au commissariat")
    assert answer.status_code == 422
    assert "PV 2026/004512 au commissariat" in answer.text
    assert noted(cast, situation, value="autre").status_code == 422
    assert rows(cast)["prior_research"] == []


def test_closing_takes_access_back_and_destroys_every_note_with_its_key(cast: Cast) -> None:
    situation = in_research(cast)
    for who in SEATS:
        assert noted(cast, situation, who).status_code == 303
    with cast.house.stores.main.transaction() as session:
        subjects = set(session.scalars(sa.select(col(PriorResearch.id))))
    assert len(subjects) == len(SEATS)
    closed(cast, situation)
    assert rows(cast)["prior_research"] == []
    with cast.house.stores.keys.transaction() as session:
        assert not subjects & set(session.scalars(sa.select(col(SubjectRecord.subject))))
        assert subjects <= set(session.scalars(sa.select(col(TombstoneRecord.subject))))
    for who in SEATS:
        assert cast.browser(who).get(f"/situations/{situation}").status_code == 404
        assert cast.program(who).post(f"{API}/{situation}/recherche", {"value": "nothing"}).status_code == 404
    assert row(cast, situation).stage is Stage.RETAINED


def test_a_guest_reads_one_situation_and_of_it_a_name_and_school_motives(cast: Cast) -> None:
    situation, other = in_research(cast, last_name="Invité"), in_research(cast)
    guest = cast.browser("guest_13")
    page = f"/situations/{situation}/invite"
    assert cast.browser("coordinator_13").send(page, {"guest": guest_reference(cast)}).status_code == 303
    words = words_of(guest.get(f"/situations/{situation}"))
    for shown in ("Invité", "absentéisme"):
        assert shown in words
    hidden = ("comportements violents", "Collège des Peupliers", "Square du Puits", "infra-délinquance", "Vue seule")
    for text in hidden:
        assert text not in words
    assert f"/situations/{situation}" in links_of(guest.get("/"))
    assert guest.get(f"/situations/{other}").status_code == 404
    assert guest.get(f"/situations/{situation}/recherche").status_code == 403
    assert cast.browser("coordinator_13").send(page, {}, f"{page}/retrait").status_code == 303
    assert guest.get(f"/situations/{situation}").status_code == 404


def test_a_guest_is_invited_only_while_research_is_open_and_only_one_who_is_habilitated(cast: Cast) -> None:
    withheld, situation = retained(cast), in_research(cast)
    coordinator = cast.program("coordinator_13")
    body = {"guest": guest_reference(cast)}
    tag = {"If_Match": f'"{row(cast, withheld).version}"'}
    assert coordinator.post(f"{API}/{withheld}/invite", body, **tag).status_code == 409
    tag = {"If_Match": f'"{row(cast, situation).version}"'}
    for stranger in (guest_reference(cast, "police_13"), "0000-0000-0000"):
        assert coordinator.post(f"{API}/{situation}/invite", {"guest": stranger}, **tag).status_code == 422
    assert cast.program("police_13").post(f"{API}/{situation}/invite", body, **tag).status_code == 403
    assert coordinator.post(f"{API}/{situation}/invite", body).status_code == 428
    assert coordinator.post(f"{API}/{situation}/invite", body, If_Match='"1"').status_code == 412
    assert coordinator.post(f"{API}/{situation}/invite", body, **tag).status_code == 200
    closed(cast, situation)
    assert cast.browser("guest_13").get(f"/situations/{situation}").status_code == 404


def test_a_seat_that_submitted_reads_its_receipt_only_until_research_opens(cast: Cast) -> None:
    done = sent(cast, "police_13")
    assert done.situation not in cast.browser("police_13").get(f"/recepisses/{done.receipt}").text
    assert cast.browser("police_13").get(f"/situations/{done.situation}").status_code == 404


def test_each_seat_is_told_once_that_research_is_open_and_nothing_of_whom(cast: Cast) -> None:
    first, second = retained(cast, last_name="Premier"), retained(cast, last_name="Second")
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        open_research(uow, OpenForm(references=(first, second)))
    with cast.house.stores.main.transaction() as session:
        told = session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == "research_opened")).all()
        emails = {name: session.get_one(Account, cast.people[name].id).email for name in cast.people}
    assert sorted(row.recipient for row in told) == sorted(emails[name] for name in SEATS)
    assert {(row.content, row.link) for row in told} == {("{}", "/recherche")}
