"""The meetings of the demonstration: one convened for today, its research under way, and the next one being dated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from backend.agenda.actions.convening import convene
from backend.agenda.actions.planning import plan, propose
from backend.agenda.actions.preparing import fill
from backend.agenda.forms import PlanForm, ProposalForm
from backend.authorization.work import House, UnitOfWork
from backend.cells.queries import cells_of
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.people import coordinator_of
from backend.cli.demonstration.timeline import Timeline
from backend.kernel.clock import paris_day
from backend.members.queries.standing import holders
from backend.research.actions import invite_guest, open_research, prepare
from backend.research.forms import GuestForm, OpenForm, PrepareForm
from policies.charter_words import ResearchValue
from policies.meeting_words import Quarter
from policies.personas import DOMAIN
from policies.vocabulary import Role

TERRITORY = "13"
CONVENED, FILLED, PREPARED, DATED = 34, 14, 6, 3
"""Days before the present: the meeting is convened, its agenda filled and research opened, a member prepares, the next
meeting is dated."""

NEXT = timedelta(days=92)
"""From today's meeting to the next one, which falls in another quarter whatever the day."""

HOUR = time(9, 30)
PLACE = "Mairie du 13e, salle du conseil"


@dataclass(slots=True)
class Meetings:
    """Holds the calendar of one cell, day after day; `coming` is the reference of the meeting convened for today."""

    house: House
    timeline: Timeline
    coming: str = ""

    def go_on(self, days: int, retained: Sequence[str]) -> None:
        """Do what a day of the demonstration asks; `retained` are the situations that the seats may prepare."""
        match days:
            case day if day == CONVENED:
                self._convene()
            case day if day == FILLED:
                self._open_research(retained)
            case day if day == PREPARED:
                self._prepare(retained[0])
            case day if day == DATED:
                self._date_the_next()

    def _convene(self) -> None:
        self.timeline.at(CONVENED, 8, 30)
        with acting(self.house, coordinator_of(TERRITORY)) as uow:
            self.coming = self._plan(uow, paris_day(self.timeline.present))
            convene(uow, self.coming, None)

    def _open_research(self, retained: Sequence[str]) -> None:
        self.timeline.at(FILLED, 18)
        with acting(self.house, coordinator_of(TERRITORY)) as uow:
            fill(uow, self.coming, None)
            (*_, guest_situation) = open_research(uow, OpenForm(references=tuple(retained)))
            (guest,) = holders(uow, Role.GUEST, guest_situation.cell_id)
            invite_guest(uow, guest_situation.reference, GuestForm(guest=guest.reference))

    def _prepare(self, reference: str) -> None:
        self.timeline.at(PREPARED, 18)
        with acting(self.house, f"commissariat-{TERRITORY}@{DOMAIN}") as uow:
            prepare(uow, reference, PrepareForm(value=ResearchValue.TO_BRING, note="Voir avec l'équipe du secteur."))

    def _date_the_next(self) -> None:
        self.timeline.at(DATED, 18)
        day = paris_day(self.timeline.present) + NEXT
        with acting(self.house, coordinator_of(TERRITORY)) as uow:
            meeting = self._plan(uow, day)
            propose(uow, meeting, None, ProposalForm(first=day, second=day + timedelta(days=1), hour=HOUR))

    def _plan(self, uow: UnitOfWork, day: date) -> str:
        cells = tuple(cell.reference for cell in cells_of(uow) if cell.territory == TERRITORY)
        shape = {"cells": cells, "hour": HOUR, "place": PLACE, Quarter.holding(day).value: day}
        (meeting,) = plan(uow, PlanForm.model_validate(shape))
        return meeting.reference
