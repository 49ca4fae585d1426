"""People over the purge: stop it, put it back in motion, confirm what it refused (domain.md section 6)."""

from sqlalchemy.dialects import postgresql, sqlite

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import Stale, StepUpRequired, WrongMoment
from backend.purge.events import PurgeSwitched, RunConfirmed
from backend.purge.models import PurgeRun, PurgeState
from policies.access import Action
from policies.retention_words import RunState


def locked_state(uow: UnitOfWork) -> PurgeState:
    """Give the single row of the purge, locked, made at its first use."""
    insert = sqlite.insert if uow.stores.main.embedded else postgresql.insert
    uow.session.execute(insert(PurgeState).values(id=1, version=1).on_conflict_do_nothing())
    return uow.session.get_one(PurgeState, 1, with_for_update=True, populate_existing=True)


class StoppedError(Exception):
    """Somebody stopped the purge: what had not begun is not made, and the run stays open until it is put back."""


def require_running(uow: UnitOfWork) -> None:
    """Hold the switch for the time of a batch, so that whoever stops the purge waits for its end.

    Raises `StoppedError` when it is stopped.
    """
    if locked_state(uow).stopped_at is not None:
        raise StoppedError


def stop(uow: UnitOfWork, *, version: int | None = None) -> PurgeState:
    """Stop the purge at once, for as long as nobody puts it back: a batch under way ends first, no other begins.

    Raises `WrongMoment` when it is stopped already.
    """
    state = _state(uow, version)
    if state.stopped_at is not None:
        raise WrongMoment("La purge est déjà arrêtée.")
    state.stopped_at, state.stopped_by = uow.now(), uow.account()
    uow.record(PurgeSwitched(stopped=True))
    return state


def stop_restored(uow: UnitOfWork) -> None:
    """Stop the purge because its rows were restored: nobody stopped it, and the DPO alone puts it back."""
    state = locked_state(uow)
    state.stopped_at, state.stopped_by = uow.now(), None
    state.version += 1
    uow.record(PurgeSwitched(stopped=True))


def restart(uow: UnitOfWork, *, version: int | None = None) -> PurgeState:
    """Put the purge back in motion, with a fresh second factor; what is overdue goes at the next run.

    Raises `WrongMoment` when it is not stopped, `StepUpRequired` without the second factor.
    """
    state = _state(uow, version)
    _require_step_up(uow)
    if state.stopped_at is None:
        raise WrongMoment("La purge est déjà en marche.")
    state.stopped_at, state.stopped_by = None, None
    uow.record(PurgeSwitched(stopped=False))
    return state


def confirm(uow: UnitOfWork, reference: str, *, version: int | None = None) -> PurgeRun:
    """Confirm a run that a guard refused today, with a fresh second factor: it is made again at once.

    Raises `WrongMoment` for one that was not refused, or on another day; `StepUpRequired` without the second factor.
    """
    run = gate.fetch(uow, PurgeRun, reference, to=Action.PURGE_RUN_CONFIRM, version=version)
    _require_step_up(uow)
    if run.state is not RunState.REFUSED or run.guard is None or run.confirmed_at is not None:
        raise WrongMoment("Ce passage n'attend pas de confirmation.")
    if run.day != uow.today():
        raise WrongMoment("Ce passage n'est pas celui d'aujourd'hui : confirmez le plus récent.")
    run.confirmed_by, run.confirmed_at = uow.account(), uow.now()
    uow.record(RunConfirmed(Reference(run.reference), run.guard))
    return run


def _state(uow: UnitOfWork, version: int | None) -> PurgeState:
    gate.require(uow, PurgeRun(), Action.PURGE_RUN_SWITCH)
    state = locked_state(uow)
    if version is not None and state.version != version:
        raise Stale
    state.version += 1
    return state


def _require_step_up(uow: UnitOfWork) -> None:
    if not uow.actor.stepped_up:
        raise StepUpRequired
