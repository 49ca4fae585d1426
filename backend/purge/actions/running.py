"""One run of the purge: a process holds the lease, the guards are asked, cell after cell, then the attestation.

Killed anywhere, the run stays open: the next one finishes what has a tombstone, then goes on with the same run, so that
one attestation tells it whole (domain.md section 6).
"""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.timekeeping import clock_is_refused, trust_clock
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.purge.actions.announcing import announce
from backend.purge.actions.attesting import attest
from backend.purge.actions.destroying import destroy_ended, finish, to_destroy
from backend.purge.actions.lapsing import lapse
from backend.purge.actions.sweeping import sweep
from backend.purge.actions.switching import StoppedError, locked_state
from backend.purge.events import RunRefused
from backend.purge.models import PurgeRun, PurgeState
from backend.purge.queries.boards import destroyed_by
from backend.purge.views import RunLine, run_line
from backend.situations.models import Situation
from policies.precedence import is_too_many
from policies.retention_words import Guard, RunState
from policies.vocabulary import Stage

LEASE = timedelta(minutes=10)
"""How long a process that died keeps the others waiting."""


def is_due(uow: UnitOfWork) -> bool:
    """Tell whether a run is to be made now: once a day, and again when a person confirmed what it refused."""
    state = uow.session.get(PurgeState, 1)
    if state is not None and state.stopped_at is not None:
        return False
    current = _current_run(uow)
    if current is None or current.state is RunState.STARTED:
        return True
    return current.state is RunState.REFUSED and current.confirmed_at is not None


def run(house: House) -> UUID | None:
    """Make the run of today, or go on with the one that was interrupted; give its identifier.

    None when it is not due, when the purge is stopped, or when another process is at work. Stopped on its way, the run
    stays open. Raises `FiguresMovedError` when a counter moved while a batch was destroyed: that batch is kept, and the
    run stays open too.
    """
    if not _take_lease(house):
        return None
    try:
        finish(house)
        house.keyring.drop_superseded()
        started = _begin(house)
        if started is not None and not _refuse_clock(house, started):
            with suppress(StoppedError):
                _work(house, started)
    finally:
        _leave_lease(house)
    return started


def finish_interrupted(house: House) -> int:
    """Finish what a kill, or a copy put back by hand, left of what has a tombstone, unless a run is at work on it.

    Give how many situations: to be called before anything is served. What has a tombstone is gone already, so that it
    is finished even where the purge is stopped. On embedded stores the lease of a process that died is not waited for:
    the server's lock on the file says that no other one serves, and a run made by a command leaves at its next lease.
    """
    if not _take_lease(house, finishing=True):
        return 0
    try:
        return finish(house)
    finally:
        _leave_lease(house)


def standing(house: House, run: UUID) -> RunLine:
    """Give where a run stands once it was made: finished, or refused by a guard."""
    with house.transaction() as uow:
        return run_line(uow.session.get_one(PurgeRun, run), destroyed_by(uow, [run]).get(run, 0))


def _work(house: House, run: UUID) -> None:
    cells = _cells(house)
    for cell in cells:
        if not _take_lease(house):
            return
        lapse(house, run, cell)
        announce(house, run, cell)
    if _refuse_share(house, run, cells):
        return
    sweep(house, run)
    for cell in cells:
        if not _take_lease(house):
            return
        destroy_ended(house, run, cell)
    attest(house, run)


def _begin(house: House) -> UUID | None:
    """Open the run of today, or take up again the one that was interrupted or confirmed."""
    with house.transaction() as uow:
        if not is_due(uow):
            return None
        current = _current_run(uow)
        if current is None:
            current = PurgeRun(day=uow.today(), started_at=uow.now())
            uow.session.add(current)
        if current.day != uow.today():
            # Whoever confirmed it looked at the clock and at the shares of that day.
            current.day, current.guard = uow.today(), None
            current.confirmed_by, current.confirmed_at = None, None
        current.state = RunState.STARTED
        current.version += 1
        return current.id


def _current_run(uow: UnitOfWork) -> PurgeRun | None:
    """Give the run that was interrupted, whatever its day, or the latest one of today; a clock may have gone back."""
    interrupted = col(PurgeRun.state) == RunState.STARTED
    statement = sa.select(PurgeRun).where(sa.or_(interrupted, col(PurgeRun.day) == uow.today()))
    order = (interrupted.desc(), col(PurgeRun.started_at).desc(), col(PurgeRun.id))
    return uow.session.scalar(statement.order_by(*order).limit(1).with_for_update())


def _refuse_clock(house: House, run: UUID) -> bool:
    """Refuse the run when the clock jumped since it was last trusted; tell whether it did.

    A run of the day that a person confirmed for its clock passes, and its instant is trusted from then on.
    """
    refused = clock_is_refused(house.stores, house.clock())
    with house.transaction() as uow:
        row = uow.session.get_one(PurgeRun, run, with_for_update=True)
        confirmed = row.confirmed_at is not None and row.guard is Guard.CLOCK
        if refused and not confirmed:
            _refuse(uow, row, Guard.CLOCK)
            return True
        trust_clock(uow)
        return False


def _refuse_share(house: House, run: UUID, cells: list[UUID]) -> bool:
    """Refuse the run when it would destroy too much of a cell; tell whether it did."""
    too_many = any(is_too_many(number, _held(house, cell)) for cell in cells if (number := to_destroy(house, cell)))
    with house.transaction() as uow:
        row = uow.session.get_one(PurgeRun, run, with_for_update=True)
        confirmed = row.confirmed_at is not None and row.guard is Guard.SHARE
        if not too_many or confirmed:
            return False
        _refuse(uow, row, Guard.SHARE)
        return True


def _refuse(uow: UnitOfWork, row: PurgeRun, guard: Guard) -> None:
    row.state = RunState.REFUSED
    row.guard = guard
    row.confirmed_by, row.confirmed_at = None, None
    row.version += 1
    uow.record(RunRefused(Reference(row.reference), guard))


def _held(house: House, cell: UUID) -> int:
    with house.transaction() as uow:
        uow.hand_over(cell)
        statement = sa.select(sa.func.count()).where(
            col(Situation.cell_id) == cell, col(Situation.stage) != Stage.MERGED
        )
        return uow.session.scalar(statement) or 0


def _cells(house: House) -> list[UUID]:
    with house.transaction() as uow:
        return list(uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.id))))


def _take_lease(house: House, *, finishing: bool = False) -> bool:
    """Take the lease, or keep it; tell whether this process holds it.

    Not where the purge is stopped, nor while another process holds it; `finishing` passes the switch, and the other
    process too on embedded stores.
    """
    with house.transaction() as uow:
        state = locked_state(uow)
        if state.stopped_at is not None and not finishing:
            return False
        mine = house.journal.writer
        held = state.holder not in {None, mine} and state.held_until is not None and state.held_until > uow.now()
        if held and not (finishing and uow.stores.main.embedded):
            return False
        state.holder, state.held_until = mine, uow.now() + LEASE
        return True


def _leave_lease(house: House) -> None:
    with house.transaction() as uow:
        state = locked_state(uow)
        if state.holder == house.journal.writer:
            state.holder, state.held_until = None, None
