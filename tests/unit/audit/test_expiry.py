"""The expiry: what the journal says goes after its time, what it proves stays, and nobody else takes anything away."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from backend.audit.checkpoints import public_half
from backend.audit.examination import Examination
from backend.audit.expiry import FLOOR, DamagedError
from backend.audit.journal import Journal
from backend.audit.triggers import REFUSED, drop_expiry_triggers
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Store, Stores
from tests.support.journal import (
    ENTRY,
    EXPIRY,
    LEAF,
    LOG_KEY,
    MARK,
    NODE,
    NOON,
    OTHER,
    SITUATION,
    SUBJECT,
    new_journal,
    owner,
    write,
)

YEAR = timedelta(days=365)
OLD, YOUNG = 7, 4
LIMIT = NOON + timedelta(days=1)


@pytest.fixture
def journal(stores: Stores, clock: DrivenClock) -> Journal:
    """Give a journal of 7 events, then 4 a year and two days later, by the same writer."""
    journal = new_journal(stores, clock)
    write(journal, OLD, SITUATION, OTHER)
    journal.seal_outbox()
    clock.advance(YEAR + timedelta(days=2))
    write(journal, YOUNG, SITUATION)
    journal.seal_outbox()
    return journal


def expire(journal: Journal, before: datetime = LIMIT) -> int:
    return journal.expire(before, public_half(LOG_KEY))


def rows(stores: Stores, table: sa.Table) -> int:
    with stores.journal.transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_what_the_journal_said_goes_and_what_it_proves_stays(stores: Stores, journal: Journal) -> None:
    root = journal.verify().root
    assert expire(journal) == OLD
    assert (rows(stores, ENTRY), rows(stores, SUBJECT), rows(stores, LEAF)) == (YOUNG, YOUNG, OLD + YOUNG)
    found = journal.verify()
    assert (found.ok, found.root, found.entries) == (True, root, OLD + YOUNG)
    assert (found.expired.size, found.expired.until) == (OLD, LIMIT)
    assert expire(journal) == 0


def test_a_limit_follows_another_and_the_journal_goes_on_between_them(
    stores: Stores, journal: Journal, clock: DrivenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.audit.expiry.BATCH", 3)
    assert expire(journal) == OLD
    assert rows(stores, EXPIRY) == 3
    restarted = new_journal(stores, clock)
    clock.advance(YEAR)
    write(restarted, 2)
    write(journal)
    journal.seal_outbox()
    assert journal.verify().ok
    assert expire(journal, clock() - timedelta(days=200)) == YOUNG
    found = journal.verify()
    assert (found.ok, found.expired.size) == (True, OLD + YOUNG)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_nothing_goes_before_six_months_whatever_is_asked(journal: Journal, clock: DrivenClock) -> None:
    assert expire(journal, clock() + YEAR) == OLD
    assert journal.verify().expired.until == clock() - FLOOR


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_clock_that_runs_ahead_of_the_journal_expires_nothing_more(journal: Journal, clock: DrivenClock) -> None:
    clock.advance(10 * YEAR)
    assert expire(journal, clock()) == OLD
    assert journal.verify().ok


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_an_empty_journal_has_nothing_to_expire(stores: Stores, clock: DrivenClock) -> None:
    assert expire(new_journal(stores, clock)) == 0


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_what_was_tampered_with_does_not_expire(stores: Stores, journal: Journal) -> None:
    with owner(stores.journal) as attacker:
        attacker.execute(sa.update(ENTRY).where(ENTRY.c.leaf == 2).values(salt=bytes(32)))
    with pytest.raises(DamagedError):
        expire(journal)
    assert rows(stores, ENTRY) == OLD + YOUNG


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_nothing_expires_after_a_subtree_that_was_removed(
    stores: Stores, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.audit.expiry.BATCH", 4)
    with owner(stores.journal) as attacker:
        attacker.execute(sa.delete(NODE).where(NODE.c.level == 1, NODE.c.number == 2))
    with pytest.raises(DamagedError):
        expire(journal)
    monkeypatch.setattr("backend.audit.expiry.BATCH", 2)
    with owner(stores.journal) as attacker:
        attacker.execute(sa.delete(NODE))
    with pytest.raises(DamagedError):
        expire(journal)


def delete_entry(attacker: sa.Connection) -> None:
    attacker.execute(sa.delete(SUBJECT).where(SUBJECT.c.leaf == OLD))
    attacker.execute(sa.delete(ENTRY).where(ENTRY.c.leaf == OLD))


def forge_limit(attacker: sa.Connection) -> None:
    delete_entry(attacker)
    attacker.execute(sa.insert(EXPIRY).values(size=OLD + 1, until=LIMIT, decided_at=LIMIT + YEAR, mac=bytes(32)))


def stretch_limit(attacker: sa.Connection) -> None:
    delete_entry(attacker)
    attacker.execute(sa.update(EXPIRY).values(size=OLD + 1))


def remove_limit(attacker: sa.Connection) -> None:
    attacker.execute(sa.delete(MARK))
    attacker.execute(sa.delete(EXPIRY))


def raise_mark(attacker: sa.Connection) -> None:
    attacker.execute(sa.update(MARK).values(reached=OLD + 1))


def bring_back(attacker: sa.Connection) -> None:
    attacker.execute(sa.insert(SUBJECT).values(leaf=2, reference=SITUATION))


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.parametrize(
    "attack, problem",
    [
        (delete_entry, f"Feuille {OLD} : elle manque dans la table journal_entry."),
        (forge_limit, f"Limite d'expiration {OLD + 1} : elle n'est pas authentique."),
        (stretch_limit, f"Limite d'expiration {OLD + 1} : elle n'est pas authentique."),
        (remove_limit, "Feuille 0 : elle manque dans la table journal_entry."),
        (raise_mark, f"Limite d'expiration {OLD} : elle n'est pas authentique."),
        (bring_back, "Feuille 2 : son contenu avait expiré, il est revenu."),
    ],
)
def test_whoever_removes_or_brings_back_more_than_what_expired_is_found(
    stores: Stores, journal: Journal, attack: Callable[[sa.Connection], None], problem: str
) -> None:
    expire(journal)
    with owner(stores.journal) as attacker:
        attack(attacker)
    found = journal.verify()
    assert problem in found.problems


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_nothing_expires_beside_a_forged_limit(stores: Stores, journal: Journal) -> None:
    with owner(stores.journal) as attacker:
        forge_limit(attacker)
    with pytest.raises(DamagedError):
        expire(journal)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_limit_that_cannot_be_read_is_found(stores: Stores, journal: Journal) -> None:
    expire(journal)
    with owner(stores.journal) as attacker:
        attacker.exec_driver_sql("UPDATE journal_expiry SET until = 'hier'")
    assert journal.verify().problems[0] == "Limites d'expiration : une ligne est illisible."


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_what_expires_while_it_is_verified_is_no_attack(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    examine = Examination.examine
    interrupted: list[int] = []

    def expiring(examination: Examination, store: Store, start: int, end: int, watched: int | None) -> None:
        if not interrupted:
            interrupted.append(start)
            expire(journal)
        examine(examination, store, start, end, watched)

    monkeypatch.setattr(Examination, "examine", expiring)
    found = journal.verify()
    assert (found.problems, found.expired.size) == ((), OLD)


INSERT = "INSERT INTO journal_expiry (size, until, decided_at, mac) VALUES "
UNFIT = [
    "DELETE FROM journal_entry",
    "DELETE FROM journal_subject",
    f"DELETE FROM journal_entry WHERE leaf = {OLD}",
    f"{INSERT} ({OLD}, '2026-11-22 11:00:00.000000', '2027-11-24 11:00:00.000000', '')",
    f"{INSERT} ({OLD + 1}, '2026-11-22 11:00:00.000000', '2027-11-24 11:00:00.000000', '')",
    f"{INSERT} ({OLD + 1}, '2027-11-24 11:00:00.000000', '2027-11-24 11:00:00.000000', '')",
    f"{INSERT} ({OLD + 9}, '2030-01-01 00:00:00.000000', '2030-01-01 00:00:00.000000', '')",
]


def test_the_database_lets_go_of_what_is_old_enough_and_of_nothing_more(stores: Stores, journal: Journal) -> None:
    expire(journal)
    for attack in UNFIT:
        with pytest.raises(DBAPIError, match=REFUSED), stores.journal.engine.begin() as connection:
            connection.exec_driver_sql(attack)
    assert journal.verify().ok


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_temporary_table_does_not_stand_in_for_the_limits(stores: Stores, journal: Journal) -> None:
    with stores.journal.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE journal_expiry AS SELECT 1000 AS size")
        with pytest.raises(DBAPIError, match=REFUSED):
            connection.exec_driver_sql("DELETE FROM journal_entry")
    assert journal.verify().ok


def test_without_the_limits_nothing_goes_any_more(stores: Stores, journal: Journal) -> None:
    with stores.journal.engine.begin() as connection:
        for statement in drop_expiry_triggers(connection.dialect.name):
            connection.exec_driver_sql(statement)
    with pytest.raises(DBAPIError, match=REFUSED):
        expire(journal)
