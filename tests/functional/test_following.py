"""Following through HTTP: what to decide again, back to the agenda, and the gap explained (domain section 3)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.agenda.actions.convening import cancel
from backend.agenda.forms import WithdrawalForm
from backend.agenda.models import AgendaItem, CarryOver, Meeting
from backend.counts.deltas import total
from backend.following.actions import bring_back
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, Stale, WrongMoment
from backend.situations.models import Situation
from backend.web.forms import fill
from policies.indicator_words import Indicator
from policies.meeting_words import CHOSEN, AgendaPart, CarryReason, ItemState
from policies.vocabulary import Stage
from tests.support.cast import Cast
from tests.support.http import links_of, words_of
from tests.support.journeys import convened, meeting_on, on_the_day, problem, retained

API = "/api/v1"
JANUARY, APRIL = date(2027, 1, 14), date(2027, 4, 15)
FOLLOW = {"decision": "follow", "following": "support_to_build", "present": ["parquet"]}
OTHERS = ("coordinator_18", "parquet_13", "police_13", "social_coordinator_13", "guest_13", "dpo", "administrator")


def situation_row(cast: Cast, reference: str) -> Situation:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()


def version_of(cast: Cast, reference: str) -> dict[str, str]:
    return {"If_Match": f'"{situation_row(cast, reference).version}"'}


def points(cast: Cast) -> list[tuple[AgendaPart, ItemState]]:
    with cast.house.stores.main.transaction() as session:
        return [(row.part, row.state) for row in session.scalars(sa.select(AgendaItem).order_by(col(AgendaItem.id)))]


def on_meeting(cast: Cast, meeting: str, verb: str) -> Response:
    with cast.house.stores.main.transaction() as session:
        version = session.scalars(sa.select(col(Meeting.version)).where(col(Meeting.reference) == meeting)).one()
    program = cast.program("coordinator_13")
    return program.post(f"{API}/reunions/{meeting}/{verb}", None, If_Match=f'"{version}"')


def in_session(cast: Cast) -> str:
    """Open January's meeting with all that may be examined."""
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    on_the_day(cast, JANUARY)
    assert on_meeting(cast, meeting, "ouverture").status_code == 200
    return meeting


def on_point(cast: Cast, situation: str, verb: str, body: object = None) -> Response:
    found = situation_row(cast, situation).id
    with cast.house.stores.main.transaction() as session:
        row = session.scalars(
            sa.select(AgendaItem).where(
                col(AgendaItem.situation_id) == found,
                col(AgendaItem.state).in_([ItemState.LISTED, ItemState.EXAMINING]),
            )
        ).one()
    program = cast.program("coordinator_13")
    return program.post(f"{API}/points/{row.reference}/{verb}", body, If_Match=f'"{row.version}"')


def followed(cast: Cast, **typed: str) -> str:
    """Examine a situation in January, and go on following it."""
    situation = retained(cast, **typed)
    meeting = in_session(cast)
    assert on_point(cast, situation, "examen").status_code == 200
    assert on_point(cast, situation, "decision", FOLLOW).status_code == 200
    assert on_meeting(cast, meeting, "cloture").status_code == 200
    return situation


def test_a_followed_situation_shows_its_last_decision_its_review_and_its_limit_in_words(cast: Cast) -> None:
    situation = followed(cast)
    coordinator = cast.browser("coordinator_13")
    shown = words_of(coordinator.get("/suivi"))
    for words in (situation, "Durand", "14 janvier 2027", "Accompagnement à construire"):
        assert words in shown
    assert "14 juillet 2027" in shown
    assert "14 janvier 2028" in shown
    assert "Suivis à revoir" not in words_of(coordinator.get("/"))
    assert situation not in words_of(coordinator.get("/suivi?groupe=a-revoir"))


