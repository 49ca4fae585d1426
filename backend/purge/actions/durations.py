"""The durations are the Ville's: an administrator records its decision, the DPO advises, then it applies (R22)."""

from datetime import timedelta

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.purge.events import DurationAdvised, DurationEntered
from backend.purge.forms import DurationForm
from backend.purge.models import RetentionDecision
from backend.purge.states import DECISION
from policies.access import Action
from policies.precedence import DECISION_DAYS
from policies.retention import rule
from policies.retention_words import Opinion


def enter_duration(uow: UnitOfWork, form: DurationForm) -> RetentionDecision:
    """Record a duration that the Ville decided, within the bounds of the file; it awaits an opinion.

    Raises `Forbidden`, or `InvalidInput` for a kind that is not decided, a duration out of its bounds, a day too near.
    """
    row = RetentionDecision(
        kind=form.kind,
        months=form.months,
        number=form.number,
        decided_on=form.decided_on,
        authority=form.authority,
        applies_on=form.applies_on,
        entered_by=uow.account(),
        entered_at=uow.now(),
    )
    gate.require(uow, row, Action.RETENTION_DECISION_ENTER)
    found = rule(form.kind)
    least, most = found.minimum_months, found.maximum_months
    if not found.is_decidable or most is None:
        raise InvalidInput({"kind": "Cette durée ne se décide pas : elle découle d'un texte ou du fonctionnement."})
    if not least <= form.months <= most:
        raise InvalidInput({"months": f"Choisissez une durée de {least} à {most} mois."})
    if form.decided_on > uow.today():
        raise InvalidInput({"decided_on": "Une décision ne peut pas être datée dans l'avenir."})
    if form.applies_on < uow.today() + timedelta(days=DECISION_DAYS):
        raise InvalidInput({"applies_on": f"Laissez {DECISION_DAYS} jours au moins pour l'avis du délégué."})
    uow.session.add(row)
    uow.record(DurationEntered(Reference(row.reference), row.kind, row.months))
    return row


def advise(uow: UnitOfWork, reference: str, opinion: Opinion, *, version: int | None = None) -> RetentionDecision:
    """Give the DPO's opinion, once: a favourable one lets the duration apply, seven days later at the soonest.

    Raises `Forbidden` for anybody else and for who entered it, `WrongMoment` once an opinion is given.
    """
    row = gate.fetch(uow, RetentionDecision, reference, to=Action.RETENTION_DECISION_ADVISE, version=version)
    if not DECISION.allows(row.state, opinion):
        raise WrongMoment("Un avis a déjà été donné sur cette décision.")
    row.state = DECISION.step(row.state, opinion)
    row.opinion_by, row.opinion_at = uow.account(), uow.now()
    row.applies_on = max(row.applies_on, uow.today() + timedelta(days=DECISION_DAYS))
    uow.record(DurationAdvised(Reference(row.reference), opinion))
    return row
