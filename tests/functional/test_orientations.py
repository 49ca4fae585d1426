"""Step 5 through HTTP: orient in séance, inform the family, see exactly what leaves, send it, open it (domain.md 3)."""

import subprocess
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.actions.convening import convene
from backend.agenda.actions.preparing import list_feedback
from backend.agenda.models import Meeting
from backend.examination.actions import decide
from backend.examination.forms import DecisionForm
from backend.kernel.errors import CharterRefusal, Forbidden, NotFound, Stale
from backend.mail.models import MailOutbox
from backend.orientations.actions.deciding import orient, withdraw
from backend.orientations.actions.informing import inform, write_letter
from backend.orientations.actions.transmitting import open_transmission, transmit, transmit_to_crip
from backend.orientations.forms import InformationForm, OrientationForm, TransmissionForm, UndertakingForm
from backend.orientations.models import FamilyInformation, Orientation, Transmission
from backend.situations.models import Situation
from policies.charter_words import InformationWaiver
from policies.indicator_words import Indicator
from policies.meeting_words import MeetingStage
from policies.orientation_words import Destination, OrientationState, TransmissionState
from policies.vocabulary import Stage
from tests.support.cast import Cast
from tests.support.http import links_of, words_of
from tests.support.journeys import at_parquet, decided, in_research, on_the_day, problem, qualified, retained, sent
from tests.support.pdf import unreadable
from tests.support.sessions import (
    API,
    APRIL,
    CLOSE,
    FOLLOW,
    POSTPONE,
    acted,
    after_a_meeting,
    closed,
    counted,
    in_session,
    in_the_hands_of,
    informed,
    institution,
    one,
    opened_by_recipient,
    oriented,
    point_of,
    send_for,
    send_to_crip,
    tagged,
    version,
)

WRITTEN = {"facts": "Vue seule le soir.", "motives": ("MOT-02", "MOT-05"), "necessity_mot_05": "repeated"}


def under_examination(cast: Cast, **typed: str) -> tuple[str, str]:
    situation = retained(cast, **typed)
    meeting = in_session(cast, situation, following=True)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    return meeting, situation


def panel(cast: Cast, meeting: str, situation: str) -> dict[str, Any]:
    point = point_of(cast, meeting, situation).reference
    found: dict[str, Any] = cast.program("coordinator_13").get(f"{API}/points/{point}/orientations").json()
    return found


def withdrawn(cast: Cast, orientation: str, who: str = "coordinator_13") -> int:
    path = f"{API}/orientations/{orientation}/retrait"
    return cast.program(who).post(path, None, **tagged(cast, Orientation, orientation)).status_code


def test_an_orientation_is_taken_and_taken_back_in_the_browser_before_the_decision(cast: Cast) -> None:
    meeting, situation = under_examination(cast)
    coordinator, page = cast.browser("coordinator_13"), f"/reunions/{meeting}/seance"
    assert "Aucune orientation" in words_of(coordinator.get(page))
    add = f"/reunions/{meeting}/points/{point_of(cast, meeting, situation).reference}/orientations"
    for destination in ("local_association", "city_holidays"):
        assert coordinator.send(page, {"destination": destination}, add).status_code == 303
    shown = words_of(coordinator.get(page))
    assert "Association locale" in shown
    assert "sans transmission nominative" in shown
    again = coordinator.send(page, {"destination": "city_holidays"}, add)
    assert again.status_code == 422
    assert "déjà enregistrée" in words_of(again)
    assert coordinator.send(page, {}, add).status_code == 422
    mistaken = next(row for row in panel(cast, meeting, situation)["recorded"] if row["destination"] == "city_holidays")
    back = f"/reunions/{meeting}/orientations/{mistaken['reference']}/retrait"
    assert coordinator.send(page, {}, back).status_code == 303
    assert one(cast, Orientation, mistaken["reference"]).state is OrientationState.WITHDRAWN
    assert counted(cast, Indicator.ORIENTED) == counted(cast, Indicator.ORIENTED, Destination.LOCAL_ASSOCIATION) == 1
    assert coordinator.send(page, {"destination": "city_holidays"}, add).status_code == 303


