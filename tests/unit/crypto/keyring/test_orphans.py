"""Keys whose rows never came are found and reaped, slowly, and never a key that is in use."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.crypto.keyring import ORPHAN_AGE, ORPHANS_AT_ONCE, Keyring, orphans
from backend.kernel.clock import DrivenClock


def nobody(_subjects: Collection[UUID]) -> set[UUID]:
    return set()


def subjects_of(keyring: Keyring, cell: UUID, count: int) -> set[UUID]:
    made = {uuid4() for _ in range(count)}
    for subject in made:
        keyring.create_subject(subject, cell)
    return made


def test_a_key_without_rows_is_an_orphan_after_an_hour(keyring: Keyring, cell: UUID, clock: DrivenClock) -> None:
    kept, lost = subjects_of(keyring, cell, 2)
    clock.advance(ORPHAN_AGE)
    assert keyring.find_orphans(nobody) == frozenset()
    clock.advance(timedelta(seconds=1))
    suspects = keyring.find_orphans({kept}.intersection)
    assert suspects == {lost}
    assert keyring.reap_orphans({kept}.intersection, suspects) == {lost}
    assert keyring.open_subjects({(kept, cell), (lost, cell)}).keys() == {kept}


def test_rows_that_came_in_between_save_their_key(keyring: Keyring, cell: UUID, clock: DrivenClock) -> None:
    (subject,) = subjects_of(keyring, cell, 1)
    clock.advance(2 * ORPHAN_AGE)
    suspects = keyring.find_orphans(nobody)
    assert keyring.reap_orphans({subject}.intersection, suspects) == frozenset()
    assert keyring.open_subjects({(subject, cell)}).keys() == {subject}


def test_a_young_key_is_not_reaped_even_when_it_is_named(keyring: Keyring, cell: UUID) -> None:
    made = subjects_of(keyring, cell, 1)
    assert keyring.reap_orphans(nobody, made) == frozenset()
    assert keyring.open_subjects({(subject, cell) for subject in made}).keys() == made


def test_no_more_than_twenty_are_reaped_at_once(keyring: Keyring, cell: UUID, clock: DrivenClock) -> None:
    made = subjects_of(keyring, cell, ORPHANS_AT_ONCE + 2)
    clock.advance(2 * ORPHAN_AGE)
    with pytest.raises(ValueError, match="too many"):
        keyring.reap_orphans(nobody, made)
    assert len(keyring.reap_orphans(nobody, keyring.find_orphans(nobody))) == ORPHANS_AT_ONCE
    assert len(keyring.find_orphans(nobody)) == 2


def test_an_orphan_is_found_behind_many_keys_in_use(
    keyring: Keyring, cell: UUID, clock: DrivenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "BATCH", 2)
    made = subjects_of(keyring, cell, 7)
    lost = max(made)
    clock.advance(2 * ORPHAN_AGE)
    assert keyring.find_orphans((made - {lost}).intersection) == {lost}
