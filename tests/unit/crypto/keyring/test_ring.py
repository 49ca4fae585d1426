"""The keyring: who opens what, what is destroyed, and what an attacker with the live keys still finds."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.crypto.blind_index import digests
from backend.crypto.keyring import Keyring, Rotations, ServiceKey, Tombstone
from backend.crypto.keyring.rooted import Root, active_holder_key
from backend.crypto.keyring.wraps import add_wrap, new_wrap
from backend.crypto.keystore import (
    HolderKey,
    HolderKind,
    KeysIdentity,
    RootGeneration,
    SearchToken,
    ServiceKeyRecord,
    SubjectRecord,
    SubjectWrap,
    TombstoneRecord,
)
from backend.crypto.names import TokenField, suggest, tokens
from backend.crypto.providers import FileRoot, RootKeyError
from backend.crypto.sealed import Place, SealBroken, Sealed, SubjectKey, seal, unseal
from backend.crypto.signing import sign, verify
from backend.crypto.wrapping import WrapBroken
from backend.kernel.clock import DrivenClock
from backend.kernel.database import KeysRow, Store
from backend.kernel.errors import NotFound
from policies.rotation import RotationGround

CAMILLE = tokens("Exemple", "Camille", date(2010, 5, 17))
PLACE = Place("situation", "last_name", uuid4())


def rows(store: Store, table: type[KeysRow]) -> int:
    with store.transaction() as session:
        return session.scalars(sa.select(sa.func.count()).select_from(table)).one()


def same_key(one: SubjectKey, other: SubjectKey) -> bool:
    return unseal(other, PLACE, seal(one, PLACE, b"Camille")) == b"Camille"


def wrap_of(store: Store, subject: UUID) -> SubjectWrap:
    with store.transaction() as session:
        return session.scalars(sa.select(SubjectWrap).where(col(SubjectWrap.subject) == subject)).one()


class SlowRoot:
    """A root that lets something else happen before its first answer."""

    def __init__(self, root: FileRoot, meanwhile: Callable[[], None]) -> None:
        self.root = root
        self.generation = root.generation
        self.meanwhile = [meanwhile]

    def at(self, generation: int) -> "SlowRoot":
        return self

    def wrap(self, secret: bytes, associated: bytes) -> bytes:
        return self.root.wrap(secret, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        while self.meanwhile:
            self.meanwhile.pop()()
        return self.root.unwrap(wrapped, associated)


# The root


def test_the_keyring_opens_with_the_root_that_it_was_initialised_with(
    keyring: Keyring, cell: UUID, store: Store, root: FileRoot, clock: DrivenClock
) -> None:
    subject = uuid4()
    key = keyring.create_subject(subject, cell)
    again = Keyring.open(store, root, clock)
    assert same_key(key, again.open_subjects({(subject, cell)})[subject])


def test_another_root_key_stops_the_start(keyring: Keyring, clock: DrivenClock, tmp_path: Path) -> None:
    other = FileRoot.create(tmp_path / "other.root-key", tmp_path / "data")
    with pytest.raises(RootKeyError, match="n'est pas celle de ces magasins"):
        Keyring.open(keyring.store, other, clock)


def test_stores_that_were_never_initialised_stop_the_start(store: Store, root: FileRoot, clock: DrivenClock) -> None:
    with pytest.raises(RootKeyError, match="cenacle init"):
        Keyring.open(store, root, clock)


def test_a_store_is_initialised_once(keyring: Keyring, root: FileRoot, clock: DrivenClock) -> None:
    before = keyring.service_key(ServiceKey.JOURNAL_MAC)
    with pytest.raises(RootKeyError, match="n'a pas été touché"):
        Keyring.initialise(keyring.store, root, clock, "demo", uuid4())
    assert Keyring.open(keyring.store, root, clock).service_key(ServiceKey.JOURNAL_MAC) == before
    assert rows(keyring.store, KeysIdentity) == 1


def test_a_check_value_that_was_altered_stops_the_start(keyring: Keyring, root: FileRoot, clock: DrivenClock) -> None:
    with keyring.store.transaction() as session:
        session.execute(sa.update(RootGeneration).values(check_value=bytes(40)))
    with pytest.raises(RootKeyError):
        Keyring.open(keyring.store, root, clock)


# Subjects


def test_each_subject_has_a_key_of_its_own(keyring: Keyring, cell: UUID) -> None:
    first, second = keyring.create_subject(uuid4(), cell), keyring.create_subject(uuid4(), cell)
    with pytest.raises(SealBroken):
        unseal(second, PLACE, seal(first, PLACE, b"Camille"))


def test_a_batch_opens_in_one_query(keyring: Keyring, cell: UUID) -> None:
    made = {subject: keyring.create_subject(subject, cell) for subject in (uuid4(), uuid4(), uuid4())}
    with statements(keyring.store) as seen:
        opened = keyring.open_subjects([(subject, cell) for subject in made])
    assert len(seen) == 1
    assert opened.keys() == made.keys()
    assert all(same_key(made[subject], opened[subject]) for subject in made)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(store.engine, "before_cursor_execute", note)


def test_an_unknown_subject_is_absent_and_an_empty_batch_is_empty(keyring: Keyring, cell: UUID) -> None:
    assert keyring.open_subjects({(uuid4(), cell)}) == {}
    assert keyring.open_subjects([]) == {}


def test_another_cell_opens_nothing(keyring: Keyring, cell: UUID) -> None:
    other, subject = uuid4(), uuid4()
    keyring.create_cell(other)
    keyring.create_subject(subject, cell)
    assert keyring.open_subjects({(subject, other)}) == {}


def test_a_cell_without_keys_holds_nobody_and_leaves_nothing_behind(keyring: Keyring) -> None:
    with pytest.raises(LookupError, match="no active cell key"):
        keyring.create_subject(uuid4(), uuid4(), CAMILLE)
    assert rows(keyring.store, SubjectRecord) == 0


def test_a_subject_is_made_once(keyring: Keyring, cell: UUID) -> None:
    subject = uuid4()
    key = keyring.create_subject(subject, cell)
    with pytest.raises(sa.exc.IntegrityError):
        keyring.create_subject(subject, cell)
    assert same_key(key, keyring.open_subjects({(subject, cell)})[subject])


def test_the_latest_generation_of_a_subject_is_the_one_that_opens(keyring: Keyring, cell: UUID) -> None:
    subject = uuid4()
    first = keyring.create_subject(subject, cell)
    other = keyring.create_subject(uuid4(), cell)
    with keyring.store.transaction() as session:
        add_wrap(session, keyring.root, new_wrap(subject, 2, HolderKind.CELL, cell), bytes(32))
    assert keyring.open_subjects({(subject, cell)})[subject].generation == 2
    assert first.generation == other.generation == 1


def test_a_wrap_moved_to_another_subject_does_not_open(keyring: Keyring, cell: UUID) -> None:
    mine, theirs = uuid4(), uuid4()
    keyring.create_subject(mine, cell)
    keyring.create_subject(theirs, cell)
    stolen = wrap_of(keyring.store, theirs).wrapped
    with keyring.store.transaction() as session:
        session.execute(sa.update(SubjectWrap).where(col(SubjectWrap.subject) == mine).values(wrapped=stolen))
    with pytest.raises(WrapBroken):
        keyring.open_subjects({(mine, cell)})


def test_a_wrap_moved_to_another_holder_kind_or_generation_does_not_open(keyring: Keyring, cell: UUID) -> None:
    other, subject = uuid4(), uuid4()
    keyring.create_cell(other)
    keyring.create_subject(subject, cell)
    Rotations(keyring.store, keyring.root).begin_cell(cell, 1, RotationGround.PERIOD)
    for moved in ({"holder": other}, {"holder_generation": 2}, {"holder": cell, "holder_generation": 2}):
        with keyring.store.transaction() as session:
            session.execute(sa.update(SubjectWrap).values({"holder": cell, "holder_generation": 1, **moved}))
        with pytest.raises(WrapBroken):
            keyring.open_subjects({(subject, moved.get("holder", cell))})  # type: ignore[arg-type]


def test_a_cell_key_copied_to_another_cell_does_not_open(keyring: Keyring, cell: UUID) -> None:
    other, subject = uuid4(), uuid4()
    keyring.create_cell(other)
    keyring.create_subject(subject, cell)
    with keyring.store.transaction() as session:
        stolen = active_holder_key(session, HolderKind.CELL, cell).wrapped
        session.execute(sa.update(HolderKey).where(col(HolderKey.holder) == other).values(wrapped=stolen))
    with pytest.raises(RootKeyError):
        keyring.create_subject(uuid4(), other)


def test_two_kinds_of_a_cells_keys_cannot_be_exchanged(keyring: Keyring, cell: UUID) -> None:
    with keyring.store.transaction() as session:
        index = active_holder_key(session, HolderKind.INDEX, cell).wrapped
        kind = col(HolderKey.kind) == HolderKind.CELL
        session.execute(sa.update(HolderKey).where(kind).values(wrapped=index))
    with pytest.raises(RootKeyError):
        keyring.create_subject(uuid4(), cell)


def test_a_generation_cannot_go_before_its_wraps_even_by_hand(keyring: Keyring, cell: UUID) -> None:
    keyring.create_subject(uuid4(), cell)
    with pytest.raises(sa.exc.IntegrityError), keyring.store.transaction() as session:
        session.execute(sa.delete(HolderKey).where(col(HolderKey.kind) == HolderKind.CELL))


# Search


def test_a_person_is_found_by_the_tokens_of_the_name_in_its_cell_only(keyring: Keyring, cell: UUID) -> None:
    other, subject = uuid4(), uuid4()
    keyring.create_cell(other)
    keyring.create_subject(subject, cell, CAMILLE)
    found = keyring.search(cell, CAMILLE)
    assert found.keys() == {subject}
    assert sorted(found[subject]) == sorted(token.field for token in CAMILLE)
    assert [match for match, _ in suggest(found)] == [subject]
    assert keyring.search(other, CAMILLE) == {}


def test_two_cells_and_two_fields_give_different_digests_of_one_value(keyring: Keyring, cell: UUID) -> None:
    other = uuid4()
    keyring.create_cell(other)
    keyring.create_subject(uuid4(), cell, CAMILLE)
    keyring.create_subject(uuid4(), other, CAMILLE)
    assert rows(keyring.store, SearchToken) == 2 * len(CAMILLE)
    with keyring.store.transaction() as session:
        values = set(session.scalars(sa.select(col(SearchToken.digest))))
    assert len(values) == 2 * len(CAMILLE)
    assert {len(value) for value in values} == {16}


def test_a_near_name_shares_an_anchor_and_a_stranger_shares_none(keyring: Keyring, cell: UUID) -> None:
    subject = uuid4()
    keyring.create_subject(subject, cell, CAMILLE)
    near = keyring.search(cell, tokens("Exempel", "Camille", date(2010, 5, 17)))
    assert near.keys() == {subject}
    assert TokenField.BIRTH in near[subject]
    assert keyring.search(cell, tokens("Untel", "Dominique", date(1999, 1, 2))) == {}


def test_a_field_comes_once_per_equal_token(keyring: Keyring, cell: UUID) -> None:
    double = tokens("Martin-Durand", "Camille", date(2010, 5, 17))
    subject = uuid4()
    keyring.create_subject(subject, cell, double)
    matches = keyring.search(cell, double)[subject]
    assert matches.count(TokenField.LAST) == sum(token.field is TokenField.LAST for token in double) > 1


def test_replaced_tokens_find_the_new_name_and_no_longer_the_old(keyring: Keyring, cell: UUID) -> None:
    subject = uuid4()
    keyring.create_subject(subject, cell, CAMILLE)
    renamed = tokens("Untel", "Dominique", date(1999, 1, 2))
    keyring.replace_tokens(subject, cell, renamed)
    assert keyring.search(cell, CAMILLE) == {}
    assert keyring.search(cell, renamed).keys() == {subject}
    keyring.replace_tokens(subject, cell, ())
    assert rows(keyring.store, SearchToken) == 0


def test_tokens_cannot_come_after_the_key_is_gone_or_for_another_cell(keyring: Keyring, cell: UUID) -> None:
    other, subject = uuid4(), uuid4()
    keyring.create_cell(other)
    keyring.create_subject(subject, cell)
    with pytest.raises(NotFound):
        keyring.replace_tokens(subject, other, CAMILLE)
    keyring.destroy_subjects([subject])
    with pytest.raises(NotFound):
        keyring.replace_tokens(subject, cell, CAMILLE)
    with pytest.raises(sa.exc.IntegrityError), keyring.store.transaction() as session:
        session.execute(sa.insert(SearchToken).values(digest=bytes(16), subject=subject))
    assert rows(keyring.store, SearchToken) == 0


# Destruction


def test_wraps_and_tokens_die_together_and_destroying_twice_is_harmless(keyring: Keyring, cell: UUID) -> None:
    gone, kept = uuid4(), uuid4()
    keyring.create_subject(gone, cell, CAMILLE)
    keyring.create_subject(kept, cell, CAMILLE)
    for _ in range(2):
        keyring.destroy_subjects([gone])
    assert keyring.open_subjects({(gone, cell), (kept, cell)}).keys() == {kept}
    assert keyring.search(cell, CAMILLE).keys() == {kept}
    assert rows(keyring.store, SubjectWrap) == 1
    assert rows(keyring.store, SearchToken) == len(CAMILLE)
    keyring.destroy_subjects([])
    assert rows(keyring.store, SubjectRecord) == 1


SURNAMES = ("Martin", "Bernard", "Exemple", "Petit", "Durand", "Diallo", "Nguyen", "Traoré")


def dictionary_attack(store: Store, root: FileRoot, clock: DrivenClock, cell: UUID, raw: bytes) -> set[str]:
    """Hash surnames under the live index key, and look for the digests in the rows and in the bytes of the store."""
    attacker = Root(root, clock)
    with store.transaction() as session:
        index_key = attacker.holder_key(active_holder_key(session, HolderKind.INDEX, cell))
        stored = set(session.scalars(sa.select(col(SearchToken.digest))))
    found = set()
    for surname in SURNAMES:
        wanted = digests(index_key, tokens(surname, "Camille", date(2010, 5, 17)))
        last = {value for value, token_field in wanted.items() if token_field is TokenField.LAST}
        if last & stored or any(value in raw for value in last):
            found.add(surname)
    return found


def opened_with_live_keys(store: Store, root: FileRoot, clock: DrivenClock, sealed: Sealed) -> bool:
    """Try every key that the store still holds on a value of an old dump of `main`."""
    with store.transaction() as session:
        held = session.scalars(sa.select(SubjectWrap)).all()
    keys = Keyring.open(store, root, clock).open_subjects([(row.subject, row.holder) for row in held])
    for key in keys.values():
        try:
            unseal(key, PLACE, sealed)
        except SealBroken:
            continue
        return True
    return False


def bytes_of(store: Store) -> bytes:
    """Give the bytes of the SQLite files as a thief would find them, log included; nothing for PostgreSQL."""
    if not store.embedded:
        return b""
    path = Path(str(store.engine.url.database))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_an_old_dump_of_main_and_all_live_keys_give_no_name_back_once_the_subject_is_destroyed(
    keyring: Keyring, cell: UUID, root: FileRoot, clock: DrivenClock
) -> None:
    subject = uuid4()
    key = keyring.create_subject(subject, cell, CAMILLE)
    keyring.create_subject(uuid4(), cell, tokens("Petit", "Dominique", date(1999, 1, 2)))  # somebody else lives on
    dump = seal(key, PLACE, b"Exemple")
    store = keyring.store
    # The attack works while the subject lives: it would notice what it looks for.
    assert dictionary_attack(store, root, clock, cell, bytes_of(store)) == {"Exemple", "Petit"}
    assert opened_with_live_keys(store, root, clock, dump)
    keyring.write_tombstones([Tombstone("7K3M-9QX2-PD4T", subject, "submitted", clock())])
    keyring.destroy_subjects([subject])
    assert dictionary_attack(store, root, clock, cell, bytes_of(store)) == {"Petit"}
    assert not opened_with_live_keys(store, root, clock, dump)


# PostgreSQL keeps them until VACUUM FULL, with which a purge ends.
@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_the_bytes_of_a_destroyed_wrap_and_of_its_tokens_are_in_no_file(keyring: Keyring, cell: UUID) -> None:
    subjects = [uuid4() for _ in range(50)]
    for subject in subjects:
        keyring.create_subject(subject, cell, CAMILLE)
    with keyring.store.transaction() as session:
        secrets = [*session.scalars(sa.select(col(SubjectWrap.wrapped)))]
        secrets += {*session.scalars(sa.select(col(SearchToken.digest)))}
    before = bytes_of(keyring.store)
    assert all(secret in before for secret in secrets)
    keyring.destroy_subjects(subjects)
    after = bytes_of(keyring.store)
    assert not [secret for secret in secrets if secret in after]


def test_a_tombstone_is_written_once_and_stays_as_it_was(keyring: Keyring, clock: DrivenClock) -> None:
    subject, other = uuid4(), uuid4()
    keyring.write_tombstones([Tombstone("7K3M-9QX2-PD4T", subject, "submitted", clock())])
    keyring.write_tombstones(
        [Tombstone("0000-0000-0000", subject, "merged", clock()), Tombstone("1111-1111-1111", other, "moved", clock())]
    )
    assert keyring.tombstoned([subject, other, uuid4()]) == {subject, other}
    assert keyring.tombstoned([]) == frozenset()
    keyring.write_tombstones([])  # an empty register, in a restoration
    with keyring.store.transaction() as session:
        grave = session.get(TombstoneRecord, subject)
    assert grave is not None
    assert (grave.reference, grave.ground, grave.at) == ("7K3M-9QX2-PD4T", "submitted", clock())


# Hold


def test_a_held_subject_is_neither_read_nor_found_and_comes_back_when_released(keyring: Keyring, cell: UUID) -> None:
    held, other = uuid4(), uuid4()
    key = keyring.create_subject(held, cell, CAMILLE)
    keyring.create_subject(other, cell)
    for _ in range(2):  # the second time nothing is left to move
        keyring.hold([held])
        assert keyring.open_subjects({(held, cell), (other, cell)}).keys() == {other}
        assert keyring.search(cell, CAMILLE) == {}
        assert keyring.search_apart(cell, CAMILLE).keys() == {held}
        assert wrap_of(keyring.store, held).holder_kind == HolderKind.HOLD
    for _ in range(2):
        keyring.release([held, other])
        assert same_key(key, keyring.open_subjects({(held, cell)})[held])
        assert keyring.search(cell, CAMILLE).keys() == {held}
        assert keyring.search_apart(cell, CAMILLE) == {}


def test_an_archived_subject_opens_by_the_archive_s_key_alone_and_stays_under_it(keyring: Keyring, cell: UUID) -> None:
    archived, active, elsewhere = uuid4(), uuid4(), uuid4()
    keyring.create_cell(elsewhere)
    key = keyring.create_subject(archived, cell, CAMILLE)
    keyring.create_subject(active, cell)
    keyring.archive([archived])
    assert keyring.open_subjects({(archived, cell)}) == {}
    assert keyring.search(cell, CAMILLE) == {}
    opened = keyring.open_archived({(archived, cell), (active, cell)})
    assert opened.keys() == {archived}
    assert same_key(key, opened[archived])
    assert wrap_of(keyring.store, archived).holder_kind == HolderKind.ARCHIVE
    assert keyring.open_archived({(archived, elsewhere)}) == {}
    keyring.hold([archived])
    assert keyring.open_archived({(archived, cell)}) == {}


def test_the_cells_key_does_not_open_an_archived_wrap_that_is_renamed(keyring: Keyring, cell: UUID) -> None:
    subject = uuid4()
    keyring.create_subject(subject, cell)
    keyring.archive([subject])
    with keyring.store.transaction() as session:
        session.execute(sa.update(SubjectWrap).values(holder_kind=HolderKind.CELL))
    with pytest.raises(WrapBroken):
        keyring.open_subjects({(subject, cell)})


def test_a_held_subject_can_be_destroyed(keyring: Keyring, cell: UUID) -> None:
    subject = uuid4()
    keyring.create_subject(subject, cell, CAMILLE)
    keyring.hold([subject])
    keyring.destroy_subjects([subject])
    keyring.release([subject])
    assert keyring.open_subjects({(subject, cell)}) == {}
    assert rows(keyring.store, SubjectWrap) == rows(keyring.store, SearchToken) == 0


def test_a_key_destroyed_while_it_is_being_held_does_not_come_back(
    keyring: Keyring, cell: UUID, root: FileRoot, clock: DrivenClock
) -> None:
    subject = uuid4()
    keyring.create_subject(subject, cell)
    purge = threading.Thread(target=keyring.destroy_subjects, args=[[subject]])

    def start_purge() -> None:
        purge.start()
        purge.join(0.2)

    Keyring(keyring.store, Root(SlowRoot(root, start_purge), clock)).hold([subject])
    purge.join()
    assert rows(keyring.store, SubjectWrap) == rows(keyring.store, SubjectRecord) == 0


def test_the_cells_key_does_not_open_a_held_wrap_that_is_renamed(keyring: Keyring, cell: UUID) -> None:
    subject = uuid4()
    keyring.create_subject(subject, cell)
    keyring.hold([subject])
    with keyring.store.transaction() as session:
        session.execute(sa.update(SubjectWrap).values(holder_kind=HolderKind.CELL))
    with pytest.raises(WrapBroken):
        keyring.open_subjects({(subject, cell)})


# Keys of the service


def test_each_key_of_the_service_is_of_its_kind(keyring: Keyring) -> None:
    assert len(keyring.service_key(ServiceKey.JOURNAL_MAC)) == 32
    assert keyring.service_key(ServiceKey.TOKEN).startswith(b"-----BEGIN PRIVATE KEY-----")
    assert keyring.public_key(ServiceKey.TOKEN).startswith(b"-----BEGIN PUBLIC KEY-----")
    for kind in (ServiceKey.LOG, ServiceKey.ATTESTATION):
        signature = sign(keyring.service_key(kind), b"checkpoint")
        assert verify(keyring.public_key(kind), b"checkpoint", signature)
    assert keyring.public_key(ServiceKey.LOG) != keyring.public_key(ServiceKey.ATTESTATION)


def test_the_credentials_key_leaves_the_keyring_for_nobody(keyring: Keyring) -> None:
    with pytest.raises(ValueError, match="stays in the keyring"):
        keyring.service_key(ServiceKey.CREDENTIALS)


@pytest.mark.parametrize("kind", [ServiceKey.CREDENTIALS, ServiceKey.JOURNAL_MAC])
def test_a_secret_key_has_no_public_half(keyring: Keyring, kind: ServiceKey) -> None:
    with pytest.raises(ValueError, match="no public half"):
        keyring.public_key(kind)


def test_one_key_of_the_service_cannot_stand_for_another(keyring: Keyring, root: FileRoot, clock: DrivenClock) -> None:
    with keyring.store.transaction() as session:
        kind = col(ServiceKeyRecord.kind)
        log = session.scalars(sa.select(ServiceKeyRecord).where(kind == ServiceKey.LOG)).one()
        session.execute(sa.update(ServiceKeyRecord).where(kind == ServiceKey.ATTESTATION).values(wrapped=log.wrapped))
    with pytest.raises(RootKeyError):
        Keyring.open(keyring.store, root, clock).service_key(ServiceKey.ATTESTATION)


def test_the_secret_of_an_account_opens_for_that_account_only(keyring: Keyring) -> None:
    account = uuid4()
    wrapped = keyring.wrap_credential(account, b"TOTP secret")
    assert keyring.unwrap_credential(account, wrapped) == b"TOTP secret"
    assert b"TOTP" not in wrapped
    with pytest.raises(WrapBroken):
        keyring.unwrap_credential(uuid4(), wrapped)


@pytest.mark.parametrize("position", [0, 1, 2, 20, -1])
def test_an_altered_secret_does_not_open(keyring: Keyring, position: int) -> None:
    account = uuid4()
    altered = bytearray(keyring.wrap_credential(account, b"TOTP secret"))
    altered[position] ^= 1
    with pytest.raises(WrapBroken):
        keyring.unwrap_credential(account, bytes(altered))
