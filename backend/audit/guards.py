"""Whether the databases still refuse what they must: a guard that was dropped, disabled, emptied or added is named.

Each trigger is compared with what the migrations wrote, and on PostgreSQL so is the function that it calls: a trigger
of the right name that refuses nothing is no guard. Whoever changed one may have put it back since: the tree then tells
what was done meanwhile, not the triggers.
"""

import re
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from backend.audit.models import JournalOutbox, JournalWatermark
from backend.audit.triggers import Key, expiry_triggers, journal_triggers, outbox_triggers
from backend.kernel.database import JournalRow, Store, Stores

_SQLITE = "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'"
_POSTGRESQL = (
    "SELECT tgname, pg_get_triggerdef(t.oid), relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
    " WHERE NOT tgisinternal AND tgenabled = 'A'"
)
_FUNCTIONS = (
    "SELECT proname, prosrc, coalesce(array_to_string(proconfig, ', '), '') FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype"
)
_WATCHED = (str(JournalOutbox.__tablename__), str(JournalWatermark.__tablename__))
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)\(\) .*?plpgsql (?:SET (.*?) )?AS \$\$(.*)\$\$", re.DOTALL)


def missing_guards(stores: Stores) -> tuple[str, ...]:
    """Give the guards of `main` and `journal` that are no longer what they were, or were added since, by name."""
    dialect = stores.main.engine.dialect.name
    expiry = tuple(table for table in JournalRow.metadata.tables if table.startswith("journal_expiry"))
    grown = [(name, _keys(table)) for name, table in JournalRow.metadata.tables.items() if name not in expiry]
    kept = (*journal_triggers(dialect, grown), *expiry_triggers(dialect))
    changed = _changed(stores.main, outbox_triggers(dialect), _WATCHED)
    changed |= _changed(stores.journal, kept, tuple(JournalRow.metadata.tables))
    return tuple(sorted(changed))


def _keys(table: sa.Table) -> tuple[Key, ...]:
    unique = [constraint for constraint in table.constraints if isinstance(constraint, sa.UniqueConstraint)]
    return tuple(tuple(column.name for column in found.columns) for found in (table.primary_key, *unique))


def _changed(store: Store, statements: Iterable[str], tables: tuple[str, ...]) -> set[str]:
    written = _written(statements)
    present = _present(store, tables)
    names = written.keys() | present.keys()
    return {name for name in names if written.get(name) != present.get(name)}


def _written(statements: Iterable[str]) -> Mapping[str, str]:
    """Give what the migrations left, by name: a trigger dropped by a later statement counts no more."""
    left: dict[str, str] = {}
    for statement in statements:
        words = statement.split()
        if function := _FUNCTION.match(statement):
            name, options, body = function.groups()
            left[name] = _plain(f"{options or ''}{body}")
        elif words[:2] == ["CREATE", "TRIGGER"]:
            left[words[2]] = _plain(statement)
        elif words[:2] == ["DROP", "TRIGGER"]:
            del left[words[2]]
    return left


def _present(store: Store, tables: tuple[str, ...]) -> Mapping[str, str]:
    with store.transaction() as session:
        found = session.execute(sa.text(_SQLITE if store.embedded else _POSTGRESQL)).all()
        functions = [] if store.embedded else session.execute(sa.text(_FUNCTIONS)).all()
    triggers = {name: _plain(text) for name, text, table in found if table in tables}
    return triggers | {name: _plain(options + body) for name, body, options in functions}


def _plain(text: str) -> str:
    """Leave aside how a database writes a statement down: spaces, brackets, capitals, the schema."""
    return re.sub(r"[\s()]|public\.", "", text.lower())
