"""Whether the databases still refuse what they must: a trigger that somebody dropped or disabled is named.

Whoever dropped one may have put it back since: the tree then tells what was done meanwhile, not the triggers.
"""

import sqlalchemy as sa

from backend.audit.models import JournalOutbox, JournalWatermark
from backend.audit.triggers import outbox_triggers
from backend.kernel.database import JournalRow, Store, Stores

_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
_POSTGRESQL = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
_WATCHED = (JournalOutbox.__tablename__, JournalWatermark.__tablename__)


def missing_guards(stores: Stores) -> tuple[str, ...]:
    """Give the triggers of `main` and `journal` that are no longer there, or no longer fire, by name."""
    dialect = stores.main.engine.dialect.name
    watched = {
        f"{table}_refuse_{event}" for table in _WATCHED for event in _events(dialect) if _has(dialect, table, event)
    }
    kept = {f"{table}_refuse_{event}" for table in JournalRow.metadata.tables for event in _events(dialect)}
    missing = (watched - _present(stores.main)) | (kept | {"journal_expiry_judge"}) - _present(stores.journal)
    return tuple(sorted(missing))


def _events(dialect: str) -> tuple[str, ...]:
    return ("update", "delete", "insert") if dialect == "sqlite" else ("update", "delete", "truncate")


def _has(dialect: str, table: object, event: str) -> bool:
    return any(f"TRIGGER {table}_refuse_{event} " in statement for statement in outbox_triggers(dialect))


def _present(store: Store) -> set[str]:
    with store.transaction() as session:
        return set(session.scalars(sa.text(_SQLITE if store.embedded else _POSTGRESQL)))
