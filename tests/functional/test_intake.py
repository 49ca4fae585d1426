"""Step 1 through HTTP: a partner signals by page or by JSON; nothing typed is lost, echoed or kept in excess."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalEntry
from backend.counts.deltas import total
from backend.crypto.keystore import SubjectRecord, SupersededRecord, TombstoneRecord
from backend.signalements.actions.drafts import DRAFTS_AT_ONCE
from backend.signalements.models import Draft, SignalementFacts
from backend.situations.models import Situation
from policies.indicator_words import Indicator
from policies.vocabulary import Diversion
from tests.support.cast import Cast, build
from tests.support.http import form_of, words_of
from tests.support.journeys import (
    BODY,
    SIGNALEMENTS,
    START,
    TYPED,
    drafted,
    opened_by,
    problem,
    rows,
    sent,
)

SUBMITTERS = (
    "reporter",
    "field_agent",
    "coordinator_13",
    "coordinator_18",
    "parquet_13",
    "town_hall_13",
    "police_13",
    "pjj_13",
    "education_13",
    "social_coordinator_13",
)


@pytest.mark.parametrize("who", SUBMITTERS)
def test_every_partner_that_the_charter_names_signals_and_the_coordinator_reads_it(cast: Cast, who: str) -> None:
    done = sent(cast, who)
    receipt = cast.browser(who).get(f"/recepisses/{done.receipt}")
    assert receipt.status_code == 200
    assert "reçu" in words_of(receipt)
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{done.situation}"))
    for written in ("Durand", "Élodie", "16 mars 2010", "12 rue du Moulin", "Collège des Peupliers", "Durand Martine"):
        assert written in sheet
    assert "Croulebarbe" in sheet or "Salpêtrière" in sheet
    assert "Vue seule le soir." in sheet


@pytest.mark.parametrize(
    "who", ["guest_13", "recipient", "steering", "dpo", "archivist", "administrator", "unsigned_13"]
)
def test_nobody_else_signals(cast: Cast, who: str) -> None:
    before = rows(cast)["situation"]
    browser = cast.browser(who)
    answer = browser.post("/signalements/nouveau", {**START, "csrf": browser.csrf()})
    assert answer.status_code in {403, 404}
    assert problem(cast.program(who).post(SIGNALEMENTS, dict(BODY)))["status"] == answer.status_code
    assert rows(cast)["situation"] == before
    assert rows(cast)["draft"] == []


def test_a_program_signals_what_a_page_signals(cast: Cast) -> None:
    answer = cast.program("reporter").post(SIGNALEMENTS, dict(BODY))
    assert answer.status_code == 201
    assert answer.json().keys() == {"reference", "submitted_on", "status", "return_reason", "draft"}
    assert answer.json()["status"] == "received"
    situation = opened_by(cast, answer.json()["reference"]).situation
    sheet = cast.program("coordinator_13").get(f"/api/v1/situations/{situation}").json()
    assert sheet["content"]["situation"]["minor"]["last_name"] == "Durand"
    assert sheet["content"]["signalements"][0]["facts"] == "Vue seule le soir."
    assert [row["reference"] for row in cast.program("reporter").get(SIGNALEMENTS).json()] == [
        answer.json()["reference"]
    ]


def test_an_error_keeps_every_field_as_it_was_typed(cast: Cast) -> None:
    address = drafted(cast)
    wrong = {**TYPED, "birth_date": "31/02/2010", "sex": "", "motives": ()}
    answer = cast.browser("reporter").send(address, {**wrong, "act": "send"})
    assert answer.status_code == 422
    assert "JJ/MM/AAAA" in words_of(answer)
    for page in (answer, cast.browser("reporter").get(address)):
        shown = form_of(page, address).shown()
        for name, value in wrong.items():
            expected = (value,) if isinstance(value, str) else tuple(value)
            assert shown.get(name, ()) in {expected, ()} if expected in {("",), ()} else shown[name] == expected, name


def test_what_an_error_keeps_is_sealed_and_is_in_no_address(cast: Cast) -> None:
    address = drafted(cast)
    answer = cast.browser("reporter").send(address, {**TYPED, "last_name": "Zylberkwist", "sex": "", "act": "send"})
    assert answer.status_code == 422
    assert "Zylberkwist" in form_of(answer, address).shown()["last_name"]
    assert "Zylberkwist" not in repr(rows(cast))
    assert "Zylberkwist" not in address


def test_a_form_sent_twice_gives_one_signalement(cast: Cast) -> None:
    address = drafted(cast)
    browser = cast.browser("reporter")
    page = browser.get(address)
    first = browser.resend(page, {**TYPED, "act": "send"}, address)
    second = browser.resend(page, {**TYPED, "act": "send"}, address)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert len(rows(cast)["situation"]) == len(rows(cast)["receipt"]) == 1
    assert browser.get(address).headers["location"] == first.headers["location"]


def test_an_idempotency_key_gives_one_signalement_and_refuses_another_body(cast: Cast) -> None:
    program = cast.program("reporter")
    first = program.post(SIGNALEMENTS, dict(BODY), Idempotency_Key="clé-1".encode().hex())
    again = program.post(SIGNALEMENTS, dict(BODY), Idempotency_Key="clé-1".encode().hex())
    assert first.status_code == again.status_code == 201
    assert first.json()["reference"] == again.json()["reference"]
    other = program.post(SIGNALEMENTS, {**BODY, "last_name": "Autre"}, Idempotency_Key="clé-1".encode().hex())
    assert problem(other)["status"] == 422
    assert "Autre" not in other.text
    assert len(rows(cast)["situation"]) == 1
    somebody_else = cast.program("field_agent").post(SIGNALEMENTS, dict(BODY), Idempotency_Key="clé-1".encode().hex())
    assert somebody_else.json()["reference"] != first.json()["reference"]


def test_a_key_is_forgotten_after_a_day(cast: Cast) -> None:
    first = cast.program("reporter").post(SIGNALEMENTS, dict(BODY), Idempotency_Key="k")
    cast.pass_time(timedelta(hours=24))
    second = cast.program("reporter").post(SIGNALEMENTS, dict(BODY), Idempotency_Key="k")
    assert second.json()["reference"] != first.json()["reference"]


@pytest.mark.parametrize(
    "question,words",
    [
        ("immediate_danger", ("17", "119", "CRIP", "parquet")),
        ("school_offence", ("RIMS",)),
        ("radicalisation", ("CPRAF", "0 800 005 696")),
    ],
)
def test_a_diversion_shows_whom_to_call_and_keeps_the_fact_and_the_date_only(
    cast: Cast, question: str, words: tuple[str, ...]
) -> None:
    before = rows(cast)
    answer = cast.browser("reporter").send("/signalements/nouveau", {**START, question: "oui"})
    assert answer.status_code == 200
    for word in words:
        assert word in words_of(answer)
    after = rows(cast)
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"count_delta", "journal_watermark", "account_session"}
    with cast.house.stores.main.transaction() as session:
        assert total(session, Indicator.DIVERTED, cast.cells["13"].id, value=Diversion.of(question)) == 1
    with cast.house.stores.journal.transaction() as session:
        entry = session.scalars(sa.select(JournalEntry).where(col(JournalEntry.name).contains("diverted"))).one()
    assert '"known"' not in entry.body
    body = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", entry.body)  # random, so may hold any two digits
    assert "13" not in body.split('"diversion"')[-1]


def test_a_program_is_diverted_too_and_what_it_sent_is_forgotten(cast: Cast) -> None:
    before = rows(cast)
    answer = cast.program("reporter").post(SIGNALEMENTS, {**BODY, "immediate_danger": True})
    assert "119" in problem(answer)["detail"]
    assert "Durand" not in answer.text
    after = rows(cast)
    assert {name for name in after if after[name] != before[name]} <= {
        "count_delta",
        "journal_watermark",
        "account_session",
    }


def test_an_arrondissement_without_a_cell_says_whom_to_call(cast: Cast) -> None:
    answer = cast.browser("reporter").send("/signalements/nouveau", {**START, "arrondissement": "7"})
    assert answer.status_code == 422
    assert "CRIP" in words_of(answer)
    assert "coordonnateur" in words_of(answer)
    assert form_of(answer, "/signalements/nouveau").shown()["arrondissement"] == ("7",)
    by_program = cast.program("reporter").post(SIGNALEMENTS, {**BODY, "arrondissement": 7, "quartier": None})
    assert "CRIP" in problem(by_program)["errors"]["arrondissement"]
    assert rows(cast)["draft"] == rows(cast)["situation"] == []


@pytest.mark.parametrize("residence,words", [("unknown", "inconnue"), ("none", "sans domicile")])
def test_without_a_known_residence_the_place_of_the_facts_decides_the_cell(
    cast: Cast, residence: str, words: str
) -> None:
    done = sent(cast, residence=residence, arrondissement="18", quartier="", address="")
    sheet = cast.browser("coordinator_18").get(f"/situations/{done.situation}")
    assert f"{words} (faits : 18e arrondissement)" in words_of(sheet)
    assert cast.browser("coordinator_13").get(f"/situations/{done.situation}").status_code == 404


def test_an_estimated_age_is_shown_as_such(cast: Cast) -> None:
    done = sent(cast, birth_date="", estimated_age="14")
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{done.situation}"))
    assert "environ 14 ans, âge estimé le 23 novembre 2026" in sheet


@pytest.mark.parametrize(
    "typed,field,words",
    [
        ({"birth_date": "22/11/2008"}, "birth_date", "moins de 18 ans"),
        ({"birth_date": "", "estimated_age": "18"}, "estimated_age", "1er janvier"),
        ({"birth_date": "24/11/2026"}, "birth_date", "à venir"),
        ({"birth_date": "", "estimated_age": ""}, "birth_date", "âge estimé"),
        ({"estimated_age": "12"}, "estimated_age", "pas les deux"),
        ({"necessity_mot_05": ""}, "necessity_mot_05", "nécessaire"),
        ({"facts_from": "24/11/2026"}, "facts_from", "à venir"),
        ({"facts_until": "01/09/2026"}, "facts_until", "précède"),
        ({"quartier": "1"}, "quartier", "quartier"),
        ({"facts": "Déjà vu. " * 140}, "facts", "1200"),
    ],
)
def test_what_the_charter_cannot_accept_is_said_beside_its_field(
    cast: Cast, typed: Mapping[str, str], field: str, words: str
) -> None:
    address = drafted(cast)
    answer = cast.browser("reporter").send(address, {**TYPED, **typed, "act": "send"})
    assert answer.status_code == 422
    assert f'id="champ-{field}-erreur"' in answer.text
    assert words in words_of(answer)
    assert rows(cast)["situation"] == []


def test_the_eve_of_eighteen_is_still_a_minor(cast: Cast) -> None:
    assert sent(cast, birth_date="24/11/2008").receipt


def test_a_number_of_the_civil_registry_is_refused_and_not_repeated(cast: Cast) -> None:
    number = "2 10 03 75 113 045 12"
    address = drafted(cast)
    answer = cast.browser("reporter").send(address, {**TYPED, "facts": f"Son numéro : {number}.", "act": "send"})
    assert answer.status_code == 422
    assert "sécurité sociale" in words_of(answer)
    by_program = cast.program("reporter").post(SIGNALEMENTS, {**BODY, "facts": f"Son numéro : {number}."})
    assert "sécurité sociale" in problem(by_program)["errors"]["facts"]
    assert number not in by_program.text
    assert rows(cast)["situation"] == []


def test_a_warning_is_read_before_sending(cast: Cast) -> None:
    facts = "Suivi par un psychiatre, il prend des médicaments."
    address = drafted(cast)
    first = cast.browser("reporter").send(address, {**TYPED, "facts": facts, "act": "send"})
    assert first.status_code == 422
    assert "santé" in words_of(first)
    second = cast.browser("reporter").resend(first, {"warnings_read": "oui", "act": "send"}, address)
    assert second.status_code == 303
    unread = cast.program("reporter").post(SIGNALEMENTS, {**BODY, "facts": facts})
    assert "warnings_read" in problem(unread)["errors"]
    read = cast.program("reporter").post(SIGNALEMENTS, {**BODY, "facts": facts, "warnings_read": True})
    assert read.status_code == 201


def test_a_draft_is_saved_incomplete_and_resumed(cast: Cast) -> None:
    address = drafted(cast)
    saved = cast.browser("reporter").send(address, {"last_name": "Durand", "birth_date": "pas sûr", "act": "save"})
    assert saved.status_code == 303
    cast.pass_time(timedelta(days=2))
    listed = cast.browser("reporter").get("/signalements")
    assert address in listed.text
    assert "Durand" not in listed.text
    shown = form_of(cast.browser("reporter").get(address), address).shown()
    assert (shown["last_name"], shown["birth_date"]) == (("Durand",), ("pas sûr",))
    answer = cast.browser("reporter").send(address, {**TYPED, "act": "send"})
    assert answer.status_code == 303


def test_who_keeps_twenty_drafts_is_told_to_send_or_delete_one(cast: Cast) -> None:
    for _ in range(DRAFTS_AT_ONCE):
        drafted(cast)
    answer = cast.browser("reporter").send("/signalements/nouveau", dict(START))
    assert answer.status_code == 409
    assert "Vous avez déjà 20 brouillons" in words_of(answer)
    assert len(rows(cast)["draft"]) == DRAFTS_AT_ONCE
    assert cast.browser("town_hall_13").send("/signalements/nouveau", dict(START)).status_code == 303


def test_a_field_emptied_in_a_draft_stays_empty(cast: Cast) -> None:
    address = drafted(cast)
    browser = cast.browser("reporter")
    browser.send(address, {"last_name": "Durand", "motives": ("MOT-02",), "act": "save"})
    browser.send(address, {"last_name": "", "motives": (), "act": "save"})
    shown = form_of(browser.get(address), address).shown()
    assert shown["last_name"] == ("",)
    assert "motives" not in shown


def test_an_abandoned_draft_is_destroyed_with_its_key(cast: Cast) -> None:
    address = drafted(cast)
    browser = cast.browser("reporter")
    assert browser.send(address, {"act": "abandon"}).status_code == 303
    assert browser.get(address).status_code == 404
    assert rows(cast)["draft"] == []
    with cast.house.stores.keys.transaction() as session:
        assert session.scalars(sa.select(SubjectRecord)).all() == []
        assert session.scalars(sa.select(col(TombstoneRecord.ground))).all() == ["abandoned"]


def test_a_submitted_draft_opens_for_nobody_and_leaves_no_key_once_main_is_saved(cast: Cast) -> None:
    address = drafted(cast)
    with cast.house.stores.main.transaction() as session:
        draft = session.scalars(sa.select(col(Draft.id))).one()
    cast.browser("reporter").send(address, {**TYPED, "facts": "", "act": "send"})
    with cast.house.stores.main.transaction() as session:
        situation = session.scalars(sa.select(col(Situation.id))).one()
    assert cast.house.keyring.open_subjects({(draft, cast.cells["13"].id)}) == {}
    cast.pass_time(timedelta(minutes=1))
    cast.house.keyring.record_backup("main", cast.clock(), "digest")
    with cast.house.stores.keys.transaction() as session:
        assert session.scalars(sa.select(col(SubjectRecord.subject))).all() == [situation]
        assert session.scalars(sa.select(col(TombstoneRecord.subject))).all() == [draft]


def test_a_draft_is_read_and_sent_by_its_author_only(cast: Cast) -> None:
    address = drafted(cast)
    before = rows(cast)["draft"]
    for who in ("coordinator_13", "field_agent", "administrator", "parquet_13"):
        browser = cast.browser(who)
        assert browser.get(address).status_code == 404
        for act in ("save", "send", "abandon"):
            assert browser.post(address, {**TYPED, "act": act, "csrf": browser.csrf()}).status_code == 404
    assert rows(cast)["draft"] == before


def test_what_the_first_questions_settled_cannot_be_changed_on_the_form(cast: Cast) -> None:
    address = drafted(cast)
    browser = cast.browser("reporter")
    answer = browser.send(address, {**TYPED, "arrondissement": "18", "residence": "none", "act": "send"})
    assert answer.status_code == 303
    situation = opened_by(cast, answer.headers["location"].removeprefix("/recepisses/")).situation
    assert cast.browser("coordinator_13").get(f"/situations/{situation}").status_code == 200


def test_in_production_a_cell_without_its_acts_takes_nothing_nominative(tmp_path: Path) -> None:
    cast = build(tmp_path, mode="production")
    answer = cast.browser("reporter").send("/signalements/nouveau", START)
    assert answer.status_code == 409
    assert "aucune donnée nominative" in words_of(answer)
    by_program = cast.program("reporter").post(SIGNALEMENTS, dict(BODY))
    assert "aucune donnée nominative" in problem(by_program)["detail"]
    assert rows(cast)["draft"] == rows(cast)["situation"] == []
    cast.house.stores.dispose()


def test_every_key_of_the_store_belongs_to_a_row_or_to_what_replaced_it(cast: Cast) -> None:
    sent(cast)
    sent(cast, facts="", last_name="Ba")
    address = drafted(cast)
    cast.browser("reporter").send(address, {"act": "save", "last_name": "X"})
    with cast.house.stores.main.transaction() as session:
        known = {
            found
            for model in (Situation, Draft, SignalementFacts)
            for found in session.scalars(sa.select(col(model.id)))
        }
    with cast.house.stores.keys.transaction() as session:
        subjects = set(session.scalars(sa.select(col(SubjectRecord.subject))))
        replaced = session.scalars(sa.select(SupersededRecord)).all()
    assert subjects - {entry.subject for entry in replaced} == known
    assert {entry.successor for entry in replaced} <= known
