"""How long an account stands that nobody signs in to (domain.md section 6)."""

from datetime import date

import pytest

from policies.ageing import removed_on, suspended_on
from policies.vocabulary import Role

USED = date(2026, 8, 31)


@pytest.mark.parametrize(
    "roles, day",
    [
        ((), date(2027, 2, 28)),
        ((Role.PARQUET,), date(2027, 2, 28)),
        ((Role.REPORTER,), date(2027, 9, 30)),
        ((Role.REPORTER, Role.RECIPIENT), date(2027, 9, 30)),
        ((Role.REPORTER, Role.EDUCATION), date(2027, 2, 28)),
    ],
)
def test_an_account_is_suspended_at_six_months_or_thirteen_for_whom_we_seldom_see(
    roles: tuple[Role, ...], day: date
) -> None:
    assert suspended_on(USED, roles) == day


def test_an_account_is_removed_at_eighteen_months() -> None:
    assert removed_on(USED) == date(2028, 2, 29)
