"""Locked, archived, given back: always out of the lists first, and never under a key that opens it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.crypto.keyring import Keyring
from backend.crypto.keystore import SubjectWrap
from backend.kernel.identifiers import new_id
from backend.purge.models import RetentionDecision
from backend.situations.models import Situation
from policies.retention import Kind
from policies.retention_words import Custody, DecisionState, Verdict
from policies.vocabulary import Stage
from tests.support.house import MORNING
from tests.unit.purge.conftest import TODAY, Scene, fill


def holder(scene: Scene, subject: UUID) -> str:
    with scene.house.stores.keys.transaction() as session:
        return str(
            session.scalars(sa.select(col(SubjectWrap.holder_kind)).where(col(SubjectWrap.subject) == subject)).one()
        )


def decide(scene: Scene, kind: Kind, months: int) -> RetentionDecision:
    row = RetentionDecision(
        kind=kind,
        months=months,
        number="12",
        decided_on=TODAY,
        authority="Conseil de Paris",
        applies_on=TODAY,
        state=DecisionState.FAVOURABLE,
        entered_by=new_id(),
        entered_at=MORNING,
    )
    with scene.house.stores.main.transaction() as session:
        session.add(row)
    return row


def test_a_longer_duration_gives_back_what_was_locked(scene: Scene) -> None:
    ended = scene.add(Stage.INADMISSIBLE, cell=scene.other_cell, qualified_at=TODAY - timedelta(days=40))
    scene.run()
    assert holder(scene, ended.id) == "hold"
    decide(scene, Kind.INADMISSIBLE, 6)
    scene.days(1)
    row = scene.situation(ended.id)
    assert row is not None
    assert row.custody is Custody.ACTIVE
    assert holder(scene, ended.id) == "cell"
    assert scene.notice(ended.id) is None


def test_a_duration_that_brings_the_end_within_the_notice_gives_back_and_announces(scene: Scene) -> None:
    ended = scene.add(Stage.INADMISSIBLE, cell=scene.other_cell, qualified_at=date(2026, 9, 27))
    scene.run()
    assert holder(scene, ended.id) == "hold"
    decide(scene, Kind.INADMISSIBLE, 2)
    scene.days(1)
    row, notice = scene.situation(ended.id), scene.notice(ended.id)
    assert row is not None
    assert notice is not None
    assert (row.custody, notice.due_on, notice.seen) == (Custody.ACTIVE, date(2026, 11, 27), 1)


def test_an_archive_takes_what_left_the_active_base_then_ends(scene: Scene) -> None:
    fill(scene)
    decide(scene, Kind.ARCHIVE, 1)
    closed = scene.add(Stage.CLOSED, closed_at=date(2026, 8, 23))
    scene.run()
    row = scene.situation(closed.id)
    assert row is not None
    assert row.custody is Custody.ARCHIVED
    assert holder(scene, closed.id) == "archive"
    assert scene.tally(Verdict.ARCHIVED) == {"closed": 1}
    scene.days(29)
    assert scene.situation(closed.id) is not None
    scene.days(2)
    assert scene.situation(closed.id) is None
    assert scene.kept(closed.id) == (0, 0, 0, 1)


def test_reading_ends_at_the_twenty_fifth_birthday_even_under_limitation(scene: Scene) -> None:
    old = scene.add(Stage.FOLLOWED, majority_month="2019-11", decided_at=TODAY, limited_at=TODAY)
    scene.run()
    row = scene.situation(old.id)
    assert row is not None
    assert row.custody is Custody.LOCKED
    scene.days(12)
    assert scene.situation(old.id) is not None
    assert scene.tally(Verdict.LOCKED) == {"age_limit": 1}


def test_killed_between_the_lists_and_the_keys_the_next_run_locks_the_keys(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = scene.add(Stage.INADMISSIBLE, cell=scene.other_cell, qualified_at=TODAY - timedelta(days=40))
    with monkeypatch.context() as patched:
        patched.setattr(Keyring, "hold", lambda *_: None)
        scene.run()
    assert holder(scene, ended.id) == "cell"
    scene.days(1)
    assert holder(scene, ended.id) == "hold"


def test_what_was_merged_goes_with_what_absorbed_it(scene: Scene) -> None:
    fill(scene)
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    absorbed = scene.add(Stage.MERGED)
    before = scene.add(Stage.MERGED)
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        uow.session.get_one(Situation, absorbed.id).merged_into = ended.id
        uow.session.get_one(Situation, before.id).merged_into = absorbed.id
    scene.run()
    scene.days(7)
    for row in (ended, absorbed, before):
        assert scene.situation(row.id) is None
        assert scene.kept(row.id) == (0, 0, 0, 1)
    assert scene.tally(Verdict.DESTROYED) == {"inadmissible": 1}
