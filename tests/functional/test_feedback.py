"""Step 6 through HTTP: three answers and a date, corrected until listed, heard at the next meeting (domain.md 3)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem, Meeting
from backend.feedback.actions import answer, remind
from backend.feedback.forms import FeedbackForm
from backend.feedback.models import Feedback
from backend.kernel.errors import Forbidden, NotFound, WrongMoment
from backend.mail.models import MailOutbox
from backend.orientations.models import Transmission
from policies.charter_words import FeedbackValue
from policies.indicator_words import Indicator
from policies.meeting_words import AgendaPart
from policies.orientation_words import TransmissionState
from tests.support.cast import Cast
from tests.support.http import words_of
from tests.support.journeys import convened, on_the_day, problem
from tests.support.sessions import (
    API,
    APRIL,
    CLOSE,
    acted,
    after_a_meeting,
    answered_by,
    counted,
    in_the_hands_of,
    informed,
    one,
    opened_by_recipient,
    send_for,
    tagged,
    version,
)


def opened(cast: Cast, destination: str = "local_association", to: str = "association", who: str = "recipient") -> str:
    _, _, transmission = in_the_hands_of(cast, destination, to)
    assert opened_by_recipient(cast, transmission, who).status_code == 200
    return transmission


def reminded(cast: Cast, transmission: str, who: str = "coordinator_13") -> int:
    path = f"{API}/transmissions/{transmission}/relance"
    return cast.program(who).post(path, None, **tagged(cast, Transmission, transmission)).status_code


def coming(cast: Cast) -> str:
    with cast.house.stores.main.transaction() as session:
        statement = sa.select(col(Meeting.reference)).order_by(col(Meeting.starts_at).desc()).limit(1)
        return session.scalars(statement).one()


def part_three(cast: Cast) -> list[AgendaItem]:
    with cast.house.stores.main.transaction() as session:
        return list(session.scalars(sa.select(AgendaItem).where(col(AgendaItem.part) == AgendaPart.FEEDBACK)))


def test_a_service_answers_in_the_browser_and_the_next_meeting_hears_it(cast: Cast) -> None:
    situation, _, transmission = in_the_hands_of(cast, "local_association", "association")
    reader, address = cast.browser("recipient"), f"/transmissions/{transmission}"
    assert reader.get(f"{address}/retour").status_code == 409
    assert reader.send(address, {"undertaking": "oui"}, f"{address}/engagement").status_code == 303
    assert "Retours à donner" in words_of(reader.get("/"))
    empty = reader.send(f"{address}/retour", {}, f"{address}/retour")
    assert empty.status_code == 422
    assert reader.send(f"{address}/retour", {"value": "not_possible"}, f"{address}/retour").status_code == 303
    assert reader.send(f"{address}/retour", {"value": "possible"}, f"{address}/retour").status_code == 303
    assert one(cast, Transmission, transmission).state is TransmissionState.ANSWERED
    assert counted(cast, Indicator.FEEDBACK) == counted(cast, Indicator.FEEDBACK, FeedbackValue.POSSIBLE) == 1
    assert "Retours reçus" in words_of(cast.browser("coordinator_13").get("/"))
    meeting = coming(cast)
    convened(cast, meeting)
    [item] = part_three(cast)
    assert item.meeting_id == one(cast, Meeting, meeting).id
    listed = reader.get(f"{address}/retour")
    assert "ne se corrige plus" in words_of(listed)
    assert answered_by(cast, transmission, "recipient").status_code == 409
    assert "Retours reçus" not in words_of(cast.browser("coordinator_13").get("/"))
    on_the_day(cast, APRIL)
    path = f"{API}/reunions/{meeting}/ouverture"
    assert cast.program("coordinator_13").post(path, None, **version(cast, meeting)).status_code == 200
    assert acted(cast, meeting, situation, "examen").status_code == 200
    seen = words_of(cast.browser("coordinator_13").get(f"/reunions/{meeting}/seance"))
    assert "accompagnement possible ou mis en place" in seen
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 200


def test_an_answer_is_one_of_three_values_with_a_possible_day_and_not_a_word_more(cast: Cast) -> None:
    transmission = opened(cast)
    for changes in ({"value": "refused"}, {"answered_on": "2027-01-01"}, {"answered_on": "2027-06-01"}, {"note": "x"}):
        assert answered_by(cast, transmission, "recipient", **changes).status_code == 422
    for value in FeedbackValue:
        assert answered_by(cast, transmission, "recipient", value).status_code == 200
    assert [column.name for column in Feedback.__table__.columns if isinstance(column.type, sa.Text)] == []  # type: ignore[attr-defined]


def test_only_the_author_corrects_an_answer(cast: Cast) -> None:
    transmission = opened(cast)
    assert answered_by(cast, transmission, "recipient").status_code == 200
    assert answered_by(cast, transmission, "recipient_2").status_code == 409  # has not accepted the undertaking
    assert opened_by_recipient(cast, transmission, "recipient_2").status_code == 200
    assert answered_by(cast, transmission, "recipient_2", "redirected").status_code == 403
    form = FeedbackForm(value=FeedbackValue.REDIRECTED, answered_on=date(2027, 1, 14))
    with pytest.raises(Forbidden), cast.house.transaction(cast.actor("recipient_2")) as uow:
        answer(uow, transmission, form)
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(col(Feedback.value))).all() == [FeedbackValue.POSSIBLE]


def test_social_services_answer_through_their_coordinator(cast: Cast) -> None:
    transmission = opened(cast, "social_services", "social", "social_coordinator_13")
    assert answered_by(cast, transmission, "social_coordinator_13", "redirected").status_code == 200
    assert counted(cast, Indicator.FEEDBACK, FeedbackValue.REDIRECTED) == 1


@pytest.mark.parametrize("who", ["coordinator_13", "police_13", "crip", "school_13", "social_coordinator_13", "dpo"])
def test_nobody_else_answers(cast: Cast, who: str) -> None:
    transmission = opened(cast)
    assert answered_by(cast, transmission, who).status_code in {403, 404}
    assert cast.program(who).get(f"{API}/transmissions/{transmission}/retour").status_code in {403, 404}
    browser = cast.browser(who)
    path = f"/transmissions/{transmission}/retour"
    assert browser.get(path).status_code in {403, 404}
    fields = {"csrf": browser.csrf(), "version": "2", "value": "possible", "answered_on": "14/01/2027"}
    assert browser.post(path, fields).status_code in {403, 404}
    form = FeedbackForm(value=FeedbackValue.POSSIBLE, answered_on=date(2027, 1, 14))
    with pytest.raises((Forbidden, NotFound)), cast.house.transaction(cast.actor(who)) as uow:
        answer(uow, transmission, form)


def test_two_feedbacks_at_once_one_wins_and_the_other_is_told(cast: Cast) -> None:
    transmission = opened(cast)
    reader, path = cast.browser("recipient"), f"/transmissions/{transmission}/retour"
    first, second = reader.get(path), reader.get(path)
    assert reader.resend(first, {"value": "possible"}, path).status_code == 303
    late = reader.resend(second, {"value": "not_possible"}, path)
    assert late.status_code == 412
    assert 'value="not_possible" checked' in late.text
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(col(Feedback.value))).all() == [FeedbackValue.POSSIBLE]


def test_what_was_answered_is_readable_for_one_month_and_never_beyond_the_first_limit(cast: Cast) -> None:
    transmission = opened(cast)
    assert answered_by(cast, transmission, "recipient").status_code == 200
    path = f"{API}/transmissions/{transmission}"
    cast.pass_time(date(2027, 2, 13) - cast.clock().date())
    assert cast.program("recipient").get(path).status_code == 200
    cast.pass_time(timedelta(days=1))
    assert cast.program("recipient").get(path).status_code == 404
    assert answered_by(cast, transmission, "recipient").status_code == 404


def test_an_answer_given_late_does_not_move_the_six_months(cast: Cast) -> None:
    transmission = opened(cast)
    before = one(cast, Transmission, transmission).readable_until
    cast.pass_time(date(2027, 7, 1) - cast.clock().date())
    assert answered_by(cast, transmission, "recipient").status_code == 200
    assert one(cast, Transmission, transmission).readable_until == before


def test_a_reminder_is_the_coordinator_s_own_act_and_says_nothing(cast: Cast) -> None:
    transmission = opened(cast)
    page = f"/transmissions/{transmission}"
    assert cast.browser("coordinator_13").send(page, {}, f"{page}/relance").status_code == 303
    assert reminded(cast, transmission) == 409
    cast.pass_time(timedelta(days=7))
    assert reminded(cast, transmission) == 200
    with cast.house.stores.main.transaction() as session:
        queued = session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == "feedback_reminder")).all()
    assert {row.recipient for row in queued} == {"recipient@demo.invalid", "recipient-2@demo.invalid"}
    assert all(row.link == "/transmissions" and transmission not in row.content for row in queued)
    assert answered_by(cast, transmission, "recipient").status_code == 200
    refused = cast.program("coordinator_13").post(
        f"{API}{page}/relance", None, **tagged(cast, Transmission, transmission)
    )
    assert "retour reçu" in problem(refused)["detail"]
    with pytest.raises(WrongMoment), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        remind(uow, transmission)


@pytest.mark.parametrize("who", ["recipient", "social_coordinator_13", "coordinator_18", "parquet_13"])
def test_nobody_but_the_coordinator_reminds(cast: Cast, who: str) -> None:
    transmission = opened(cast)
    assert reminded(cast, transmission, who) in {403, 404}
    browser = cast.browser(who)
    fields = {"csrf": browser.csrf(), "version": "2"}
    assert browser.post(f"/transmissions/{transmission}/relance", fields).status_code in {403, 404}
    with pytest.raises((Forbidden, NotFound)), cast.house.transaction(cast.actor(who)) as uow:
        remind(uow, transmission)


def test_an_answer_that_comes_once_the_situation_is_listed_waits_for_another_agenda(cast: Cast) -> None:
    situation, orientations = after_a_meeting(cast, "local_association", "educational_success")
    assert informed(cast, situation).status_code == 200
    sent = [send_for(cast, *pair) for pair in zip(orientations, ("association", "success"), strict=True)]
    for answer_to, who in zip(sent, ("recipient", "success_13"), strict=True):
        transmission = answer_to.json()["reference"]
        assert opened_by_recipient(cast, transmission, who).status_code == 200
        assert answered_by(cast, transmission, who).status_code == 200
        path = f"{API}/reunions/{coming(cast)}/ordre-du-jour/remplir"
        filled = cast.program("coordinator_13").post(path, None, **version(cast, coming(cast)))
        assert filled.status_code == 200
    assert len(part_three(cast)) == 1
    with cast.house.stores.main.transaction() as session:
        listed = [row.listed_at is not None for row in session.scalars(sa.select(Feedback))]
    assert sorted(listed) == [False, True]
