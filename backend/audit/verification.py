"""Verification of the whole journal: whatever was altered, removed, moved or added is found and located.

Recomputes every authentication code, leaf, subtree and root, and compares with the signed checkpoints, of which `main`
keeps the last (architecture.md section 5; RFC 9162 section 2.1). What it cannot see stands in `docs/journal.md`.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel, func, select

from backend.audit.examination import EnoughError, Examination
from backend.audit.expiry import Expired, read_expired
from backend.audit.merkle import EMPTY_ROOT
from backend.audit.models import (
    JournalCheckpoint,
    JournalEntry,
    JournalExpiry,
    JournalLeaf,
    JournalNode,
    JournalOutbox,
    JournalSubject,
    JournalWatermark,
)
from backend.audit.numbering import Gap
from backend.audit.reading import UnreadableError, read_rows
from backend.kernel.database import Store, Stores

CHUNK = 1000
"""Leaves read in one transaction: sealing goes on between two."""

IN_FLIGHT = timedelta(minutes=2)
"""On PostgreSQL, how long a number may be missing because its transaction is still open; SQLite writes one by one."""

TABLES: tuple[type[SQLModel], ...] = (JournalLeaf, JournalEntry, JournalSubject, JournalNode, JournalCheckpoint)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: events sealed, events waiting, gaps, problems in French, root of the tree, what expired."""

    entries: int
    waiting: int
    gaps: tuple[Gap, ...]
    problems: tuple[str, ...]
    root: bytes
    expired: Expired

    @property
    def ok(self) -> bool:
        """Tell whether the journal is whole."""
        return not self.gaps and not self.problems


def verify(stores: Stores, mac_key: bytes, public_key: bytes, now: datetime) -> Verification:
    """Verify the journal and what waits for it; sealing may go on meanwhile.

    `main` is read first: an event moves from there to `journal`, so it is met at least once. What expires meanwhile
    makes it begin again.
    """
    examination = Examination(mac_key, public_key)
    waiting, watermark = _read_main(stores.main, examination)
    size = 0
    expired, limits = Expired(), None
    try:
        _check_file(examination, stores.journal)
        limits = _limits(stores.journal)
        expired = _read_expired(stores.journal, examination)
        rows = _extent(stores.journal)
        size = rows[JournalLeaf]
        for start in range(0, size, CHUNK):
            end = min(start + CHUNK, size)
            examination.examine(stores.journal, start, end, None if watermark is None else watermark.size)
        _check_strays(examination, rows)
        _check_end(examination, size)
        for row in waiting:
            examination.body(f"File d'attente, événement {row.event}", row, "event")
        _check_watermark(examination, watermark, size, len(waiting))
    except EnoughError:
        pass
    except DatabaseError as error:
        # The exact class: a file that SQLite cannot read; its subclasses say that the store is away or busy.
        if type(error) is not DatabaseError:
            raise
        limits = None
        examination.problems.append("Le fichier du journal est endommagé.")
    if limits is not None and _limits(stores.journal) != limits:
        return verify(stores, mac_key, public_key, now)
    gaps = examination.numbers.gaps(now if stores.main.embedded else now - IN_FLIGHT)
    return Verification(
        entries=size,
        waiting=len(waiting),
        gaps=gaps,
        problems=tuple(examination.problems),
        root=examination.roots.get(size, EMPTY_ROOT),
        expired=expired,
    )


def _read_main(main: Store, examination: Examination) -> tuple[Sequence[JournalOutbox], JournalWatermark | None]:
    waiting: Sequence[JournalOutbox] = []
    watermarks: Sequence[JournalWatermark] = []
    with main.transaction() as session:
        try:
            watermarks = read_rows(session, select(JournalWatermark))
            waiting = read_rows(session, select(JournalOutbox))
        except UnreadableError:
            examination.problems.append("File d'attente ou copie du point de contrôle : une ligne est illisible.")
    return waiting, next(iter(watermarks), None)


def _check_file(examination: Examination, journal: Store) -> None:
    """Ask SQLite about its own pages and indexes, without holding the turn to write meanwhile."""
    if not journal.embedded:
        return
    try:
        with closing(journal.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA integrity_check(10)")
            damages = [str(damage) for (damage,) in cursor.fetchall() if damage != "ok"]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        examination.problems.append("Le fichier du journal est illisible.")
        raise EnoughError from error
    examination.problems.extend(f"Fichier du journal : {' '.join(damage.split())}." for damage in damages)


def _limits(journal: Store) -> int:
    with journal.transaction() as session:
        return session.scalar(select(func.count()).select_from(JournalExpiry)) or 0


def _read_expired(journal: Store, examination: Examination) -> Expired:
    with journal.transaction() as session:
        try:
            expired, forged = read_expired(session, examination.mac_key)
        except UnreadableError:
            examination.problems.append("Limites d'expiration : une ligne est illisible.")
            return Expired()
    for size in forged:
        examination.found(f"Limite d'expiration {size} : elle n'est pas authentique.")
    examination.expired = expired.size
    examination.numbers.begin(expired.marks)
    return expired


def _extent(journal: Store) -> dict[type[SQLModel], int]:
    # One statement, so one snapshot: the sealer may be appending.
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in TABLES]
    with journal.transaction() as session:
        found = session.execute(sa.select(*counts)).one()
    return dict(zip(TABLES, found, strict=True))


def _check_strays(examination: Examination, rows: dict[type[SQLModel], int]) -> None:
    for table, count in rows.items():
        strays = count - examination.met[table]
        if strays > 0:
            examination.found(f"Table {table.__tablename__} : {strays} ligne(s) en trop, hors de l'arbre.")


def _check_end(examination: Examination, size: int) -> None:
    if examination.signed != size:
        examination.found(
            f"Le dernier point de contrôle valable couvre {examination.signed} événements, le journal en compte {size}."
        )


def _check_watermark(examination: Examination, watermark: JournalWatermark | None, size: int, waiting: int) -> None:
    where = "Copie du dernier point de contrôle"
    if watermark is None:
        # Only a sealer killed at its very first batch leaves none, with every event still in the outbox.
        if size > waiting:
            examination.found(f"{where} : elle manque.")
        return
    checkpoint = examination.checkpoint(where, watermark.note)
    if checkpoint is None:
        return
    if checkpoint.size != watermark.size:
        examination.found(f"{where} : la colonne size a été modifiée.")
    elif checkpoint.size > size:
        examination.found(
            f"Le journal a été tronqué ou remplacé : {checkpoint.size} événements ont été signés, il en compte {size}."
        )
    elif examination.roots[checkpoint.size] != checkpoint.root:
        examination.found(f"{where} : l'arbre n'est pas celui qui a été signé, le journal a été récrit.")
