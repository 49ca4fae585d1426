"""The same journeys on PostgreSQL, served by the role that row-level security binds."""

import pytest
import sqlalchemy as sa

from tests.support.cast import WITHOUT_SITUATIONS, Cast
from tests.support.everything import MARKS, everything_happens
from tests.support.journeys import sent


def test_every_journey_works_under_row_level_security(guarded: Cast) -> None:
    everything_happens(guarded)
    with guarded.house.stores.main.transaction() as session:
        assert session.execute(sa.text("SELECT current_user")).scalar() == "application"
        assert session.execute(sa.text("SELECT count(*) FROM situation")).scalar() == 0  # nobody entered
    for who, expected in {"recipient": 1, "crip": 1, "success_13": 0, "reporter": 0, "coordinator_18": 0}.items():
        with guarded.house.transaction(guarded.actor(who)) as uow:
            seen = {
                table: uow.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar()
                for table in ("transmission", "feedback", "orientation", "family_information", "notice_exception")
            }
        owned = dict.fromkeys(("orientation", "family_information", "notice_exception"), 0)
        assert seen == {"transmission": expected, "feedback": expected, **owned}, who


@pytest.mark.parametrize("path", ["", "/qualification", "/sortie/crip"])
def test_outsiders_read_nothing_there_either(guarded: Cast, path: str) -> None:
    done = sent(guarded, last_name=MARKS["last_name"])
    assert MARKS["last_name"] in guarded.browser("coordinator_13").get(f"/situations/{done.situation}").text
    for who in WITHOUT_SITUATIONS:
        assert guarded.browser(who).get(f"/situations/{done.situation}{path}").status_code in {303, 404}, who