def test_an_age_out_of_range_is_a_hint_and_a_destination_that_is_over_is_refused_with_its_reason(cast: Cast) -> None:
    meeting, situation = under_examination(cast, birth_date="16/03/2020")
    choices = {row["destination"]: row for row in panel(cast, meeting, situation)["choices"]}
    assert choices["local_mission"]["out_of_age"]
    assert choices["local_mission"]["ages"] == "16 à 25 ans"
    assert not choices["educational_success"]["out_of_age"]
    assert "night_mediation" not in choices
    oriented(cast, meeting, situation, "local_mission")
    page = words_of(cast.browser("coordinator_13").get(f"/reunions/{meeting}/seance"))
    assert "hors âge : 16 à 25 ans" in page
    over = acted(cast, meeting, situation, "orientations", {"destination": "night_mediation"})
    assert over.status_code == 422
    assert "choisissez la médiation" in problem(over)["errors"]["destination"]


def test_an_orientation_needs_the_examination_under_way(cast: Cast) -> None:
    situation = retained(cast)
    meeting = in_session(cast, situation)
    body = {"destination": "crip"}
    assert acted(cast, meeting, situation, "orientations", body).status_code == 409
    assert acted(cast, meeting, situation, "examen").status_code == 200
    orientation = oriented(cast, meeting, situation, "crip")
    assert acted(cast, meeting, situation, "decision", FOLLOW).status_code == 200
    assert acted(cast, meeting, situation, "orientations", {"destination": "mediation"}).status_code == 409
    assert withdrawn(cast, orientation) == 409
    closed(cast, meeting)
    assert withdrawn(cast, orientation) == 409


@pytest.mark.parametrize("who", ["parquet_13", "police_13", "education_13", "social_coordinator_13", "coordinator_18"])
def test_only_who_conducts_the_meeting_orients(cast: Cast, who: str) -> None:
    meeting, situation = under_examination(cast)
    orientation = oriented(cast, meeting, situation, "mediation")
    point = point_of(cast, meeting, situation)
    body = {"destination": "parenting"}
    assert acted(cast, meeting, situation, "orientations", body, who).status_code in {403, 404}
    assert withdrawn(cast, orientation, who) in {403, 404}
    assert cast.program(who).get(f"{API}/points/{point.reference}/orientations").status_code in {403, 404}
    browser = cast.browser(who)
    fields = {"csrf": browser.csrf(), "version": str(point.version), **body}
    path = f"/reunions/{meeting}/points/{point.reference}/orientations"
    assert browser.post(path, fields).status_code in {403, 404}
    with (
        pytest.raises((Forbidden, NotFound)),
        cast.house.transaction(cast.actor(who)) as uow,
    ):
        orient(uow, point.reference, OrientationForm(destination=Destination.PARENTING))
    with pytest.raises((Forbidden, NotFound)), cast.house.transaction(cast.actor(who)) as uow:
        withdraw(uow, orientation)


def test_closing_is_refused_while_a_feedback_is_awaited_but_not_for_the_crip(cast: Cast) -> None:
    meeting, situation = under_examination(cast)
    oriented(cast, meeting, situation, "crip")
    waited = oriented(cast, meeting, situation, "social_services")
    refused = acted(cast, meeting, situation, "decision", CLOSE)
    assert refused.status_code == 422
    assert "jusqu'au retour du service, sauf pour la CRIP" in problem(refused)["detail"]
    assert "hypothèse" in problem(refused)["detail"]
    page = f"/reunions/{meeting}/seance"
    address = f"/reunions/{meeting}/points/{point_of(cast, meeting, situation).reference}/decision"
    drawn = cast.browser("coordinator_13").send(page, CLOSE, address)
    assert drawn.status_code == 422
    assert 'value="police" checked' in drawn.text
    form, point = DecisionForm.model_validate(CLOSE), point_of(cast, meeting, situation).reference
    with pytest.raises(CharterRefusal), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        decide(uow, point, form)
    assert one(cast, Situation, situation).stage is Stage.UNDER_EXAMINATION
    assert withdrawn(cast, waited) == 200
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 200


