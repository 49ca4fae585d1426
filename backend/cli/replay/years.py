"""How the years went: each quarter signalled, filtered, met, decided; then the service kept alive to the present.

Strict order of time: what the ten cells do in a quarter is done step by step, each step by who makes it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.actions.convening import convene
from backend.agenda.actions.holding import open_meeting
from backend.agenda.actions.planning import plan
from backend.agenda.actions.preparing import list_situation, withdraw
from backend.agenda.events import AgendaFilled
from backend.agenda.forms import ListingForm, PlanForm, WithdrawalForm
from backend.agenda.models import AgendaItem, Meeting
from backend.agenda.queries.rows import items_of, pending_item, situations_by_id
from backend.audit.events import Reference
from backend.authorization.work import House, UnitOfWork
from backend.cells.actions import set_charter_version
from backend.cells.queries import cells_of
from backend.charters.queries import charter_in_force
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.cells import confirm_acts, enter_acts, open_one
from backend.cli.demonstration.filling import filled
from backend.cli.demonstration.people import ADMIN, ADMIN_2
from backend.cli.demonstration.purging import pass_night
from backend.cli.demonstration.timeline import SPAN, Timeline
from backend.cli.replay import people
from backend.cli.replay.history import ARRONDISSEMENTS, QUARTERS, YEARS, Past, history, meeting_day, month_of
from backend.examination.actions import begin, close_session, close_unexamined, decide, present
from backend.examination.forms import ClosingForm, DecisionForm
from backend.feedback.actions import answer as answer_transmission
from backend.feedback.actions import on_agenda_filled
from backend.feedback.forms import FeedbackForm
from backend.mail.sending import send_due
from backend.orientations.actions.deciding import orient
from backend.orientations.actions.informing import inform
from backend.orientations.actions.transmitting import open_transmission, transmit
from backend.orientations.forms import InformationForm, OrientationForm, TransmissionForm, UndertakingForm
from backend.orientations.queries.sheets import preview_of_orientation
from backend.parquet.actions import Given, answer, send
from backend.parquet.forms import BATCH, SendForm
from backend.research.actions import open_research
from backend.research.forms import OpenForm
from backend.signalements.actions.qualification import qualify
from backend.signalements.actions.submission import submit_directly
from backend.signalements.forms import QualificationForm
from backend.signalements.models import Signalement
from backend.situations.models import Situation
from policies.charter_words import CharterKind, FeedbackValue
from policies.examination_words import Decision, FollowingReason, PostponementReason
from policies.meeting_words import AgendaPart, CarryReason
from policies.months import add_months
from policies.orientation_words import Destination, InformationMode, InformationResult
from policies.retention_words import Guard
from policies.vocabulary import ClosingReason, ConcernAnswer, ParquetAnswerValue, Qualification, Role

HOUR = time(9, 30)
SEATS_HELD = (Role.COORDINATOR, Role.PARQUET, Role.POLICE, Role.EDUCATION)
SENT_TO = (Destination.LOCAL_ASSOCIATION, Destination.SOCIAL_SERVICES)
"""Destinations whose answer the cell waits for; the CRIP decides on its own."""

NEW_CHARTER = date(2023, 2, 1)
"""The day on which the ten cells pass under the charter of 2023."""

PURGED_FROM = date(2015, 4, 27)
"""More than three months after the last closing, and four after the last answer of the parquet."""

PURGE_NIGHTS = 10
"""A run announces, seven see the announcement, the next one destroys, and one finds nothing left."""

UPKEEP_MONTHS = 4
"""Months between two sign-ins of the administrators, while nobody else is there; every other
time they review each other."""

Step = Callable[[], None]
"""Told after each quarter, and after each round of upkeep, that the replay has gone on."""


def steps() -> int:
    """Give how many times `replay` says that it has gone on."""
    return QUARTERS + 1


def replay(house: House, timeline: Timeline, scale: int, gone_on: Step, *, keep: bool) -> None:
    """Play 2012-2014 on stores that hold the two administrators only, then keep them in office until the present.

    In the spring of 2015 everything is over, and purged unless it is to `keep`: counters and attestations remain.

    The clock stands at the first days of 2012.
    """
    years = Years(house, timeline, history(scale))
    years.settle()
    for quarter in range(QUARTERS):
        years.play(quarter)
        gone_on()
    if not keep:
        years.purge()
    years.end()
    _keep(house, timeline)
    gone_on()


@dataclass(slots=True)
class Years:
    """Plays the quarters one after the other; knows the reference of what was opened, by its place in the history."""

    house: House
    timeline: Timeline
    past: Sequence[Past]
    cells: dict[str, str] = field(default_factory=dict)
    references: dict[Past, str] = field(default_factory=dict)
    orientations: dict[Past, str] = field(default_factory=dict)
    meetings: dict[tuple[int, int], str] = field(default_factory=dict)

    def settle(self) -> None:
        """Open the ten cells, their acts, their people."""
        self.timeline.on(date(YEARS[0], 1, 3), 9)
        with acting(self.house, ADMIN) as uow:
            for number in ARRONDISSEMENTS:
                self.timeline.later(2)
                self.cells[str(number)] = open_one(uow, str(number), number)
        people.settle(self.house, self.timeline)
        self.timeline.on(date(YEARS[0], 1, 4), 9)
        people.habilitate(self.house, self.timeline, self.cells)
        self.timeline.on(date(YEARS[0], 1, 5), 9)
        enter_acts(self.house, self.timeline, self.cells, date(YEARS[0], 1, 2))
        self.timeline.later(60)
        confirm_acts(self.house, self.timeline, people.DPO)

    def play(self, quarter: int) -> None:
        """Play one quarter in the ten cells."""
        rows = [row for row in self.past if row.quarter == quarter]
        if quarter % 2:
            # Twice a year: a review is void on its anniversary already.
            self.timeline.on(month_of(quarter, 0) + timedelta(days=1), 9)
            people.review_all(self.house, (ADMIN, ADMIN_2, *people.COORDINATORS))
        if quarter % 4 == 0:
            self._plan(quarter)
        for row in rows:
            self._receive(row)
        self.timeline.on(month_of(quarter, 0) + timedelta(days=24), 10)
        self._qualify_and_send(rows)
        self.timeline.on(month_of(quarter, 0) + timedelta(days=26), 17)
        self._answer(rows)
        self.timeline.on(month_of(quarter, 1) + timedelta(days=4), 9)
        self._convene(quarter)
        while send_due(self.house):
            pass
        self.timeline.on(month_of(quarter, 2) + timedelta(days=3), 9)
        self._prepare(quarter, rows)
        for number in sorted(ARRONDISSEMENTS, key=lambda number: meeting_day(quarter, number)):
            self._meet(quarter, number, rows)
        self.timeline.on(add_months(month_of(quarter, 2), 1) + timedelta(days=1), 14)
        self._transmit(quarter)

    def purge(self) -> None:
        """Announce what is over, night after night, then destroy it; the DPO answers for its number."""
        for night in range(PURGE_NIGHTS):
            self.timeline.on(PURGED_FROM + timedelta(days=night), 3)
            # The purge trusts no clock that the journal does not know, and suspends whoever never comes.
            people.come_in(self.house, [people.DPO] if night else people.everybody(self.house))
            pass_night(self.house, people.DPO, frozenset(Guard))

    def end(self) -> None:
        """Let everybody leave, once nothing is left to do."""
        self.timeline.on(date(YEARS[-1] + 1, 6, 15), 17)
        people.leave(self.house)

    def _plan(self, quarter: int) -> None:
        self.timeline.on(month_of(quarter, 0) + timedelta(days=5), 10)
        for number in ARRONDISSEMENTS:
            self.timeline.later(5)
            days = [meeting_day(quarter + rank, number) for rank in range(4)]
            form = PlanForm(
                cells=(self.cells[str(number)],),
                first=days[0],
                second=days[1],
                third=days[2],
                fourth=days[3],
                hour=HOUR,
                place=f"Mairie du {number}e",
            )
            with acting(self.house, people.email_of(Role.COORDINATOR, number)) as uow:
                for rank, meeting in enumerate(plan(uow, form)):
                    self.meetings[quarter + rank, number] = meeting.reference

    def _receive(self, row: Past) -> None:
        self.timeline.on(row.received_on, 9, row.number % 60)
        with acting(self.house, people.email_of(row.author, row.arrondissement)) as uow:
            form = filled(row.minor, row.concern, day=uow.today(), grown=uow.today())
            receipt = submit_directly(uow, form)
            self.references[row] = uow.session.scalars(
                sa.select(col(Situation.reference))
                .join(Signalement, col(Signalement.situation_id) == col(Situation.id))
                .where(col(Signalement.receipt_id) == receipt.id)
            ).one()

    def _qualify_and_send(self, rows: Sequence[Past]) -> None:
        for email, own in _by_coordinator(rows).items():
            self.timeline.later(10)
            with acting(self.house, email) as uow:
                for row in own:
                    worrying = row.concern.qualification is not Qualification.INFRA_DELINQUENCY
                    form = QualificationForm(admissible=True, concern_answer=ConcernAnswer.NO if worrying else None)
                    qualify(uow, self.references[row], form)
                for batch in _batches([self.references[row] for row in own]):
                    send(uow, SendForm(references=batch))

    def _answer(self, rows: Sequence[Past]) -> None:
        if not rows:
            return
        with acting(self.house, people.email_of(Role.PARQUET, ARRONDISSEMENTS[0])) as uow:
            answer(uow, {self.references[row]: Given(_answer_of(row), None) for row in rows})

    def _convene(self, quarter: int) -> None:
        for number in ARRONDISSEMENTS:
            self.timeline.later(5)
            with acting(self.house, people.email_of(Role.COORDINATOR, number)) as uow:
                convene(uow, self.meetings[quarter, number], None)

    def _prepare(self, quarter: int, rows: Sequence[Past]) -> None:
        """List what is presented or examined, and what comes back; open research on what is examined."""
        followed = [row for row in self.orientations if row.quarter == quarter - 1 and row.outcome.oriented in SENT_TO]
        for number in ARRONDISSEMENTS:
            self.timeline.later(5)
            meeting = self.meetings[quarter, number]
            own = [row for row in rows if row.arrondissement == number]
            listed = [
                self.references[row]
                for row in own
                if not row.outcome.retained or row.outcome.examined or row.outcome.postponed
            ]
            back = [self.references[row] for row in followed if row.arrondissement == number]
            opened = [self.references[row] for row in own if row.outcome.examined]
            with acting(self.house, people.email_of(Role.COORDINATOR, number)) as uow:
                self._close_what_was_postponed(uow, quarter, number)
                for reference in listed:
                    list_situation(uow, meeting, None, ListingForm(situation=reference))
                on_agenda_filled(uow, AgendaFilled(Reference(meeting), ()))
                for batch in _batches([*opened, *back]):
                    open_research(uow, OpenForm(references=batch))

    def _close_what_was_postponed(self, uow: UnitOfWork, quarter: int, number: int) -> None:
        """Close what the meeting before put off and this one will not examine either, with its reason."""
        for row in self.past:
            if row.quarter != quarter - 1 or row.arrondissement != number or not row.outcome.postponed:
                continue
            situation = _situation(uow, self.references[row])
            _leave_agendas(uow, situation)
            close_unexamined(uow, situation.reference, ClosingForm(reason=row.outcome.unexamined))

    def _meet(self, quarter: int, number: int, rows: Sequence[Past]) -> None:
        """Hold a meeting: open, present, examine each situation, close; then close what was not examined."""
        meeting = self.meetings[quarter, number]
        own = {self.references[row]: row for row in self.past if row in self.references}
        self.timeline.on(meeting_day(quarter, number), HOUR.hour, HOUR.minute)
        with acting(self.house, people.email_of(Role.COORDINATOR, number)) as uow:
            open_meeting(uow, meeting, None)
            items = items_of(uow, _meeting(uow, meeting))
            for item, situation in zip(items, _situations(uow, items), strict=True):
                self.timeline.later(8)
                if item.part is AgendaPart.NOT_RETAINED:
                    present(uow, item.reference)
                    continue
                row = own[situation.reference]
                begin(uow, item.reference)
                if row.outcome.oriented is not None and item.part is AgendaPart.RETAINED:
                    oriented = orient(uow, item.reference, OrientationForm(destination=row.outcome.oriented))
                    self.orientations[row] = oriented.reference
                decide(uow, item.reference, _decision(row, item))
            self.timeline.later(10)
            close_session(uow, meeting)
            self.timeline.later(20)
            for row in rows:
                if row.arrondissement == number and row.outcome.unexamined is not None and not row.outcome.postponed:
                    close_unexamined(uow, self.references[row], ClosingForm(reason=row.outcome.unexamined))

    def _transmit(self, quarter: int) -> None:
        """Inform each family, send to the association or to the social services, which open and answer."""
        rows = [row for row in self.orientations if row.quarter == quarter and row.outcome.oriented in SENT_TO]
        sent: dict[Past, str] = {}
        for email, own in _by_coordinator(rows).items():
            with acting(self.house, email) as uow:
                for row in own:
                    self.timeline.later(6)
                    inform(uow, self.references[row], _informed(uow.today()))
                    orientation = self.orientations[row]
                    ((institution, _),) = preview_of_orientation(uow, orientation, {}).institutions
                    sent[row] = transmit(uow, orientation, TransmissionForm(institution=institution)).reference
        for row, reference in sent.items():
            self.timeline.later(30)
            reader = people.ASSOCIATION
            if row.outcome.oriented is Destination.SOCIAL_SERVICES:
                reader = people.email_of(Role.SOCIAL_COORDINATOR, row.arrondissement)
            with acting(self.house, reader) as uow:
                open_transmission(uow, reference, UndertakingForm(undertaking=True))
                value = FeedbackValue.POSSIBLE if row.number % 4 else FeedbackValue.NOT_POSSIBLE
                answer_transmission(uow, reference, FeedbackForm(value=value, answered_on=uow.today()))


def _informed(day: date) -> InformationForm:
    return InformationForm(
        made_on=day,
        mode=InformationMode.INTERVIEW,
        first_holder=InformationResult.INFORMED,
        second_holder=InformationResult.NONE,
        minor=InformationResult.INFORMED,
    )


def _decision(row: Past, item: AgendaItem) -> DecisionForm:
    if row.outcome.postponed:
        return DecisionForm(decision=Decision.POSTPONE, postponement=PostponementReason.OUT_OF_TIME, present=SEATS_HELD)
    if row.outcome.oriented is Destination.CRIP or item.part is AgendaPart.FEEDBACK:
        closing = ClosingReason.SUPPORT_IN_PLACE if row.number % 3 else ClosingReason.NO_LONGER_WORRYING
        return DecisionForm(decision=Decision.CLOSE, closing=closing, present=SEATS_HELD)
    return DecisionForm(decision=Decision.FOLLOW, following=FollowingReason.FEEDBACK_AWAITED, present=SEATS_HELD)


def _answer_of(row: Past) -> ParquetAnswerValue:
    return ParquetAnswerValue.RETAINED if row.outcome.retained else ParquetAnswerValue.NOT_RETAINED


def _by_coordinator(rows: Iterable[Past]) -> Mapping[str, list[Past]]:
    found = defaultdict(list)
    for row in rows:
        found[people.email_of(Role.COORDINATOR, row.arrondissement)].append(row)
    return found


def _batches(references: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(references[start : start + BATCH]) for start in range(0, len(references), BATCH)]


def _meeting(uow: UnitOfWork, reference: str) -> Meeting:
    return uow.session.scalars(sa.select(Meeting).where(col(Meeting.reference) == reference)).one()


def _situation(uow: UnitOfWork, reference: str) -> Situation:
    return uow.session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()


def _situations(uow: UnitOfWork, items: Sequence[AgendaItem]) -> list[Situation]:
    found = situations_by_id(uow, items)
    return [found[item.situation_id] for item in items]


def _leave_agendas(uow: UnitOfWork, situation: Situation) -> None:
    """Take a situation off the agenda to which it was carried, and off each one to which that carries it again."""
    while (item := pending_item(uow, situation.id)) is not None:
        meeting = uow.session.get_one(Meeting, item.meeting_id)
        withdraw(uow, meeting.reference, None, item.reference, WithdrawalForm(reason=CarryReason.AGENDA_FULL))


def _keep(house: House, timeline: Timeline) -> None:
    """Keep the administrators in office until the live part: they sign in, and review each other once a year."""
    day, until, round_number = date(YEARS[-1] + 1, 8, 1), timeline.day(SPAN.days), 0
    renewed = False
    while day < until:
        timeline.on(day, 9)
        round_number += 1
        if round_number % 2:
            people.review_all(house, (ADMIN, ADMIN_2))
        for email in (ADMIN, ADMIN_2):
            timeline.later(5)
            with acting(house, email) as uow:
                if day >= NEW_CHARTER and not renewed:
                    renewed = True
                    charter = charter_in_force(CharterKind.CENOMED, uow.today()).version
                    for cell in cells_of(uow):
                        set_charter_version(uow, cell.reference, cell.version, charter_version=charter)
        day = add_months(day, UPKEEP_MONTHS)