def test_the_review_is_due_six_months_after_the_decision_to_the_day(cast: Cast) -> None:
    situation = followed(cast)
    on_the_day(cast, date(2027, 7, 13))
    assert situation not in words_of(cast.browser("coordinator_13").get("/suivi?groupe=a-revoir"))
    cast.pass_time(timedelta(days=1))
    coordinator = cast.browser("coordinator_13")
    assert "1 situation suivie sans décision depuis 6 mois" in words_of(coordinator.get("/"))
    assert situation in words_of(coordinator.get("/suivi?groupe=a-revoir"))
    assert "Suivis à revoir" not in words_of(cast.browser("coordinator_18").get("/"))


def test_a_followed_situation_goes_back_to_the_next_agenda_and_is_decided_again(cast: Cast) -> None:
    situation = followed(cast)
    meeting = meeting_on(cast, APRIL)
    coordinator = cast.browser("coordinator_13")
    answer = coordinator.send("/suivi", {}, f"/situations/{situation}/inscription")
    assert answer.headers["location"] == f"/reunions/{meeting}?fait=inscrite#ordre-du-jour"
    assert (AgendaPart.FEEDBACK, ItemState.LISTED) in points(cast)
    assert f"/reunions/{meeting}" in links_of(coordinator.get("/suivi"))
    convened(cast, meeting)
    on_the_day(cast, APRIL)
    assert on_meeting(cast, meeting, "ouverture").status_code == 200
    assert on_point(cast, situation, "examen").status_code == 200
    for decision in ({"decision": "follow"}, {"decision": "close"}, {"decision": "postpone"}):
        refused = on_point(cast, situation, "decision", decision)
        assert refused.status_code == 422
        assert "Choisissez le motif" in str(problem(refused)["errors"])
    assert on_point(cast, situation, "decision", FOLLOW).status_code == 200
    shown = words_of(cast.browser("coordinator_13").get("/suivi"))
    assert "15 octobre 2027" in shown


def test_what_is_not_followed_or_stands_on_an_agenda_does_not_go_back(cast: Cast) -> None:
    fresh, followed_one = retained(cast, last_name="Neuve"), followed(cast)
    program, path = cast.program("coordinator_13"), f"{API}/situations/{followed_one}/inscription"
    none = program.post(path, None, **version_of(cast, followed_one))
    assert none.status_code == 409
    assert "Aucune réunion ordinaire" in problem(none)["detail"]
    page = cast.browser("coordinator_13").send("/suivi", {}, f"/situations/{followed_one}/inscription")
    assert page.status_code == 409
    meeting_on(cast, APRIL)
    early = program.post(f"{API}/situations/{fresh}/inscription", None, **version_of(cast, fresh))
    assert "suivie" in problem(early)["detail"]
    assert program.post(path, None).status_code == 428
    assert program.post(path, None, If_Match='"1"').status_code == 412
    assert program.post(path, None, **version_of(cast, followed_one)).status_code == 200
    again = program.post(path, None, **version_of(cast, followed_one))
    assert "déjà inscrite" in problem(again)["detail"]
    with pytest.raises(WrongMoment), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        bring_back(uow, followed_one)
    with pytest.raises(Stale), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        bring_back(uow, followed_one, version=1)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_but_the_coordinator_of_the_cell_follows(cast: Cast, who: str) -> None:
    situation = followed(cast)
    meeting_on(cast, APRIL)
    program, browser = cast.program(who), cast.browser(who)
    path = f"situations/{situation}/inscription"
    assert program.post(f"{API}/{path}", None, **version_of(cast, situation)).status_code in {403, 404}
    fields = {"csrf": browser.csrf(), "version": str(situation_row(cast, situation).version)}
    assert browser.post(f"/{path}", fields).status_code in {403, 404}
    with pytest.raises((Forbidden, NotFound)), cast.house.transaction(cast.actor(who)) as uow:
        bring_back(uow, situation)
    page = browser.get("/suivi")
    assert page.status_code == (200 if who == "coordinator_18" else 404)
    assert situation not in page.text
    assert "Durand" not in page.text
    assert "CENOMED du 13e" not in words_of(page).partition("Suivi")[2]


