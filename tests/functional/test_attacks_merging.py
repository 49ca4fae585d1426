"""What a merge, a move or a return could make disappear: a danger left unanswered, an unknown author, an exit."""

import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.institutions.models import Institution
from backend.signalements.actions import invitations
from backend.signalements.forms import InvitationCodeForm, InvitationForm, SignalementForm
from backend.signalements.models import Invitation
from backend.situations.models import Situation
from policies.vocabulary import ConcernAnswer, Stage
from tests.support.cast import Cast
from tests.support.http import words_of
from tests.support.journeys import BODY, at_parquet, decided, opened_by, sent

EXIT = {"made_on": "20/11/2026", "channel": "phone"}


def row(cast: Cast, reference: str) -> Situation:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()


def merge(cast: Cast, absorbed: str, into: str, **fields: str) -> Response:
    coordinator = cast.browser("coordinator_13")
    plumbing = {"csrf": coordinator.csrf(), "version": str(row(cast, absorbed).version)}
    return coordinator.post(f"/situations/{absorbed}/rattachement", {**plumbing, "into": into, **fields})


def test_a_danger_cannot_slip_past_its_answer_by_being_merged_into_what_is_already_at_the_parquet(cast: Cast) -> None:
    known = at_parquet(cast)
    danger = sent(cast, "police_13", qualification="danger")
    refused = merge(cast, danger.situation, known.situation)
    assert refused.status_code == 422
    assert "information préoccupante" in words_of(refused)
    to_the_crip = merge(cast, danger.situation, known.situation, concern_answer="yes")
    assert to_the_crip.status_code == 422
    assert row(cast, danger.situation).stage is Stage.RECEIVED
    assert row(cast, known.situation).concern_answer is None
    assert merge(cast, danger.situation, known.situation, concern_answer="no").status_code == 303
    assert row(cast, known.situation).concern_answer is ConcernAnswer.NO


def test_the_page_of_a_merge_says_what_merging_a_danger_answers(cast: Cast) -> None:
    known = at_parquet(cast)
    danger = sent(cast, "police_13", qualification="danger")
    page = cast.browser("coordinator_13").get(f"/situations/{danger.situation}/rattachement")
    assert "information préoccupante écartée" in words_of(page)
    answer = cast.browser("coordinator_13").resend(page, {}, f"/situations/{danger.situation}/rattachement")
    assert answer.headers["location"] == f"/situations/{known.situation}?fait=rattachee"


def test_two_signalements_to_qualify_are_merged_and_the_danger_is_answered_once_for_both(cast: Cast) -> None:
    first, danger = sent(cast), sent(cast, "police_13", qualification="danger")
    assert merge(cast, danger.situation, first.situation).status_code == 303
    assert decided(cast, first.situation, "qualification", {"admissible": "oui"}).status_code == 422


def invited_signalement(cast: Cast) -> str:
    """Signal as an invited agent, whom nobody has called back yet; give the situation."""
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        landlord = uow.session.get_one(Institution, cast.institutions["landlord"]).reference
        form = InvitationForm(
            cell=cast.cells["13"].reference, institution=landlord, agent_name="Ba", agent_function="gardien"
        )
        made = invitations.invite(uow, form)
    with cast.house.transaction() as uow:
        opened = invitations.enter(uow, made.secret, InvitationCodeForm(code=made.code, undertaking=True)) or ""
        receipt = invitations.submit_invited(uow, opened, SignalementForm.model_validate(BODY)).reference
    return opened_by(cast, receipt).situation


def test_an_author_whom_nobody_called_back_does_not_reach_the_parquet_through_a_merge(cast: Cast) -> None:
    known, unsure = at_parquet(cast), invited_signalement(cast)
    assert merge(cast, unsure, known.situation).status_code == 409
    assert row(cast, unsure).stage is Stage.RECEIVED
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        reference = uow.session.scalars(sa.select(col(Invitation.reference))).one()
        invitations.confirm_author(uow, reference)
    assert merge(cast, unsure, known.situation).status_code == 303


def test_an_exit_follows_its_minor_into_the_situation_that_absorbs(cast: Cast) -> None:
    known, told = sent(cast), sent(cast, "police_13")
    decided(cast, told.situation, "sortie/crip", EXIT)
    assert merge(cast, told.situation, known.situation).status_code == 303
    assert row(cast, known.situation).first_exit_at is not None
    assert "le 20 novembre 2026, téléphone" in words_of(
        cast.browser("coordinator_13").get(f"/situations/{known.situation}")
    )


def test_an_exit_follows_its_minor_to_the_competent_cell(cast: Cast) -> None:
    told = sent(cast)
    decided(cast, told.situation, "sortie/parquet", EXIT)
    assert decided(cast, told.situation, "transfert", {"arrondissement": "18"}).status_code == 303
    moved = opened_by(cast, told.receipt).situation
    assert row(cast, moved).first_exit_at is not None
    assert "le 20 novembre 2026, téléphone" in words_of(cast.browser("coordinator_18").get(f"/situations/{moved}"))


def test_a_situation_with_an_exit_is_not_destroyed_by_giving_it_back(cast: Cast) -> None:
    told = sent(cast)
    decided(cast, told.situation, "sortie/crip", EXIT)
    answer = decided(cast, told.situation, "renvoi", {"reason": "motive_unclear"})
    assert answer.status_code == 409
    assert row(cast, told.situation).stage is Stage.RECEIVED
