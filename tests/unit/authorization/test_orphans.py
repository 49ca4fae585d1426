"""Keys without rows are destroyed; a key whose rows exist never is, whatever hides them."""

import logging
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalWatermark
from backend.authorization.orphans import reap_orphans, subjects_with_rows
from backend.authorization.vault import Ground, PendingDestruction
from backend.crypto.keyring import ORPHANS_AT_ONCE
from backend.crypto.keystore import SubjectRecord
from backend.kernel.identifiers import new_id
from tests.unit.authorization.conftest import Scene
from tests.unit.authorization.test_vault import add_draft, opened

HOUR = timedelta(hours=1, seconds=1)


def lost(scene: Scene, count: int = 1) -> list[UUID]:
    """Make keys whose rows never came, an hour ago."""
    subjects = [new_id() for _ in range(count)]
    for subject in subjects:
        scene.house.keyring.create_subject(subject, scene.cell)
    return subjects


def held(scene: Scene) -> set[UUID]:
    with scene.house.stores.keys.transaction() as session:
        return set(session.scalars(sa.select(col(SubjectRecord.subject))))


def reap(scene: Scene) -> int:
    scene.clock.advance(HOUR)
    return reap_orphans(scene.house.stores, scene.house.keyring)


def test_a_key_without_rows_goes_and_the_others_stay(scene: Scene) -> None:
    draft = add_draft(scene)
    lost(scene, 3)
    assert reap(scene) == 3
    assert held(scene) == {draft.id}
    assert opened(scene, draft) == ["texte"]
    assert reap(scene) == 0


def test_a_key_younger_than_an_hour_may_still_be_waiting_for_its_rows(scene: Scene) -> None:
    (subject,) = lost(scene)
    assert reap_orphans(scene.house.stores, scene.house.keyring) == 0
    assert held(scene) == {subject}


def test_a_key_whose_destruction_is_pending_is_left_to_it(scene: Scene) -> None:
    (subject,) = lost(scene)
    row = PendingDestruction(
        subject_id=subject, reference="7K3M-9QX2-PD4T", ground=Ground.MOVED, decided_at=scene.clock()
    )
    with scene.house.stores.main.transaction() as session:
        session.add(row)
    assert reap(scene) == 0
    with scene.house.stores.main.transaction() as session:
        assert subjects_with_rows(session, [subject, new_id()]) == {subject}


def test_too_many_at_once_wait_for_somebody_to_look(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    lost(scene, ORPHANS_AT_ONCE)
    with caplog.at_level(logging.ERROR):
        assert reap(scene) == 0
    assert len(held(scene)) == ORPHANS_AT_ONCE
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_rows_older_than_the_journal_are_a_restored_backup(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    draft = add_draft(scene)
    opened(scene, draft)
    scene.house.journal.seal_outbox()
    lost(scene)
    with scene.house.stores.main.transaction() as session:
        session.execute(sa.delete(JournalWatermark))
    with caplog.at_level(logging.ERROR):
        assert reap(scene) == 0
    assert len(held(scene)) == 2
    assert caplog.records


def test_rows_hidden_by_row_level_security_keep_their_keys(guarded: Scene) -> None:
    """A start acts for nobody, so the policies show it nothing: every key of the product would look lost."""
    drafts = [add_draft(guarded, f"texte {number}") for number in range(3)]
    lost(guarded)
    assert reap(guarded) == 0
    assert {draft.id for draft in drafts} <= held(guarded)
