"""Whether a family was informed, and what may stand for it, on records made by hand (step 5, AMB-09)."""

from datetime import date

import pytest

from policies.charter import published
from policies.charter_words import InformationWaiver, RecipientCategory
from policies.family import Record, failed_attempts, is_informed, is_out_of_reach, opens
from policies.orientation_words import Addressee, InformationResult

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
