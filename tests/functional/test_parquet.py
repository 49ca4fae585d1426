"""Step 2 through HTTP: the coordinator sends a batch, the magistrate answers in a word and may correct it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.audit.models import JournalEntry
from backend.counts.deltas import total
from backend.parquet.models import ParquetAnswer
from backend.situations.models import Situation
from policies.indicator_words import Indicator
from policies.vocabulary import ParquetGround, Stage
from tests.support.cast import WITHOUT_SITUATIONS, Cast
from tests.support.http import form_of, links_of, words_of
from tests.support.journeys import (
    Sent,
    answered,
    at_parquet,
    decided,
    problem,
    qualified,
    sent,
    transmitted,
)


def stage(cast: Cast, reference: str) -> Stage:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(col(Situation.stage)).where(col(Situation.reference) == reference)).one()


def counted(cast: Cast, indicator: Indicator) -> int:
    with cast.house.stores.main.transaction() as session:
        return total(session, indicator, cast.cells["13"].id)


def test_a_batch_is_sent_and_answered_on_one_page(cast: Cast) -> None:
    names = ("Ba", "Li", "Zu")
    batch = [sent(cast, last_name=name).situation for name in names]
    for reference in batch:
        qualified(cast, reference)
    page = cast.browser("coordinator_13").get("/situations?groupe=a-transmettre")
    ticked = form_of(page, "/situations/transmission-parquet").shown()["references"]
    assert sorted(ticked) == sorted(batch)
    assert transmitted(cast, *batch).headers["location"] == "/situations?fait=parquet"
    assert "3 situations attendent votre réponse" in words_of(cast.browser("parquet_13").get("/"))
    filtered = cast.browser("parquet_13").get("/parquet")
    for name in names:
        assert name in words_of(filtered)
    first, second, third = batch
    assert answered(cast, {first: "retained", second: "not_retained"}).status_code == 303
    assert [stage(cast, reference) for reference in batch] == [
        Stage.RETAINED,
        Stage.NOT_RETAINED,
        Stage.WITH_PARQUET,
    ]
    left = words_of(cast.browser("parquet_13").get("/parquet?fait=reponses"))
    assert "Une situation attend votre réponse" in left
    assert "Vos réponses sont enregistrées." in left
    assert third in left


def test_twenty_situations_are_cleared_in_one_form(cast: Cast) -> None:
    batch = [sent(cast, last_name="Nom", facts="").situation for _ in range(21)]
    for reference in batch:
        qualified(cast, reference)
    transmitted(cast, *batch)
    page = cast.browser("parquet_13").get("/parquet")
    assert "20 situations attendent votre réponse, d'autres suivront" in words_of(page)
    shown = [name for name, _ in form_of(page, "/parquet").filled({}) if name.startswith("version-")]
    assert len(shown) == 20
    answer = cast.browser("parquet_13").resend(
        page, {name.replace("version-", "answer-"): "retained" for name in shown}, "/parquet"
    )
    assert answer.status_code == 303
    assert counted(cast, Indicator.RETAINED) == 20
    assert counted(cast, Indicator.SENT_TO_PARQUET) == 21


def test_the_parquet_reads_what_it_must_and_nothing_else_before_it_answers(cast: Cast) -> None:
    done = at_parquet(cast)
    for page in ("/parquet", f"/situations/{done.situation}"):
        words = words_of(cast.browser("parquet_13").get(page))
        for written in (
            "Durand",
            "16 mars 2010",
            "12 rue du Moulin",
            "Durand Martine",
            "absentéisme",
            "Square du Puits",
        ):
            assert written in words, (page, written)
        for hidden in ("Peupliers", "06 39 98", "Vue seule", "échange avec la famille", "reporter", "Bailleur"):
            assert hidden not in words, (page, hidden)
    sheet = cast.program("parquet_13").get(f"/api/v1/situations/{done.situation}").json()["content"]
    assert sheet["situation"]["minor"]["school"] is None
    assert sheet["situation"]["minor"]["representative_contact"] is None
    [signalement] = sheet["signalements"]
    assert (signalement["facts"], signalement["author"], signalement["origin"]) == (None, None, None)


def test_the_parquet_reads_a_retained_situation_as_a_seat_and_of_the_others_the_identity_only(cast: Cast) -> None:
    kept, aside = at_parquet(cast), at_parquet(cast, last_name="Ba")
    answered(cast, {kept.situation: "retained", aside.situation: "not_retained"})
    retained = words_of(cast.browser("parquet_13").get(f"/situations/{kept.situation}"))
    for written in ("Durand", "Peupliers", "Square du Puits", "bailleur social"):
        assert written in retained
    for hidden in ("12 rue du Moulin", "Durand Martine", "06 39 98", "Vue seule"):
        assert hidden not in retained
    other = words_of(cast.browser("parquet_13").get(f"/situations/{aside.situation}"))
    assert "Ba" in other
    assert "16 mars 2010" in other
    for hidden in ("Peupliers", "Square du Puits", "absentéisme", "bailleur social", "12 rue", "Martine", "Vue seule"):
        assert hidden not in other


def test_the_parquet_never_reads_a_text_that_was_not_reviewed(cast: Cast) -> None:
    done = at_parquet(cast)
    answered(cast, {done.situation: "retained"})
    assert "Vue seule" not in words_of(cast.browser("parquet_13").get(f"/situations/{done.situation}"))
    decided(cast, done.situation, "relecture", {"outcome": "kept"})
    assert "Vue seule" in words_of(cast.browser("parquet_13").get(f"/situations/{done.situation}"))


def test_a_correction_is_recorded_with_the_first_answer_and_counted_once(cast: Cast) -> None:
    done = at_parquet(cast)
    answered(cast, {done.situation: "not_retained"})
    cast.pass_time(timedelta(days=2))
    corrected = answered_on_the_panel(cast, done, "retained")
    assert corrected.status_code == 303
    assert stage(cast, done.situation) is Stage.RETAINED
    with cast.house.stores.main.transaction() as session:
        answers = session.scalars(sa.select(ParquetAnswer).order_by(col(ParquetAnswer.rank))).all()
    assert [(row.rank, row.answer.value, row.ground) for row in answers] == [
        (1, "not_retained", ParquetGround.ONGOING_JUDICIAL_FOLLOW_UP),
        (2, "retained", None),
    ]
    assert (counted(cast, Indicator.RETAINED), counted(cast, Indicator.NOT_RETAINED)) == (1, 0)
    for who in ("coordinator_13", "parquet_13"):
        sheet = words_of(cast.browser(who).get(f"/situations/{done.situation}"))
        assert "suivi judiciaire en cours" in sheet
        assert "25 novembre 2026" in sheet
    with cast.house.stores.journal.transaction() as session:
        bodies = session.scalars(
            sa.select(col(JournalEntry.body)).where(col(JournalEntry.name) == "parquet:situation:answered")
        ).all()
    assert len(bodies) == 2
    assert not any("retained" in body for body in bodies)


def answered_on_the_panel(cast: Cast, done: Sent, answer: str) -> Response:
    """Correct an answer with the button that the filter shows beside it."""
    page = cast.browser("parquet_13").get("/parquet")
    return cast.browser("parquet_13").resend(page, {f"answer-{done.situation}": answer}, "/parquet")


def test_the_same_answer_twice_changes_nothing(cast: Cast) -> None:
    done = at_parquet(cast)
    answered(cast, {done.situation: "retained"})
    answered(cast, {done.situation: "retained"})
    assert counted(cast, Indicator.RETAINED) == 1
    with cast.house.stores.main.transaction() as session:
        assert len(session.scalars(sa.select(ParquetAnswer)).all()) == 1


def test_a_batch_with_one_stale_situation_changes_none_and_keeps_every_choice(cast: Cast) -> None:
    first, second = at_parquet(cast), at_parquet(cast, last_name="Ba")
    page = cast.browser("parquet_13").get("/parquet")
    decided(cast, second.situation, "sortie/crip", {"channel": "phone"})
    fields = {f"answer-{first.situation}": "retained", f"answer-{second.situation}": "not_retained"}
    answer = cast.browser("parquet_13").resend(page, fields, "/parquet")
    assert answer.status_code == 412
    assert "Une autre personne" in words_of(answer)
    assert {stage(cast, done.situation) for done in (first, second)} == {Stage.WITH_PARQUET}
    shown = form_of(answer, "/parquet").shown()
    assert {name: (value,) for name, value in fields.items()} == shown
    assert cast.browser("parquet_13").resend(answer, {}, "/parquet").status_code == 303
    assert stage(cast, second.situation) is Stage.NOT_RETAINED


def test_nothing_is_sent_unless_the_whole_batch_may_be(cast: Cast) -> None:
    admissible, received = sent(cast), sent(cast, last_name="Ba")
    qualified(cast, admissible.situation)
    assert transmitted(cast, admissible.situation, received.situation).status_code == 409
    assert transmitted(cast, admissible.situation, "0000-0000-0000").status_code == 404
    assert transmitted(cast).status_code == 422
    assert stage(cast, admissible.situation) is Stage.ADMISSIBLE
    assert counted(cast, Indicator.SENT_TO_PARQUET) == 0


def test_a_situation_that_was_not_sent_does_not_exist_for_the_parquet(cast: Cast) -> None:
    done = sent(cast)
    parquet = cast.browser("parquet_13")
    for reference in (done.situation, "0000-0000-0000"):
        fields = {"csrf": parquet.csrf(), f"answer-{reference}": "retained", f"version-{reference}": "1"}
        assert parquet.post("/parquet", fields).status_code == 404
        assert parquet.get(f"/situations/{reference}").status_code == 404
    qualified(cast, done.situation)
    assert parquet.get(f"/situations/{done.situation}").status_code == 404
    assert stage(cast, done.situation) is Stage.ADMISSIBLE


def test_the_coordinator_sends_and_does_not_answer_and_the_parquet_answers_and_does_not_send(cast: Cast) -> None:
    done, other = at_parquet(cast), sent(cast, last_name="Ba")
    qualified(cast, other.situation)
    coordinator, parquet = cast.browser("coordinator_13"), cast.browser("parquet_13")
    fields = {"csrf": coordinator.csrf(), f"answer-{done.situation}": "retained", f"version-{done.situation}": "9"}
    refused = coordinator.post("/parquet", fields)
    assert refused.status_code == 403
    assert "Pour répondre pour le parquet, il faut" in words_of(refused)
    sending = {"csrf": parquet.csrf(), "references": done.situation}
    assert parquet.post("/situations/transmission-parquet", sending).status_code == 403
    assert stage(cast, done.situation) is Stage.WITH_PARQUET


@pytest.mark.parametrize("answer", ["retained", "not_retained"])
def test_the_answer_is_known_to_parquet_and_coordinator_alone(cast: Cast, answer: str) -> None:
    done = at_parquet(cast)
    answered(cast, {done.situation: answer})
    for who in ("coordinator_13", "parquet_13"):
        assert done.situation in cast.browser(who).get(f"/situations/{done.situation}").text
    for who in WITHOUT_SITUATIONS:
        browser = cast.browser(who)
        assert browser.get(f"/situations/{done.situation}").status_code in {303, 404}, who
        for page in ("/", "/situations", "/situations?groupe=non-retenues", "/parquet", "/signalements"):
            words = words_of(browser.get(page))
            assert done.situation not in words, (who, page)
            assert "Durand" not in words, (who, page)


RULES = ("/cellules", "/chartes", "/engagements", "/indicateurs")
"""Pages that say the same to everybody whatever was answered: the rules of the charter, and what indicators count."""


def test_the_words_of_the_ground_stand_on_no_page_of_anybody_else(cast: Cast) -> None:
    done = at_parquet(cast)
    answered(cast, {done.situation: "not_retained"})
    for who in WITHOUT_SITUATIONS:
        if who == "parquet_18":  # reads the ground as the label of a button of its own filter
            continue
        browser = cast.browser(who)
        seen: set[str] = set()
        awaiting = ["/", "/parquet", "/situations", "/situations?groupe=non-retenues", "/signalements"]
        while awaiting:
            page = awaiting.pop()
            seen.add(page)
            answer = browser.get(page)
            assert "suivi judiciaire" not in words_of(answer).casefold(), (who, page)
            links = {link for link in links_of(answer) if link.startswith("/") and not link.startswith(RULES)}
            awaiting += sorted(links - seen - set(awaiting))


def test_a_program_sends_and_answers_with_the_version_that_it_read(cast: Cast) -> None:
    done = sent(cast)
    qualified(cast, done.situation)
    coordinator, parquet = cast.program("coordinator_13"), cast.program("parquet_13")
    path = f"/api/v1/situations/{done.situation}"
    [stamp] = coordinator.post("/api/v1/situations/transmission-parquet", {"references": [done.situation]}).json()
    assert stamp["stage"] == "with_parquet"
    tag = parquet.get(path).headers["ETag"]
    body = {"answer": "not_retained"}
    assert problem(parquet.post(f"{path}/reponse-parquet", body))["status"] == 428
    assert problem(parquet.post(f"{path}/reponse-parquet", body, If_Match='"1"'))["status"] == 412
    assert problem(parquet.post(f"{path}/reponse-parquet", {**body, "ground": "x"}, If_Match=tag))["status"] == 422
    answer = parquet.post(f"{path}/reponse-parquet", body, If_Match=tag)
    assert answer.json()["stage"] == "not_retained"
    assert answer.headers["ETag"] == parquet.get(path).headers["ETag"]
    assert problem(coordinator.post(f"{path}/reponse-parquet", body, If_Match=tag))["status"] == 403
