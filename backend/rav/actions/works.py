"""Meetings of a network, what they decide to follow, and its events."""

from datetime import datetime, time

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.documents.calendar import Method
from backend.kernel.clock import PARIS
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.rav.actions.letters import tell_contacts
from backend.rav.actions.networks import CLOSED
from backend.rav.events import EventRecorded, MeetingClosed, MeetingConvened, NetworkChange, NetworkChanged
from backend.rav.forms import EventForm, FollowUpForm, MeetingForm, PresenceForm
from backend.rav.models.networks import Network
from backend.rav.models.works import AgendaTitle, Event, FollowUp, Meeting, Presence
from backend.rav.queries.networks import members_of
from backend.rav.states import CANCEL, HOLD, MEETING
from policies.access import Action
from policies.indicator_words import Indicator
from policies.rav_words import MeetingState


def convene(uow: UnitOfWork, reference: str, form: MeetingForm) -> Meeting:
    """Convene a plenary or working-group meeting, with its agenda of titles; the contacts are told (RAV-11)."""
    network = _network(uow, reference)
    starts_at = datetime.combine(form.day, time.fromisoformat(form.hour), tzinfo=PARIS)
    if starts_at <= uow.now():
        raise InvalidInput({"day": "Une réunion se convoque pour plus tard : choisissez une date à venir."})
    meeting = Meeting(network_id=network.id, kind=form.kind, title=form.title, starts_at=starts_at, place=form.place)
    uow.session.add(meeting)
    uow.session.flush()  # its agenda leads to it without a relationship
    for rank, title in enumerate(form.agenda, start=1):
        uow.session.add(AgendaTitle(meeting_id=meeting.id, rank=rank, title=title))
    tell_contacts(uow, meeting, Method.REQUEST)
    uow.record(MeetingConvened(Reference(network.reference), Reference(meeting.reference), form.kind))
    return meeting


def hold(uow: UnitOfWork, reference: str, version: int, form: PresenceForm) -> Meeting:
    """Record that a meeting was held and which organisations came, never who; it is counted (RAV-20, RAV-21)."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.RAV_MEETING_WRITE, version=version)
    state = MEETING.step(meeting.state, HOLD)
    if meeting.starts_at > uow.now():
        raise WrongMoment("Cette réunion n'a pas encore eu lieu : enregistrez les présences une fois tenue.")
    known = {member.reference: member for member in members_of(uow, meeting.network_id)}
    if not set(form.members) <= known.keys():
        raise InvalidInput({"members": "Choisissez parmi les organisations membres du réseau."})
    meeting.state = state
    for member in dict.fromkeys(form.members):
        uow.session.add(Presence(meeting_id=meeting.id, member_id=known[member].id))
    network = uow.session.get_one(Network, meeting.network_id)
    uow.count(Indicator.RAV_MEETINGS, network.cell_id, meeting.kind)
    uow.record(MeetingClosed(Reference(meeting.reference), state, len(set(form.members))))
    return meeting


def cancel(uow: UnitOfWork, reference: str, version: int) -> Meeting:
    """Cancel a meeting that was not held; the contacts are told."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.RAV_MEETING_WRITE, version=version)
    meeting.state = MEETING.step(meeting.state, CANCEL)
    tell_contacts(uow, meeting, Method.CANCEL)
    uow.record(MeetingClosed(Reference(meeting.reference), meeting.state, 0))
    return meeting


def add_follow_up(uow: UnitOfWork, reference: str, form: FollowUpForm) -> FollowUp:
    """Note an action that an organisation took on at a meeting."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.RAV_MEETING_WRITE)
    if meeting.state is MeetingState.CANCELLED:
        raise WrongMoment("Cette réunion est annulée : elle n'a rien décidé.")
    known = {member.reference: member for member in members_of(uow, meeting.network_id)}
    if form.member not in known:
        raise InvalidInput({"member": "Choisissez une organisation membre du réseau."})
    followed = FollowUp(meeting_id=meeting.id, member_id=known[form.member].id, title=form.title, due_on=form.due_on)
    uow.session.add(followed)
    uow.record(NetworkChanged(Reference(followed.reference), NetworkChange.FOLLOW_UP_ADDED))
    return followed


def close_follow_up(uow: UnitOfWork, reference: str, version: int) -> Meeting:
    """Say that an action was done."""
    followed = gate.fetch(uow, FollowUp, reference, to=Action.RAV_FOLLOW_UP_CLOSE, version=version)
    if followed.done_on is not None:
        raise WrongMoment("Cette action est déjà faite.")
    followed.done_on = uow.today()
    uow.record(NetworkChanged(Reference(followed.reference), NetworkChange.FOLLOW_UP_DONE))
    return uow.session.get_one(Meeting, followed.meeting_id)


def record_event(uow: UnitOfWork, reference: str, form: EventForm) -> Event:
    """Record an event for the inhabitants; it is counted by thematic day (RAV-12, RAV-20)."""
    network = _network(uow, reference)
    event = Event(network_id=network.id, **dict(form))
    uow.session.add(event)
    uow.count(Indicator.RAV_EVENTS, network.cell_id, form.day)
    uow.record(EventRecorded(Reference(network.reference), Reference(event.reference), form.day))
    return event


def _network(uow: UnitOfWork, reference: str) -> Network:
    network = gate.fetch(uow, Network, reference, to=Action.RAV_NETWORK_WRITE)
    if network.closed_on is not None:
        raise WrongMoment(CLOSED)
    return network