def test_a_postponed_or_unfinished_examination_decides_no_orientation(cast: Cast) -> None:
    meeting, situation = under_examination(cast)
    oriented(cast, meeting, situation, "school_dropout")
    assert counted(cast, Indicator.SCHOOL_ORIENTED) == 1
    assert acted(cast, meeting, situation, "decision", POSTPONE).status_code == 409
    closed(cast, meeting)
    with cast.house.stores.main.transaction() as session:
        [row] = session.scalars(sa.select(Orientation))
    assert row.state is OrientationState.WITHDRAWN
    assert (counted(cast, Indicator.ORIENTED), counted(cast, Indicator.SCHOOL_ORIENTED)) == (0, 0)


def test_a_decision_read_before_an_orientation_was_added_is_not_saved_over_it(cast: Cast) -> None:
    meeting, situation = under_examination(cast)
    point = point_of(cast, meeting, situation)
    page = cast.browser("coordinator_13").get(f"/reunions/{meeting}/seance")
    oriented(cast, meeting, situation, "mediation")
    address = f"/reunions/{meeting}/points/{point.reference}/decision"
    late = cast.browser("coordinator_13").resend(page, FOLLOW, address)
    assert late.status_code == 412
    assert one(cast, Situation, situation).stage is Stage.UNDER_EXAMINATION
    with pytest.raises(Stale), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        orient(uow, point.reference, OrientationForm(destination=Destination.CRIP), version=point.version)


def test_an_earlier_orientation_is_withdrawn_at_the_next_meeting_only_and_stays_counted(cast: Cast) -> None:
    situation, orientation, transmission = in_the_hands_of(cast, "local_association", "association")
    assert opened_by_recipient(cast, transmission, "recipient").status_code == 200
    assert withdrawn(cast, orientation) == 409
    meeting = again_in_session(cast, situation)
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 422
    assert withdrawn(cast, orientation) == 200
    assert counted(cast, Indicator.ORIENTED) == 1
    assert one(cast, Transmission, transmission).state is TransmissionState.RECALLED
    assert cast.program("recipient").get(f"{API}/transmissions/{transmission}").status_code == 404
    assert acted(cast, meeting, situation, "decision", CLOSE).status_code == 200


def again_in_session(cast: Cast, situation: str) -> str:
    """Bring a followed situation to the table of April's meeting, as a feedback would."""
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        meeting = uow.session.scalars(sa.select(Meeting).where(col(Meeting.stage) == MeetingStage.PLANNED)).one()
        list_feedback(uow, meeting, [situation])
        convene(uow, meeting.reference, None)
        reference = meeting.reference
    on_the_day(cast, APRIL)
    path = f"{API}/reunions/{reference}/ouverture"
    assert cast.program("coordinator_13").post(path, None, **version(cast, reference)).status_code == 200
    assert acted(cast, reference, situation, "examen").status_code == 200
    return reference


def test_the_whole_way_is_walked_in_the_browser_from_the_family_to_the_reading(cast: Cast) -> None:
    situation, [orientation] = after_a_meeting(cast, "social_services", **WRITTEN)
    coordinator, support = cast.browser("coordinator_13"), f"/situations/{situation}/suites"
    assert support in links_of(coordinator.get(f"/situations/{situation}"))
    assert "Familles à informer" in words_of(coordinator.get("/"))
    assert "Orientations à transmettre" in words_of(coordinator.get("/"))
    preview = f"/orientations/{orientation}/transmission"
    assert preview in links_of(coordinator.get(support))
    shown = words_of(coordinator.get(preview))
    assert "La famille n'est pas informée" in shown
    assert "Envoyer" not in shown  # never waived for social services: there is nothing to send with
    family = f"/situations/{situation}/famille"
    partial = coordinator.send(family, {"mode": "interview"}, family)
    assert partial.status_code == 422
    assert 'value="interview" checked' in partial.text
    fields = {"mode": "interview", "first_holder": "informed", "second_holder": "none", "minor": "informed"}
    assert coordinator.send(family, fields, family).status_code == 303
    assert "La famille est informée" in words_of(coordinator.get(family))
    page = coordinator.get(preview)
    leaving = words_of(page)
    assert coordinator.resend(page, {}, preview).headers["location"] == f"{support}?fait=envoyee"
    followed = words_of(coordinator.get(support))
    assert "retour attendu" in followed
    assert "Durand" not in followed
    [transmission] = transmissions(cast)
    reader = cast.browser("social_coordinator_13")
    assert "Transmissions à ouvrir" in words_of(reader.get("/"))
    address = f"/transmissions/{transmission}"
    assert address in links_of(reader.get("/transmissions"))
    before = words_of(reader.get(address))
    assert "Engagement de confidentialité" in before
    assert "Durand" not in before
    unticked = reader.send(address, {}, f"{address}/engagement")
    assert unticked.status_code == 422
    assert reader.send(address, {"undertaking": "oui"}, f"{address}/engagement").status_code == 303
    after = words_of(reader.get(address))
    for words in ("Durand", "Élodie", "12 rue du Moulin", "06 39 98 12 34", "Vue seule le soir"):
        assert (words in leaving, words in after) == (words != "Vue seule le soir",) * 2
    assert "ouverte le 14 janvier 2027" in words_of(coordinator.get(support))
    assert "Durand" in words_of(coordinator.get(address))


