"""The rights of persons as rules: deadlines, grounds, what is masked, what may be told (domain.md section 9; R22)."""

from datetime import date

import pytest

from policies.rights import (
    ALL_OR_NOTHING,
    CADA,
    CNIL,
    DUTIES,
    ERASING,
    GRANTING,
    GROUNDS,
    LIMITING,
    PURPOSE,
    REFUSING,
    decisions_for,
    disclosable,
    due_on,
    grounds_for,
    lacks_authority,
    masked_from,
    remedies,
    search_due_on,
)
from policies.rights_words import (
    AuthorityCheck,
    Decision,
    Disclosable,
    Maskable,
    RefusalGround,
    Requester,
    Right,
)
from policies.vocabulary import Stage


def test_an_answer_is_due_in_a_calendar_month_and_two_more_with_a_reason() -> None:
    assert due_on(date(2026, 1, 31)) == date(2026, 2, 28)
    assert due_on(date(2026, 1, 31), extended=True) == date(2026, 4, 30)
    assert search_due_on(date(2026, 11, 30)) == date(2026, 12, 7)


@pytest.mark.parametrize("requester", Requester)
def test_authority_is_checked_of_who_claims_it_and_of_nobody_else(requester: Requester) -> None:
    claims = requester is Requester.HOLDER
    assert lacks_authority(requester, None) is claims
    assert lacks_authority(requester, AuthorityCheck.RECORD) is not claims


def test_what_is_contested_or_opposed_is_frozen_and_what_is_only_asked_is_not() -> None:
    assert {Right.RECTIFICATION, Right.LIMITATION, Right.OBJECTION} == LIMITING
    assert {Right.ERASURE, Right.OBJECTION} == ERASING


@pytest.mark.parametrize("claim", Right)
def test_every_right_may_be_refused_on_a_ground_that_has_its_article(claim: Right) -> None:
    grounds = grounds_for(claim)
    assert {RefusalGround.EXCESSIVE, RefusalGround.IDENTITY} < set(grounds)
    assert all(GROUNDS[ground][0] for ground in grounds)
    assert CNIL in remedies(claim)
    assert (CADA in remedies(claim)) is (claim is Right.ACCESS)


def test_a_ground_of_one_right_does_not_serve_another() -> None:
    assert RefusalGround.ACCURATE not in grounds_for(Right.ACCESS)
    assert RefusalGround.COMPELLING not in grounds_for(Right.ERASURE)
    assert RefusalGround.THIRD_PERSONS not in grounds_for(Right.RECTIFICATION)
    assert {right for _, rights in GROUNDS.values() for right in rights} == set(Right)


@pytest.mark.parametrize("claim", Right)
def test_nothing_is_granted_to_whom_no_cell_knows_and_a_situation_is_not_half_destroyed(claim: Right) -> None:
    assert decisions_for(claim, known=False, apart=False) == (Decision.NOTHING_HELD, Decision.REFUSED)
    known = decisions_for(claim, known=True, apart=False)
    assert Decision.NOTHING_HELD not in known
    assert (Decision.PARTIAL in known) is (claim not in ALL_OR_NOTHING)
    assert {Decision.PARTIAL} == GRANTING & REFUSING
    assert decisions_for(claim, known=True, apart=True) == known


@pytest.mark.parametrize("claim", Right)
def test_nobody_is_told_that_nothing_is_held_while_something_may_be(claim: Right) -> None:
    open_now = decisions_for(claim, known=False, apart=True)
    assert Decision.NOTHING_HELD not in open_now
    assert (Decision.GRANTED in open_now) is (claim is Right.ACCESS), "the rest is granted on what a cell recognised"


def test_recipients_are_told_of_everything_but_an_access() -> None:
    assert set(DUTIES) == set(Right) - {Right.ACCESS}


def test_a_parent_is_first_refused_what_could_harm_the_child_or_the_other_parent() -> None:
    assert set(masked_from(Requester.HOLDER)) == {Maskable.ADDRESS, Maskable.SCHOOL, Maskable.PROTECTION}
    assert masked_from(Requester.MINOR) == masked_from(Requester.ADULT) == ()


def test_where_a_situation_stands_never_tells_what_the_parquet_answered() -> None:
    before = {
        disclosable(stage) for stage in (Stage.ADMISSIBLE, Stage.WITH_PARQUET, Stage.RETAINED, Stage.NOT_RETAINED)
    }
    assert before == {Disclosable.STUDIED}
    assert {disclosable(stage) for stage in Stage} == set(Disclosable)


def test_an_export_says_all_that_article_15_asks_beside_the_data() -> None:
    terms = [term for term, _ in PURPOSE]
    assert {"Finalité", "Destinataires", "Conservation", "Source", "Vos droits", "Réclamation"} <= set(terms)
