"""Rights that meet on one situation, and what takes it away meanwhile: no request is left without its answer."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.kernel.identifiers import new_id
from backend.purge.models import RetentionDecision
from backend.rights.models import RightsFinding, RightsRequest
from backend.situations.models import Situation
from policies.retention import Kind
from policies.retention_words import Custody, DecisionState
from policies.rights_words import FindingState, RequestState
from policies.vocabulary import Stage
from tests.functional.test_rights import denied, live, pressed, recognised, registered, row
from tests.support.cast import Cast
from tests.support.http import words_of
from tests.support.journeys import sent
from tests.support.sessions import one


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
