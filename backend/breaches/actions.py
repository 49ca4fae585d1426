"""Declare a breach, qualify it, say that the CNIL and the persons were told, close it (RGPD, articles 33 and 34)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.actor import Grant
from backend.authorization.work import UnitOfWork
from backend.breaches.events import (
    BreachClosed,
    BreachCommunicated,
    BreachDeclared,
    BreachNotified,
    BreachQualified,
    RegisterExported,
)
from backend.breaches.forms import CommunicationForm, DeclarationForm, NotificationForm, QualificationForm
from backend.breaches.models import Breach
from backend.breaches.states import BREACH, CLOSE, COMMUNICATE, NOTIFY, QUALIFY
from backend.breaches.views import owed_of
from backend.documents.sheets import Sheet, write_sheet
from backend.kernel.clock import PARIS, paris_day
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.mail.outbox import queue
from backend.members.queries.standing import grants_of, holders
from backend.purge.queries.rows import durations_on
from policies.access import Action
from policies.breaches import BreachState, is_late, notify_by
from policies.retention import Kind
from policies.terms import latest_start
from policies.vocabulary import Role, Word

HEADER = (
    "Référence",
    "Connue le",
    "Déclarée le",
    "État",
    "Cause",
    "Résumé",
    "Nature",
    "Données",
    "Personnes",
    "Conséquences",
    "Mesures",
    "Risque",
    "Notification due le",
    "Notifiée le",
    "Numéro",
    "Motif du retard",
    "Communiquée le",
    "Dispense",
)


def declare(uow: UnitOfWork, form: DeclarationForm) -> Breach:
    """Enter a breach in the register and tell the DPO at once; the 72 hours run from the moment it was known.

    Open to whoever holds a role. Raises `InvalidInput` for a moment to come.
    """
    row = Breach(
        declared_by=uow.account(),
        declared_at=uow.now(),
        known_at=_instant(form.known_on, form.known_hour),
        cause=form.cause,
        summary=form.summary,
    )
    gate.require(uow, row, Action.BREACH_DECLARE)
    if row.known_at > uow.now():
        raise InvalidInput({"known_on": "Indiquez le moment où la violation a été connue, pas un moment à venir."})
    uow.session.add(row)
    due = notify_by(row.known_at).astimezone(PARIS)
    for person in holders(uow, Role.DPO):
        if Grant(Role.DPO, None) in grants_of(uow, person):
            queue(uow, person.email, "breach_declared", day=due.date(), hour=due.hour, minute=due.minute)
    uow.record(BreachDeclared(Reference(row.reference), row.cause))
    return row


def qualify(uow: UnitOfWork, reference: str, form: QualificationForm, *, version: int | None = None) -> Breach:
    """Say what was lost, of whom, what it may do and what was done; again, as more is known, until it is closed."""
    row = gate.fetch(uow, Breach, reference, to=Action.BREACH_HANDLE, version=version)
    row.state = BREACH.step(row.state, QUALIFY)
    row.natures, row.concerned, row.scale = form.natures, form.concerned, form.scale
    row.effects, row.measures, row.risk = form.effects, form.measures, form.risk
    uow.record(BreachQualified(Reference(row.reference), form.risk))
    return row


def notify(uow: UnitOfWork, reference: str, form: NotificationForm, *, version: int | None = None) -> Breach:
    """Record that the CNIL was notified, once; after 72 hours, with the reason of the delay (article 33.1).

    Raises `InvalidInput` for a moment to come or before the breach was known, or a delay without its reason;
    `WrongMoment` when it was recorded already.
    """
    row = gate.fetch(uow, Breach, reference, to=Action.BREACH_HANDLE, version=version)
    row.state = BREACH.step(row.state, NOTIFY)
    if row.notified_at is not None:
        raise WrongMoment("La notification à la CNIL est déjà enregistrée.")
    at = _instant(form.notified_on, form.notified_hour)
    if at > uow.now() or at < row.known_at:
        raise InvalidInput({"notified_on": "Indiquez le moment de la notification, après celui de la découverte."})
    late = is_late(row.known_at, at)
    if late != (form.late_ground is not None):
        sentence = "Plus de 72 heures ont passé : dites pourquoi." if late else "La notification n'est pas tardive."
        raise InvalidInput({"late_ground": sentence})
    row.notified_at, row.notification_number, row.late_ground = at, form.number, form.late_ground
    uow.record(BreachNotified(Reference(row.reference), late))
    return row


def communicate(uow: UnitOfWork, reference: str, form: CommunicationForm, *, version: int | None = None) -> Breach:
    """Record the day on which the persons were told, or the ground on which they need not be (article 34)."""
    row = gate.fetch(uow, Breach, reference, to=Action.BREACH_HANDLE, version=version)
    row.state = BREACH.step(row.state, COMMUNICATE)
    if row.communicated_on is not None or row.exemption is not None:
        raise WrongMoment("La communication aux personnes est déjà enregistrée.")
    if form.communicated_on is not None and not paris_day(row.known_at) <= form.communicated_on <= uow.today():
        raise InvalidInput({"communicated_on": "Indiquez le jour de la communication, après celui de la découverte."})
    row.communicated_on, row.exemption = form.communicated_on, form.exemption
    uow.record(BreachCommunicated(Reference(row.reference), form.exemption))
    return row


def close(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Breach:
    """Close an entry of the register; raise `WrongMoment` while something that its risk makes due is missing."""
    row = gate.fetch(uow, Breach, reference, to=Action.BREACH_HANDLE, version=version)
    row.state = BREACH.step(row.state, CLOSE)
    if owed := owed_of(row):
        raise WrongMoment(f"Cette inscription ne peut pas encore être close : il manque {' et '.join(owed)}.")
    row.closed_at = uow.now()
    uow.record(BreachClosed(Reference(row.reference)))
    return row


def export_register(uow: UnitOfWork) -> bytes:
    """Write the whole register as CSV (UTF-8, semicolons), for the DPO and the CNIL (article 33.5); journalled.

    No cell is a formula: the writer that every table shares sees to it.
    """
    gate.require(uow, Breach(), Action.BREACH_HANDLE)
    rows = uow.session.scalars(gate.readable(uow, Breach).order_by(col(Breach.known_at), col(Breach.id))).all()
    uow.record(RegisterExported(len(rows)))
    return write_sheet(Sheet("Registre des violations", HEADER, tuple(_cells(row) for row in rows)), "csv", uow.now())


def forget_breaches(uow: UnitOfWork) -> int:
    """Destroy the entries of the register that are over, five years after they were made, and give how many.

    One that is still open stays. A sweep of the purge (`SWEEPS` of `app`), which counts and attests it.
    """
    day = latest_start(uow.today(), durations_on(uow.session, uow.today()).months(Kind.BREACH))
    limit = datetime.combine(day, time.max, PARIS).astimezone(UTC)
    gone = sa.delete(Breach).where(col(Breach.state) == BreachState.CLOSED, col(Breach.declared_at) <= limit)
    return len(uow.session.scalars(gone.returning(col(Breach.id))).all())


def _cells(row: Breach) -> tuple[str, ...]:
    return (
        row.reference,
        _written(row.known_at),
        _written(row.declared_at),
        row.state.label,
        row.cause.label,
        row.summary,
        _labels(row.natures),
        _labels(row.concerned),
        row.scale.label if row.scale else "",
        _labels(row.effects),
        _labels(row.measures),
        row.risk.label if row.risk else "",
        _written(notify_by(row.known_at)),
        _written(row.notified_at),
        row.notification_number or "",
        row.late_ground.label if row.late_ground else "",
        row.communicated_on.strftime("%d/%m/%Y") if row.communicated_on else "",
        row.exemption.label if row.exemption else "",
    )


def _labels(words: Iterable[Word]) -> str:
    return " ; ".join(word.label for word in words)


def _written(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(PARIS).strftime("%d/%m/%Y %H:%M")


def _instant(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS).astimezone(UTC)