def transmissions(cast: Cast) -> list[str]:
    with cast.house.stores.main.transaction() as session:
        return list(session.scalars(sa.select(col(Transmission.reference)).order_by(col(Transmission.sent_at))))


CONTENT = {
    "last_name": "Durand",
    "first_name": "Élodie",
    "birth": "16 mars 2010 (16 ans)",
    "sex": "féminin",
}
ADDRESS = {"residence": "13e arrondissement, Salpêtrière", "address": "12 rue du Moulin"}
HOLDERS = {"representative_name": "Durand Martine", "representative_contact": "06 39 98 12 34"}
NOTHING = dict.fromkeys(("residence", "address", "representative_name"))
EXPECTED: dict[str, dict[str, object]] = {
    "crip": {**CONTENT, **ADDRESS, **HOLDERS, "facts": ["Vue seule le soir."]},
    "social_services": {**CONTENT, **ADDRESS, **HOLDERS, "facts": ["Vue seule le soir."]},
    "local_association": {**CONTENT, **NOTHING, "representative_contact": "06 39 98 12 34", "facts": []},
    "specialised_prevention": {**CONTENT, **NOTHING, "representative_contact": "06 39 98 12 34", "facts": []},
    "educational_success": {**CONTENT, **NOTHING, "representative_contact": "06 39 98 12 34", "facts": []},
    "school_dropout": {**CONTENT, **NOTHING, "representative_contact": "06 39 98 12 34", "facts": []},
}
"""What leaves to each destination, written a second time by hand (domain.md section 2)."""

RECIPIENTS = {
    "crip": ("crip", "crip"),
    "social_services": ("social", "social_coordinator_13"),
    "local_association": ("association", "recipient"),
    "specialised_prevention": ("association", "recipient_2"),
    "educational_success": ("success", "success_13"),
    "school_dropout": ("school", "school_13"),
}


