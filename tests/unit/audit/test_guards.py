"""A trigger that was dropped or disabled is named, on both engines."""

import pytest

from backend.audit.guards import missing_guards
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import filled, owner


def test_a_journal_that_nobody_touched_has_every_trigger(stores: Stores) -> None:
    assert missing_guards(stores) == ()


@pytest.mark.parametrize(
    "name, table",
    [
        ("journal_leaf_refuse_delete", "journal_leaf"),
        ("journal_entry_refuse_update", "journal_entry"),
        ("journal_expiry_judge", "journal_expiry"),
    ],
)
def test_a_dropped_trigger_is_named(stores: Stores, name: str, table: str) -> None:
    with stores.journal.engine.begin() as attacker:
        attacker.exec_driver_sql(f"DROP TRIGGER {name}" + ("" if stores.journal.embedded else f" ON {table}"))
    assert missing_guards(stores) == (name,)


def test_whoever_removes_every_trigger_is_seen_even_when_nothing_else_changed(
    stores: Stores, clock: DrivenClock
) -> None:
    journal = filled(stores, clock)
    with owner(stores.main), owner(stores.journal):
        pass
    assert journal.verify().ok
    missing = set(missing_guards(stores))
    assert {"journal_outbox_refuse_update", "journal_watermark_refuse_delete", "journal_leaf_refuse_update"} <= missing


@pytest.mark.parametrize("engine_kind", ["postgresql"])
@pytest.mark.parametrize("state", ["DISABLE", "ENABLE", "ENABLE REPLICA"])
def test_a_trigger_that_does_not_always_fire_is_named(stores: Stores, state: str) -> None:
    with stores.journal.engine.begin() as attacker:
        attacker.exec_driver_sql(f"ALTER TABLE journal_node {state} TRIGGER journal_node_refuse_truncate")
    assert missing_guards(stores) == ("journal_node_refuse_truncate",)
