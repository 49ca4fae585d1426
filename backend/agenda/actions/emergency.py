"""An emergency meeting: the coordinator asks, the town hall's member agrees, the filter remains (CEN-47, CEN-48)."""

from backend.agenda.actions.letters import tell_roles
from backend.agenda.actions.planning import require_future
from backend.agenda.events import EmergencyAgreed, EmergencyAsked
from backend.agenda.forms import EmergencyForm
from backend.agenda.models import Meeting
from backend.agenda.states import AGREE, MEETING
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.charters.queries import charter_of
from backend.kernel.clock import paris_instant
from backend.kernel.errors import InvalidInput, WrongMoment
from policies.access import Action
from policies.meeting_words import MeetingKind


def ask(uow: UnitOfWork, form: EmergencyForm) -> Meeting:
    """Ask for an emergency meeting after an event that the charter names; the town hall's members are told.

    Raises `WrongMoment` where the charter knows no emergency meeting, `InvalidInput` for an event it does not name or
    that is still to come, and for a meeting that would be past.
    """
    row = gate.fetch(uow, Cell, form.cell, to=Action.CELL_READ)
    meeting = Meeting(
        cell_id=row.id,
        kind=MeetingKind.EMERGENCY,
        starts_at=paris_instant(form.day, form.hour),
        place=form.place,
        event_kind=form.event_kind,
        event_on=form.event_on,
        event_quartier=form.event_quartier,
    )
    gate.require(uow, meeting, Action.MEETING_ASK)
    rules = charter_of(row.charter_version).rules
    if rules.emergency is None or rules.emergency_agreement is None:
        raise WrongMoment("La charte de cette cellule ne prévoit pas de réunion d'urgence.")
    if form.event_kind not in rules.emergency.events:
        raise InvalidInput({"event_kind": "La charte de cette cellule ne prévoit pas cet événement."})
    if form.event_on > uow.today():
        raise InvalidInput({"event_on": "Indiquez le jour où l'événement a eu lieu, pas un jour à venir."})
    require_future(uow, meeting.starts_at, "day")
    uow.session.add(meeting)
    uow.session.flush()
    uow.record(EmergencyAsked(Reference(meeting.reference), form.event_kind))
    tell_roles(uow, meeting, "meeting_agreement", rules.emergency_agreement.roles)
    return meeting


def agree(uow: UnitOfWork, reference: str, version: int | None) -> Meeting:
    """Record the town hall's agreement to an emergency meeting, by its own member and once.

    Raises `WrongMoment` for an ordinary meeting, and when the agreement is recorded already.
    """
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_AGREE, version=version)
    meeting.stage = MEETING.step(meeting.stage, AGREE)
    if meeting.kind is not MeetingKind.EMERGENCY:
        raise WrongMoment("Une réunion ordinaire n'a pas besoin de l'accord de la mairie.")
    if meeting.agreed_at is not None:
        raise WrongMoment("L'accord de la mairie est déjà enregistré.")
    meeting.agreed_by = uow.account()
    meeting.agreed_at = uow.now()
    uow.record(EmergencyAgreed(Reference(meeting.reference)))
    return meeting
