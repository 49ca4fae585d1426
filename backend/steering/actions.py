"""Plan the events that steer the cells, and say whether they were held (CEN-51, CEN-58 to CEN-60)."""

from datetime import UTC, datetime

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.actor import Grant
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.counts.deltas import CITY
from backend.documents.calendar import Invitation, Method, written
from backend.kernel.clock import PARIS, paris_day
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.mail.outbox import queue
from backend.members.models import Account
from backend.members.queries.standing import grants_of, holders
from backend.steering.events import SteeringPlanned, SteeringSettled
from backend.steering.forms import OutcomeForm, SteeringForm
from backend.steering.models import SteeringEvent
from backend.steering.states import EVENT, GIVE_UP, HOLD
from policies.access import MEMBERS, Action
from policies.indicator_words import Indicator
from policies.steering_words import SteeringKind
from policies.vocabulary import Role

SUMMARIES = {
    SteeringKind.PRESENTATION: "Présentation de rentrée de la cellule",
    SteeringKind.COPIL: "Comité de pilotage des cellules",
}
"""The title of every entry of a diary: the same for all, whatever was typed."""

_TEMPLATES = {Method.REQUEST: "steering_convocation", Method.CANCEL: "steering_cancellation"}


def plan_event(uow: UnitOfWork, form: SteeringForm) -> SteeringEvent:
    """Plan a presentation for a cell, or a meeting of the COPIL; whom it concerns is told.

    Raises `Forbidden` for who does not plan it, `InvalidInput` without the cell of a presentation or in the past.
    """
    cell = None if form.cell is None else gate.fetch(uow, Cell, form.cell, to=Action.CELL_READ)
    if form.kind is SteeringKind.PRESENTATION and cell is None:
        raise InvalidInput({"cell": "Choisissez la cellule qui se présente."})
    event = SteeringEvent(
        kind=form.kind,
        cell_id=None if cell is None else cell.id,
        title=form.title,
        place=form.place,
        starts_at=datetime.combine(form.day, form.hour, PARIS).astimezone(UTC),
    )
    gate.require(uow, event, Action.STEERING_EVENT_WRITE)
    if event.starts_at <= uow.now():
        raise InvalidInput({"day": "Choisissez un jour et une heure à venir."})
    uow.session.add(event)
    invited = _tell(uow, event, Method.REQUEST)
    uow.record(SteeringPlanned(Reference(event.reference), event.kind, invited))
    return event


def settle_event(uow: UnitOfWork, reference: str, version: int, form: OutcomeForm) -> SteeringEvent:
    """Say that an event was held, and count it, or that it was not; given up in advance, whom it concerns is told.

    Raises `WrongMoment` for an event already settled, and for one held before its hour.
    """
    event = gate.fetch(uow, SteeringEvent, reference, to=Action.STEERING_EVENT_WRITE, version=version)
    event.state = EVENT.step(event.state, HOLD if form.held else GIVE_UP)
    ahead = event.starts_at > uow.now()
    if form.held:
        if ahead:
            raise WrongMoment("La tenue s'enregistre une fois l'événement passé.")
        event.present = form.present
        day = paris_day(event.starts_at)
        if event.cell_id is None:
            uow.count(Indicator.COPIL_HELD, CITY, on=day)
        else:
            uow.count(Indicator.PRESENTATION_HELD, event.cell_id, on=day)
    elif ahead:
        _tell(uow, event, Method.CANCEL)
    uow.record(SteeringSettled(Reference(event.reference), event.state, len(event.present)))
    return event


def _tell(uow: UnitOfWork, event: SteeringEvent, method: Method) -> int:
    """Queue one message, with an entry for the diary, to each person whom an event concerns; give how many."""
    organizer = uow.session.get_one(Account, uow.account()).email
    starts = event.starts_at.astimezone(PARIS)
    concerned = _concerned(uow, event)
    for address in concerned:
        invitation = Invitation(
            method=method,
            uid=event.uid,
            sequence=0 if method is Method.REQUEST else 1,
            stamped_at=uow.now(),
            starts_at=event.starts_at,
            place=event.place,
            summary=SUMMARIES[event.kind],
            organizer=organizer,
            attendee=address,
        )
        queue(
            uow,
            address,
            _TEMPLATES[method],
            calendar=written(invitation),
            day=paris_day(event.starts_at),
            hour=starts.hour,
            minute=starts.minute,
            kind=event.kind,
            event=event.reference,
        )
    return len(concerned)


def _concerned(uow: UnitOfWork, event: SteeringEvent) -> list[str]:
    """Give the addresses of the members of a cell, or of the COPIL and of every coordinator."""
    if event.cell_id is None:
        people = [*holders(uow, Role.STEERING), *holders(uow, Role.COORDINATOR)]
        return sorted({person.email for person in people if grants_of(uow, person)})
    return sorted(
        {
            person.email
            for role in sorted(MEMBERS)
            for person in holders(uow, role, event.cell_id)
            if Grant(role, event.cell_id) in grants_of(uow, person)
        }
    )
