"""Meetings and agendas through their verbs: what the charter allows, what each change carries with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.actions.convening import cancel, convene, move
from backend.agenda.actions.emergency import agree, ask
from backend.agenda.actions.holding import close_meeting, open_meeting
from backend.agenda.actions.planning import answer, plan, propose, set_date
from backend.agenda.actions.preparing import fill, list_feedback, list_situation, shift, withdraw
from backend.agenda.forms import (
    ChosenDateForm,
    Direction,
    EmergencyForm,
    ListingForm,
    MoveForm,
    PlanForm,
    ProposalForm,
    WithdrawalForm,
)
from backend.agenda.models import AgendaItem, Availability, Meeting, MeetingDate
from backend.agenda.queries.rows import dates_of, items_of, meeting_rows
from backend.authorization.work import UnitOfWork
from backend.counts.deltas import total
from backend.kernel.clock import paris_day
from backend.kernel.errors import CharterRefusal, Forbidden, InvalidInput, NotFound, Stale, WrongMoment
from backend.mail.models import MailOutbox
from backend.parquet.actions import Given
from backend.parquet.actions import answer as respond
from backend.situations.models import Situation
from policies.charter_words import EventLink, Gravity
from policies.indicator_words import Indicator
from policies.meeting_words import AgendaPart, AvailabilityAnswer, CarryReason, ItemState, MeetingStage
from policies.vocabulary import ParquetAnswerValue, Stage
from tests.support.cast import Cast
from tests.support.journeys import answered, at_parquet

NINE = time(9, 30)
JANUARY, APRIL = date(2027, 1, 14), date(2027, 4, 15)
PLACE = "Salle des mariages"
FULL = WithdrawalForm(reason=CarryReason.AGENDA_FULL)
MEMBERS = {
    f"{name}-13@demo.invalid"
    for name in (
        "coordinator",
        "signed-out",
        "parquet",
        "town-hall",
        "police",
        "pjj",
        "education",
        "social-coordinator",
    )
}
"""Whoever is a member of the 13e today: nobody excluded, lapsed, or whose institution did not sign."""


@contextmanager
def acting(cast: Cast, who: str = "coordinator_13") -> Iterator[UnitOfWork]:
    with cast.house.transaction(cast.actor(who)) as uow:
        yield uow


def form(cast: Cast, *codes: str, **days: date) -> PlanForm:
    cells = tuple(cast.cells[code].reference for code in codes or ("13",))
    return PlanForm(cells=cells, hour=NINE, place=PLACE, **days)


def planned(cast: Cast, **days: date) -> list[str]:
    with acting(cast) as uow:
        return [row.reference for row in plan(uow, form(cast, **(days or {"first": JANUARY, "second": APRIL})))]


def emergency(cast: Cast, day: date = date(2026, 11, 25)) -> str:
    asked = EmergencyForm(
        cell=cast.cells["13"].reference,
        event_kind=Gravity.RIXE,
        event_on=date(2026, 11, 21),
        event_quartier=51,
        day=day,
        hour=NINE,
        place=PLACE,
    )
    with acting(cast) as uow:
        return ask(uow, asked).reference


def retained(cast: Cast, value: str = "retained", **typed: str) -> str:
    situation = at_parquet(cast, **typed).situation
    assert answered(cast, {situation: value}).status_code == 303
    return situation


def correct(cast: Cast, situation: str, value: ParquetAnswerValue) -> None:
    with acting(cast, "parquet_13") as uow:
        respond(uow, {situation: Given(value, None)})


def agenda(cast: Cast, reference: str) -> list[tuple[AgendaPart, str, ItemState]]:
    with acting(cast) as uow:
        meeting = uow.session.scalars(sa.select(Meeting).where(col(Meeting.reference) == reference)).one()
        names = {row.id: row.reference for row in uow.session.scalars(sa.select(Situation))}
        return [(item.part, names[item.situation_id], item.state) for item in items_of(uow, meeting)]


def item_of(cast: Cast, situation: str) -> str:
    with acting(cast) as uow:
        return uow.session.scalars(
            sa.select(col(AgendaItem.reference))
            .join(Situation, col(Situation.id) == col(AgendaItem.situation_id))
            .where(col(Situation.reference) == situation)
        ).one()


def outbox(cast: Cast, template: str) -> list[MailOutbox]:
    with cast.house.stores.main.transaction() as session:
        return list(session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == template)))


def counted(cast: Cast, indicator: Indicator) -> int:
    with cast.house.stores.main.transaction() as session:
        return total(session, indicator, cast.cells["13"].id)


def test_a_year_has_four_ordinary_meetings_one_a_quarter(cast: Cast) -> None:
    days = {"first": JANUARY, "second": APRIL, "third": date(2027, 9, 9), "fourth": date(2027, 12, 9)}
    assert len(planned(cast, **days)) == 4
    assert counted(cast, Indicator.MEETING_PLANNED) == 4
    with pytest.raises(CharterRefusal, match=r"quatre réunions.*fiche 3.3"), acting(cast) as uow:
        plan(uow, form(cast, first=date(2027, 2, 4)))
    with pytest.raises(InvalidInput), acting(cast) as uow:
        plan(uow, form(cast, second=JANUARY))
    with pytest.raises(InvalidInput), acting(cast) as uow:
        plan(uow, form(cast, fourth=date(2026, 11, 20)))
    with pytest.raises(InvalidInput), acting(cast) as uow:
        plan(uow, form(cast))


@pytest.mark.parametrize("who", ["coordinator_18", "parquet_13", "town_hall_13", "administrator", "reporter"])
def test_only_the_cell_s_coordinator_plans(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden), acting(cast, who) as uow:
        plan(uow, form(cast, first=JANUARY))
    with acting(cast) as uow:
        assert meeting_rows(uow, cast.cells["13"].id) == []


def test_cells_that_sit_together_keep_a_meeting_each(cast: Cast) -> None:
    with cast.house.transaction(cast.everywhere()) as uow:
        first, second = plan(uow, form(cast, "13", "18", first=JANUARY))
        assert first.sitting == second.sitting is not None
        assert first.cell_id != second.cell_id
    with pytest.raises(NotFound), acting(cast) as uow:
        move(uow, first.reference, None, MoveForm(day=date(2027, 1, 21), hour=NINE, place=PLACE))
    with cast.house.transaction(cast.everywhere()) as uow:
        move(uow, first.reference, first.version, MoveForm(day=date(2027, 1, 21), hour=NINE, place=PLACE))
        rows = uow.session.scalars(sa.select(Meeting).execution_options(populate_existing=True)).all()
        assert {paris_day(row.starts_at) for row in rows} == {date(2027, 1, 21)}
        cancel(uow, first.reference, None)
        assert {row.stage for row in rows} == {MeetingStage.PLANNED, MeetingStage.CANCELLED}


def test_members_answer_the_dates_proposed_and_one_is_kept(cast: Cast) -> None:
    [reference] = planned(cast, first=JANUARY)
    days = (date(2027, 1, 21), date(2027, 1, 28))
    with acting(cast) as uow:
        meeting = propose(uow, reference, 1, ProposalForm(first=days[0], second=days[1], hour=NINE))
        names = [row.reference for row in dates_of(uow, meeting)]
    assert {row.recipient for row in outbox(cast, "meeting_availability")} == MEMBERS
    for who in ("police_13", "social_coordinator_13", "parquet_13"):
        with acting(cast, who) as uow:
            answer(uow, reference, {names[0]: AvailabilityAnswer.NO, names[1]: AvailabilityAnswer.YES})
    with acting(cast, "police_13") as uow:
        answer(uow, reference, {names[0]: AvailabilityAnswer.IF_NEEDED})
        assert len(uow.session.scalars(sa.select(Availability)).all()) == 6
    for who in ("coordinator_18", "reporter", "dpo", "guest_13"):
        with pytest.raises(NotFound), acting(cast, who) as uow:
            answer(uow, reference, {names[0]: AvailabilityAnswer.YES})
    with pytest.raises(InvalidInput), acting(cast) as uow:
        set_date(uow, reference, None, ChosenDateForm(chosen="0000-0000-0000"))
    with acting(cast) as uow:
        meeting = set_date(uow, reference, None, ChosenDateForm(chosen=names[1]))
        assert paris_day(meeting.starts_at) == days[1]
        assert uow.session.scalars(sa.select(MeetingDate)).all() == []
        assert uow.session.scalars(sa.select(Availability)).all() == []


def test_a_meeting_is_convened_one_calendar_month_ahead(cast: Cast) -> None:
    [reference] = planned(cast, first=date(2027, 2, 28))
    cast.clock.instant = cast.clock().replace(year=2027, month=1, day=31)
    with acting(cast) as uow:
        assert convene(uow, reference, None).stage is MeetingStage.CONVENED
    assert {row.recipient for row in outbox(cast, "meeting_convocation")} == MEMBERS


def test_a_day_short_of_the_month_is_refused_with_the_rule_and_its_origin(cast: Cast) -> None:
    [reference] = planned(cast, fourth=date(2026, 12, 22))
    with pytest.raises(CharterRefusal, match=r"un mois.*23 décembre 2026.*fiche 3.3"), acting(cast) as uow:
        convene(uow, reference, None)
    assert outbox(cast, "meeting_convocation") == []
    with acting(cast) as uow:
        move(uow, reference, None, MoveForm(day=date(2026, 12, 23), hour=NINE, place=PLACE))
        convene(uow, reference, None)


def test_a_move_and_a_cancellation_keep_the_entry_and_raise_its_sequence(cast: Cast) -> None:
    [reference] = planned(cast, first=JANUARY)
    with acting(cast) as uow:
        convene(uow, reference, None)
        move(uow, reference, None, MoveForm(day=date(2027, 1, 21), hour=NINE, place=PLACE))
        cancel(uow, reference, None)
    written = [outbox(cast, name)[0].calendar or "" for name in ("meeting_convocation", "meeting_moved")]
    cancelled = outbox(cast, "meeting_cancelled")[0].calendar or ""
    assert ["SEQUENCE:0" in written[0], "SEQUENCE:1" in written[1], "SEQUENCE:2" in cancelled] == [True] * 3
    [uid] = {line for text in (*written, cancelled) for line in text.splitlines() if line.startswith("UID:")}
    assert uid
    with pytest.raises(WrongMoment), acting(cast) as uow:
        convene(uow, reference, None)


def test_an_emergency_meeting_needs_the_town_hall_s_agreement_and_no_delay(cast: Cast) -> None:
    reference = emergency(cast)
    assert [row.recipient for row in outbox(cast, "meeting_agreement")] == ["town-hall-13@demo.invalid"]
    with pytest.raises(CharterRefusal, match=r"accord.*hypothèse"), acting(cast) as uow:
        convene(uow, reference, None)
    for who in ("coordinator_13", "police_13", "parquet_13"):
        with pytest.raises(Forbidden), acting(cast, who) as uow:
            agree(uow, reference, None)
    with acting(cast, "town_hall_13") as uow:
        meeting = agree(uow, reference, None)
        assert meeting.agreed_by == cast.people["town_hall_13"].id
    with pytest.raises(WrongMoment), acting(cast, "town_hall_13") as uow:
        agree(uow, reference, None)
    with acting(cast) as uow:
        assert convene(uow, reference, None).stage is MeetingStage.CONVENED


def test_nothing_but_what_is_linked_to_the_event_slips_in_an_emergency(cast: Cast) -> None:
    situation, received = retained(cast), at_parquet(cast, last_name="Ba").situation
    planned(cast)
    reference = emergency(cast)
    with pytest.raises(WrongMoment), acting(cast) as uow:
        fill(uow, reference, None)
    with pytest.raises(InvalidInput), acting(cast) as uow:
        list_situation(uow, reference, None, ListingForm(situation=situation))
    with pytest.raises(WrongMoment, match="réponse du parquet"), acting(cast) as uow:
        list_situation(uow, reference, None, ListingForm(situation=received, link=EventLink.DIRECT))
    with acting(cast) as uow:
        list_situation(uow, reference, None, ListingForm(situation=situation, link=EventLink.FRATRIE))
    assert agenda(cast, reference) == [(AgendaPart.RETAINED, situation, ItemState.LISTED)]


def test_an_agenda_is_filled_with_what_may_be_examined(cast: Cast) -> None:
    kept, aside = retained(cast), retained(cast, "not_retained", last_name="Ba")
    at_parquet(cast, last_name="Li")
    early, late = *planned(cast, fourth=date(2026, 12, 22)), *planned(cast, first=JANUARY)
    with acting(cast) as uow:
        fill(uow, early, None)
    assert agenda(cast, early) == [(AgendaPart.NOT_RETAINED, aside, ItemState.LISTED)]
    with pytest.raises(CharterRefusal, match=r"Un mois.*23 décembre 2026.*étape 4"), acting(cast) as uow:
        list_situation(uow, early, None, ListingForm(situation=kept))
    with acting(cast) as uow:
        fill(uow, late, None)
    assert agenda(cast, late) == [(AgendaPart.RETAINED, kept, ItemState.LISTED)]
    with pytest.raises(WrongMoment, match="déjà inscrite"), acting(cast) as uow:
        list_situation(uow, late, None, ListingForm(situation=aside))
    with pytest.raises(InvalidInput), acting(cast) as uow:
        list_situation(uow, late, None, ListingForm(situation=kept, link=EventLink.DIRECT))


def test_what_is_withdrawn_goes_on_to_the_next_meeting(cast: Cast) -> None:
    situation = retained(cast)
    first, second = planned(cast)
    with acting(cast) as uow:
        fill(uow, first, None)
    item = item_of(cast, situation)
    with acting(cast) as uow:
        withdraw(uow, first, None, item, FULL)
    assert agenda(cast, first) == []
    assert agenda(cast, second) == [(AgendaPart.RETAINED, situation, ItemState.LISTED)]
    other = item_of(cast, situation)
    for name in (item, other):
        with pytest.raises(NotFound), acting(cast) as uow:
            withdraw(uow, first, None, name, FULL)


def test_points_are_shifted_within_their_part(cast: Cast) -> None:
    names = []
    for name in ("Ba", "Li", "Zu"):
        names.append(retained(cast, last_name=name))
        cast.pass_time(timedelta(minutes=1))
    [reference] = planned(cast, first=JANUARY)
    with acting(cast) as uow:
        fill(uow, reference, None)
    for situation, direction in ((names[2], Direction.UP), (names[0], Direction.UP), (names[1], Direction.DOWN)):
        item = item_of(cast, situation)
        with acting(cast) as uow:
            shift(uow, reference, None, item, direction)
    assert [situation for _, situation, _ in agenda(cast, reference)] == [names[0], names[2], names[1]]


def test_of_two_coordinators_who_edit_one_agenda_the_second_is_told(cast: Cast) -> None:
    situation = retained(cast)
    [reference] = planned(cast, first=JANUARY)
    with acting(cast) as uow:
        fill(uow, reference, 1)
    item = item_of(cast, situation)
    with pytest.raises(Stale), acting(cast) as uow:
        withdraw(uow, reference, 1, item, FULL)
    assert len(agenda(cast, reference)) == 1


def test_a_correction_of_the_parquet_changes_the_part_of_a_situation(cast: Cast) -> None:
    situation = retained(cast)
    first, _ = planned(cast)
    with acting(cast) as uow:
        fill(uow, first, None)
    cast.pass_time(timedelta(days=1))
    correct(cast, situation, ParquetAnswerValue.NOT_RETAINED)
    assert agenda(cast, first) == [(AgendaPart.NOT_RETAINED, situation, ItemState.LISTED)]
    correct(cast, situation, ParquetAnswerValue.RETAINED)
    assert agenda(cast, first) == [(AgendaPart.RETAINED, situation, ItemState.LISTED)]


def test_a_meeting_opens_on_its_day_only_and_its_agenda_is_then_closed(cast: Cast) -> None:
    situation, aside = retained(cast), retained(cast, "not_retained", last_name="Ba")
    first, second = planned(cast)
    with acting(cast) as uow:
        convene(uow, first, None)
        fill(uow, first, None)
    with pytest.raises(WrongMoment, match="14 janvier 2027"), acting(cast) as uow:
        open_meeting(uow, first, None)
    cast.clock.instant = cast.clock().replace(year=2027, month=1, day=14)
    with acting(cast) as uow:
        open_meeting(uow, first, None)
    with pytest.raises(WrongMoment), acting(cast) as uow:
        fill(uow, first, None)
    correct(cast, situation, ParquetAnswerValue.NOT_RETAINED)
    assert agenda(cast, first) == [(AgendaPart.NOT_RETAINED, aside, ItemState.LISTED)]
    assert agenda(cast, second) == [(AgendaPart.NOT_RETAINED, situation, ItemState.LISTED)]
    with acting(cast) as uow:
        meeting = uow.session.scalars(sa.select(Meeting).where(col(Meeting.reference) == first)).one()
        close_meeting(uow, meeting)
    assert agenda(cast, first) == [(AgendaPart.NOT_RETAINED, aside, ItemState.CARRIED)]
    assert (AgendaPart.NOT_RETAINED, aside, ItemState.LISTED) in agenda(cast, second)
    assert counted(cast, Indicator.MEETING_HELD) == 1


def test_a_meeting_moved_earlier_carries_what_was_received_too_late(cast: Cast) -> None:
    [reference] = planned(cast, fourth=date(2026, 12, 28))
    situation = retained(cast)
    [later] = planned(cast, first=JANUARY)
    with acting(cast) as uow:
        fill(uow, reference, None)
        move(uow, reference, None, MoveForm(day=date(2026, 12, 21), hour=NINE, place=PLACE))
    assert agenda(cast, reference) == []
    assert agenda(cast, later) == [(AgendaPart.RETAINED, situation, ItemState.LISTED)]


def test_a_correction_reaches_the_agenda_under_row_level_security_and_no_other_cell_sees_a_point(guarded: Cast) -> None:
    situation = retained(guarded)
    first, second = planned(guarded)
    with acting(guarded) as uow:
        fill(uow, first, None)
    correct(guarded, situation, ParquetAnswerValue.NOT_RETAINED)
    assert agenda(guarded, first) == [(AgendaPart.NOT_RETAINED, situation, ItemState.LISTED)]
    item = item_of(guarded, situation)
    with acting(guarded) as uow:
        withdraw(uow, first, None, item, FULL)
    assert agenda(guarded, second) == [(AgendaPart.NOT_RETAINED, situation, ItemState.LISTED)]
    for who, seen in (("police_13", 1), ("coordinator_18", 0), ("reporter", 0), ("dpo", 0), ("administrator", 0)):
        with acting(guarded, who) as uow:
            assert len(uow.session.scalars(sa.select(AgendaItem)).all()) == seen, who


def test_feedback_stands_in_the_third_part(cast: Cast) -> None:
    situation = retained(cast)
    [reference] = planned(cast, first=JANUARY)
    with acting(cast) as uow:
        meeting = uow.session.scalars(sa.select(Meeting)).one()
        list_feedback(uow, meeting, [situation])
        list_feedback(uow, meeting, [situation])
    assert agenda(cast, reference) == [(AgendaPart.FEEDBACK, situation, ItemState.LISTED)]
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(col(Situation.stage))).one() is Stage.RETAINED
