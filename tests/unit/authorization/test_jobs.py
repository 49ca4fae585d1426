"""Work of each day: one process does it, once, on both engines."""

from datetime import timedelta

import pytest

from backend.authorization.jobs import claim_day
from backend.authorization.work import House
from backend.kernel.clock import DrivenClock


def _claims(house: House, name: str = "essai") -> bool:
    with house.transaction() as uow:
        return claim_day(uow, name)


def test_a_day_is_claimed_once(house: House) -> None:
    assert [_claims(house) for _ in range(3)] == [True, False, False]


def test_the_next_day_is_claimed_again(house: House, clock: DrivenClock) -> None:
    assert _claims(house)
    clock.advance(timedelta(days=1))
    assert [_claims(house) for _ in range(2)] == [True, False]


def test_a_clock_that_goes_back_does_not_do_the_work_twice(house: House, clock: DrivenClock) -> None:
    assert _claims(house)
    clock.advance(timedelta(days=-2))
    assert not _claims(house)


def test_a_day_claimed_on_a_clock_that_jumped_does_not_keep_the_job(house: House, clock: DrivenClock) -> None:
    clock.advance(timedelta(days=3650))
    assert _claims(house)
    clock.advance(timedelta(days=-3650))
    assert [_claims(house) for _ in range(2)] == [True, False]


def test_two_jobs_do_not_take_each_other_s_day(house: House) -> None:
    assert _claims(house, "un")
    assert _claims(house, "deux")


def test_a_day_whose_work_failed_is_claimed_again(house: House) -> None:
    with pytest.raises(RuntimeError, match="panne"):
        _claim_and_fail(house)
    assert _claims(house)


def _claim_and_fail(house: House) -> None:
    with house.transaction() as uow:
        assert claim_day(uow, "essai")
        raise RuntimeError("panne")