def test_a_point_leaves_an_agenda_with_a_reason_of_the_list_or_stays(cast: Cast) -> None:
    situation = retained(cast)
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    with cast.house.stores.main.transaction() as session:
        point = session.scalars(sa.select(col(AgendaItem.reference))).one()
        version = session.scalars(sa.select(col(Meeting.version))).one()
    path, tag = f"{API}/reunions/{meeting}/ordre-du-jour/{point}/retrait", {"If_Match": f'"{version}"'}
    program = cast.program("coordinator_13")
    for body in ({}, {"reason": "not_reached"}, {"reason": "autre"}):
        assert program.post(path, body, **tag).status_code == 422
    page = f"/reunions/{meeting}/ordre-du-jour/{point}/retrait"
    assert cast.browser("coordinator_13").send(page, {"reason": "emergency"}).status_code == 422
    assert cast.browser("police_13").get(page).status_code == 403
    for reason in set(CarryReason) - CHOSEN:
        with pytest.raises(InvalidInput):
            fill(WithdrawalForm, {"reason": reason.value})
    assert points(cast) == [(AgendaPart.RETAINED, ItemState.LISTED)]
    assert program.post(path, {"reason": "research_unfinished"}, **tag).status_code == 200
    shown = words_of(cast.browser("coordinator_13").get("/suivi"))
    assert "Reportées : recherche préalable inachevée 1" in shown
    assert situation_row(cast, situation).stage is Stage.RETAINED


def test_the_gap_between_retained_and_examined_is_explained_to_the_last_one(cast: Cast) -> None:
    closed, waiting, left = (retained(cast, last_name=name) for name in ("Une", "Deux", "Trois"))
    shown = words_of(cast.browser("coordinator_13").get("/suivi"))
    assert "3 retenues par le parquet, 0 examinée" in shown
    assert "À inscrire à un ordre du jour 3" in shown
    tag = version_of(cast, closed)
    closing = cast.program("coordinator_13").post(f"{API}/situations/{closed}/cloture", {"reason": "moved_away"}, **tag)
    assert closing.status_code == 200
    meeting = in_session(cast)
    meeting_on(cast, APRIL)
    assert on_point(cast, left, "examen").status_code == 200
    assert on_point(cast, left, "decision", {"decision": "postpone", "postponement": "guest_absent"}).status_code == 200
    assert on_meeting(cast, meeting, "cloture").status_code == 200
    shown = words_of(cast.browser("coordinator_13").get("/suivi"))
    assert "l'écart de 3 s'explique ainsi" in shown
    for line in (
        "Closes : déménagement 1",
        "Reportées : réunion close avant son examen 1",
        "Reportées : chef d'établissement invité absent 1",
    ):
        assert line in shown
    assert "sans motif enregistré" not in shown
    with cast.house.stores.main.transaction() as session:
        reasons = session.scalars(sa.select(col(CarryOver.reason))).all()
        assert reasons == [CarryReason.NOT_REACHED]
        assert total(session, Indicator.CARRIED, cast.cells["13"].id, value=CarryReason.NOT_REACHED) == 1
    assert situation_row(cast, waiting).stage is Stage.RETAINED


def test_a_meeting_that_is_cancelled_says_why_its_situations_wait(cast: Cast) -> None:
    retained(cast)
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        cancel(uow, meeting, None)
    assert "Reportées : réunion annulée 1" in words_of(cast.browser("coordinator_13").get("/suivi"))


def test_a_program_reads_the_same_as_the_page(cast: Cast) -> None:
    situation = followed(cast)
    view = cast.program("coordinator_13").get(f"{API}/suivi").json()
    assert [row["situation"]["reference"] for row in view["rows"]] == [situation]
    assert view["rows"][0]["review_on"] == "2027-07-14"
    assert cast.program("coordinator_13").get(f"{API}/suivi?groupe=autre").status_code == 404
    assert cast.program("police_13").get(f"{API}/suivi").status_code == 404
