"""Plan the ordinary meetings of a year, poll the members on dates, keep one (domain.md section 5; CEN-49)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.actions.letters import tell_members
from backend.agenda.events import AvailabilityAnswered, DateSet, DatesProposed, MeetingPlanned
from backend.agenda.forms import ChosenDateForm, PlanForm, ProposalForm
from backend.agenda.models import Availability, Meeting, MeetingDate
from backend.agenda.queries.rows import dates_of, ordinary_in_quarter, ordinary_in_year, own_answers
from backend.agenda.states import MEETING, PROPOSE, SET_DATE
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import cell_of
from backend.charters.queries import charter_of
from backend.kernel.clock import paris_day, paris_instant
from backend.kernel.errors import CharterRefusal, InvalidInput, NotFound
from backend.kernel.identifiers import new_id
from policies.access import Action
from policies.indicator_words import Indicator
from policies.meeting_words import AvailabilityAnswer, MeetingKind, MeetingStage, Quarter

FIELDS: Mapping[str, Quarter] = dict(zip(("first", "second", "third", "fourth"), Quarter, strict=True))
"""The field of the form that holds the day of each quarter."""


def plan(uow: UnitOfWork, form: PlanForm) -> list[Meeting]:
    """Plan ordinary meetings, one at most in each quarter of each cell, all or none.

    Cells that are planned together sit together. Raises `Forbidden` for a cell that is not the person's,
    `InvalidInput` for a day that is past or out of its quarter, `CharterRefusal` beyond what the charter holds.
    """
    cells = gate.fetch_all(uow, Cell, list(dict.fromkeys(form.cells)), to=Action.CELL_READ)
    days = {name: day for name in FIELDS if (day := getattr(form, name)) is not None}
    if not days:
        raise InvalidInput({"first": "Indiquez au moins une date."})
    for name, day in days.items():
        if Quarter.holding(day) is not FIELDS[name]:
            raise InvalidInput({name: f"Indiquez un jour du {FIELDS[name].label}."})
        require_future(uow, paris_instant(day, form.hour), name)
    planned = []
    for day in days.values():
        sitting = new_id() if len(cells) > 1 else None
        for cell in cells:
            meeting = Meeting(
                cell_id=cell.id,
                kind=MeetingKind.ORDINARY,
                stage=MeetingStage.PLANNED,
                starts_at=paris_instant(day, form.hour),
                place=form.place,
                sitting=sitting,
            )
            gate.require(uow, meeting, Action.MEETING_PLAN)
            require_calendar(uow, meeting, day)
            if not ordinary_in_quarter(uow, cell.id, day):
                # A meeting that replaces a cancelled one was planned already: « tenues sur prévues » must show the gap.
                uow.count(Indicator.MEETING_PLANNED, cell.id, Quarter.holding(day), on=day)
            uow.session.add(meeting)
            uow.session.flush()  # the next cells and quarters are counted with it
            uow.record(MeetingPlanned(Reference(meeting.reference), meeting.kind))
            planned.append(meeting)
    return planned


def propose(uow: UnitOfWork, reference: str, version: int | None, form: ProposalForm) -> Meeting:
    """Propose dates to the members in place of those proposed before, and ask for their availability by e-mail.

    Raises `InvalidInput` for a day that is past, `CharterRefusal` for one in a quarter that has its meeting already.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_PROPOSE, version=version)
    meeting.stage = MEETING.step(meeting.stage, PROPOSE)
    instants = [paris_instant(day, form.hour) for day in form.days]
    for instant in instants:
        require_future(uow, instant, "first")
        require_calendar(uow, meeting, paris_day(instant))
    forget_dates(uow, meeting)
    uow.session.add_all(
        MeetingDate(meeting_id=meeting.id, cell_id=meeting.cell_id, starts_at=instant) for instant in instants
    )
    uow.record(DatesProposed(Reference(meeting.reference), len(instants)))
    tell_members(uow, meeting, "meeting_availability", dates=len(instants))
    return meeting


def answer(uow: UnitOfWork, reference: str, answers: Mapping[str, AvailabilityAnswer]) -> Meeting:
    """Record a member's own availability for the dates proposed; an answer may be changed until the date is set.

    Raises `NotFound` for a date that is not, or no longer, proposed for this meeting.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    if not answers:
        raise InvalidInput({}, "Répondez pour au moins une date.")
    dates = {row.reference: row for row in dates_of(uow, meeting)}
    if not answers.keys() <= dates.keys():
        raise NotFound
    known = own_answers(uow, tuple(dates.values()), uow.account())
    for name, given in answers.items():
        row = known.get(dates[name].id)
        if row is None:
            row = Availability(
                date_id=dates[name].id,
                cell_id=meeting.cell_id,
                account_id=uow.account(),
                answer=given,
                answered_at=uow.now(),
            )
            uow.session.add(row)
        gate.require(uow, row, Action.AVAILABILITY_ANSWER)
        row.answer, row.answered_at = given, uow.now()
    uow.record(AvailabilityAnswered(Reference(meeting.reference), len(answers)))
    return meeting


def set_date(uow: UnitOfWork, reference: str, version: int | None, form: ChosenDateForm) -> Meeting:
    """Keep one of the proposed dates; the others go, and the members' answers with them.

    Raises `InvalidInput` for a date that was not proposed or is past.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_SET_DATE, version=version)
    meeting.stage = MEETING.step(meeting.stage, SET_DATE)
    chosen = {row.reference: row for row in dates_of(uow, meeting)}.get(form.chosen)
    if chosen is None:
        raise InvalidInput({"chosen": "Choisissez une des dates proposées."})
    require_future(uow, chosen.starts_at, "chosen")
    require_calendar(uow, meeting, paris_day(chosen.starts_at))
    meeting.starts_at = chosen.starts_at
    forget_dates(uow, meeting)
    uow.record(DateSet(Reference(meeting.reference)))
    return meeting


def forget_dates(uow: UnitOfWork, meeting: Meeting) -> None:
    """Drop the dates proposed for a meeting and every answer to them: who could come when is of no further use."""
    for row in dates_of(uow, meeting):
        uow.session.execute(sa.delete(Availability).where(col(Availability.date_id) == row.id))
        uow.session.delete(row)
    uow.session.flush()


def require_future(uow: UnitOfWork, instant: datetime, field: str) -> None:
    """Raise `InvalidInput`, beside a field, for an instant that is past."""
    if instant <= uow.now():
        raise InvalidInput({field: "Indiquez une date à venir."})


def require_calendar(uow: UnitOfWork, meeting: Meeting, day: date) -> None:
    """Raise `CharterRefusal` when a cell would hold more ordinary meetings than its charter says (CEN-49)."""
    if meeting.kind is not MeetingKind.ORDINARY:
        return
    rule = charter_of(cell_of(uow, meeting.cell_id).charter_version).rules.calendar
    others = [
        row
        for row in ordinary_in_quarter(uow, meeting.cell_id, day)
        if row.id != meeting.id and row.stage is not MeetingStage.CANCELLED
    ]
    year = [row for row in ordinary_in_year(uow, meeting.cell_id, day.year) if row.id != meeting.id]
    if len(others) >= rule.ordinary_a_quarter or len(year) >= rule.ordinary_a_year:
        raise CharterRefusal(_taken(rule.statement, day, others), rule.origin)


def _taken(statement: str, day: date, others: Sequence[Meeting]) -> str:
    quarter = f"{Quarter.holding(day).label} {day.year}"
    return f"{statement} Le {quarter} a déjà la sienne : déplacez-la." if others else statement
