"""The words of the law on conformity, from the figures of an audit."""

from datetime import date

import pytest

from policies.accessibility import AUDIT, CRITERIA, Audit, state_of


@pytest.mark.parametrize(
    "compliant, applicable, state",
    [
        (0, 0, "non conforme"),
        (49, 99, "non conforme"),
        (50, 100, "partiellement conforme"),
        (99, 100, "partiellement conforme"),
        (100, 100, "totalement conforme"),
    ],
)
def test_half_of_the_criteria_is_partial_and_all_of_them_is_total(compliant: int, applicable: int, state: str) -> None:
    assert state_of(compliant, applicable) == state


def test_the_rate_is_never_rounded_up() -> None:
    assert Audit(date(2027, 1, 1), 1999, {"1.1": "essai"}, 0).rate == "99,9 %"
    assert Audit(date(2027, 1, 1), 1, {"1.1": "essai", "1.2": "essai"}, 0).rate == "33,3 %"


def test_the_audit_judges_every_criterion_and_says_why_one_fails() -> None:
    assert AUDIT.applicable + AUDIT.without_object == CRITERIA
    assert all(len(reason) > 20 for reason in AUDIT.failing.values())
    assert AUDIT.state == "partiellement conforme"
