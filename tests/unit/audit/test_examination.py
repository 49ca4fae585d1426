"""One altered value, anywhere, is found and located."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.audit.checkpoints import Checkpoint, sign
from backend.audit.examination import ENOUGH
from backend.audit.journal import Journal
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import (
    ACCOUNT,
    CHECKPOINT,
    ENTRY,
    LEAF,
    LOG_KEY,
    NODE,
    OTHER,
    OUTBOX,
    SUBJECT,
    WATERMARK,
    filled,
    owner,
    write,
)

VICTIM = 5
"""The leaf that is attacked: neither the first nor the last."""

UNREADABLE = "Feuille 5 : une ligne de la table journal_{} est illisible."

JOURNAL = [
    (LEAF.c.number, LEAF.c.number == VICTIM, "Feuille 5 : elle manque dans la table journal_leaf."),
    (LEAF.c.event, LEAF.c.number == VICTIM, "Feuille 5 : la colonne event a été modifiée."),
    (LEAF.c.hash, LEAF.c.number == VICTIM, "Feuille 5 : l'empreinte ou le sel a été modifié."),
    (ENTRY.c.leaf, ENTRY.c.leaf == VICTIM, "Feuille 5 : elle manque dans la table journal_entry."),
    (ENTRY.c.writer, ENTRY.c.leaf == VICTIM, "Feuille 5 : la colonne writer a été modifiée."),
    (ENTRY.c.sequence, ENTRY.c.leaf == VICTIM, "Feuille 5 : la colonne sequence a été modifiée."),
    (ENTRY.c.recorded_at, ENTRY.c.leaf == VICTIM, "Feuille 5 : la colonne recorded_at a été modifiée."),
    (ENTRY.c.name, ENTRY.c.leaf == VICTIM, "Feuille 5 : la colonne name a été modifiée."),
    (ENTRY.c.account, ENTRY.c.leaf == VICTIM, "Feuille 5 : la colonne account a été modifiée."),
    (ENTRY.c.body, ENTRY.c.leaf == VICTIM, "Feuille 5 : le contenu ou son code d'authentification a été modifié."),
    (ENTRY.c.mac, ENTRY.c.leaf == VICTIM, "Feuille 5 : le contenu ou son code d'authentification a été modifié."),
    (ENTRY.c.salt, ENTRY.c.leaf == VICTIM, "Feuille 5 : l'empreinte ou le sel a été modifié."),
    (SUBJECT.c.leaf, SUBJECT.c.leaf == VICTIM, "Feuille 5 : l'index des références a été modifié."),
    (
        SUBJECT.c.reference,
        (SUBJECT.c.leaf == VICTIM) & (SUBJECT.c.reference == OTHER),
        "Feuille 5 : l'index des références a été modifié.",
    ),
    (NODE.c.level, (NODE.c.level == 1) & (NODE.c.number == 2), "Sous-arbre de niveau 1, rang 2 : il manque."),
    (NODE.c.number, (NODE.c.level == 1) & (NODE.c.number == 2), "Sous-arbre de niveau 1, rang 2 : il manque."),
    (
        NODE.c.hash,
        (NODE.c.level == 1) & (NODE.c.number == 2),
        "Sous-arbre de niveau 1, rang 2 : l'empreinte a été modifiée.",
    ),
    (CHECKPOINT.c.size, CHECKPOINT.c.size == 8, "Table journal_checkpoint : 1 ligne(s) en trop, hors de l'arbre."),
    (CHECKPOINT.c.note, CHECKPOINT.c.size == 8, "Point de contrôle 8 : la signature n'est pas celle du journal."),
]
"""Each column of the journal, the row that is attacked, the first thing that is found."""

WAITING = [
    (OUTBOX.c.event, ": la colonne event a été modifiée."),
    (OUTBOX.c.writer, ": la colonne writer a été modifiée."),
    (OUTBOX.c.sequence, ": la colonne sequence a été modifiée."),
    (OUTBOX.c.recorded_at, ": la colonne recorded_at a été modifiée."),
    (OUTBOX.c.body, ": le contenu ou son code d'authentification a été modifié."),
    (OUTBOX.c.mac, ": le contenu ou son code d'authentification a été modifié."),
    (WATERMARK.c.size, "Copie du dernier point de contrôle : la colonne size a été modifiée."),
    (WATERMARK.c.note, "Copie du dernier point de contrôle : la signature n'est pas celle du journal."),
]
"""The same in `main`."""


@pytest.fixture
def journal(stores: Stores, clock: DrivenClock) -> Journal:
    """Give a journal of 11 events under three checkpoints, and two events that wait."""
    return filled(stores, clock)


def altered(value: Any) -> Any:  # noqa: ANN401  a value of any column
    """Change one byte of a value, or its last unit."""
    match value:
        case bytes():
            return value[:7] + bytes([value[7] ^ 1]) + value[8:]
        case str():
            return value[:8] + chr(ord(value[8]) ^ 1) + value[9:]
        case int():
            return value + 1000
        case UUID():
            return UUID(int=value.int ^ 1)
        case datetime():
            return value + timedelta(microseconds=1)
        case _:
            return ACCOUNT


def test_one_altered_value_of_the_journal_is_found_where_it_stands(
    stores: Stores, journal: Journal, subtests: pytest.Subtests
) -> None:
    assert {column for column, _row, _where in JOURNAL} == {
        column for table in (LEAF, ENTRY, SUBJECT, NODE, CHECKPOINT) for column in table.columns
    }
    for column, row, where in JOURNAL:
        with subtests.test(column=str(column)):
            with owner(stores.journal) as attacker:
                before = attacker.scalars(sa.select(column).where(row)).first()
                attacker.execute(sa.update(column.table).where(row).values({column: altered(before)}))
            found = journal.verify()
            with owner(stores.journal) as attacker:
                attacker.execute(sa.update(column.table).where(column == altered(before)).values({column: before}))
            assert where in found.problems[:2]
            assert len(found.problems) <= 4
    assert journal.verify().ok


def test_one_altered_value_of_what_waits_is_found_where_it_stands(
    stores: Stores, journal: Journal, subtests: pytest.Subtests
) -> None:
    for column, where in WAITING:
        with subtests.test(column=str(column)):
            key = next(iter(column.table.primary_key.columns))
            with owner(stores.main) as attacker:
                victim, before = attacker.execute(sa.select(key, column)).first() or ("", "")
                attacker.execute(sa.update(column.table).where(key == victim).values({column: altered(before)}))
            problems = journal.verify().problems
            with owner(stores.main) as attacker:
                attacker.execute(sa.update(column.table).where(column == altered(before)).values({column: before}))
            assert len(problems) == 1
            assert problems[0].endswith(where)
            assert problems[0].startswith(("File d'attente, événement ", "Copie du dernier point de contrôle"))
    assert journal.verify().ok


def test_a_checkpoint_signed_by_another_key_is_found(stores: Stores, journal: Journal) -> None:
    note = sign(Checkpoint(11, journal.verify().root), bytes(32))
    with owner(stores.journal) as attacker:
        attacker.execute(sa.update(CHECKPOINT).where(CHECKPOINT.c.size == 11).values(note=note))
    assert journal.verify().problems == (
        "Point de contrôle 11 : la signature n'est pas celle du journal.",
        "Le dernier point de contrôle valable couvre 8 événements, le journal en compte 11.",
    )


def test_a_checkpoint_signed_with_the_stolen_key_over_another_tree_is_found(stores: Stores, journal: Journal) -> None:
    with owner(stores.journal) as attacker:
        note = sign(Checkpoint(8, bytes(32)), LOG_KEY)
        attacker.execute(sa.update(CHECKPOINT).where(CHECKPOINT.c.size == 8).values(note=note))
    assert journal.verify().problems == ("Point de contrôle 8 : l'arbre n'est pas celui qui a été signé.",)


def test_another_authentication_key_stops_the_verification_early(
    stores: Stores, journal: Journal, clock: DrivenClock
) -> None:
    write(journal, ENOUGH)
    journal.seal_outbox()
    found = Journal(stores, bytes(32), journal.log_key, clock).verify()
    assert len(found.problems) == ENOUGH + 1
    assert found.problems[-1] == "Vérification arrêtée après 100 anomalies."


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.parametrize(
    "statement, problem",
    [
        ("journal_entry SET recorded_at = 'hier' WHERE leaf = 5", UNREADABLE.format("entry")),
        ("journal_entry SET salt = 'texte' WHERE leaf = 5", UNREADABLE.format("entry")),
        ("journal_leaf SET hash = 'texte' WHERE number = 5", UNREADABLE.format("leaf")),
        ("journal_entry SET name = CAST(x'ff' AS TEXT) WHERE leaf = 5", UNREADABLE.format("entry")),
        ("journal_node SET hash = 'texte' WHERE level = 1 AND number = 2", UNREADABLE.format("node")),
        ("journal_entry SET body = CAST(body AS BLOB) WHERE leaf = 5", UNREADABLE.format("entry")),
        ("journal_entry SET mac = 'texte' WHERE leaf = 5", UNREADABLE.format("entry")),
        (
            "journal_leaf SET number = 'cinq' WHERE number = 5",
            "Feuille 5 : elle manque dans la table journal_leaf.",
        ),
        (
            "journal_checkpoint SET note = x'00' WHERE size = 8",
            "Feuille 7 : une ligne de la table journal_checkpoint est illisible.",
        ),
    ],
)
def test_a_value_of_another_type_is_found_where_it_stands(
    stores: Stores, journal: Journal, statement: str, problem: str
) -> None:
    with owner(stores.journal) as attacker:
        attacker.exec_driver_sql(f"UPDATE {statement}")
    assert problem in journal.verify().problems