@pytest.mark.parametrize("destination", EXPECTED)
def test_what_was_previewed_is_what_leaves_and_what_the_recipient_reads(cast: Cast, destination: str) -> None:
    situation = reviewed(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    orientation = oriented(cast, meeting, situation, destination)
    assert acted(cast, meeting, situation, "decision", FOLLOW).status_code == 200
    closed(cast, meeting)
    assert informed(cast, situation).status_code == 200
    to, who = RECIPIENTS[destination]
    previewed = cast.program("coordinator_13").get(f"{API}/orientations/{orientation}/transmission").json()["content"]
    motives = previewed.pop("motives")
    assert previewed.pop("support") == Destination.of(destination).label
    assert previewed == EXPECTED[destination]
    offence = ["absentéisme", "comportements violents (faits répétés constatés par l'auteur du signalement)"]
    assert motives == (offence if destination in {"crip", "social_services"} else [])
    answer = send_for(cast, orientation, to)
    assert answer.status_code == 200, answer.text
    transmission = answer.json()["reference"]
    whole = cast.program("coordinator_13").get(f"{API}/orientations/{orientation}/transmission").json()["content"]
    assert opened_by_recipient(cast, transmission, who).status_code == 200
    assert cast.program(who).get(f"{API}/transmissions/{transmission}").json()["content"] == whole


def reviewed(cast: Cast) -> str:
    done = sent(cast, "reporter", **WRITTEN)
    assert decided(cast, done.situation, "relecture", {"outcome": "kept"}).status_code == 303
    assert qualified(cast, done.situation).status_code == 303
    program = cast.program("coordinator_13")
    body = {"references": [done.situation]}
    assert program.post(f"{API}/situations/transmission-parquet", body).status_code == 200
    tag = tagged(cast, Situation, done.situation)
    path = f"{API}/situations/{done.situation}/reponse-parquet"
    assert cast.program("parquet_13").post(path, {"answer": "retained"}, **tag).status_code == 200
    return done.situation


def test_what_was_sent_does_not_change_with_the_later_life_of_the_situation(cast: Cast) -> None:
    situation, _, transmission = in_the_hands_of(cast, "local_association", "association")
    assert opened_by_recipient(cast, transmission, "recipient").status_code == 200
    read = cast.program("recipient").get(f"{API}/transmissions/{transmission}").json()["content"]
    cast.pass_time(timedelta(days=80))  # past a birthday: the age that was sent stays the one that was sent
    assert cast.program("recipient").get(f"{API}/transmissions/{transmission}").json()["content"] == read
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.text("DELETE FROM situation_person"))
    assert cast.program("recipient").get(f"{API}/transmissions/{transmission}").json()["content"] == read
    assert one(cast, Situation, situation).stage is Stage.FOLLOWED


@pytest.mark.parametrize("destination", ["city_holidays", "youth_days", "local_mission", "mediation", "parenting"])
def test_what_has_no_lawful_recipient_is_not_transmitted(cast: Cast, destination: str) -> None:
    situation, [orientation] = after_a_meeting(cast, destination)
    assert informed(cast, situation).status_code == 200
    refused = send_for(cast, orientation, "association")
    assert refused.status_code == 422
    assert "n'a pas de transmission nominative" in problem(refused)["detail"]
    assert "contrat du 6e arrondissement" in problem(refused)["detail"]
    page = cast.browser("coordinator_13").get(f"/orientations/{orientation}/transmission")
    assert page.status_code == 422
    form = TransmissionForm(institution=institution(cast, "association"))
    with pytest.raises(CharterRefusal), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        transmit(uow, orientation, form)
    assert transmissions(cast) == []


def test_social_services_wait_for_the_family_whatever_ground_is_given(cast: Cast) -> None:
    situation, [orientation] = after_a_meeting(cast, "social_services")
    for waiver in InformationWaiver:
        refused = send_for(cast, orientation, "social", waiver=waiver)
        assert refused.status_code == 422
        assert "contrat parisien 2015-2020, étape 5" in problem(refused)["detail"]
        form = TransmissionForm(institution=institution(cast, "social"), waiver=waiver)
        with pytest.raises(CharterRefusal), cast.house.transaction(cast.actor("coordinator_13")) as uow:
            transmit(uow, orientation, form)
    coordinator = cast.browser("coordinator_13")
    version = str(one(cast, Situation, situation).version)
    fields = {"csrf": coordinator.csrf(), "version": version, "institution": institution(cast, "social")}
    for extra in ({}, {"waiver": "art_14_5_b"}):
        assert coordinator.post(f"/orientations/{orientation}/transmission", {**fields, **extra}).status_code == 422
    for day, closed_yet in ((0, False), (1, True)):
        cast.pass_time(timedelta(days=day))
        failed = informed(cast, situation, first_holder="not_reached", minor="none", mode="letter")
        assert failed.status_code == 200
        still = problem(send_for(cast, orientation, "social"))
        assert ("transmettez à la CRIP" in still["detail"]) is closed_yet
    assert "transmettre à la CRIP" in words_of(cast.browser("coordinator_13").get(f"/situations/{situation}/famille"))
    assert send_to_crip(cast, situation).status_code == 200
    assert informed(cast, situation, mode="by_hand").status_code == 200
    assert send_for(cast, orientation, "social").status_code == 200


