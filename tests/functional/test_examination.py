"""Step 4 through HTTP: open on the day, present, examine one situation at a time, decide, close (domain section 3)."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import Meeting
from backend.examination.models import Examination, Presence
from backend.signalements.models import Receipt
from backend.situations.models import Situation
from policies.indicator_words import Indicator
from policies.meeting_words import ItemState, MeetingStage
from policies.vocabulary import ClosingReason, ReceiptStatus, Sharing, Stage
from tests.support.cast import Cast
from tests.support.http import words_of
from tests.support.journeys import (
    answered,
    at_parquet,
    convened,
    guest_reference,
    in_research,
    meeting_on,
    on_the_day,
    prepared,
    problem,
    qualified,
    retained,
    rows,
    sent,
    transmitted,
)
from tests.support.pdf import unreadable
from tests.support.sessions import (
    API,
    CLOSE,
    FOLLOW,
    JANUARY,
    POSTPONE,
    acted,
    counted,
    in_session,
    one,
    point_of,
    version,
)


def test_a_meeting_is_walked_in_the_browser_from_its_opening_to_its_record(cast: Cast) -> None:
    situation, aside = in_research(cast), at_parquet(cast, last_name="Écartée").situation
    assert answered(cast, {aside: "not_retained"}).status_code == 303
    assert prepared(cast, situation).status_code == 303
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    on_the_day(cast, JANUARY)
    coordinator, page = cast.browser("coordinator_13"), f"/reunions/{meeting}/seance"
    assert coordinator.send(page, {}, f"/reunions/{meeting}/ouverture").status_code == 303
    shown = words_of(coordinator.get(page))
    assert situation in shown
    assert "Durand" not in shown
    presented = f"/reunions/{meeting}/points/{point_of(cast, meeting, aside).reference}/presentation"
    own = cast.browser("parquet_13").get(f"/reunions/{meeting}/presentation")
    assert "Écartée" in words_of(own)
    answer = cast.browser("parquet_13").resend(own, {}, presented)
    assert answer.headers["location"] == f"/reunions/{meeting}/presentation?fait=presentee"
    base = f"/reunions/{meeting}/points/{point_of(cast, meeting, situation).reference}"
    assert "Aucune situation en cours" in words_of(coordinator.get(f"/reunions/{meeting}/projection"))
    assert coordinator.send(page, {}, f"{base}/examen").status_code == 303
    assert "Durand" in words_of(coordinator.get(page))
    projected = coordinator.get(f"/reunions/{meeting}/projection")
    assert "16 ans" in words_of(projected)
    assert "Absentéisme" in words_of(projected)
    named = re.compile(r"<p[^>]* data-held hidden>[^<]*Durand</p>")
    assert named.search(projected.text)
    assert "Durand" not in named.sub("", projected.text)
    assert "Assiduité à vérifier" in words_of(cast.browser("education_13").get("/"))
    asked = f"/assiduite/{point_of(cast, meeting, situation).reference}"
    assert cast.browser("education_13").send("/assiduite", {"attendance": "no"}, asked).status_code == 303
    assert "non assidu" in words_of(coordinator.get(page))
    missing = coordinator.send(page, {"decision": "follow", "present": ("police",)}, f"{base}/decision")
    assert missing.status_code == 422
    assert "Choisissez le motif" in words_of(missing)
    assert 'value="police" checked' in missing.text
    assert coordinator.send(page, FOLLOW, f"{base}/decision").status_code == 303
    assert one(cast, Situation, situation).stage is Stage.FOLLOWED
    closed = coordinator.send(page, {}, f"/reunions/{meeting}/cloture")
    assert closed.headers["location"] == f"/reunions/{meeting}/releve"
    record = words_of(coordinator.get(f"/reunions/{meeting}/releve"))
    for words in (situation, aside, "Poursuivre le suivi : accompagnement à construire", "ne change plus"):
        assert words in record
    for hidden in ("Durand", "Écartée", "assidu"):
        assert hidden not in record


def test_closing_recalls_access_destroys_notes_and_counts(cast: Cast) -> None:
    situation = in_research(cast)
    assert prepared(cast, situation, "pjj_13").status_code == 303
    meeting = in_session(cast, situation)
    assert cast.browser("pjj_13").get(f"/situations/{situation}").status_code == 200
    assert acted(cast, meeting, situation, "examen").status_code == 200
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 200
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code == 200
    assert cast.browser("pjj_13").get(f"/situations/{situation}").status_code == 404
    assert rows(cast)["prior_research"] == []
    row = one(cast, Situation, situation)
    assert (row.stage, row.sharing) == (Stage.CLOSED, Sharing.WITHHELD)
    assert row.closing_reason is ClosingReason.SUPPORT_IN_PLACE
    assert (counted(cast, Indicator.EXAMINED), counted(cast, Indicator.CLOSED)) == (1, 1)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code == 412


def test_the_seats_that_were_held_are_recorded_and_the_parquet_s_absence_is_said(cast: Cast) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 200
    with cast.house.stores.main.transaction() as session:
        assert [row.role.value for row in session.scalars(sa.select(Presence))] == ["police"]
    assert "parquet absent" in words_of(cast.browser("coordinator_13").get(f"/reunions/{meeting}/seance"))


def test_what_is_postponed_or_left_goes_on_to_the_next_meeting(cast: Cast) -> None:
    postponed, left, begun = (retained(cast, last_name=name) for name in ("Un", "Deux", "Trois"))
    meeting = in_session(cast, postponed, left, begun, following=True)
    assert acted(cast, meeting, postponed, "examen").status_code == 200
    assert acted(cast, meeting, postponed, "decision", POSTPONE).status_code == 200
    assert acted(cast, meeting, begun, "examen").status_code == 200
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code == 200
    with cast.house.stores.main.transaction() as session:
        april = session.scalars(sa.select(Meeting).where(col(Meeting.stage) == MeetingStage.PLANNED)).one()
    for situation in (postponed, left, begun):
        assert one(cast, Situation, situation).stage is Stage.RETAINED
        assert point_of(cast, meeting, situation).state is ItemState.CARRIED
        assert point_of(cast, april.reference, situation).state is ItemState.LISTED
    assert (counted(cast, Indicator.POSTPONED), counted(cast, Indicator.EXAMINED)) == (1, 0)


def test_one_situation_at_a_time_and_only_while_the_meeting_is_open(cast: Cast) -> None:
    first, second = retained(cast, last_name="Un"), retained(cast, last_name="Deux")
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    assert acted(cast, meeting, first, "examen").status_code == 409
    opening = cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/ouverture", None, **version(cast, meeting))
    assert opening.status_code == 409
    assert "14 janvier 2027" in problem(opening)["detail"]
    on_the_day(cast, JANUARY)
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/ouverture", None, **tag).status_code == 200
    assert acted(cast, meeting, first, "decision", FOLLOW).status_code == 409
    assert acted(cast, meeting, first, "presentation").status_code == 409
    assert acted(cast, meeting, first, "examen").status_code == 200
    assert acted(cast, meeting, second, "examen").status_code == 409
    assert acted(cast, meeting, first, "decision", FOLLOW).status_code == 200
    assert acted(cast, meeting, first, "decision", FOLLOW).status_code == 409


def test_the_parquet_corrects_its_answer_until_the_examination_begins(cast: Cast) -> None:
    situation, other = in_research(cast, last_name="Un"), retained(cast, last_name="Deux")
    meeting = in_session(cast, situation, other)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    tag = {"If_Match": f'"{one(cast, Situation, situation).version}"'}
    parquet = cast.program("parquet_13")
    late = parquet.post(f"{API}/situations/{situation}/reponse-parquet", {"answer": "not_retained"}, **tag)
    assert late.status_code == 409
    tag = {"If_Match": f'"{one(cast, Situation, other).version}"'}
    early = parquet.post(f"{API}/situations/{other}/reponse-parquet", {"answer": "not_retained"}, **tag)
    assert early.status_code == 200


def test_a_correction_closes_research_at_once_and_destroys_the_notes(cast: Cast) -> None:
    situation = in_research(cast)
    assert prepared(cast, situation, "town_hall_13").status_code == 303
    tag = {"If_Match": f'"{one(cast, Situation, situation).version}"'}
    path = f"{API}/situations/{situation}/reponse-parquet"
    assert cast.program("parquet_13").post(path, {"answer": "not_retained"}, **tag).status_code == 200
    assert rows(cast)["prior_research"] == []
    assert one(cast, Situation, situation).sharing is Sharing.WITHHELD
    assert cast.browser("town_hall_13").get(f"/situations/{situation}").status_code == 404


@pytest.mark.parametrize("who", ["parquet_13", "police_13", "social_coordinator_13", "coordinator_18", "dpo"])
def test_only_the_coordinator_conducts_a_meeting(cast: Cast, who: str) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    refused = {403, 404}
    for verb, body in (("examen", None), ("decision", FOLLOW)):
        assert acted(cast, meeting, situation, verb, body, who).status_code in refused
    for path in ("seance", "projection", "releve"):
        assert cast.program(who).get(f"{API}/reunions/{meeting}/{path}").status_code in refused
        assert cast.browser(who).get(f"/reunions/{meeting}/{path}").status_code in refused
    tag = version(cast, meeting)
    assert cast.program(who).post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code in refused
    assert one(cast, Situation, situation).stage is Stage.RETAINED


@pytest.mark.parametrize("who", ["coordinator_13", "police_13", "parquet_13", "social_coordinator_13"])
def test_only_the_education_seat_says_whether_the_minor_attends_during_the_examination(cast: Cast, who: str) -> None:
    situation = in_research(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "assiduite", {"attendance": "yes"}, "education_13").status_code == 409
    assert acted(cast, meeting, situation, "examen").status_code == 200
    assert acted(cast, meeting, situation, "assiduite", {"attendance": "yes"}, who).status_code == 403
    assert acted(cast, meeting, situation, "assiduite", {"attendance": "yes"}, "education_13").status_code == 200
    with cast.house.stores.main.transaction() as session:
        (row,) = session.scalars(sa.select(Examination))
    assert "yes" not in repr(row.attendance)


def test_two_windows_that_decide_at_once_one_wins_and_the_other_is_told(cast: Cast) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    coordinator, page = cast.browser("coordinator_13"), f"/reunions/{meeting}/seance"
    address = f"/reunions/{meeting}/points/{point_of(cast, meeting, situation).reference}/decision"
    first, second = coordinator.get(page), coordinator.get(page)
    assert coordinator.resend(first, FOLLOW, address).status_code == 303
    assert coordinator.resend(second, CLOSE, address).status_code in {409, 412}
    assert one(cast, Situation, situation).stage is Stage.FOLLOWED


def test_a_decision_saved_while_the_meeting_closes_is_refused_and_nothing_is_half_written(cast: Cast) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    page = cast.browser("coordinator_13").get(f"/reunions/{meeting}/seance")
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code == 200
    address = f"/reunions/{meeting}/points/{point_of(cast, meeting, situation).reference}/decision"
    assert cast.browser("coordinator_13").resend(page, FOLLOW, address).status_code in {409, 412}
    assert one(cast, Situation, situation).stage is Stage.RETAINED
    with cast.house.stores.main.transaction() as session:
        assert list(session.scalars(sa.select(Presence))) == []


def test_a_decision_sent_again_after_a_network_that_dropped_is_recorded_once(cast: Cast) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    coordinator, page = cast.browser("coordinator_13"), f"/reunions/{meeting}/seance"
    address = f"/reunions/{meeting}/points/{point_of(cast, meeting, situation).reference}/decision"
    shown = coordinator.get(page)
    keyed = {**FOLLOW, "idempotency": "a-key-of-this-sending"}
    first = coordinator.resend(shown, keyed, address)
    again = coordinator.resend(shown, keyed, address)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert counted(cast, Indicator.EXAMINED) == 1
    with cast.house.stores.main.transaction() as session:
        assert len(session.scalars(sa.select(Presence)).all()) == 3
    assert coordinator.resend(shown, {**keyed, "following": "still_worrying"}, address).status_code == 422
    assert one(cast, Situation, situation).stage is Stage.FOLLOWED


def test_the_key_of_one_person_gives_nothing_to_another(cast: Cast) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    point = point_of(cast, meeting, situation)
    path, key = f"{API}/points/{point.reference}/decision", {"Idempotency_Key": "the-same-key"}
    tag = {"If_Match": f'"{point.version}"'}
    assert cast.program("coordinator_13").post(path, FOLLOW, **tag, **key).status_code == 200
    assert cast.program("coordinator_13").post(path, FOLLOW, **tag, **key).status_code == 200
    assert cast.program("coordinator_18").post(path, FOLLOW, **tag, **key).status_code == 404
    assert cast.program("police_13").post(path, FOLLOW, **tag, **key).status_code == 403


def test_the_point_of_a_guest_stays_blank_until_the_guest_is_in(cast: Cast) -> None:
    situation = in_research(cast)
    page = f"/situations/{situation}/invite"
    assert cast.browser("coordinator_13").send(page, {"guest": guest_reference(cast)}).status_code == 303
    meeting = in_session(cast, situation)
    coordinator, projection = cast.browser("coordinator_13"), f"/reunions/{meeting}/projection"
    assert acted(cast, meeting, situation, "invite").status_code == 409
    assert acted(cast, meeting, situation, "examen").status_code == 200
    blank = coordinator.get(projection)
    assert "En attente" in words_of(blank)
    for hidden in ("Durand", "16 ans", "Absentéisme", situation):
        assert hidden not in words_of(blank)
    assert acted(cast, meeting, situation, "invite", who="education_13").status_code == 403
    seance = f"/reunions/{meeting}/seance"
    admitted = f"/reunions/{meeting}/points/{point_of(cast, meeting, situation).reference}/invite"
    assert coordinator.send(seance, {}, admitted).status_code == 303
    assert situation in words_of(coordinator.get(projection))
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 200
    with cast.house.stores.main.transaction() as session:
        assert {row.role.value for row in session.scalars(sa.select(Presence))} == {"police", "guest"}


def test_who_conducts_a_meeting_listens_for_an_hour_without_being_locked_out(cast: Cast) -> None:
    meeting = in_session(cast)
    page, kept = f"/reunions/{meeting}/seance", f"/reunions/{meeting}/veille"
    usual, sitting = cast.browser("coordinator_13"), cast.another("coordinator_13")
    assert sitting.send(page, {}, kept).status_code == 303
    assert 'data-idle-minutes="60"' in sitting.get(page).text
    assert 'data-idle-minutes="15"' in usual.get(page).text
    cast.pass_time(timedelta(minutes=59))
    assert sitting.get(page).status_code == 200
    assert usual.get(page).status_code == 303
    cast.pass_time(timedelta(minutes=60))
    assert sitting.get(page).status_code == 303


def test_keeping_a_session_open_asks_for_a_fresh_code_and_for_a_meeting_of_one_s_own(cast: Cast) -> None:
    meeting = in_session(cast)
    page, kept = f"/reunions/{meeting}/seance", f"/reunions/{meeting}/veille"
    stale, stranger = cast.another("coordinator_13"), cast.another("police_13")
    cast.pass_time(timedelta(minutes=11))
    assert stale.send(page, {}, kept).headers["location"].startswith("/confirmation")
    assert 'data-idle-minutes="15"' in stale.get(page).text
    assert stranger.post(kept, {"csrf": stranger.csrf()}).status_code == 403


def test_nobody_enters_where_nobody_is_invited(cast: Cast) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    assert acted(cast, meeting, situation, "invite").status_code == 409


def test_the_record_of_a_closed_meeting_is_a_tagged_pdf_of_references_always_the_same(
    cast: Cast, tmp_path: Path
) -> None:
    situation = in_research(cast)
    meeting = in_session(cast, situation)
    coordinator, address = cast.browser("coordinator_13"), f"/reunions/{meeting}/releve/pdf"
    assert acted(cast, meeting, situation, "examen").status_code == 200
    assert acted(cast, meeting, situation, "orientations", {"destination": "crip"}).is_success
    mistaken = acted(cast, meeting, situation, "orientations", {"destination": "parenting"}).json()
    taken_back, tag = f"{API}/orientations/{mistaken['reference']}/retrait", {"If_Match": f'"{mistaken["version"]}"'}
    assert cast.program("coordinator_13").post(taken_back, None, **tag).is_success
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 200
    assert coordinator.get(address).status_code == 409
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code == 200
    written = coordinator.get(address)
    assert written.headers["content-type"] == "application/pdf"
    assert written.content == coordinator.get(address).content
    path = tmp_path / "releve.pdf"
    path.write_bytes(written.content)
    assert unreadable(written.content, tmp_path) == []
    text = " ".join(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split())
    for words in (situation, "accompagnement en place", "commissariat", "parquet absent", "CRIP 75"):
        assert words in text
    assert "CRIP 75" in words_of(coordinator.get(f"/reunions/{meeting}/releve"))
    for hidden in ("parentalité", "Durand", "Camille"):
        assert hidden not in text
    assert cast.browser("coordinator_18").get(address).status_code == 404
    assert cast.browser("police_13").get(address).status_code == 403


def test_every_author_reads_processed_on_the_same_day_whatever_became_of_the_situation(cast: Cast) -> None:
    kept, aside, refused = (sent(cast, last_name=name) for name in ("Un", "Deux", "Trois"))
    for done in (kept, aside):
        assert qualified(cast, done.situation).status_code == 303
    assert qualified(cast, refused.situation, admissible="non", ground="not_a_minor").status_code == 303
    assert transmitted(cast, kept.situation, aside.situation).status_code == 303
    assert answered(cast, {kept.situation: "retained", aside.situation: "not_retained"}).status_code == 303
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    cast.pass_time(timedelta(days=30))
    recent = sent(cast, last_name="Quatre")
    on_the_day(cast, JANUARY)
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/ouverture", None, **tag).status_code == 200
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code == 200
    receipts = [one(cast, Receipt, done.receipt) for done in (kept, aside, refused)]
    assert {row.status for row in receipts} == {ReceiptStatus.PROCESSED}
    assert len({row.processed_at for row in receipts}) == 1
    assert one(cast, Receipt, recent.receipt).status is ReceiptStatus.RECEIVED


def test_a_retained_situation_is_closed_unexamined_with_its_reason_unless_it_stands_on_an_agenda(
    cast: Cast,
) -> None:
    situation, listed = retained(cast, last_name="Un"), retained(cast, last_name="Deux")
    page = f"/situations/{situation}/cloture"
    assert cast.browser("coordinator_13").send(page, {"reason": "support_in_place"}).status_code == 422
    assert cast.browser("coordinator_13").send(page, {"reason": "moved_away"}).status_code == 303
    assert one(cast, Situation, situation).stage is Stage.CLOSED
    assert counted(cast, Indicator.NOT_EXAMINED) == 1
    convened(cast, meeting_on(cast, JANUARY))
    body, tag = {"reason": "of_age"}, {"If_Match": f'"{one(cast, Situation, listed).version}"'}
    assert cast.program("coordinator_13").post(f"{API}/situations/{listed}/cloture", body, **tag).status_code == 409
    assert cast.program("parquet_13").post(f"{API}/situations/{listed}/cloture", body, **tag).status_code == 403


def test_a_followed_situation_is_opened_again_to_the_seats_for_its_return_to_an_agenda(cast: Cast) -> None:
    situation = in_research(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    assert acted(cast, meeting, situation, "decision", FOLLOW).status_code == 200
    tag = version(cast, meeting)
    assert cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **tag).status_code == 200
    assert cast.browser("police_13").get(f"/situations/{situation}").status_code == 404
    body = {"references": [situation]}
    assert cast.program("coordinator_13").post(f"{API}/situations/ouverture-recherche", body).status_code == 200
    assert cast.browser("police_13").get(f"/situations/{situation}").status_code == 200
