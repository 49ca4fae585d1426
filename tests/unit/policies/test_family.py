"""Whether a family was informed, and what may stand for it, on records made by hand (step 5, AMB-09)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from policies.charter import published
from policies.charter_words import InformationWaiver, RecipientCategory
from policies.family import (
    GROUNDS,
    Record,
    exception_stands,
    failed_attempts,
    is_informed,
    is_out_of_reach,
    opens,
)
from policies.orientation_words import Addressee, InformationResult, NoticeGround

INFORMED, MISSED, NONE = InformationResult.INFORMED, InformationResult.NOT_REACHED, InformationResult.NONE


def record(day: int, *results: InformationResult) -> Record:
    return Record(date(2027, 1, day), tuple(zip(Addressee, results, strict=True)))


@pytest.mark.parametrize(
    "records, informed",
    [
        ((), False),
        ((record(1, INFORMED, INFORMED, INFORMED),), True),
        ((record(1, INFORMED, NONE, NONE),), True),
        ((record(1, NONE, INFORMED, INFORMED),), False),
        ((record(1, MISSED, NONE, INFORMED),), False),
        ((record(1, INFORMED, MISSED, INFORMED),), False),
        ((record(1, INFORMED, NONE, MISSED),), False),
        ((record(1, INFORMED, MISSED, MISSED), record(2, NONE, INFORMED, INFORMED)), True),
        ((record(1, INFORMED, MISSED, INFORMED), record(2, INFORMED, NONE, NONE)), True),
        ((record(2, INFORMED, NONE, INFORMED), record(1, INFORMED, MISSED, INFORMED)), True),
        ((record(1, INFORMED, NONE, INFORMED), record(2, MISSED, MISSED, INFORMED)), False),
    ],
)
def test_a_family_is_informed_when_each_of_those_concerned_is(
    records: tuple[Record, ...],
    informed: bool,  # noqa: FBT001
) -> None:
    assert is_informed(records) is informed


def test_two_attempts_on_distinct_days_that_reached_no_holder_put_a_family_out_of_reach() -> None:
    once = (record(1, MISSED, NONE, NONE), record(1, MISSED, NONE, NONE))
    assert failed_attempts(once) == (date(2027, 1, 1),)
    assert not is_out_of_reach(once)
    assert is_out_of_reach((*once, record(2, MISSED, NONE, NONE)))
    assert is_out_of_reach((record(1, INFORMED, MISSED, NONE), record(2, INFORMED, MISSED, NONE)))
    assert not is_out_of_reach((*once, record(2, MISSED, NONE, NONE), record(3, INFORMED, NONE, NONE)))
    assert not is_out_of_reach((record(1, INFORMED, NONE, MISSED), record(2, INFORMED, NONE, MISSED)))


@pytest.mark.parametrize("version", published())
@pytest.mark.parametrize("category", RecipientCategory)
def test_what_stands_for_a_family_s_information_is_what_the_charter_names(
    version: str, category: RecipientCategory
) -> None:
    rule = published()[version].family_information(category)
    allowed = {
        RecipientCategory.SOCIAL_SERVICES: set(),
        RecipientCategory.CRIP: {
            InformationWaiver.CHILD_INTEREST,
            InformationWaiver.DANGER,
            InformationWaiver.ALREADY_INFORMED,
        },
    }.get(category, {InformationWaiver.ART_14_5_B, InformationWaiver.ART_14_5_D})
    assert {waiver for waiver in InformationWaiver if opens(rule, (), waiver)} == allowed
    assert not opens(rule, (), None)
    assert opens(rule, (record(1, INFORMED, NONE, INFORMED),), None)


def test_an_exception_lapses_with_the_examination_that_began_after_it_and_stands_when_decided_in_seance() -> None:
    decided, hour = datetime(2027, 1, 14, 9, 30, tzinfo=UTC), timedelta(hours=1)
    assert exception_stands(decided, ())
    assert exception_stands(decided, (decided - hour,))
    assert not exception_stands(decided, (decided,))
    assert not exception_stands(decided, (decided - hour, decided + hour))


def test_each_ground_of_an_exception_has_its_source_and_the_interest_of_the_child_is_a_hypothesis() -> None:
    assert set(GROUNDS) == set(NoticeGround)
    for ground, source in GROUNDS.items():
        assert source.startswith("RGPD, article 14, paragraphe 5") is (ground is not NoticeGround.CHILD_INTEREST)
    assert GROUNDS[NoticeGround.CHILD_INTEREST] == "hypothèse"
