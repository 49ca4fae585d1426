"""What waits in `main` is attacked with raw SQL; `tests/migrations` attacks the journal at each of its revisions."""

import pytest
from sqlalchemy.exc import DBAPIError

from backend.audit.triggers import REFUSED, drop_triggers
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import filled

ATTACKS = [
    "UPDATE journal_outbox SET body = body",
    "UPDATE journal_outbox SET body = '' WHERE sequence = 12",
    "UPDATE journal_watermark SET size = size - 1",
    "DELETE FROM journal_watermark",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO journal_outbox SELECT * FROM journal_outbox",
    "INSERT OR REPLACE INTO journal_watermark VALUES (1, 0, '')",
]
ON_POSTGRESQL = [
    "TRUNCATE journal_outbox",
    "TRUNCATE journal_watermark",
    "INSERT INTO journal_outbox SELECT * FROM journal_outbox ON CONFLICT (event) DO UPDATE SET body = ''",
]


def test_a_waiting_event_never_changes_and_the_watermark_never_goes_back(stores: Stores, clock: DrivenClock) -> None:
    filled(stores, clock)
    for attack in [*ATTACKS, *(ON_SQLITE if stores.main.embedded else ON_POSTGRESQL)]:
        with pytest.raises(DBAPIError, match=REFUSED), stores.main.engine.begin() as connection:
            connection.exec_driver_sql(attack)


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_what_the_triggers_call_goes_with_them(stores: Stores) -> None:
    with stores.main.engine.begin() as connection:
        for table in ("journal_outbox", "journal_watermark"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        for statement in drop_triggers("postgresql"):
            connection.exec_driver_sql(statement)
        left = connection.exec_driver_sql("SELECT count(*) FROM pg_proc WHERE proname = 'journal_refuse'").scalar()
    assert left == 0
    assert drop_triggers("sqlite") == ()
