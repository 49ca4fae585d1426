"""What the DPO does with an unusual access: learn who it was, for a journalled reason; say what became of it."""

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import StepUpRequired, WrongMoment
from backend.oversight.events import NamesakesLifted, PseudonymLifted, UnusualAccessSettled
from backend.oversight.models import UnusualAccess
from backend.oversight.queries.namesakes import namesakes_known
from backend.oversight.states import ACCESS, SETTLE
from backend.oversight.views import NamesakesView
from policies.access import Action
from policies.oversight_words import AccessOutcome, LiftGround


def lift(uow: UnitOfWork, reference: str, ground: LiftGround, *, version: int | None = None) -> UnusualAccess:
    """Lift the pseudonym of an unusual access, with a fresh second factor.

    Raises `Forbidden` for the person whose access it is, `WrongMoment` when it was lifted already, `StepUpRequired`
    without the second factor.
    """
    row = gate.fetch(uow, UnusualAccess, reference, to=Action.UNUSUAL_ACCESS_LIFT, version=version)
    if not uow.actor.stepped_up:
        raise StepUpRequired
    if row.lifted_at is not None:
        raise WrongMoment("Vous savez déjà de qui est cet accès.")
    row.ground, row.lifted_by, row.lifted_at = ground, uow.account(), uow.now()
    uow.record(PseudonymLifted(Reference(row.reference), ground))
    return row


def lift_namesakes(uow: UnitOfWork, ground: LiftGround) -> NamesakesView:
    """Give who opened a namesake, with a fresh second factor; the journal says why, and not of whom.

    Raises `Forbidden` for who does not oversee accesses, `StepUpRequired` without the second factor.
    """
    gate.require(uow, UnusualAccess(), Action.UNUSUAL_ACCESS_LIFT)
    if not uow.actor.stepped_up:
        raise StepUpRequired
    uow.record(NamesakesLifted(ground))
    return namesakes_known(uow)


def settle(uow: UnitOfWork, reference: str, outcome: AccessOutcome, *, version: int | None = None) -> UnusualAccess:
    """Say what became of an unusual access; raises `Forbidden` for its person, `WrongMoment` once it was said."""
    row = gate.fetch(uow, UnusualAccess, reference, to=Action.UNUSUAL_ACCESS_SETTLE, version=version)
    row.state = ACCESS.step(row.state, SETTLE)
    row.outcome, row.settled_by, row.settled_at = outcome, uow.account(), uow.now()
    uow.record(UnusualAccessSettled(Reference(row.reference), outcome))
    return row
