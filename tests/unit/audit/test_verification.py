"""The verification as a whole: rows beside the tree, the copy in `main`, files that cannot be read."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from backend.audit.checkpoints import Checkpoint, sign
from backend.audit.journal import Journal
from backend.audit.merkle import EMPTY_ROOT
from backend.audit.reading import UnreadableError
from backend.audit.sealing import ContradictedError
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import (
    ACCOUNT,
    CHECKPOINT,
    LEAF,
    LOG_KEY,
    NODE,
    OUTBOX,
    SITUATION,
    SUBJECT,
    WATERMARK,
    filled,
    new_journal,
    owner,
)

WRITTEN = 11
PAGE = 4096


@pytest.fixture
def journal(stores: Stores, clock: DrivenClock) -> Journal:
    """Give a journal of 11 events under three checkpoints, and two events that wait."""
    return filled(stores, clock)


def test_a_journal_that_nobody_attacked_is_whole(journal: Journal) -> None:
    found = journal.verify()
    assert (found.entries, found.waiting, found.gaps, found.problems, found.ok) == (WRITTEN, 2, (), (), True)


def test_a_number_that_is_missing_for_an_instant_is_no_gap_where_transactions_overlap(
    stores: Stores, journal: Journal, clock: DrivenClock
) -> None:
    with owner(stores.main) as attacker:
        attacker.execute(sa.delete(OUTBOX).where(OUTBOX.c.sequence == WRITTEN + 1))
    clock.advance(timedelta(seconds=-1))
    assert journal.verify().ok is not stores.main.embedded


def test_a_missing_copy_of_the_last_checkpoint_is_found(stores: Stores, journal: Journal) -> None:
    with owner(stores.main) as attacker:
        attacker.execute(sa.delete(WATERMARK))
    assert journal.verify().problems == ("Copie du dernier point de contrôle : elle manque.",)


@pytest.mark.parametrize("row", ["leaf", "subject", "node", "checkpoint"])
def test_a_row_added_beside_the_tree_is_found(stores: Stores, journal: Journal, row: str) -> None:
    added = {
        "leaf": sa.insert(LEAF).values(number=-1, event=ACCOUNT, hash=bytes(32)),
        "subject": sa.insert(SUBJECT).values(leaf=4000, reference=SITUATION),
        "node": sa.insert(NODE).values(level=9, number=0, hash=bytes(32)),
        "checkpoint": sa.insert(CHECKPOINT).values(size=4000, note="note"),
    }
    with owner(stores.journal) as attacker:
        attacker.execute(added[row])
    assert f"Table journal_{row} : 1 ligne(s) en trop, hors de l'arbre." in journal.verify().problems


def test_an_empty_journal_is_whole(stores: Stores, clock: DrivenClock) -> None:
    found = new_journal(stores, clock).verify()
    assert (found.entries, found.waiting, found.ok, found.root) == (0, 0, True, EMPTY_ROOT)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.parametrize(
    "damage, more",
    [
        ("journal_outbox SET recorded_at = 'hier'", ()),
        ("journal_outbox SET mac = 'texte'", ()),
        ("journal_watermark SET note = x'00'", ("Copie du dernier point de contrôle : elle manque.",)),
    ],
)
def test_what_waits_and_cannot_be_read_is_found(
    stores: Stores, journal: Journal, damage: str, more: tuple[str, ...]
) -> None:
    with owner(stores.main) as attacker:
        attacker.exec_driver_sql(f"UPDATE {damage}")
    assert journal.verify().problems == (
        "File d'attente ou copie du point de contrôle : une ligne est illisible.",
        *more,
    )
    with pytest.raises(UnreadableError):
        journal.seal_outbox()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_damaged_file_is_found(stores: Stores, journal: Journal, tmp_path: Path) -> None:
    stores.dispose()
    file = tmp_path / "journal.sqlite"
    with sqlite3.connect(file) as connection:
        root_page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'journal_entry'").fetchone()[0]
    connection.close()
    data = bytearray(file.read_bytes())
    # The number of cells in the header of the page: SQLite then reads values where there are none.
    data[(root_page - 1) * PAGE + 3 : (root_page - 1) * PAGE + 5] = b"\x00\x40"
    file.write_bytes(data)
    first, *_others, last = journal.verify().problems
    assert first.startswith(f"Fichier du journal : *** in database main *** On tree page {root_page} ")
    assert last == "Le fichier du journal est endommagé."


@pytest.mark.parametrize("store, table", [("journal", "journal_node"), ("main", "journal_outbox")])
def test_a_store_that_is_away_is_not_taken_for_an_attack(
    stores: Stores, journal: Journal, store: Literal["main", "journal"], table: str
) -> None:
    with owner(stores.main if store == "main" else stores.journal) as attacker:
        attacker.exec_driver_sql(f"ALTER TABLE {table} RENAME TO elsewhere")
    with pytest.raises(DBAPIError):
        journal.verify()


@pytest.mark.parametrize(
    "size, problem",
    [
        (11, "Copie du dernier point de contrôle : l'arbre n'est pas celui qui a été signé, le journal a été récrit."),
        (12, "Le journal a été tronqué ou remplacé : 12 événements ont été signés, il en compte 11."),
    ],
)
def test_what_was_signed_and_is_not_there_is_found_and_nothing_more_is_sealed(
    stores: Stores, journal: Journal, size: int, problem: str
) -> None:
    with owner(stores.main) as attacker:
        attacker.execute(sa.update(WATERMARK).values(size=size, note=sign(Checkpoint(size, bytes(32)), LOG_KEY)))
    assert journal.verify().problems == (problem,)
    with pytest.raises(ContradictedError):
        journal.seal_outbox()


def test_a_removed_checkpoint_leaves_leaves_that_nobody_signed_and_nothing_more_is_sealed(
    stores: Stores, journal: Journal
) -> None:
    with owner(stores.journal) as attacker:
        attacker.execute(sa.delete(CHECKPOINT).where(CHECKPOINT.c.size == WRITTEN))
    assert journal.verify().problems == (
        "Le dernier point de contrôle valable couvre 8 événements, le journal en compte 11.",
    )
    with pytest.raises(ContradictedError):
        journal.seal_outbox()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_one_flipped_byte_of_a_file_is_found_wherever_a_value_is_kept(
    stores: Stores, journal: Journal, tmp_path: Path
) -> None:
    stores.dispose()
    file = tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        pages = [
            page for (page,) in connection.execute("SELECT rootpage FROM sqlite_master WHERE name LIKE '%journal%'")
        ]
    whole = file.read_bytes()
    kept = [
        position for page in pages for position in range((page - 1) * PAGE, page * PAGE) if page and whole[position]
    ]
    for position in random.Random(4).sample(kept, 40):  # noqa: S311  the same bytes at every run
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert not journal.verify().ok, position
        stores.dispose()
    file.write_bytes(whole)
    assert journal.verify().ok


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.parametrize("damaged", [b"CREATE TABLE journal_leaf", b"SQLite format 3"])
def test_a_file_that_sqlite_does_not_open_is_found(
    stores: Stores, journal: Journal, tmp_path: Path, damaged: bytes
) -> None:
    stores.dispose()
    file = tmp_path / "journal.sqlite"
    file.write_bytes(file.read_bytes().replace(damaged, b"\xff" * len(damaged)))
    assert journal.verify().problems == ("Le fichier du journal est illisible.",)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_busy_or_missing_file_is_not_taken_for_an_attack(stores: Stores, journal: Journal, tmp_path: Path) -> None:
    stores.dispose()
    for file in tmp_path.glob("journal.sqlite*"):
        file.unlink()
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        journal.verify()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_waiting_event_without_its_key_is_found(stores: Stores, journal: Journal) -> None:
    with owner(stores.main) as attacker:
        attacker.exec_driver_sql("CREATE TABLE copy AS SELECT * FROM journal_outbox")
        attacker.exec_driver_sql("DROP TABLE journal_outbox")
        attacker.exec_driver_sql("ALTER TABLE copy RENAME TO journal_outbox")
        attacker.exec_driver_sql("UPDATE journal_outbox SET event = NULL")
    assert journal.verify().problems == ("File d'attente ou copie du point de contrôle : une ligne est illisible.",)
