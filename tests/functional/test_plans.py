"""What the embedded databases do with the statements of daily pages: begin with an index, never with a whole table.

They keep no statistics, so a plan depends on the statement alone, however few rows a test has.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPICursor

from backend.kernel.database import Store
from policies.vocabulary import Role
from tests.support.cast import Cast
from tests.support.journeys import at_parquet, sent
from tests.support.people import hold

GROWING = ("situation", "situation_person", "signalement", "subject_wrap", "search_token", "receipt")
"""Tables that have a row or more for each situation."""

LISTED = 10
"""Situations of the list: for one or two, SQLite begins with them whatever the statement says."""


@contextmanager
def plans_of(*stores: Store) -> Iterator[list[tuple[str, str]]]:
    """Collect, of each statement that reads, itself and each step of the plan that SQLite chose."""
    found: list[tuple[str, str]] = []

    def explain(
        connection: sa.Connection, _cursor: DBAPICursor, statement: str, parameters: tuple[object, ...], *_: object
    ) -> None:
        if statement.startswith("SELECT"):
            asked = connection.connection.cursor()
            asked.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend((statement, step[3]) for step in asked.fetchall())
            asked.close()

    for store in stores:
        sa.event.listen(store.engine, "before_cursor_execute", explain)
    yield found
    for store in stores:
        sa.event.remove(store.engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("path", ["/", "/situations", "/situations?groupe=closes", "/suivi", "/destructions"])
def test_no_page_of_the_coordinator_of_two_cells_reads_every_situation(cast: Cast, path: str) -> None:
    at_parquet(cast)
    hold(cast.house, cast.people["coordinator_13"], Role.COORDINATOR, cast.cells["18"].id)
    with plans_of(cast.house.stores.main, cast.house.stores.keys) as plans:
        assert cast.browser("coordinator_13").get(path).status_code == 200
    assert len(plans) > 10
    scanned = {f"SCAN {table}" for table in GROWING}
    assert [statement for statement, step in plans if step in scanned] == []


def test_the_keys_of_a_list_are_sought_by_situation_and_not_by_cell(cast: Cast) -> None:
    for number in range(LISTED):
        sent(cast, last_name=f"Fictif {'bcdefghjkl'[number]}")
    with plans_of(cast.house.stores.keys) as plans:
        cast.browser("coordinator_13").get("/situations?groupe=a-qualifier")
    steps = [step for _, step in plans if "subject_wrap" in step]
    assert steps
    assert [step for step in steps if "(subject=?" not in step] == []
