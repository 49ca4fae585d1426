"""A run that should not be made is not made: clock, share, switch, lease, figures."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from backend.audit.journal import Journal
from backend.authorization.actor import Actor
from backend.authorization.work import House, UnitOfWork
from backend.crypto.keyring import Keyring, ServiceKey, Tombstone
from backend.kernel.errors import Forbidden, Stale, StepUpRequired, WrongMoment
from backend.purge.actions import destroying, sweeping
from backend.purge.actions.destroying import FiguresMovedError, finish
from backend.purge.actions.running import LEASE, _take_lease, finish_interrupted, is_due
from backend.purge.actions.switching import confirm, restart, stop
from policies.retention import Kind
from policies.retention_words import Guard, RecordCategory, RunState, Verdict
from policies.vocabulary import Role, Stage
from tests.support.house import someone
from tests.unit.purge.conftest import TODAY, Scene, fill, finished


def stepped_up(*roles: Role) -> Actor:
    return replace(someone(*roles), stepped_up=True)


@pytest.mark.parametrize("jump", [timedelta(days=3), timedelta(days=400), timedelta(days=-3)])
def test_a_clock_that_jumps_forward_or_back_destroys_nothing_until_a_person_confirms(
    scene: Scene, jump: timedelta
) -> None:
    fill(scene)
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=25))
    assert finished(scene.run())
    scene.clock.advance(jump)
    made = scene.run()
    assert made is not None
    assert (made.state, made.guard) == (RunState.REFUSED, Guard.CLOCK)
    assert scene.run() is None
    assert scene.situation(ended.id) is not None
    with scene.house.transaction(stepped_up(Role.DPO)) as uow:
        confirm(uow, made.reference, version=made.version)
    assert finished(scene.run())
    assert scene.situation(ended.id) is not None, "its notice had not run its course"


def test_only_the_dpo_confirms_with_a_second_factor_the_same_day_and_once(scene: Scene) -> None:
    scene.run()
    scene.clock.advance(timedelta(days=3))
    made = scene.run()
    assert made is not None
    for actor, error in (
        (someone(Role.DPO), StepUpRequired),
        (stepped_up(Role.ADMINISTRATOR), Forbidden),
        (stepped_up(Role.ARCHIVIST), Forbidden),
    ):
        with pytest.raises(error), scene.house.transaction(actor) as uow:
            confirm(uow, made.reference)
    scene.clock.advance(timedelta(days=1))
    with pytest.raises(WrongMoment), scene.house.transaction(stepped_up(Role.DPO)) as uow:
        confirm(uow, made.reference)
    again = scene.run()
    assert again is not None
    assert again.reference != made.reference
    with scene.house.transaction(stepped_up(Role.DPO)) as uow:
        confirm(uow, again.reference)
    with pytest.raises(WrongMoment), scene.house.transaction(stepped_up(Role.DPO)) as uow:
        confirm(uow, again.reference)


def test_too_large_a_share_is_confirmed_then_destroyed(scene: Scene) -> None:
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    scene.run()
    scene.days(7)
    refused = scene.last()
    assert refused.guard is Guard.SHARE
    with scene.house.transaction(stepped_up(Role.DPO)) as uow:
        confirm(uow, refused.reference)
    assert finished(scene.run())
    assert scene.situation(ended.id) is None
    assert scene.last().confirmed_at is not None


def test_a_run_that_is_refused_for_its_share_sweeps_nothing_before_a_person_confirms(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    scene.run()
    scene.days(6)
    swept: list[UnitOfWork] = []

    def sweeper(uow: UnitOfWork) -> int:
        swept.append(uow)
        return 1

    monkeypatch.setattr(sweeping, "SWEEPS", ((Kind.MAIL, sweeper),))
    scene.days(1)
    refused = scene.last()
    assert (refused.guard, swept) == (Guard.SHARE, [])
    with scene.house.transaction(stepped_up(Role.DPO)) as uow:
        confirm(uow, refused.reference)
    assert finished(scene.run())
    assert len(swept) == 1


def test_a_confirmation_does_not_outlive_its_day_nor_serve_another_guard(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    scene.run()
    scene.days(7)
    refused = scene.last()
    assert refused.guard is Guard.SHARE
    with scene.house.transaction(stepped_up(Role.DPO)) as uow:
        confirm(uow, refused.reference)
    monkeypatch.setattr("backend.purge.actions.running.destroy_ended", _die)
    with pytest.raises(RuntimeError):
        scene.run()
    monkeypatch.undo()
    scene.clock.advance(timedelta(days=4000))
    far = scene.run()
    assert far is not None
    assert (far.state, far.guard, far.confirmed_at) == (RunState.REFUSED, Guard.CLOCK, None)
    scene.clock.advance(timedelta(days=-3999))
    scene.run()
    scene.clock.advance(timedelta(days=1))
    again = scene.run()
    assert again is not None
    assert (again.state, again.guard, again.confirmed_at) == (RunState.REFUSED, Guard.SHARE, None)
    assert scene.situation(ended.id) is not None


def test_a_clock_then_a_share_are_confirmed_one_after_the_other(scene: Scene) -> None:
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    scene.run()
    scene.days(6)
    scene.clock.advance(timedelta(days=5))
    for guard in (Guard.CLOCK, Guard.SHARE):
        refused = scene.run()
        assert refused is not None
        assert refused.guard is guard
        with scene.house.transaction(stepped_up(Role.DPO)) as uow:
            confirm(uow, refused.reference)
    assert finished(scene.run())
    assert scene.situation(ended.id) is None


def test_what_is_stopped_stays_stopped_until_a_person_with_a_second_factor_restarts_it(scene: Scene) -> None:
    with scene.house.transaction(someone(Role.ADMINISTRATOR)) as uow:
        stop(uow)
        assert not is_due(uow)
    assert scene.run() is None
    with pytest.raises(WrongMoment), scene.house.transaction(someone(Role.DPO)) as uow:
        stop(uow)
    with pytest.raises(Forbidden), scene.house.transaction(stepped_up(Role.ARCHIVIST)) as uow:
        restart(uow)
    with pytest.raises(StepUpRequired), scene.house.transaction(someone(Role.DPO)) as uow:
        restart(uow)
    with pytest.raises(Stale), scene.house.transaction(stepped_up(Role.DPO)) as uow:
        restart(uow, version=7)
    with scene.house.transaction(stepped_up(Role.DPO)) as uow:
        restart(uow, version=2)
    with pytest.raises(WrongMoment), scene.house.transaction(stepped_up(Role.DPO)) as uow:
        restart(uow)
    assert finished(scene.run())


def test_a_run_that_is_stopped_on_its_way_destroys_nothing_more(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(scene)
    ended = [scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40)) for _ in range(3)]
    scene.run()
    scene.days(6)
    scene.clock.advance(timedelta(days=1))
    destroy = Keyring.destroy_subjects

    def stopping(keyring: Keyring, subjects: Collection[UUID]) -> None:
        destroy(keyring, subjects)
        with scene.house.transaction(someone(Role.DPO)) as uow:
            stop(uow)

    monkeypatch.setattr(destroying, "BATCH", 1)
    monkeypatch.setattr(Keyring, "destroy_subjects", stopping)
    made = scene.run()
    assert made is not None
    assert made.state is RunState.STARTED, "what it did is attested once it is over"
    assert [scene.situation(row.id) is None for row in ended].count(True) == 1
    monkeypatch.setattr(Keyring, "destroy_subjects", destroy)
    assert scene.run() is None
    with scene.house.transaction(stepped_up(Role.DPO)) as uow:
        restart(uow)
    assert finished(scene.run())
    assert scene.tally(Verdict.DESTROYED) == {"inadmissible": 3}


def test_a_run_that_is_stopped_before_it_sweeps_sweeps_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[UnitOfWork] = []

    def stopping(_house: House) -> list[UUID]:
        with scene.house.transaction(someone(Role.DPO)) as uow:
            stop(uow)
        return []

    def sweeper(uow: UnitOfWork) -> int:
        swept.append(uow)
        return 1

    monkeypatch.setattr(sweeping, "_accounts", stopping)
    monkeypatch.setattr(sweeping, "SWEEPS", ((Kind.MAIL, sweeper),))
    made = scene.run()
    assert made is not None
    assert (made.state, swept) == (RunState.STARTED, [])


def test_what_has_a_tombstone_is_finished_even_where_the_purge_is_stopped(scene: Scene) -> None:
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    with scene.house.transaction(someone(Role.DPO)) as uow:
        stop(uow)
    with scene.house.transaction() as uow:
        bury(uow, ended.id, ended.reference)
    assert finish_interrupted(scene.house) == 1
    assert scene.situation(ended.id) is None


def other(scene: Scene) -> Scene:
    """Give the same stores as another process sees them."""
    keys = scene.house.keyring
    journal = Journal(
        scene.house.stores,
        mac_key=keys.service_key(ServiceKey.JOURNAL_MAC),
        log_key=keys.service_key(ServiceKey.LOG),
        clock=scene.clock,
    )
    return replace(scene, house=replace(scene.house, journal=journal))


def test_of_several_processes_one_runs_and_a_dead_one_keeps_the_others_ten_minutes(scene: Scene) -> None:
    assert _take_lease(scene.house)
    second = other(scene)
    assert second.run() is None
    scene.clock.advance(LEASE + timedelta(seconds=1))
    assert finished(second.run())


def test_a_server_that_starts_again_finishes_at_once_what_its_dead_process_left(scene: Scene) -> None:
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    assert _take_lease(scene.house)
    with scene.house.transaction() as uow:
        bury(uow, ended.id, ended.reference)
    alone = scene.house.stores.main.embedded
    assert finish_interrupted(other(scene).house) == (1 if alone else 0), "elsewhere the other one may be at work"


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_a_process_that_lost_its_lease_stops_where_it_is(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    answers = iter([True] * kept + [False] * 9)
    monkeypatch.setattr("backend.purge.actions.running._take_lease", lambda _house: next(answers))
    made = scene.run()
    assert made is not None
    assert made.state is RunState.STARTED
    monkeypatch.undo()
    assert finished(scene.run())


def test_a_batch_that_moves_a_counter_is_kept_whole(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(scene)
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    scene.run()
    scene.days(6)
    erase = destroying.erase

    def miscounting(session: Session, situations: Collection[UUID]) -> None:
        erase(session, situations)
        session.execute(
            sa.text(
                "INSERT INTO count_delta (id, indicator, cell_id, month, value, delta) "
                "SELECT id, 'x', cell_id, '2026-11', NULL, 1 FROM recorded_act LIMIT 1"
            )
        )

    scene.clock.advance(timedelta(days=1))
    monkeypatch.setattr(destroying, "erase", miscounting)
    with pytest.raises(FiguresMovedError):
        scene.run()
    assert scene.situation(ended.id) is not None
    assert scene.kept(ended.id)[3] == 0
    monkeypatch.undo()
    assert finished(scene.run())
    assert scene.situation(ended.id) is None


def test_what_a_kill_left_behind_a_tombstone_goes_and_is_counted(scene: Scene) -> None:
    fill(scene)
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    free = scene.add(Stage.INADMISSIBLE, cell=scene.other_cell, qualified_at=TODAY - timedelta(days=40))
    with scene.house.transaction() as uow:
        bury(uow, ended.id, ended.reference)
        bury(uow, free.id, free.reference)
    assert finish(scene.house) == 2
    for row in (ended, free):
        assert scene.situation(row.id) is None
        assert scene.kept(row.id) == (0, 0, 0, 1)
    assert finish(scene.house) == 0
    assert finished(scene.run())
    assert scene.tally(Verdict.DESTROYED) == {}


def test_a_kill_in_the_middle_of_a_run_is_counted_in_that_run(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(scene)
    ended = scene.add(Stage.INADMISSIBLE, qualified_at=TODAY - timedelta(days=40))
    monkeypatch.setattr("backend.purge.actions.running.sweep", _die)
    with pytest.raises(RuntimeError):
        scene.run()
    monkeypatch.undo()
    with scene.house.transaction() as uow:
        bury(uow, ended.id, ended.reference)
    assert finished(scene.run())
    assert scene.tally(Verdict.DESTROYED) == {"inadmissible": 1}


def test_what_a_kill_left_is_counted_under_the_agreement_of_its_category(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = scene.other_cell
    fill(scene, cell=cell)
    ended = scene.add(Stage.INADMISSIBLE, cell=cell, qualified_at=TODAY - timedelta(days=40))
    monkeypatch.setattr("backend.purge.actions.running.sweep", _die)
    with pytest.raises(RuntimeError):
        scene.run()
    monkeypatch.undo()
    scene.agree(cell, categories=[RecordCategory.RETAINED])
    its_own = scene.agree(cell, date(2030, 1, 1), categories=[RecordCategory.NOT_ADMITTED])
    with scene.house.transaction() as uow:
        bury(uow, ended.id, ended.reference)
    assert finished(scene.run())
    assert scene.agreements_of_destroyed() == {Kind.INADMISSIBLE: its_own.reference}


def _die(*_: object) -> None:
    raise RuntimeError


def bury(uow: UnitOfWork, subject: UUID, reference: str) -> None:
    uow.keyring.write_tombstones([Tombstone(reference, subject, "purged:inadmissible", uow.now())])
