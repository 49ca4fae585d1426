"""Deltas: summed by cell, month and value, gone with their transaction, without anything that leads to a person."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlmodel import select

from backend.counts.deltas import CountDelta, add_delta, total
from backend.kernel.database import MainRow, Store, open_store
from policies.classification import WITHOUT_PERSONS
from policies.indicator_words import Indicator
from policies.vocabulary import Motive

CELL = UUID(int=13)
ELSEWHERE = UUID(int=18)
NOVEMBER = "2026-11"
DECEMBER = "2026-12"


@pytest.fixture
def main(store_urls: dict[str, str]) -> Iterator[Store]:
    store = open_store(store_urls["main"], 2)
    MainRow.metadata.create_all(store.engine, [MainRow.metadata.tables["count_delta"]])
    yield store
    store.engine.dispose()


def test_deltas_add_up_by_cell_month_and_value(main: Store) -> None:
    by_motive, received = Indicator.SIGNALEMENT_BY_MOTIVE, Indicator.SIGNALEMENT_RECEIVED
    with main.transaction() as session:
        add_delta(session, by_motive, CELL, month=NOVEMBER, value=Motive.MOT_02, by=1)
        add_delta(session, by_motive, CELL, month=NOVEMBER, value=Motive.MOT_06, by=1)
        add_delta(session, by_motive, CELL, month=DECEMBER, value=Motive.MOT_02, by=2)
        add_delta(session, by_motive, ELSEWHERE, month=NOVEMBER, value=Motive.MOT_02, by=16)
        add_delta(session, received, CELL, month=NOVEMBER, value=None, by=32)
    with main.transaction() as session:
        assert total(session, by_motive, CELL) == 4
        assert total(session, by_motive, CELL, value=Motive.MOT_02) == 3
        assert total(session, by_motive, CELL, until=NOVEMBER) == 2
        assert total(session, by_motive, CELL, since=DECEMBER) == 2
        assert total(session, by_motive, CELL, since=NOVEMBER, until=NOVEMBER, value=Motive.MOT_02) == 1
        assert total(session, received, CELL) == 32
        assert total(session, received, ELSEWHERE) == 0


def test_a_correction_takes_back_what_was_counted(main: Store) -> None:
    with main.transaction() as session:
        add_delta(session, Indicator.RETAINED, CELL, month=NOVEMBER, value=None, by=1)
        add_delta(session, Indicator.RETAINED, CELL, month=DECEMBER, value=None, by=-1)
        assert total(session, Indicator.RETAINED, CELL, until=NOVEMBER) == 1
        assert total(session, Indicator.RETAINED, CELL) == 0


def count_and_fail(main: Store) -> None:
    with main.transaction() as session:
        add_delta(session, Indicator.RETAINED, CELL, month=NOVEMBER, value=None, by=1)
        raise LookupError


def test_a_delta_goes_with_its_transaction(main: Store) -> None:
    with pytest.raises(LookupError):
        count_and_fail(main)
    with main.transaction() as session:
        assert session.exec(select(CountDelta)).all() == []


@pytest.mark.parametrize("month", ["2026-11-21", "2026-13", "novembre", ""])
def test_a_day_never_passes_for_a_month(main: Store, month: str) -> None:
    with main.transaction() as session, pytest.raises(ValueError, match=r"YYYY-MM|month|Invalid"):
        add_delta(session, Indicator.RETAINED, CELL, month=month, value=None, by=1)


def test_a_delta_has_no_class_that_speaks_of_a_person_and_no_instant() -> None:
    columns = MainRow.metadata.tables["count_delta"].columns
    assert {column.info["classification"] for column in columns} <= WITHOUT_PERSONS
    assert set(columns.keys()) == {"id", "indicator", "cell_id", "month", "value", "delta"}
