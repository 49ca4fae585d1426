"""Whoever owns the databases attacks the journal: each attack is found and located, on both engines.

The attacker removes triggers and foreign keys first. They hold neither the authentication key nor the signing key,
unless the test says so.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.audit.bodies import authenticate, leaf_data, read_body
from backend.audit.journal import Journal
from backend.audit.merkle import hash_leaf, hash_node
from backend.audit.numbering import Gap
from backend.audit.sealing import ContradictedError
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import (
    CHECKPOINT,
    ENTRY,
    LEAF,
    MAC_KEY,
    NODE,
    NOON,
    OTHER,
    OUTBOX,
    SITUATION,
    SUBJECT,
    filled,
    new_journal,
    open_stores,
    owner,
    write,
)

WRITTEN = 11
VICTIM = 5
"""The leaf that is attacked: neither the first nor the last."""


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(NOON)


@pytest.fixture
def stores(store_urls: dict[str, str]) -> Iterator[Stores]:
    stores = open_stores(store_urls)
    yield stores
    stores.dispose()


@pytest.fixture
def journal(stores: Stores, clock: DrivenClock) -> Journal:
    """Give a journal of 11 events under three checkpoints, and two events that wait."""
    return filled(stores, clock)


def test_a_forged_event_that_waits_is_never_sealed_and_stays_as_evidence(stores: Stores, journal: Journal) -> None:
    with owner(stores.main) as attacker:
        row = attacker.execute(sa.select(OUTBOX).order_by(OUTBOX.c.sequence)).first()
        assert row is not None
        forged = row.body.replace(str(SITUATION), str(OTHER))
        attacker.execute(sa.update(OUTBOX).where(OUTBOX.c.event == row.event).values(body=forged))
    assert journal.seal_outbox() == 1
    found = journal.verify()
    assert (found.entries, found.waiting) == (WRITTEN + 1, 1)
    assert found.problems == (
        f"File d'attente, événement {row.event} : le contenu ou son code d'authentification a été modifié.",
    )
    assert found.gaps == (Gap(journal.writer, row.sequence, row.sequence),)


def test_an_event_removed_before_it_is_sealed_leaves_a_gap_that_nobody_declared(
    stores: Stores, journal: Journal
) -> None:
    with owner(stores.main) as attacker:
        attacker.execute(sa.delete(OUTBOX).where(OUTBOX.c.sequence == WRITTEN + 1))
    found = journal.verify()
    assert (found.problems, found.gaps) == ((), (Gap(journal.writer, WRITTEN + 1, WRITTEN + 1),))
    assert not found.ok


@pytest.mark.parametrize("victim", [0, VICTIM, WRITTEN - 1])
def test_a_leaf_removed_with_all_that_speaks_of_it_is_found(stores: Stores, journal: Journal, victim: int) -> None:
    with owner(stores.journal) as attacker:
        attacker.execute(sa.delete(SUBJECT).where(SUBJECT.c.leaf == victim))
        attacker.execute(sa.delete(ENTRY).where(ENTRY.c.leaf == victim))
        attacker.execute(sa.delete(LEAF).where(LEAF.c.number == victim))
    found = journal.verify()
    assert not found.ok
    assert "Le journal a été tronqué ou remplacé : 11 événements ont été signés, il en compte 10." in found.problems
    if victim != WRITTEN - 1:
        assert found.problems[0] == f"Feuille {victim} : elle manque dans la table journal_leaf."


def test_two_entries_that_change_places_are_found(stores: Stores, journal: Journal) -> None:
    with owner(stores.journal) as attacker:
        for source, target in ((3, 1000), (VICTIM, 3), (1000, VICTIM)):
            attacker.execute(sa.update(ENTRY).where(ENTRY.c.leaf == source).values(leaf=target))
    problems = journal.verify().problems
    assert {problem.partition(" :")[0] for problem in problems} == {"Feuille 3", "Feuille 5"}


def test_two_leaves_that_change_places_with_their_entries_are_found(stores: Stores, journal: Journal) -> None:
    with owner(stores.journal) as attacker:
        for column in (ENTRY.c.leaf, LEAF.c.number, SUBJECT.c.leaf):
            for source, target in ((3, 1000), (VICTIM, 3), (1000, VICTIM)):
                attacker.execute(sa.update(column.table).where(column == source).values({column: target}))
    assert journal.verify().problems == (
        "Sous-arbre de niveau 1, rang 1 : l'empreinte a été modifiée.",
        "Sous-arbre de niveau 1, rang 2 : l'empreinte a été modifiée.",
    )


def truncate(stores: Stores, size: int) -> None:
    """Bring the journal back, in good order, to what it was at one of its checkpoints."""
    with owner(stores.journal) as attacker:
        attacker.execute(sa.delete(CHECKPOINT).where(CHECKPOINT.c.size > size))
        attacker.execute(sa.delete(NODE).where((NODE.c.number + 1).bitwise_lshift(NODE.c.level) > size))
        for column in (SUBJECT.c.leaf, ENTRY.c.leaf, LEAF.c.number):
            attacker.execute(sa.delete(column.table).where(column >= size))


def test_a_journal_cut_back_to_an_earlier_checkpoint_is_found_and_never_sealed_again(
    stores: Stores, journal: Journal
) -> None:
    truncate(stores, 8)
    found = journal.verify()
    assert "Le journal a été tronqué ou remplacé : 11 événements ont été signés, il en compte 8." in found.problems
    assert found.gaps == (Gap(journal.writer, 9, 11),)
    with pytest.raises(ContradictedError):
        journal.seal_outbox()
    assert journal.verify() == found


def test_an_emptied_journal_is_found_and_never_sealed_again(stores: Stores, journal: Journal) -> None:
    truncate(stores, 0)
    found = journal.verify()
    assert found.problems == ("Le journal a été tronqué ou remplacé : 11 événements ont été signés, il en compte 0.",)
    with pytest.raises(ContradictedError):
        journal.seal_outbox()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_an_older_file_put_back_in_place_is_found(stores: Stores, journal: Journal, tmp_path: Path) -> None:
    with stores.journal.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    shutil.copy(tmp_path / "journal.sqlite", tmp_path / "older")
    journal.seal_outbox()
    stores.dispose()
    for leftover in tmp_path.glob("journal.sqlite*"):
        leftover.unlink()
    shutil.copy(tmp_path / "older", tmp_path / "journal.sqlite")
    assert journal.verify().problems == (
        "Le journal a été tronqué ou remplacé : 13 événements ont été signés, il en compte 11.",
    )


def test_a_leaf_added_with_the_authentication_key_but_without_the_signing_key_is_found(
    stores: Stores, journal: Journal
) -> None:
    with owner(stores.main) as attacker:
        row = attacker.execute(sa.select(OUTBOX).order_by(OUTBOX.c.sequence)).first()
        assert row is not None
    forged = row.body.replace(str(SITUATION), str(OTHER))
    body, mac, salt = read_body(forged), authenticate(MAC_KEY, forged), bytes(32)
    with owner(stores.journal) as attacker:
        hashed = hash_leaf(leaf_data(salt, mac, forged))
        tenth = attacker.scalar(sa.select(LEAF.c.hash).where(LEAF.c.number == 10))
        eighth = attacker.scalar(sa.select(NODE.c.hash).where((NODE.c.level == 1) & (NODE.c.number == 4)))
        assert tenth is not None
        assert eighth is not None
        pair = hash_node(tenth, hashed)
        attacker.execute(sa.insert(LEAF).values(number=11, event=body.event, hash=hashed))
        attacker.execute(
            sa.insert(ENTRY).values(
                leaf=11,
                writer=body.writer,
                sequence=body.sequence,
                recorded_at=body.at,
                name=body.name,
                account=body.account,
                body=forged,
                mac=mac,
                salt=salt,
            )
        )
        attacker.execute(sa.insert(SUBJECT).values(leaf=11, reference=OTHER))
        attacker.execute(sa.insert(NODE).values(level=1, number=5, hash=pair))
        attacker.execute(sa.insert(NODE).values(level=2, number=2, hash=hash_node(eighth, pair)))
    found = journal.verify()
    assert found.problems == ("Le dernier point de contrôle valable couvre 11 événements, le journal en compte 12.",)
    with pytest.raises(ContradictedError):
        journal.seal_outbox()


def test_a_journal_rewritten_whole_with_both_stolen_keys_contradicts_the_copy_in_main(
    stores: Stores, journal: Journal, clock: DrivenClock, tmp_path: Path
) -> None:
    forger = open_stores({name: f"sqlite:///{tmp_path / name}.forged" for name in ("main", "keys", "journal")})
    forged = new_journal(forger, clock)
    write(forged, WRITTEN, OTHER)
    forged.seal_outbox()
    truncate(stores, 0)
    with forger.journal.engine.connect() as source, owner(stores.journal) as attacker:
        for table in (LEAF, ENTRY, SUBJECT, NODE, CHECKPOINT):
            attacker.execute(sa.insert(table), [row._asdict() for row in source.execute(sa.select(table))])
    forger.dispose()
    assert journal.verify().problems == (
        "Copie du dernier point de contrôle : l'arbre n'est pas celui qui a été signé, le journal a été récrit.",
    )
    with pytest.raises(ContradictedError):
        journal.seal_outbox()
