"""The presentation at the rentrée and the COPIL through HTTP: planned, told, held or not, counted (CEN-51, CEN-60)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from sqlmodel import col

from backend.counts.deltas import CITY, total
from backend.kernel.errors import Forbidden, InvalidInput, WrongMoment
from backend.mail.models import MailOutbox
from backend.steering.actions import plan_event, settle_event
from backend.steering.forms import OutcomeForm, SteeringForm
from backend.steering.models import SteeringEvent
from policies.indicator_words import Indicator
from policies.rav_words import OrganisationKind
from policies.steering_words import SteeringKind, SteeringState
from tests.support.cast import Cast
from tests.support.http import words_of
from tests.support.journeys import on_the_day, problem

API = "/api/v1/pilotage"
DAY = date(2026, 12, 3)
TYPED = {"title": "Présentation aux partenaires", "day": "03/12/2026", "hour": "14 h 30", "place": "Salle des mariages"}
BODY = {"kind": "copil", "title": "Bilan de l'année", "day": "2026-12-03", "hour": "14:30", "place": "Hôtel de Ville"}
READERS = ("police_13", "parquet_13", "social_coordinator_13", "steering", "administrator", "dpo", "coordinator_18")
STRANGERS = ("reporter", "guest_13", "recipient", "archivist")


def presented(cast: Cast) -> str:
    """Plan the presentation of the 13e; give its reference."""
    answer = cast.browser("coordinator_13").send(
        "/pilotage/nouveau/rentree", {**TYPED, "cell": cast.cells["13"].reference}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[2].partition("?")[0]


def mails(cast: Cast) -> dict[str, set[str]]:
    with cast.house.stores.main.transaction() as session:
        found: dict[str, set[str]] = {}
        for row in session.scalars(sa.select(MailOutbox)):
            found.setdefault(row.template, set()).add(row.recipient)
            assert row.calendar is not None
            [entry] = Calendar.from_ical(row.calendar).walk("VEVENT")
            assert "partenaires" not in str(entry["SUMMARY"])
        return found


def row_of(cast: Cast, reference: str) -> SteeringEvent:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(SteeringEvent).where(col(SteeringEvent.reference) == reference)).one()


def counted(cast: Cast, indicator: Indicator) -> int:
    with cast.house.stores.main.transaction() as session:
        return total(session, indicator, CITY if indicator is Indicator.COPIL_HELD else cast.cells["13"].id)


def test_a_presentation_is_planned_told_to_the_members_held_and_counted(cast: Cast) -> None:
    reference = presented(cast)
    told = mails(cast)["steering_convocation"]
    assert cast.people["police_13"].email in told
    assert cast.people["coordinator_18"].email not in told
    assert cast.people["reporter"].email not in told
    page = f"/pilotage/{reference}"
    assert "L'événement a été tenu" not in words_of(cast.browser("coordinator_13").get(page))
    on_the_day(cast, DAY + timedelta(days=1))
    coordinator = cast.browser("coordinator_13")
    assert "1 événement : tenu ou non ?" in words_of(coordinator.get("/"))
    without = coordinator.send(page, {"held": "oui"}, f"{page}/issue")
    assert without.status_code == 422
    fields = {"held": "oui", "present": ("town_hall", "police")}
    assert coordinator.send(page, fields, f"{page}/issue").status_code == 303
    shown = words_of(coordinator.get(page))
    assert "mairie d'arrondissement, préfecture de police" in shown
    assert counted(cast, Indicator.PRESENTATION_HELD) == 1
    again = coordinator.post(f"{page}/issue", {"csrf": coordinator.csrf(), "version": "2", **fields})
    assert again.status_code == 409


def test_a_copil_is_planned_by_the_city_and_counted_for_the_city(cast: Cast) -> None:
    program = cast.program("steering")
    made = program.post(API, BODY)
    assert made.status_code == 201
    told = mails(cast)["steering_convocation"]
    assert {cast.people[who].email for who in ("steering", "coordinator_13", "coordinator_18")} <= told
    assert cast.people["police_13"].email not in told
    path = f"{API}/{made.json()['reference']}/issue"
    early = program.post(path, {"held": True, "present": ["city"]}, If_Match='"1"')
    assert early.status_code == 409
    on_the_day(cast, DAY + timedelta(days=1))
    program = cast.program("administrator")
    assert program.post(path, {"held": True, "present": ["city"]}).status_code == 428
    assert program.post(path, {"held": False, "present": ["city"]}, If_Match='"1"').status_code == 422
    assert program.post(path, {"held": True, "present": ["city"]}, If_Match='"1"').status_code == 200
    assert counted(cast, Indicator.COPIL_HELD) == 1
    view = program.get(API).json()
    assert [line["state"] for line in view["past"]] == ["held"]
    assert program.get(f"{API}/{made.json()['reference']}").json()["can_hold"] is False


def test_an_event_given_up_in_advance_is_taken_out_of_the_diaries_and_counts_nothing(cast: Cast) -> None:
    reference = presented(cast)
    page = f"/pilotage/{reference}"
    answer = cast.browser("coordinator_13").send(page, {"held": "non"}, f"{page}/issue")
    assert answer.status_code == 303
    assert mails(cast)["steering_cancellation"] == mails(cast)["steering_convocation"]
    assert row_of(cast, reference).state is SteeringState.NOT_HELD
    assert counted(cast, Indicator.PRESENTATION_HELD) == 0


@pytest.mark.parametrize("who", READERS)
def test_who_reads_it_does_not_plan_what_is_another_s(cast: Cast, who: str) -> None:
    reference = presented(cast)
    browser, program = cast.browser(who), cast.program(who)
    assert "Présentation aux partenaires" in words_of(browser.get("/pilotage"))
    assert browser.get(f"/pilotage/{reference}").status_code == 200
    fields = {"csrf": browser.csrf(), "version": "1", "held": "non"}
    assert browser.post(f"/pilotage/{reference}/issue", fields).status_code == 403
    assert program.post(f"{API}/{reference}/issue", {"held": False}, If_Match='"1"').status_code == 403
    body = {**BODY, "kind": "presentation", "cell": cast.cells["13"].reference}
    assert program.post(API, body).status_code == 403
    if who not in {"steering", "administrator"}:
        assert program.post(API, BODY).status_code == 403
        assert browser.get("/pilotage/nouveau/copil").status_code == 403
        with pytest.raises(Forbidden), cast.house.transaction(cast.actor(who)) as uow:
            plan_event(uow, SteeringForm.model_validate(BODY))
    with pytest.raises(Forbidden), cast.house.transaction(cast.actor(who)) as uow:
        settle_event(uow, reference, 1, OutcomeForm(held=False))
    assert row_of(cast, reference).state is SteeringState.PLANNED


@pytest.mark.parametrize("who", STRANGERS)
def test_the_others_see_no_event(cast: Cast, who: str) -> None:
    reference = presented(cast)
    assert cast.browser(who).get(f"/pilotage/{reference}").status_code == 404
    assert "Présentation aux partenaires" not in cast.browser(who).get("/pilotage").text
    assert cast.program(who).get(f"{API}/{reference}").status_code == 404


@pytest.mark.parametrize("field", ["title", "place"])
def test_nobody_stands_in_an_event(cast: Cast, field: str) -> None:
    fields = {**TYPED, "cell": cast.cells["13"].reference, field: "Bilan sur Mme Durand, 15 ans"}
    refused = cast.browser("coordinator_13").send("/pilotage/nouveau/rentree", fields)
    assert refused.status_code == 422
    assert "semble parler d'une personne" in words_of(refused)
    assert cast.program("steering").post(API, {**BODY, field: "Situation de Kevin D."}).status_code == 422
    long = cast.program("steering").post(API, {**BODY, field: "x" * 121})
    assert field in problem(long)["errors"]


def test_what_cannot_be_planned_is_refused_beside_its_field(cast: Cast) -> None:
    coordinator = cast.browser("coordinator_13")
    cell = cast.cells["13"].reference
    past = coordinator.send("/pilotage/nouveau/rentree", {**TYPED, "cell": cell, "day": "01/11/2026"})
    assert "à venir" in words_of(past)
    assert 'value="14 h 30"' in past.text
    assert coordinator.send("/pilotage/nouveau/rentree", {**TYPED}).status_code == 303  # one cell: it is chosen
    assert coordinator.get("/pilotage/nouveau/autre").status_code == 404
    program = cast.program("coordinator_13")
    assert "cell" in problem(program.post(API, {**BODY, "kind": "presentation"}))["errors"]
    assert program.post(API, {**BODY, "cell": cell}).status_code == 422
    elsewhere = {**BODY, "kind": "presentation", "cell": cast.cells["18"].reference}
    assert program.post(API, elsewhere).status_code == 403
    with pytest.raises(InvalidInput), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        plan_event(uow, SteeringForm.model_validate({**BODY, "kind": SteeringKind.PRESENTATION}))
    reference = presented(cast)
    held = OutcomeForm(held=True, present=(OrganisationKind.CITY,))
    with pytest.raises(WrongMoment), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        settle_event(uow, reference, 1, held)
