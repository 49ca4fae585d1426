"""The clock is compared with what the journal wrote last, not with the latest date that it holds."""

from datetime import timedelta

import pytest

from backend.authorization.timekeeping import clock_is_refused, trust_clock
from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.purge.events import PurgeSwitched

YEARS = timedelta(days=3650)


def _writes(house: House) -> None:
    with house.transaction() as uow:
        uow.record(PurgeSwitched(stopped=True))
    house.journal.seal_outbox()


def _trusts(house: House) -> None:
    with house.transaction() as uow:
        trust_clock(uow)
    house.journal.seal_outbox()


def _refused(house: House) -> bool:
    return clock_is_refused(house.stores, house.clock())


def test_an_empty_journal_refuses_no_clock(house: House) -> None:
    assert not _refused(house)


@pytest.mark.parametrize("jump", [YEARS, timedelta(hours=-49)])
def test_a_clock_far_from_the_last_entry_is_refused(house: House, clock: DrivenClock, jump: timedelta) -> None:
    _writes(house)
    clock.advance(jump)
    assert _refused(house)
    clock.advance(-jump)
    assert not _refused(house)


@pytest.mark.parametrize("jump", [YEARS, -YEARS])
def test_what_was_written_on_a_wrong_clock_neither_makes_it_right_nor_outlives_the_next_entry(
    house: House, clock: DrivenClock, jump: timedelta
) -> None:
    _trusts(house)
    clock.advance(jump)
    _writes(house)
    assert _refused(house)
    clock.advance(-jump)
    assert _refused(house)
    _writes(house)
    assert not _refused(house)


def test_a_clock_that_a_person_confirmed_is_trusted_again(house: House, clock: DrivenClock) -> None:
    _trusts(house)
    clock.advance(timedelta(days=5))
    _trusts(house)
    assert not _refused(house)
