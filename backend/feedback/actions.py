"""Answer a transmission, correct the answer, remind a service, list answers at the next meeting (step 6)."""

from datetime import time, timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.actions.preparing import list_feedback
from backend.agenda.events import AgendaFilled
from backend.agenda.models import Meeting
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.charters.queries import charter_of
from backend.feedback.events import FeedbackCorrected, FeedbackGiven, RecipientReminded
from backend.feedback.forms import FeedbackForm
from backend.feedback.models import Feedback
from backend.feedback.queries import feedback_of, require_opened, unlisted
from backend.kernel.clock import paris_day, paris_instant
from backend.kernel.errors import CharterRefusal, InvalidInput, WrongMoment
from backend.orientations.actions.letters import tell_recipients
from backend.orientations.models import Transmission
from backend.orientations.states import ANSWER, CORRECT, REMIND, TRANSMISSION
from backend.situations.models import Situation
from policies.access import Action
from policies.indicator_words import Indicator
from policies.retention import Kind, due

BETWEEN_REMINDERS = timedelta(days=7)
"""A service is not reminded twice in a week."""


def answer(uow: UnitOfWork, reference: str, form: FeedbackForm, *, version: int | None = None) -> Transmission:
    """Record what a service answers to a transmission, or let its author correct it until an agenda lists it.

    The transmission is then readable for one month, and never beyond six. Raises `WrongMoment` before the person has
    opened it or once listed, `Forbidden` for a colleague of the author, `CharterRefusal` for a value that the charter
    does not name.
    """
    row = gate.fetch(uow, Transmission, reference, to=Action.TRANSMISSION_ANSWER, version=version)
    require_opened(uow, row)
    _check(uow, row, form)
    given = feedback_of(uow, row.id)
    if given is None:
        row.state = TRANSMISSION.step(row.state, ANSWER)
        row.answered_at = uow.now()
        row.readable_until = min(
            row.readable_until, paris_instant(due(Kind.TRANSMISSION_ANSWERED, uow.today()).day, time())
        )
        uow.session.add(
            Feedback(
                transmission_id=row.id,
                situation_id=row.situation_id,
                cell_id=row.cell_id,
                institution_id=row.institution_id,
                account_id=uow.account(),
                value=form.value,
                answered_on=form.answered_on,
                recorded_at=uow.now(),
            )
        )
        uow.count_delay(Indicator.FEEDBACK_DELAY, row.cell_id, row.sent_at)
        uow.record(FeedbackGiven(Reference(row.reference)))
    else:
        row.state = TRANSMISSION.step(row.state, CORRECT)
        given = gate.fetch(uow, Feedback, given.reference, to=Action.FEEDBACK_CORRECT)
        if given.listed_at is not None:
            raise WrongMoment("Ce retour est inscrit à l'ordre du jour d'une réunion : il ne se corrige plus.")
        uow.count(Indicator.FEEDBACK, row.cell_id, given.value, by=-1, on=paris_day(given.recorded_at))
        given.value, given.answered_on = form.value, form.answered_on
        uow.record(FeedbackCorrected(Reference(row.reference)))
    recorded = uow.today() if given is None else paris_day(given.recorded_at)
    uow.count(Indicator.FEEDBACK, row.cell_id, form.value, on=recorded)
    return row


def remind(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Transmission:
    """Remind a service, at the coordinator's word only, that a feedback is awaited; the message holds nothing else.

    Raises `WrongMoment` once answered, and within a week of the last reminder.
    """
    row = gate.fetch(uow, Transmission, reference, to=Action.TRANSMISSION_REMIND, version=version)
    row.state = TRANSMISSION.step(row.state, REMIND)
    if row.reminded_at is not None and uow.now() - row.reminded_at < BETWEEN_REMINDERS:
        raise WrongMoment("Ce service a reçu un rappel il y a moins d'une semaine.")
    row.reminded_at = uow.now()
    situation = uow.session.get_one(Situation, row.situation_id)
    people = tell_recipients(uow, situation, row, "feedback_reminder")
    uow.record(RecipientReminded(Reference(row.reference), people))
    return row


def on_agenda_filled(uow: UnitOfWork, event: AgendaFilled) -> None:
    """List in part 3 the feedback that no meeting has heard: what stands on another agenda waits for the next one."""
    meeting = uow.session.scalars(sa.select(Meeting).where(col(Meeting.reference) == event.meeting)).one()
    waiting = unlisted(uow, meeting.cell_id)
    references = list(dict.fromkeys(situation.reference for _, situation in waiting))
    if not references:
        return
    listed = {item.situation_id for item in list_feedback(uow, meeting, references)}
    for row, situation in waiting:
        if situation.id in listed:
            row.listed_at = uow.now()
            row.version += 1


def _check(uow: UnitOfWork, row: Transmission, form: FeedbackForm) -> None:
    rule = charter_of(cell_of(uow, row.cell_id).charter_version).rules.feedback
    if form.value not in rule.values:
        raise CharterRefusal(rule.statement, rule.origin)
    if not paris_day(row.sent_at) <= form.answered_on <= uow.today():
        raise InvalidInput({"answered_on": "Indiquez un jour entre l'envoi de la transmission et aujourd'hui."})