def test_elsewhere_a_ground_that_the_charter_names_may_stand_for_the_family_s_information(cast: Cast) -> None:
    _, [orientation] = after_a_meeting(cast, "local_association")
    assert send_for(cast, orientation, "association").status_code == 422
    assert send_for(cast, orientation, "association", waiver="child_interest").status_code == 422
    answer = send_for(cast, orientation, "association", waiver="art_14_5_d")
    assert answer.status_code == 200
    row = one(cast, Transmission, answer.json()["reference"])
    assert row.waiver is InformationWaiver.ART_14_5_D


@pytest.mark.parametrize(
    "changes",
    [
        {"first_holder": "not_reached"},
        {"first_holder": "none", "minor": "informed"},
        {"second_holder": "not_reached"},
        {"minor": "not_reached"},
    ],
)
def test_a_family_is_informed_when_each_of_those_concerned_is(cast: Cast, changes: dict[str, str]) -> None:
    situation, [orientation] = after_a_meeting(cast, "local_association")
    assert informed(cast, situation, **changes).status_code == 200
    assert send_for(cast, orientation, "association").status_code == 422
    cast.pass_time(timedelta(minutes=1))
    assert informed(cast, situation).status_code == 200
    assert send_for(cast, orientation, "association").status_code == 200


def test_a_family_is_not_informed_on_a_day_to_come_nor_by_nobody(cast: Cast) -> None:
    situation = retained(cast)
    assert informed(cast, situation, made_on="2030-01-01").status_code == 422
    assert informed(cast, situation, first_holder="none", minor="none").status_code == 422
    with cast.house.stores.main.transaction() as session:
        assert list(session.scalars(sa.select(FamilyInformation))) == []


@pytest.mark.parametrize("who", ["parquet_13", "police_13", "social_coordinator_13", "recipient", "coordinator_18"])
def test_nobody_but_the_coordinator_informs_writes_or_transmits(cast: Cast, who: str) -> None:
    situation, [orientation] = after_a_meeting(cast, "local_association")
    assert informed(cast, situation).status_code == 200
    program, browser = cast.program(who), cast.browser(who)
    refused = {403, 404}
    to = {"institution": institution(cast, "association")}
    tag = tagged(cast, Situation, situation)
    version = str(one(cast, Situation, situation).version)
    for path, body in (
        (f"situations/{situation}/famille", {**dict.fromkeys(("first_holder", "second_holder", "minor"), "informed")}),
        (f"situations/{situation}/transmission-crip", to),
        (f"orientations/{orientation}/transmission", to),
    ):
        whole = {"mode": "letter", "made_on": "2027-01-14", **body} if "famille" in path else body
        assert program.get(f"{API}/{path}").status_code in refused
        assert program.post(f"{API}/{path}", whole, **tag).status_code in refused
        assert browser.get(f"/{path}").status_code in refused
        assert browser.post(f"/{path}", {"csrf": browser.csrf(), "version": version, **whole}).status_code in refused
    letter = f"/situations/{situation}/famille/lettre"
    assert browser.post(letter, {"csrf": browser.csrf()}).status_code in refused
    assert browser.get(f"/situations/{situation}/suites").status_code in refused
    form = TransmissionForm(institution=to["institution"])
    record = InformationForm.model_validate(
        {
            "made_on": "2027-01-14",
            "mode": "letter",
            **dict.fromkeys(("first_holder", "second_holder", "minor"), "informed"),
        }
    )
    for act in (
        lambda uow: transmit(uow, orientation, form),
        lambda uow: transmit_to_crip(uow, situation, form),
        lambda uow: inform(uow, situation, record),
        lambda uow: write_letter(uow, situation),
    ):
        with pytest.raises((Forbidden, NotFound)), cast.house.transaction(cast.actor(who)) as uow:
            act(uow)
    assert transmissions(cast) == []


def test_a_transmission_waits_for_the_closing_of_the_meeting_leaves_once_and_only_while_followed(cast: Cast) -> None:
    meeting, situation = under_examination(cast)
    orientation = oriented(cast, meeting, situation, "local_association")
    assert informed(cast, situation).status_code == 200
    assert acted(cast, meeting, situation, "decision", FOLLOW).status_code == 200
    assert send_for(cast, orientation, "association").status_code == 409
    closed(cast, meeting)
    assert send_for(cast, orientation, "dpmp").status_code == 422
    assert send_for(cast, orientation, "social").status_code == 422
    assert send_for(cast, orientation, "association").status_code == 200
    assert send_for(cast, orientation, "association").status_code == 409


