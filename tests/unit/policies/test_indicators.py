"""Every indicator is declared once, and adds up as anybody may compute it."""

import pytest

from policies.indicator_sums import FAMILIES, SUMS, TIED, filled, leaf, leaves_of, summed_up, waiting
from policies.indicator_words import Delay, Indicator
from policies.indicators import DECLARED, DELAYS, HEADLINES
from policies.orientation_words import Destination
from policies.vocabulary import ClosingReason, Origin

COUNTED = {
    (Indicator.SIGNALEMENT_RECEIVED, None): 12,
    (Indicator.SIGNALEMENT_BY_ORIGIN, Origin.POLICE.value): 12,
    (Indicator.SENT_TO_PARQUET, None): 11,
    (Indicator.RETAINED, None): 8,
    (Indicator.NOT_RETAINED, None): 2,
    (Indicator.EXAMINED, None): 4,
    (Indicator.NOT_EXAMINED, ClosingReason.MOVED_AWAY.value): 3,
    (Indicator.ORIENTED, Destination.SCHOOL_DROPOUT.value): 3,
    (Indicator.SCHOOL_ORIENTED, None): 2,
}


def test_every_indicator_says_what_it_is() -> None:
    assert set(DECLARED) == set(Indicator)
    for declared in DECLARED.values():
        for text in (declared.definition, declared.source, declared.limits):
            assert text.strip()
        assert declared.definition.endswith(".")
        assert declared.limits.endswith(".")
        assert len(set(declared.values)) == len(declared.values)
    assert set(HEADLINES) | set(DELAYS) <= set(DECLARED)


def test_minors_situations_and_signalements_are_suppressed_and_nothing_else_is() -> None:
    exact = {indicator for indicator, declared in DECLARED.items() if not declared.suppressed}
    assert {declared.unit.value for declared in DECLARED.values() if not declared.suppressed} == {
        "meeting",
        "institution",
        "exclusion",
        "item",
        "day",
    }
    assert Indicator.EXAMINED not in exact
    assert set(FAMILIES) == {
        found for indicator in set(Indicator) - exact - set(SUMS) for found in leaves_of(indicator)
    }


def test_what_waits_is_what_is_left_between_two_steps() -> None:
    leaves = filled(COUNTED)
    assert leaves[waiting(Indicator.RETAINED)] == 1
    assert leaves[waiting(Indicator.SENT_TO_PARQUET)] == 1
    assert leaves[waiting(Indicator.SIGNALEMENT_RECEIVED)] == 1
    assert leaves[waiting(Indicator.SCHOOL_ORIENTED)] == -1
    for (indicator, value), number in COUNTED.items():
        word = next((one for one in DECLARED[indicator].values if one.value == value), None)
        assert sum(leaves[name] for name in leaves_of(indicator, word)) == number


def test_a_value_is_one_leaf_and_a_total_is_all_of_them() -> None:
    assert leaves_of(Indicator.NOT_EXAMINED, ClosingReason.OF_AGE) == {leaf(Indicator.NOT_EXAMINED, "of_age")}
    assert leaves_of(Indicator.NOT_EXAMINED) < leaves_of(Indicator.RETAINED) < leaves_of(Indicator.SENT_TO_PARQUET)
    assert leaves_of(Indicator.SET_ASIDE) < leaves_of(Indicator.SIGNALEMENT_RECEIVED)
    assert {family for group in TIED for family in group} <= set(FAMILIES.values())


def test_a_median_and_a_ninth_decile_are_the_least_days_that_so_many_do_not_exceed() -> None:
    assert summed_up(dict.fromkeys(range(1, 11), 1)) == {Delay.MEDIAN: 5, Delay.NINTH_DECILE: 9}
    assert summed_up({40: 9, 90: 1}) == {Delay.MEDIAN: 40, Delay.NINTH_DECILE: 40}
    with pytest.raises(ValueError, match="no delay"):
        summed_up({})
