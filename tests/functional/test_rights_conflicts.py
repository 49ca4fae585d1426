"""Rights that meet on one situation, and what takes it away meanwhile: no request is left without its answer."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.kernel.errors import InvalidInput
from backend.kernel.identifiers import new_id
from backend.purge.models import RetentionDecision
from backend.rights.actions import deciding as verbs
from backend.rights.forms import DecisionForm
from backend.rights.models import RightsFinding, RightsRequest
from backend.situations.models import Situation
from policies.meeting_words import ItemState
from policies.retention import Kind
from policies.retention_words import Custody, DecisionState
from policies.rights_words import Decision, FindingState, RequestState
from policies.vocabulary import Stage
from tests.functional.test_rights import denied, live, prepared, pressed, recognised, registered, row, search_of
from tests.support.cast import Cast
from tests.support.http import forms_of, words_of
from tests.support.journeys import in_research, problem, sent
from tests.support.sessions import in_session, in_the_hands_of, one, opened_by_recipient, point_of


def recognised_alone(cast: Cast, request: str, situation: str) -> str:
    """Recognise a situation in the 13e, and nothing in the 18e; give the finding."""
    finding = recognised(cast, request, situation)
    denied(cast, request)
    return finding


def decide(cast: Cast, request: str, **fields: str) -> int:
    return pressed(cast, "dpo", f"/droits/{request}", "decision", **fields).status_code


def sends(cast: Cast, request: str) -> int:
    return pressed(cast, "dpo", f"/droits/{request}", "reponse", answered_on="23/11/2026").status_code


def leaves(cast: Cast, situation: str, custody: Custody) -> None:
    """Take a situation out of the active base, as a run does at its term."""
    with cast.house.transaction(cast.everywhere()) as uow:
        found = uow.session.scalars(sa.select(Situation).where(col(Situation.reference) == situation)).one()
        found.custody = custody
        move = uow.keyring.archive if custody is Custody.ARCHIVED else uow.keyring.hold
        move([found.id])


def test_an_erasure_waits_for_what_else_is_asked_of_the_same_situation(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    rectifying, erasing, again = (registered(cast, claim=claim) for claim in ("rectification", "erasure", "objection"))
    finding, *_ = (recognised_alone(cast, request, situation) for request in (rectifying, erasing, again))
    assert decide(cast, rectifying, decision="granted") == 303
    refused = pressed(cast, "dpo", f"/droits/{erasing}", "decision", decision="granted")
    assert refused.status_code == 409
    assert f"La demande {rectifying}, sans réponse à ce jour" in words_of(refused)
    assert row(cast, situation).custody is Custody.ACTIVE
    page = f"/droits/reconnues/{finding}/rectification"
    made = cast.browser("coordinator_13").send(page, {"first_name": "Élodie"})
    assert made.status_code == 303, words_of(made)
    assert sends(cast, rectifying) == 303
    assert decide(cast, erasing, decision="granted") == 303, "another erasure is no reason to wait"
    assert row(cast, situation).custody is Custody.LOCKED
    assert row(cast, situation).limited_at is not None, "the objection holds it until it is decided"
    assert decide(cast, again, decision="granted") == 303
    assert row(cast, situation).limited_at is None


@pytest.mark.parametrize("claim", ["rectification", "access"])
def test_a_situation_that_left_the_active_base_leaves_no_request_without_an_end(cast: Cast, claim: str) -> None:
    situation = sent(cast, facts="").situation
    request = registered(cast, claim=claim)
    finding = recognised_alone(cast, request, situation)
    if claim == "rectification":
        assert decide(cast, request, decision="granted") == 303
        assert "1 situation à rectifier" in words_of(cast.browser("dpo").get(f"/droits/{request}"))
    leaves(cast, situation, Custody.LOCKED)
    assert "à préparer pour le délégué" not in words_of(cast.browser("coordinator_13").get("/"))
    if claim == "access":
        assert decide(cast, request, decision="granted") == 303
    assert sends(cast, request) == 303
    assert one(cast, RightsRequest, request).state is RequestState.ANSWERED
    assert one(cast, RightsFinding, finding).state is FindingState.MOOT
    assert row(cast, situation).limited_at is None
    assert "sans objet" in words_of(cast.browser("dpo").get(f"/droits/{request}"))


@pytest.mark.parametrize("claim", ["rectification", "access"])
def test_what_an_unanswered_request_is_about_is_not_archived(cast: Cast, claim: str) -> None:
    asked, other = (sent(cast, facts="", last_name=name).situation for name in ("Durand", "Autre"))
    request = registered(cast, claim=claim)
    recognised_alone(cast, request, asked)
    closed_at = cast.clock() - timedelta(days=100)
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.update(Situation).values(stage=Stage.CLOSED, closed_at=closed_at))
        session.add(
            RetentionDecision(
                kind=Kind.ARCHIVE,
                months=12,
                number="12",
                decided_on=date(2026, 1, 2),
                authority="Conseil de Paris",
                applies_on=date(2026, 1, 2),
                state=DecisionState.FAVOURABLE,
                entered_by=new_id(),
                entered_at=cast.clock(),
            )
        )
    live(cast, 1)
    assert (row(cast, asked).custody, row(cast, other).custody) == (Custody.ACTIVE, Custody.ARCHIVED)
    assert decide(cast, request, decision="refused", ground="excessive") == 303
    assert sends(cast, request) == 303
    live(cast, 1)
    assert row(cast, asked).custody is Custody.ARCHIVED


def answers_unknown(cast: Cast, request: str, **fields: str) -> int:
    page = f"/droits/recherches/{search_of(cast, request)}"
    browser = cast.browser("coordinator_13")
    forms = [form for form in forms_of(browser.get(page)) if form.action == page]
    form = next(form for form in forms if any(field.value == "non" for field in form.fields))
    return browser.post(page, form.filled(fields)).status_code


def test_nothing_held_is_not_answered_while_the_archive_may_hold_the_person(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    leaves(cast, situation, Custody.ARCHIVED)
    request = registered(cast)
    assert answers_unknown(cast, request) == 303
    denied(cast, request)
    sheet = cast.browser("dpo").get(f"/droits/{request}")
    assert "Une situation hors de la base active peut être la sienne" in words_of(sheet)
    assert "nothing_held" not in sheet.text
    with pytest.raises(InvalidInput), cast.house.transaction(cast.actor("dpo")) as uow:
        verbs.decide(uow, request, DecisionForm(decision=Decision.NOTHING_HELD))
    assert answers_unknown(cast, request, checked="oui") == 303
    assert decide(cast, request, decision="nothing_held") == 303


def test_an_erasure_reaches_what_the_archive_holds_without_reading_it(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    leaves(cast, situation, Custody.ARCHIVED)
    request = registered(cast, claim="erasure")
    page = f"/droits/recherches/{search_of(cast, request)}"
    browser = cast.browser("coordinator_13")
    form = next(form for form in forms_of(browser.get(page)) if any(f.value == "oui" for f in form.fields))
    assert browser.post(page, form.filled({"other": situation})).status_code == 303
    denied(cast, request)
    assert decide(cast, request, decision="granted") == 303
    assert row(cast, situation).custody is Custody.LOCKED
    assert row(cast, situation).erased_at is not None
    found = row(cast, situation)
    with cast.house.transaction(cast.everywhere()) as uow:
        assert not uow.keyring.open_archived({(found.id, found.cell_id)}), "no opening reads it any more"


def test_the_birth_date_of_who_came_of_age_since_is_rectified_as_of_the_reception(cast: Cast) -> None:
    situation = sent(cast, facts="", birth_date="01/12/2008").situation
    request = registered(cast, claim="rectification")
    page = f"/droits/reconnues/{recognised_alone(cast, request, situation)}/rectification"
    assert decide(cast, request, decision="granted") == 303
    cast.pass_time(timedelta(days=20))
    coordinator = cast.browser("coordinator_13")
    assert coordinator.send(page, {"birth_date": "01/11/2008"}).status_code == 422, "already of age at reception"
    made = coordinator.send(page, {"birth_date": "02/12/2008"})
    assert made.status_code == 303, words_of(made)


def test_an_erased_situation_leaves_the_table_where_it_was_to_be_examined(cast: Cast) -> None:
    situation = in_research(cast)
    meeting = in_session(cast, situation)
    received = cast.clock().strftime("%d/%m/%Y")
    request = registered(cast, claim="erasure", received_on=received)
    recognised_alone(cast, request, situation)
    assert decide(cast, request, decision="granted") == 303
    assert point_of(cast, meeting, situation).state is ItemState.CARRIED


def test_an_export_that_was_signed_is_not_handed_over_once_the_request_is_refused(cast: Cast) -> None:
    request = registered(cast)
    finding = recognised_alone(cast, request, sent(cast, facts="").situation)
    assert prepared(cast, finding).status_code == 303
    page = f"/droits/reconnues/{finding}"
    assert pressed(cast, "dpo", page, "validation").status_code == 303
    assert "Télécharger" in words_of(cast.browser("dpo").get(page))
    assert decide(cast, request, decision="refused", ground="excessive") == 303
    assert "Télécharger" not in words_of(cast.browser("dpo").get(page))
    refused = cast.program("dpo").post(f"/api/v1{page}/remise", None)
    assert problem(refused)["status"] == 409


def test_a_recipient_neither_reads_nor_answers_what_is_under_limitation(cast: Cast) -> None:
    situation, _, transmission = in_the_hands_of(cast, "local_association", "association")
    request = registered(cast, claim="objection", received_on=cast.clock().strftime("%d/%m/%Y"))
    recognised_alone(cast, request, situation)
    cast.pass_time(timedelta(seconds=1))
    page = f"/transmissions/{transmission}"
    assert cast.browser("recipient").get(page).status_code == 404
    assert opened_by_recipient(cast, transmission, "recipient").status_code == 404
    assert decide(cast, request, decision="refused", ground="compelling") == 303
    assert cast.browser("recipient").get(page).status_code == 200