def test_two_windows_that_transmit_at_once_send_one_thing(cast: Cast) -> None:
    situation, [orientation] = after_a_meeting(cast, "local_association")
    assert informed(cast, situation).status_code == 200
    coordinator, page = cast.browser("coordinator_13"), f"/orientations/{orientation}/transmission"
    first, second = coordinator.get(page), coordinator.get(page)
    assert coordinator.resend(first, {}, page).status_code == 303
    assert coordinator.resend(second, {}, page).status_code in {409, 412}
    assert len(transmissions(cast)) == 1


def test_the_crip_is_seized_from_reception_on_with_a_coded_exemption_and_without_any_meeting(cast: Cast) -> None:
    received, with_parquet = sent(cast).situation, at_parquet(cast, last_name="Deux").situation
    for situation in (received, with_parquet):
        assert send_to_crip(cast, situation, None).status_code == 422
        assert send_to_crip(cast, situation, "art_14_5_b").status_code == 422
        page = f"/situations/{situation}/transmission-crip"
        done = cast.browser("coordinator_13").send(page, {"waiver": "danger"}, page)
        assert done.status_code == 303
    newest = transmissions(cast)[-1]
    assert opened_by_recipient(cast, newest, "crip").status_code == 200
    content = cast.program("crip").get(f"{API}/transmissions/{newest}").json()["content"]
    assert content["support"] == "information préoccupante"
    assert content["facts"] == []  # not reviewed yet: nobody reads it
    assert one(cast, Situation, received).stage is Stage.RECEIVED


def test_what_was_sent_or_told_is_not_lost_when_its_situation_is_returned_moved_or_merged(cast: Cast) -> None:
    told, seized, other = (sent(cast, last_name=name).situation for name in ("Un", "Deux", "Trois"))
    assert informed(cast, told).status_code == 200
    assert send_to_crip(cast, seized).status_code == 200
    for situation in (told, seized):
        returned = decided(cast, situation, "renvoi", {"reason": "motive_unclear"})
        assert returned.status_code == 409
        assert "ne peut plus être renvoyée" in words_of(returned)
    assert decided(cast, seized, "transfert", {"arrondissement": "18"}).status_code == 409
    assert decided(cast, told, "transfert", {"arrondissement": "18"}).status_code == 303
    coordinator = cast.browser("coordinator_13")
    fields = {"csrf": coordinator.csrf(), "version": str(one(cast, Situation, seized).version), "into": other}
    assert coordinator.post(f"/situations/{seized}/rattachement", fields).status_code == 303
    [transmission] = transmissions(cast)
    assert one(cast, Transmission, transmission).situation_id == one(cast, Situation, other).id
    assert transmission in words_of(coordinator.get(f"/situations/{other}/suites"))
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(col(FamilyInformation.cell_id))).all() == [cast.cells["18"].id]
    assert opened_by_recipient(cast, transmission, "crip").status_code == 200
    content = cast.program("crip").get(f"{API}/transmissions/{transmission}").json()["content"]
    assert content["last_name"] == "Deux"


def test_a_recipient_finds_what_is_addressed_to_its_institution_and_nothing_else(cast: Cast) -> None:
    _, _, to_association = in_the_hands_of(cast, "local_association", "association")
    others = ("crip", "success_13", "school_13", "social_coordinator_13", "coordinator_18", "police_13", "parquet_13")
    for who in others:
        assert cast.program(who).get(f"{API}/transmissions/{to_association}").status_code == 404
        assert opened_by_recipient(cast, to_association, who).status_code == 404
        form = UndertakingForm(undertaking=True)
        with pytest.raises(NotFound), cast.house.transaction(cast.actor(who)) as uow:
            open_transmission(uow, to_association, form)
        assert to_association not in cast.browser(who).get("/transmissions").text
    for who in ("recipient", "recipient_2"):
        assert [row["reference"] for row in cast.program(who).get(f"{API}/transmissions").json()["lines"]] == [
            to_association
        ]
        home = cast.browser(who).get("/")
        assert {link for link in links_of(home) if link.startswith(("/situations", "/reunions"))} == set()
    assert cast.browser("police_13").get("/transmissions").status_code == 404
    assert opened_by_recipient(cast, to_association, "coordinator_13").status_code == 403


