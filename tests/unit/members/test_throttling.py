"""Counts of failures, attacked: parallel guesses, many accounts from one network, a success of one's own."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import Throttled
from backend.members.actions.signing_in import WrongCredentials, sign_in
from backend.members.actions.throttling import (
    count_attempt,
    forget_attempts,
    forget_old_attempts,
    network_key,
    password_key,
)
from backend.members.models import SignInThrottle
from tests.support.people import HOST, PASSWORD
from tests.unit.members.conftest import City, both_engines

KEYS = [password_key("officer@police.invalid")]


def attempt(house: House, keys: Sequence[bytes] = KEYS, host: str = HOST) -> int:
    """Attempt once; gives the seconds to wait, 0 when the attempt was let through."""
    try:
        with house.transaction() as uow:
            count_attempt(uow, keys, network=network_key(host))
    except Throttled as refused:
        return refused.retry_after
    return 0


def succeed(house: House, keys: Sequence[bytes] = KEYS, host: str = HOST) -> None:
    with house.transaction() as uow:
        forget_attempts(uow, keys, network=network_key(host))


@both_engines
def test_delays_grow_with_failures_and_start_over_after_a_success(house: House, clock: DrivenClock) -> None:
    for _ in range(4):
        assert attempt(house) == 0
    waits = []
    for _ in range(8):
        assert attempt(house) == 0
        waits.append(attempt(house) // 60)
        clock.advance(timedelta(minutes=waits[-1]))
    assert waits == [1, 2, 4, 8, 15, 30, 60, 60]
    succeed(house)
    for _ in range(5):
        assert attempt(house) == 0
    assert attempt(house) == 60


@both_engines
def test_counts_that_nobody_adds_to_are_forgotten_after_a_day(house: House, clock: DrivenClock) -> None:
    attempt(house, [password_key("unknown@nowhere.invalid")])
    clock.advance(timedelta(hours=23))
    attempt(house)
    clock.advance(timedelta(hours=1))
    with house.transaction() as uow:
        forget_old_attempts(uow)
        left = set(uow.session.scalars(sa.select(col(SignInThrottle.key_hash))))
    assert left == {*KEYS, network_key(HOST)}


def test_waiting_is_not_counted_as_a_failure(house: House, clock: DrivenClock) -> None:
    for _ in range(5):
        attempt(house)
    for _ in range(10):
        assert attempt(house) == 60
    clock.advance(timedelta(minutes=1))
    assert attempt(house) == 0


def test_a_count_is_forgotten_after_a_day_without_attempts(house: House, clock: DrivenClock) -> None:
    for _ in range(4):
        attempt(house)
    clock.advance(timedelta(hours=24))
    for _ in range(5):
        assert attempt(house) == 0
    assert attempt(house) == 60


@both_engines
def test_parallel_guesses_do_not_share_one_try(house: House) -> None:
    with ThreadPoolExecutor(3) as threads:
        waits = list(threads.map(lambda _: attempt(house), range(12)))
    assert sum(wait == 0 for wait in waits) == 5


def test_one_network_cannot_try_one_password_on_everybody(house: House) -> None:
    waits = [attempt(house, [password_key(f"agent-{n}@police.invalid")], f"192.0.2.{n}") for n in range(30)]
    assert waits == [0] * 25 + [60] * 5
    assert attempt(house, KEYS, "203.0.113.9") == 0


def test_an_account_of_ones_own_does_not_clear_the_count_of_the_network(house: House) -> None:
    own = [password_key("me@police.invalid")]
    let_through = 0
    for number in range(40):
        if attempt(house, [password_key(f"agent-{number}@police.invalid")]) == 0:
            let_through += 1
        if attempt(house, own) == 0:
            succeed(house, own)
    assert let_through == 25


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("testclient", "testclient", True),
        ("testclient", "192.0.2.1", False),
    ],
)
def test_an_office_shares_one_count(one: str, other: str, *, same: bool) -> None:
    assert (network_key(one) == network_key(other)) is same


def test_a_count_survives_the_refusal_of_its_request(house: House, city: City) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            sign_in(house, city.officer.email, "faux", HOST)
    with house.transaction() as uow:
        assert sorted(uow.session.scalars(sa.select(col(SignInThrottle.failures)))) == [5, 5]
    with pytest.raises(Throttled):
        sign_in(house, city.officer.email, PASSWORD, HOST)


def test_counts_name_neither_address_nor_network(house: House) -> None:
    attempt(house)
    with house.transaction() as uow:
        keys = uow.session.scalars(sa.select(col(SignInThrottle.key_hash))).all()
    assert len(keys) == 2
    assert all(len(key) == 32 and b"police" not in key for key in keys)
