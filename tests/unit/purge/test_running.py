"""A daily run: announced for seven days, then destroyed whole, and nothing that is not due."""

from datetime import date, timedelta

from backend.crypto.keystore import TombstoneRecord
from policies.retention import Kind
from policies.retention_words import Custody, Guard, RecordCategory, RunState, Verdict
from policies.vocabulary import Stage
from tests.unit.purge.conftest import TODAY, Scene, fill, finished


def test_what_is_over_goes_after_seven_days_of_notice_and_not_before(scene: Scene) -> None:
    fill(scene)
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=date(2026, 10, 20), note=True)
    assert finished(scene.run())
    notice = scene.notice(ended.id)
    assert notice is not None
    assert (notice.due_on, notice.seen) == (date(2026, 11, 20), 1)
    scene.days(6)
    assert scene.situation(ended.id) is not None
    scene.days(1)
    assert scene.situation(ended.id) is None
    assert scene.notice(ended.id) is None
    assert scene.kept(ended.id) == (0, 0, 0, 1)
    assert scene.tally(Verdict.DESTROYED) == {"inadmissible": 1}
    with scene.house.stores.keys.transaction() as session:
        assert session.get_one(TombstoneRecord, ended.id).ground == "purged:inadmissible"


def test_without_an_agreement_it_is_locked_and_never_destroyed(scene: Scene) -> None:
    ended = scene.add(Stage.INADMISSIBLE, cell=scene.other_cell, qualified_at=date(2026, 10, 20), note=True)
    scene.run()
    scene.days(10)
    row = scene.situation(ended.id)
    assert row is not None
    assert row.custody is Custody.LOCKED
    assert scene.house.keyring.open_subjects({(ended.id, scene.other_cell)}) == {}
    assert scene.kept(ended.id)[:2] == (1, 1)
    assert scene.tally(Verdict.LOCKED) == {"inadmissible": 1}


def test_an_agreement_destroys_its_categories_and_the_others_are_locked(scene: Scene) -> None:
    scene.agree(scene.other_cell, categories=[RecordCategory.NOT_ADMITTED])
    fill(scene, cell=scene.other_cell)
    covered = scene.add(Stage.INADMISSIBLE, cell=scene.other_cell, qualified_at=date(2026, 10, 20))
    answered = scene.add(Stage.NOT_RETAINED, cell=scene.other_cell, answered_at=date(2026, 7, 20))
    closed = scene.add(Stage.CLOSED, cell=scene.other_cell, closed_at=date(2026, 8, 20))
    scene.run()
    scene.days(8)
    assert scene.situation(covered.id) is None
    for row in (answered, closed):
        kept = scene.situation(row.id)
        assert kept is not None
        assert kept.custody is Custody.LOCKED


def test_each_destruction_is_counted_under_the_agreement_of_its_category(scene: Scene) -> None:
    cell, ends = scene.other_cell, date(2030, 1, 1)
    fill(scene, cell=cell)
    covered = {category: scene.agree(cell, ends, categories=[category]) for category in RecordCategory}
    lasting = scene.agree(cell, categories=[RecordCategory.RETAINED])
    scene.add(Stage.INADMISSIBLE, cell=cell, qualified_at=date(2026, 10, 20))
    scene.add(Stage.CLOSED, cell=cell, closed_at=date(2026, 8, 20))
    scene.run()
    scene.days(8)
    assert scene.agreements_of_destroyed() == {
        Kind.INADMISSIBLE: covered[RecordCategory.NOT_ADMITTED].reference,
        Kind.CLOSED: lasting.reference,
    }, "of two that cover it, the one that ends last"


def test_a_run_is_made_once_a_day(scene: Scene) -> None:
    assert finished(scene.run())
    assert scene.run() is None
    scene.clock.advance(timedelta(days=1))
    assert finished(scene.run())


def test_more_than_a_fifth_of_a_cell_waits_for_a_person(scene: Scene) -> None:
    for _ in range(3):
        scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    scene.run()
    scene.days(7)
    assert scene.run() is None, "refused once, it waits"
    assert scene.last().guard is Guard.SHARE
    assert scene.last().state is RunState.REFUSED
    assert scene.tally(Verdict.DESTROYED) == {}
