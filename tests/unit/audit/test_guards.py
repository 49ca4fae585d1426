"""A trigger that was dropped, disabled, emptied or added is named, on both engines."""

import pytest

from backend.audit.guards import missing_guards
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import filled, owner

PASSES = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"


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


def emptied(stores: Stores, name: str, table: str, event: str) -> tuple[str, ...]:
    """Give what an owner types to leave a trigger of the same name that refuses nothing."""
    if stores.journal.embedded:
        return f"DROP TRIGGER {name}", f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT 1; END"
    return (
        f"CREATE OR REPLACE FUNCTION passes() {PASSES}",
        f"DROP TRIGGER {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION passes()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    )


@pytest.mark.parametrize(
    "store,name,table,event",
    [
        ("journal", "journal_leaf_refuse_delete", "journal_leaf", "DELETE"),
        ("journal", "journal_entry_refuse_delete", "journal_entry", "DELETE"),
        ("main", "journal_outbox_refuse_update", "journal_outbox", "UPDATE"),
    ],
)
def test_a_trigger_of_the_same_name_that_refuses_nothing_is_named(
    stores: Stores, store: str, name: str, table: str, event: str
) -> None:
    attacked = stores.main if store == "main" else stores.journal
    with attacked.engine.begin() as attacker:
        for statement in emptied(stores, name, table, event):
            attacker.exec_driver_sql(statement)
        attacker.exec_driver_sql(f"DELETE FROM {table}" if event == "DELETE" else f"UPDATE {table} SET body = ''")
    assert set(missing_guards(stores)) == {name, *(() if stores.journal.embedded else ("passes",))}


@pytest.mark.parametrize("engine_kind", ["postgresql"])
@pytest.mark.parametrize(
    "name,statement",
    [
        ("journal_refuse", f"CREATE OR REPLACE FUNCTION journal_refuse() {PASSES}"),
        ("journal_judge", "ALTER FUNCTION journal_judge() SET search_path = pg_temp, public"),
    ],
)
def test_a_function_that_was_emptied_or_looks_elsewhere_is_named(stores: Stores, name: str, statement: str) -> None:
    with stores.journal.engine.begin() as attacker:
        attacker.exec_driver_sql(statement)
    assert missing_guards(stores) == (name,)


def test_a_trigger_that_somebody_added_is_named(stores: Stores) -> None:
    with stores.journal.engine.begin() as attacker:
        for statement in emptied(stores, "journal_node_refuse_update", "journal_node", "UPDATE"):
            attacker.exec_driver_sql(statement.replace("journal_node_refuse_update", "other").replace("DROP", "-- "))
    assert "other" in missing_guards(stores)