def test_each_reader_accepts_the_undertaking_before_a_word_is_shown(cast: Cast) -> None:
    _, _, transmission = in_the_hands_of(cast, "local_association", "association")
    path = f"{API}/transmissions/{transmission}"
    assert cast.program("recipient").get(path).json()["content"] is None
    refused = cast.program("recipient").post(
        f"{path}/engagement", {"undertaking": False}, **tagged(cast, Transmission, transmission)
    )
    assert refused.status_code == 422
    assert opened_by_recipient(cast, transmission, "recipient").status_code == 200
    assert opened_by_recipient(cast, transmission, "recipient").status_code == 200
    assert cast.program("recipient").get(path).json()["content"]["last_name"] == "Durand"
    assert cast.program("recipient_2").get(path).json()["content"] is None
    assert "Durand" not in cast.browser("recipient_2").get(f"/transmissions/{transmission}").text


def test_a_transmission_is_read_six_months_at_most(cast: Cast) -> None:
    _, _, transmission = in_the_hands_of(cast, "local_association", "association")
    assert opened_by_recipient(cast, transmission, "recipient").status_code == 200
    path = f"{API}/transmissions/{transmission}"
    cast.pass_time(date(2027, 7, 13) - cast.clock().date())
    assert cast.program("recipient").get(path).status_code == 200
    cast.pass_time(timedelta(days=1))
    assert cast.program("recipient").get(path).status_code == 404
    assert cast.program("coordinator_13").get(path).status_code == 200


def test_the_message_to_a_recipient_says_nothing(cast: Cast) -> None:
    situation, orientation, transmission = in_the_hands_of(cast, "local_association", "association")
    with cast.house.stores.main.transaction() as session:
        queued = session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == "transmission_waiting")).all()
    assert {row.recipient for row in queued} == {"recipient@demo.invalid", "recipient-2@demo.invalid"}
    for row in queued:
        assert row.link == "/transmissions"
        for reference in (situation, orientation, transmission):
            assert reference not in row.content


def test_the_family_letter_is_a_pdf_that_asks_for_a_fresh_code_and_is_journalled_as_an_export(cast: Cast) -> None:
    situation = in_research(cast)
    page = f"/situations/{situation}/famille"
    done = cast.browser("coordinator_13").send(page, {}, f"{page}/lettre")
    assert done.headers["content-type"] == "application/pdf"
    assert unreadable(done.content, cast.folder) == []
    (cast.folder / "lettre.pdf").write_bytes(done.content)
    read = ["pdftotext", "-layout", str(cast.folder / "lettre.pdf"), "-"]
    written = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    for words in ("Élodie Durand", "Durand Martine", "119", "CENOMED du 13e"):
        assert words in written
    for hidden in ("bsentéisme", "iolents", "Peupliers", "procureur"):
        assert hidden not in written
    assert "Durand" not in done.headers["content-disposition"]
    with cast.house.stores.journal.transaction() as session:
        names = list(session.scalars(sa.text("SELECT name FROM journal_entry")))
    assert "orientations:letter:exported" in names
    cast.pass_time(timedelta(minutes=11))
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.text("UPDATE account_session SET stepped_up_at = NULL"))
    later = cast.browser("coordinator_13")
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.text("UPDATE account_session SET stepped_up_at = NULL"))
    asked = later.send(page, {}, f"{page}/lettre")
    assert asked.headers["location"] == f"/confirmation?suite={page}"


def test_the_columns_of_step_five_hold_nothing_in_clear(cast: Cast) -> None:
    _, _, transmission = in_the_hands_of(cast, "local_association", "association")
    row = one(cast, Transmission, transmission)
    assert "Durand" not in repr(row.content)
    with cast.house.stores.main.transaction() as session:
        for table in ("transmission", "orientation", "family_information", "transmission_undertaking"):
            for found in session.execute(sa.text(f"SELECT * FROM {table}")):
                assert b"Durand" not in repr(tuple(found)).encode()
