"""Steps 5 and 6 in the demonstration: an emergency meeting, its orientations, what was sent, opened and answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time

from backend.agenda.actions.convening import convene
from backend.agenda.actions.emergency import agree, ask
from backend.agenda.actions.holding import open_meeting
from backend.agenda.actions.preparing import list_situation
from backend.agenda.forms import EmergencyForm, ListingForm
from backend.agenda.queries.rows import items_of
from backend.authorization.work import House
from backend.cells.queries import cells_of
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.meetings import PLACE, TERRITORY
from backend.cli.demonstration.people import coordinator_of
from backend.cli.demonstration.timeline import Timeline
from backend.examination.actions import begin, close_session, decide
from backend.examination.forms import DecisionForm
from backend.feedback.actions import answer
from backend.feedback.forms import FeedbackForm
from backend.orientations.actions.deciding import orient
from backend.orientations.actions.informing import inform
from backend.orientations.actions.transmitting import open_transmission, transmit
from backend.orientations.forms import InformationForm, OrientationForm, TransmissionForm, UndertakingForm
from backend.orientations.queries.sheets import preview_of_orientation
from policies.charter_words import EventLink, FeedbackValue, Gravity
from policies.examination_words import Decision, FollowingReason
from policies.orientation_words import Destination, InformationMode, InformationResult
from policies.personas import DOMAIN
from policies.vocabulary import Role

ASKED, HELD, INFORMED, SENT, OPENED, ANSWERED = 23, 20, 19, 18, 16, 9
"""Days before the present: the emergency meeting is asked for and held, families are informed, services are seized."""

QUARTIER = 50

DECIDED: tuple[tuple[Destination, ...], ...] = (
    (Destination.LOCAL_ASSOCIATION, Destination.EDUCATIONAL_SUCCESS, Destination.CITY_HOLIDAYS),
    (Destination.SOCIAL_SERVICES, Destination.CRIP, Destination.SPECIALISED_PREVENTION),
)
"""What the cell decides on each of the two situations."""

KEPT_BACK = Destination.SPECIALISED_PREVENTION
"""What the coordinator has still to transmit today."""

READERS = {Destination.LOCAL_ASSOCIATION: "association", Destination.EDUCATIONAL_SUCCESS: "reussite-13"}
"""Who has opened what was sent; the first one has answered, the second one's answer is awaited."""


@dataclass(slots=True)
class Support:
    """Plays what an emergency meeting decides, day after day."""

    house: House
    timeline: Timeline
    meeting: str = ""
    decided: dict[Destination, str] = field(default_factory=dict)
    sent: dict[Destination, str] = field(default_factory=dict)

    def go_on(self, days: int, urgent: Sequence[str]) -> None:
        """Do what a day of the demonstration asks; `urgent` are the two situations linked to the event."""
        match days:
            case day if day == ASKED:
                self._convene(urgent)
            case day if day == HELD:
                self._hold()
            case day if day == INFORMED:
                self._inform(urgent)
            case day if day == SENT:
                self._transmit()
            case day if day == OPENED:
                self._open()
            case day if day == ANSWERED:
                self._answer()

    def _coordinating(self, hour: int, days: int) -> str:
        self.timeline.at(days, hour)
        return coordinator_of(TERRITORY)

    def _convene(self, urgent: Sequence[str]) -> None:
        with acting(self.house, self._coordinating(9, ASKED)) as uow:
            (cell,) = (cell for cell in cells_of(uow) if cell.territory == TERRITORY)
            self.meeting = ask(
                uow,
                EmergencyForm(
                    cell=cell.reference,
                    day=self.timeline.day(HELD),
                    hour=time(9, 30),
                    place=PLACE,
                    event_kind=Gravity.RIXE,
                    event_on=self.timeline.day(ASKED + 1),
                    event_quartier=QUARTIER,
                ),
            ).reference
        self.timeline.at(ASKED, 11)
        with acting(self.house, f"mairie-{TERRITORY}@{DOMAIN}") as uow:
            agree(uow, self.meeting, None)
        with acting(self.house, self._coordinating(14, ASKED)) as uow:
            convene(uow, self.meeting, None)
            for situation in urgent:
                list_situation(uow, self.meeting, None, ListingForm(situation=situation, link=EventLink.INDIRECT))

    def _hold(self) -> None:
        with acting(self.house, self._coordinating(9, HELD)) as uow:
            meeting = open_meeting(uow, self.meeting, None)
            for item, destinations in zip(items_of(uow, meeting), DECIDED, strict=True):
                self.timeline.later(20)
                begin(uow, item.reference)
                for destination in destinations:
                    form = OrientationForm(destination=destination)
                    self.decided[destination] = orient(uow, item.reference, form).reference
                decide(
                    uow,
                    item.reference,
                    DecisionForm(
                        decision=Decision.FOLLOW,
                        following=FollowingReason.FEEDBACK_AWAITED,
                        present=(Role.COORDINATOR, Role.PARQUET, Role.TOWN_HALL, Role.POLICE, Role.PJJ),
                    ),
                )
            close_session(uow, self.meeting)

    def _inform(self, urgent: Sequence[str]) -> None:
        with acting(self.house, self._coordinating(15, INFORMED)) as uow:
            for situation in urgent:
                self.timeline.later(30)
                inform(
                    uow,
                    situation,
                    InformationForm(
                        made_on=uow.today(),
                        mode=InformationMode.INTERVIEW,
                        first_holder=InformationResult.INFORMED,
                        second_holder=InformationResult.NONE,
                        minor=InformationResult.INFORMED,
                    ),
                )

    def _transmit(self) -> None:
        with acting(self.house, self._coordinating(10, SENT)) as uow:
            for destination, orientation in self.decided.items():
                if destination in {KEPT_BACK, Destination.CITY_HOLIDAYS}:
                    continue
                self.timeline.later(6)
                ((institution, _),) = preview_of_orientation(uow, orientation, {}).institutions
                form = TransmissionForm(institution=institution)
                self.sent[destination] = transmit(uow, orientation, form).reference

    def _open(self) -> None:
        for number, (destination, reader) in enumerate(READERS.items()):
            self.timeline.at(OPENED, 10 + number)
            with acting(self.house, f"{reader}@{DOMAIN}") as uow:
                open_transmission(uow, self.sent[destination], UndertakingForm(undertaking=True))

    def _answer(self) -> None:
        self.timeline.at(ANSWERED, 16)
        with acting(self.house, f"{READERS[Destination.LOCAL_ASSOCIATION]}@{DOMAIN}") as uow:
            form = FeedbackForm(value=FeedbackValue.POSSIBLE, answered_on=uow.today())
            answer(uow, self.sent[Destination.LOCAL_ASSOCIATION], form)
