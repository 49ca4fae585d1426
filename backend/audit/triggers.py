"""What the databases themselves refuse: rewriting the journal, or a row that waits for it (architecture.md section 5).

An ORM-level guard is none, `update()` goes round it. On SQLite `INSERT OR REPLACE` deletes without firing a trigger of
deletion, so a second row with the same key is refused before it replaces the first. On PostgreSQL the triggers fire
`ALWAYS`, even for a session that plays a replica. Migrations run these statements; they name tables, never models,
because a migration does not follow the models, and a statement that a revision ran is never edited here.
"""

from collections.abc import Sequence

REFUSED = "the journal only grows"
"""What both engines answer."""

_FUNCTION = (
    "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'insufficient_privilege'; END $$"
)

Key = tuple[str, ...]

_EXPIRING = ("journal_entry", "journal_subject")


def journal_triggers(dialect: str, tables: Sequence[tuple[str, Sequence[Key]]]) -> tuple[str, ...]:
    """Give the statements that make tables append-only; each comes with its unique keys."""
    if dialect == "sqlite":
        return tuple(
            statement
            for table, keys in tables
            for statement in (
                _sqlite(table, "UPDATE"),
                _sqlite(table, "DELETE"),
                _sqlite(table, "INSERT", _replaced(table, keys)),
            )
        )
    return (
        _FUNCTION,
        *(
            statement
            for table, _keys in tables
            for event in ("UPDATE", "DELETE", "TRUNCATE")
            for statement in _postgresql(table, event, "FOR EACH STATEMENT")
        ),
    )


def outbox_triggers(dialect: str) -> tuple[str, ...]:
    """Give the statements that protect the outbox and the watermark in `main`.

    A waiting event never changes; only the sealer removes it, by grants on PostgreSQL. The watermark never goes back.
    """
    back = "NEW.size < OLD.size"
    if dialect == "sqlite":
        return (
            _sqlite("journal_outbox", "UPDATE"),
            _sqlite("journal_outbox", "INSERT", _replaced("journal_outbox", (("event",), ("writer", "sequence")))),
            _sqlite("journal_watermark", "UPDATE", back),
            _sqlite("journal_watermark", "DELETE"),
            _sqlite("journal_watermark", "INSERT", _replaced("journal_watermark", (("id",),))),
        )
    return (
        _FUNCTION,
        *_postgresql("journal_outbox", "UPDATE", "FOR EACH STATEMENT"),
        *_postgresql("journal_outbox", "TRUNCATE", "FOR EACH STATEMENT"),
        *_postgresql("journal_watermark", "UPDATE", f"FOR EACH ROW WHEN ({back})"),
        *_postgresql("journal_watermark", "DELETE", "FOR EACH STATEMENT"),
        *_postgresql("journal_watermark", "TRUNCATE", "FOR EACH STATEMENT"),
    )


def expiry_triggers(dialect: str) -> tuple[str, ...]:
    """Give the statements that let entries and subjects go under a recorded limit, and judge the limits themselves.

    The newest event is the clock of the database: a limit is refused when it goes back, when it covers an event that
    its instant does not, or when nothing recorded is six months (180 days) younger than that instant (R14).
    """
    kept = "OLD.leaf >= (SELECT coalesce(max(size), 0) FROM journal_expiry)"
    growing = (
        ("journal_expiry", (("size",),)),
        ("journal_expiry_mark", (("size", "writer"),)),
    )
    if dialect == "sqlite":
        young = "recorded_at >= datetime(NEW.until, '+180 days')"
        return (
            *journal_triggers(dialect, growing),
            *(
                statement
                for table in _EXPIRING
                for statement in (
                    f"DROP TRIGGER {table}_refuse_delete",
                    _sqlite(table, "DELETE", kept),
                )
            ),
            (
                f"CREATE TRIGGER journal_expiry_judge BEFORE INSERT ON journal_expiry WHEN {_unfit(young)} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            ),
        )
    young = "recorded_at >= NEW.until + interval '180 days'"
    return (
        _function("journal_keep", kept, "OLD"),
        _function("journal_judge", _unfit(young), "NEW"),
        *journal_triggers(dialect, growing)[1:],
        *(
            statement
            for table in _EXPIRING
            for statement in (
                f"DROP TRIGGER {table}_refuse_delete ON {table}",
                *_postgresql(table, "DELETE", "FOR EACH ROW", "journal_keep"),
            )
        ),
        (
            "CREATE TRIGGER journal_expiry_judge BEFORE INSERT ON journal_expiry FOR EACH ROW "
            "EXECUTE FUNCTION journal_judge()"
        ),
        "ALTER TABLE journal_expiry ENABLE ALWAYS TRIGGER journal_expiry_judge",
    )


def drop_expiry_triggers(dialect: str) -> tuple[str, ...]:
    """Give what undoes it before the tables of the limits are dropped: nothing of an entry goes any more."""
    if dialect == "sqlite":
        return tuple(
            statement
            for table in _EXPIRING
            for statement in (f"DROP TRIGGER {table}_refuse_delete", _sqlite(table, "DELETE"))
        )
    return (
        *(
            statement
            for table in _EXPIRING
            for statement in (
                f"DROP TRIGGER {table}_refuse_delete ON {table}",
                *_postgresql(table, "DELETE", "FOR EACH STATEMENT"),
            )
        ),
        "DROP TRIGGER journal_expiry_judge ON journal_expiry",
        "DROP FUNCTION journal_keep()",
        "DROP FUNCTION journal_judge()",
    )


def drop_triggers(dialect: str) -> tuple[str, ...]:
    """Give what undoes either of the above once the tables are dropped, their triggers with them."""
    return () if dialect == "sqlite" else ("DROP FUNCTION journal_refuse()",)


def _replaced(table: str, keys: Sequence[Key]) -> str:
    same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  names come from migrations


def _sqlite(table: str, event: str, when: str | None = None) -> str:
    condition = "" if when is None else f" WHEN {when}"
    return (
        f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table}{condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    )


def _postgresql(table: str, event: str, scope: str, function: str = "journal_refuse") -> tuple[str, str]:
    trigger = f"{table}_refuse_{event.lower()}"
    return (
        f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} {scope} EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}",
    )


def _function(name: str, refused: str, passed: str) -> str:
    # Without its own path, a temporary table of the same name would be read instead.
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS "
        f"$$ BEGIN IF {refused} THEN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'insufficient_privilege'; END IF; "
        f"RETURN {passed}; END $$"
    )


def _unfit(young: str) -> str:
    back = "NEW.size <= (SELECT coalesce(max(size), 0) FROM journal_expiry)"
    covered = "EXISTS (SELECT 1 FROM journal_entry WHERE leaf < NEW.size AND recorded_at >= NEW.until)"
    return f"{back} OR {covered} OR NOT EXISTS (SELECT 1 FROM journal_entry WHERE {young})"  # noqa: S608  constants
