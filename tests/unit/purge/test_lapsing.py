"""What nobody decided in time moves on by itself, off every agenda and out of research, and is counted once."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem, Meeting
from backend.counts.deltas import CountDelta
from backend.kernel.identifiers import new_id
from backend.research.models import PriorResearch
from backend.situations.models import Situation
from policies.indicator_words import Indicator
from policies.meeting_words import AgendaPart, ItemState, MeetingKind, MeetingStage
from policies.months import add_months
from policies.retention_words import Verdict
from policies.vocabulary import ClosingReason, Inadmissibility, Sharing, Stage
from tests.unit.purge.conftest import TODAY, Scene, at

LONG_AGO = TODAY - timedelta(days=70)


def meet(scene: Scene, day: date, stage: MeetingStage = MeetingStage.CLOSED) -> Meeting:
    meeting = Meeting(
        id=new_id(), cell_id=scene.cell, kind=MeetingKind.ORDINARY, stage=stage, starts_at=at(day, 14), place="Mairie"
    )
    with scene.house.stores.main.transaction() as session:
        session.add(meeting)
    return meeting


def list_on(scene: Scene, meeting: Meeting, situation: Situation, state: ItemState = ItemState.LISTED) -> AgendaItem:
    item = AgendaItem(
        id=new_id(),
        meeting_id=meeting.id,
        cell_id=scene.cell,
        situation_id=situation.id,
        part=AgendaPart.RETAINED,
        rank=0,
        state=state,
    )
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        uow.session.add(item)
    return item


def found(scene: Scene, situation: Situation) -> Situation:
    row = scene.situation(situation.id)
    assert row is not None
    return row


def counted(scene: Scene, indicator: Indicator) -> dict[str | None, int]:
    with scene.house.stores.main.transaction() as session:
        rows = session.execute(
            sa.select(col(CountDelta.value), sa.func.sum(col(CountDelta.delta)))
            .where(col(CountDelta.indicator) == indicator.value)
            .group_by(col(CountDelta.value))
        )
        return {value: int(number) for value, number in rows}


def test_what_is_not_qualified_in_two_months_becomes_inadmissible(scene: Scene) -> None:
    old, young = scene.add(Stage.RECEIVED, received_at=LONG_AGO), scene.add(Stage.RECEIVED, received_at=TODAY)
    scene.run()
    row = found(scene, old)
    assert (row.stage, row.inadmissibility) == (Stage.INADMISSIBLE, Inadmissibility.UNQUALIFIED_IN_TIME)
    assert row.lapsed_at == scene.clock()
    assert found(scene, young).stage is Stage.RECEIVED
    assert counted(scene, Indicator.INADMISSIBLE) == {"unqualified_in_time": 1}
    assert scene.tally(Verdict.LAPSED) == {"unqualified": 1}
    scene.days(25)
    scene.days(12)
    assert scene.situation(old.id) is None or scene.last().guard is not None


def test_a_limitation_keeps_a_situation_as_it_is_until_it_is_lifted(scene: Scene) -> None:
    frozen = scene.add(Stage.RECEIVED, received_at=LONG_AGO, limited_at=TODAY)
    scene.run()
    assert found(scene, frozen).stage is Stage.RECEIVED
    with scene.house.stores.main.transaction() as session:
        session.execute(sa.update(Situation).values(limited_at=None))
    scene.days(1)
    assert found(scene, frozen).stage is Stage.INADMISSIBLE


@pytest.mark.parametrize("stage", [Stage.ADMISSIBLE, Stage.WITH_PARQUET])
def test_without_an_answer_the_day_after_the_second_ordinary_meeting_it_is_inadmissible(
    scene: Scene, stage: Stage
) -> None:
    waiting = scene.add(stage, received_at=LONG_AGO)
    meet(scene, TODAY - timedelta(days=30))
    meet(scene, TODAY, MeetingStage.CONVENED)
    scene.run()
    assert found(scene, waiting).stage is stage, "the meeting of today may still decide"
    scene.days(1)
    assert found(scene, waiting).inadmissibility is Inadmissibility.UNANSWERED_IN_TIME


def test_a_meeting_that_was_never_convened_does_not_count(scene: Scene) -> None:
    waiting = scene.add(Stage.ADMISSIBLE, received_at=LONG_AGO)
    meet(scene, TODAY - timedelta(days=30))
    meet(scene, TODAY - timedelta(days=3), MeetingStage.PLANNED)
    meet(scene, TODAY - timedelta(days=2), MeetingStage.CANCELLED)
    scene.run()
    assert found(scene, waiting).stage is Stage.ADMISSIBLE


def test_in_a_cell_that_no_longer_meets_a_situation_ends_at_twelve_months(scene: Scene) -> None:
    eve = add_months(TODAY, -12) + timedelta(days=1)
    waiting = scene.add(Stage.WITH_PARQUET, received_at=eve)
    kept = scene.add(Stage.RETAINED, received_at=eve, answered_at=eve)
    scene.run()
    assert (found(scene, waiting).stage, found(scene, kept).stage) == (Stage.WITH_PARQUET, Stage.RETAINED)
    scene.days(1)
    assert found(scene, waiting).inadmissibility is Inadmissibility.UNANSWERED_IN_TIME
    assert found(scene, kept).closing_reason is ClosingReason.NOT_EXAMINED_IN_TIME


def test_what_is_retained_and_not_examined_closes_and_leaves_agenda_and_research(scene: Scene) -> None:
    kept = scene.add(Stage.RETAINED, received_at=LONG_AGO, answered_at=LONG_AGO, sharing=Sharing.SEATS, note=True)
    meet(scene, TODAY - timedelta(days=40))
    meet(scene, TODAY - timedelta(days=10))
    coming = meet(scene, TODAY + timedelta(days=40), MeetingStage.CONVENED)
    list_on(scene, coming, kept)
    scene.run()
    row = found(scene, kept)
    assert (row.stage, row.closing_reason) == (Stage.CLOSED, ClosingReason.NOT_EXAMINED_IN_TIME)
    assert row.sharing is Sharing.WITHHELD
    assert counted(scene, Indicator.NOT_EXAMINED) == {"not_examined_in_time": 1}
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(AgendaItem)) == 0
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(PriorResearch)) == 0
        assert uow.session.get_one(Meeting, coming.id).version == 2


def test_what_is_at_the_table_today_waits_and_what_was_left_there_is_carried(scene: Scene) -> None:
    here = scene.add(Stage.UNDER_EXAMINATION, received_at=LONG_AGO, answered_at=LONG_AGO)
    meet(scene, TODAY - timedelta(days=40))
    meet(scene, TODAY - timedelta(days=10))
    now = meet(scene, TODAY, MeetingStage.OPEN)
    item = list_on(scene, now, here, ItemState.EXAMINING)
    scene.run()
    assert found(scene, here).stage is Stage.UNDER_EXAMINATION
    scene.days(1)
    assert found(scene, here).stage is Stage.CLOSED
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        assert uow.session.get_one(AgendaItem, item.id).state is ItemState.CARRIED


def test_a_year_without_a_decision_closes_what_is_followed(scene: Scene) -> None:
    followed = scene.add(
        Stage.FOLLOWED, received_at=date(2025, 9, 1), answered_at=date(2025, 9, 9), decided_at=date(2025, 11, 20)
    )
    scene.run()
    assert found(scene, followed).closing_reason is ClosingReason.NO_DECISION_IN_TIME
    assert counted(scene, Indicator.CLOSED) == {"no_decision_in_time": 1}


@pytest.mark.parametrize("stage", [Stage.RECEIVED, Stage.ADMISSIBLE, Stage.RETAINED, Stage.FOLLOWED])
def test_majority_closes_and_does_not_destroy(scene: Scene, stage: Stage) -> None:
    of_age = scene.add(stage, majority_month="2026-10", decided_at=TODAY if stage is Stage.FOLLOWED else None)
    scene.run()
    row = found(scene, of_age)
    assert (row.stage, row.closing_reason, row.closed_at) == (Stage.CLOSED, ClosingReason.OF_AGE, scene.clock())
    assert counted(scene, Indicator.NOT_EXAMINED) == {}


def test_what_moved_on_is_out_of_reach_of_a_second_run(scene: Scene) -> None:
    scene.add(Stage.RECEIVED, received_at=LONG_AGO)
    scene.run()
    scene.days(1)
    assert counted(scene, Indicator.INADMISSIBLE) == {"unqualified_in_time": 1}
