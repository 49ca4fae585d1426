"""The numbers of writers: any order, what is void, what is missing."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.audit.bodies import Body
from backend.audit.numbering import Gap, Numbers
from tests.support.journal import NOON

WRITER = UUID(int=1)
SECOND = UUID(int=2)


def body(sequence: int, *void: int, writer: UUID = WRITER, at: datetime = NOON) -> Body:
    return Body(UUID(int=sequence), writer, sequence, void, at, None, "a:b:c", {})


def gaps(*bodies: Body) -> tuple[Gap, ...]:
    numbers = Numbers()
    for met in bodies:
        numbers.add(met)
    return numbers.gaps(NOON)


def test_numbers_that_follow_each_other_leave_no_gap() -> None:
    assert gaps(body(1), body(2), body(1, writer=SECOND)) == ()


@given(st.permutations([1, 2, 3, 4, 5]))
def test_any_order_will_do(order: list[int]) -> None:
    assert gaps(*(body(number) for number in order)) == ()


def test_a_number_declared_void_is_no_gap() -> None:
    assert gaps(body(1), body(4, 2, 3)) == ()


def test_a_number_both_void_and_met_is_no_gap() -> None:
    assert gaps(body(1), body(2), body(3, 2)) == ()


def test_what_is_missing_is_located_writer_by_writer() -> None:
    met = (body(2), body(3), body(7), body(9), body(3, writer=SECOND))
    assert gaps(*met) == (Gap(WRITER, 1, 1), Gap(WRITER, 4, 6), Gap(WRITER, 8, 8), Gap(SECOND, 1, 2))


def test_a_number_may_be_missing_while_its_transaction_is_open() -> None:
    assert gaps(body(1), body(3, at=NOON + timedelta(seconds=1))) == ()
    assert gaps(body(1), body(3, at=NOON)) == (Gap(WRITER, 2, 2),)


@given(st.sets(st.integers(min_value=1, max_value=30)), st.randoms())
def test_gaps_are_exactly_the_numbers_that_nobody_saw(seen: set[int], shuffler: Random) -> None:
    order = sorted(seen)
    shuffler.shuffle(order)
    missing = {number for gap in gaps(*map(body, order)) for number in range(gap.first, gap.last + 1)}
    assert missing == set(range(1, max(seen, default=0) + 1)) - seen
