"""PostgreSQL's row-level security, against a filter that somebody forgot (architecture.md section 3).

It is not a defence against SQL injection: the application itself sets who it acts for. Every nominative table stands
in `POLICIES`; the migrations create what `statements` renders, and a test compares it with `pg_policies`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from backend.authorization.actor import Actor
from policies.vocabulary import SEATS, Role

READING_ROLES = SEATS | {Role.COORDINATOR, Role.PARQUET, Role.SOCIAL_COORDINATOR, Role.GUEST}
"""Roles that may read nominative rows of their cells; the gate says which ones and when."""

_REACH = "cenacle.reach"


class Reach(Enum):
    """Whose rows a table holds; the value is the condition in SQL."""

    CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"
    ACCOUNT = "account_id = nullif(current_setting('cenacle.account', true), '')::uuid"
    ACCOUNT_OR_CELLS = f"{ACCOUNT} OR {CELLS}"
    INSTITUTION = "institution_id = nullif(current_setting('cenacle.institution', true), '')::uuid"
    INSTITUTION_OR_CELLS = f"{INSTITUTION} OR {CELLS}"


POLICIES: Mapping[str, Reach] = {
    "situation": Reach.CELLS,
    "situation_person": Reach.CELLS,
    "situation_exit": Reach.CELLS,
    "signalement": Reach.CELLS,
    "parquet_answer": Reach.CELLS,
    "signalement_facts": Reach.CELLS,
    "prior_research": Reach.CELLS,
    "agenda_item": Reach.CELLS,
    "carry_over": Reach.CELLS,
    "examination": Reach.CELLS,
    "presence": Reach.CELLS,
    "orientation": Reach.CELLS,
    "family_information": Reach.CELLS,
    "transmission": Reach.INSTITUTION_OR_CELLS,
    "feedback": Reach.INSTITUTION_OR_CELLS,
    "purge_notice": Reach.CELLS,
    "rights_search": Reach.CELLS,
    "rights_finding": Reach.CELLS,
    "draft": Reach.ACCOUNT,
    "receipt": Reach.ACCOUNT_OR_CELLS,
}
"""Every nominative table, and whose rows it holds.

An invitation names an agent at work and is opened by a link, before anybody is known: it has no policy.
"""


def statements(table: str) -> tuple[str, ...]:
    """Give the SQL that puts a table under row-level security.

    Anybody may insert: who submits to a cell reads nothing of it. Everything else is bounded, for the owner too.
    """
    condition = POLICIES[table].value
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (true)",
        f"CREATE POLICY {table}_select ON {table} FOR SELECT USING ({condition})",
        f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({condition})",
        f"CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({condition})",
    )


def enter_rows(session: Session, actor: Actor) -> None:
    """Tell PostgreSQL, for this transaction only, whose rows may be read."""
    _reach(
        session,
        {
            "cenacle.cells": ",".join(str(cell) for cell in sorted(actor.cells(READING_ROLES))),
            "cenacle.institution": str(actor.institution or ""),
            "cenacle.account": str(actor.account or ""),
        },
    )


def hand_over(session: Session, cell: UUID) -> None:
    """Let rows be handed over to a cell that is not the actor's, until the transaction ends or another actor enters.

    PostgreSQL refuses to change a row into one that its writer may not read; the gate still gives nothing of that cell.
    """
    settings = session.info[_REACH][1]
    cells = ",".join(filter(None, (settings["cenacle.cells"], str(cell))))
    _reach(session, {**settings, "cenacle.cells": cells})


@contextmanager
def reaching(session: Session, account: UUID) -> Iterator[None]:
    """Reach what is one account's alone, for what must go with its person: nobody else's rule reads it there.

    What was changed is written before the reach is given back; PostgreSQL would not find it afterwards.
    """
    settings = session.info[_REACH][1]
    _reach(session, {**settings, "cenacle.account": str(account)})
    yield
    session.flush()
    _reach(session, settings)


def _reach(session: Session, settings: Mapping[str, str]) -> None:
    connection = session.connection()
    session.info[_REACH] = connection, settings
    _set(connection, settings)


def _set(connection: sa.Connection, settings: Mapping[str, str]) -> None:
    if connection.dialect.name == "postgresql":
        local = sa.literal(True)  # noqa: FBT003  PostgreSQL's own argument: until the transaction ends
        connection.execute(sa.select(*(sa.func.set_config(name, value, local) for name, value in settings.items())))


@sa.event.listens_for(Session, "after_begin")
def _after_begin(session: Session, _transaction: SessionTransaction, connection: sa.Connection) -> None:
    if reach := session.info.get(_REACH):
        session.info[_REACH] = connection, reach[1]
        _set(connection, reach[1])


@sa.event.listens_for(Session, "after_soft_rollback")
def _after_soft_rollback(session: Session, previous: SessionTransaction) -> None:
    # On the connection: the session itself refuses statements until the savepoint's block is left.
    reach = session.info.get(_REACH)
    if previous.nested and reach and reach[0].in_transaction():
        _set(*reach)
