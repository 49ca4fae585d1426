"""Keys replaced by a re-sealing: out of reach at once, back with a restored `main`, gone with a newer backup."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import col

from backend.crypto.keyring import Keyring, Superseded, Tombstone
from backend.crypto.keystore import SubjectRecord, SubjectWrap, TombstoneRecord
from backend.crypto.names import tokens
from backend.crypto.sealed import Place, SubjectKey, seal, unseal
from backend.kernel.clock import DrivenClock

NAME = tokens("Exemple", "Camille", date(2010, 5, 17))
PLACE = Place("situation", "last_name", uuid4())


def made(keyring: Keyring, cell: UUID, *replaced: UUID, ground: str = "moved") -> UUID:
    """Make a subject, which replaces others."""
    subject = uuid4()
    keyring.create_subject(subject, cell, NAME)
    keyring.supersede([Superseded(f"R-{old}", old, ground, frozenset({subject})) for old in replaced])
    return subject


def alive(keyring: Keyring) -> set[UUID]:
    with keyring.store.transaction() as session:
        return set(session.scalars(sa.select(col(SubjectRecord.subject))))


def grounds(keyring: Keyring) -> dict[UUID, str]:
    with keyring.store.transaction() as session:
        return {row.subject: row.ground for row in session.scalars(sa.select(TombstoneRecord))}


def opens(keyring: Keyring, cell: UUID, subject: UUID) -> bool:
    return subject in keyring.open_subjects({(subject, cell)})


def test_a_replaced_key_opens_for_nobody_and_its_name_is_not_found(keyring: Keyring, cell: UUID) -> None:
    first = made(keyring, cell)
    second = made(keyring, cell, first)
    assert not opens(keyring, cell, first)
    assert opens(keyring, cell, second)
    assert set(keyring.search(cell, NAME)) == {second}
    assert grounds(keyring) == {}


def test_releasing_what_is_held_does_not_give_a_replaced_key_back(keyring: Keyring, cell: UUID) -> None:
    first = made(keyring, cell)
    second = made(keyring, cell, first)
    keyring.hold([first, second])
    keyring.release([first, second])
    assert (opens(keyring, cell, first), opens(keyring, cell, second)) == (False, True)


def test_a_newer_backup_of_main_ends_it_and_no_other_does(keyring: Keyring, cell: UUID, clock: DrivenClock) -> None:
    assert keyring.last_backup("main") is None
    before = clock()
    first = made(keyring, cell)
    clock.advance(timedelta(minutes=1))
    second = made(keyring, cell, first)
    for store, at in (("keys", clock() + timedelta(hours=1)), ("main", before), ("main", clock())):
        keyring.record_backup(store, at, "digest")
        assert alive(keyring) == {first, second}
    clock.advance(timedelta(minutes=1))
    keyring.record_backup("main", clock(), "digest")
    # On PostgreSQL who backs up destroys nothing: the purge does.
    assert keyring.drop_superseded() == (0 if keyring.store.embedded else 1)
    assert alive(keyring) == {second}
    assert grounds(keyring) == {first: "moved"}
    assert keyring.last_backup("main") == clock()
    assert keyring.drop_superseded() == 0


def test_the_first_successor_that_is_destroyed_takes_the_whole_chain_along(keyring: Keyring, cell: UUID) -> None:
    draft, stranger = made(keyring, cell), made(keyring, cell)
    situation, text = made(keyring, cell), made(keyring, cell)
    keyring.supersede([Superseded("R-draft", draft, "submitted", frozenset({situation, text}))])
    moved = made(keyring, cell, situation)
    keyring.write_tombstones([Tombstone("R-moved", moved, "purged:closed", keyring.root.clock())])
    assert grounds(keyring) == {moved: "purged:closed", situation: "moved", draft: "submitted"}
    assert keyring.finish_tombstones() == 3
    assert alive(keyring) == {text, stranger}


def test_a_text_that_is_destroyed_takes_the_draft_where_it_was_typed_along(keyring: Keyring, cell: UUID) -> None:
    draft = made(keyring, cell)
    situation, text = made(keyring, cell), made(keyring, cell)
    keyring.supersede([Superseded("R-draft", draft, "submitted", frozenset({situation, text}))])
    keyring.destroy_subjects([text])
    assert alive(keyring) == {situation}


def test_no_file_holds_the_wraps_of_a_replaced_key_once_its_successor_is_destroyed(
    keyring: Keyring, cell: UUID
) -> None:
    first = made(keyring, cell)
    with keyring.store.transaction() as session:
        wraps = {bytes(value) for value in session.scalars(sa.select(col(SubjectWrap.wrapped)))}
    second = made(keyring, cell, first)
    with keyring.store.transaction() as session:
        wraps |= {bytes(value) for value in session.scalars(sa.select(col(SubjectWrap.wrapped)))}
    assert len(wraps) == 3
    keyring.destroy_subjects([second])
    if keyring.store.embedded:
        folder = Path(str(keyring.store.engine.url.database)).parent
        files = [path.read_bytes() for path in folder.glob("keys.sqlite*")]
        assert files
        assert not any(wrap in content for wrap in wraps for content in files)
    assert alive(keyring) == set()


def test_replacing_twice_changes_nothing_and_what_was_destroyed_does_not_come_back(
    keyring: Keyring, cell: UUID, clock: DrivenClock
) -> None:
    first = made(keyring, cell)
    second = made(keyring, cell, first)
    clock.advance(timedelta(hours=1))
    keyring.supersede([Superseded(f"R-{first}", first, "moved", frozenset({second}))])
    keyring.record_backup("main", clock(), "digest")
    keyring.drop_superseded()
    assert alive(keyring) == {second}, "the instant of the first time is the one that counts"
    keyring.supersede([Superseded(f"R-{first}", first, "moved", frozenset({second}))])
    assert alive(keyring) == {second}
    assert not keyring.reinstate([first])


def test_a_restored_main_gives_the_key_back_as_it_was(keyring: Keyring, cell: UUID, clock: DrivenClock) -> None:
    first = uuid4()
    key = keyring.create_subject(first, cell, NAME)
    second = made(keyring, cell, first)
    assert keyring.reinstate([first, uuid4()]) == 1
    again = keyring.open_subjects({(first, cell)})[first]
    assert same_key(key, again)
    assert set(keyring.search(cell, NAME)) == {first, second}
    clock.advance(timedelta(hours=1))
    keyring.record_backup("main", clock(), "digest")
    assert alive(keyring) == {first, second}, "it is no longer replaced"


def same_key(one: SubjectKey, other: SubjectKey) -> bool:
    return unseal(other, PLACE, seal(one, PLACE, b"Camille")) == b"Camille"


def test_a_replaced_key_is_no_orphan(keyring: Keyring, cell: UUID, clock: DrivenClock) -> None:
    first = made(keyring, cell)
    second = made(keyring, cell, first)
    clock.advance(timedelta(hours=2))
    assert keyring.find_orphans(lambda _subjects: set()) == {second}
