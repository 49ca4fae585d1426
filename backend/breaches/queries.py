"""What is read of the register of breaches: whole by the DPO, one's own declarations by anybody."""

from collections.abc import Mapping

from sqlmodel import col

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.breaches.models import Breach
from backend.breaches.views import BreachesView, BreachSheet, ToHandle, breach_line, breach_sheet, clock_of
from backend.kernel.clock import paris_day
from policies.access import Action
from policies.breaches import BreachState, notify_by

LATEST = 100
"""Closed breaches that the page shows; the export has them all."""


def breaches_view(uow: UnitOfWork) -> BreachesView:
    """Give the register as far as the person may read it, the first known first, then the last closed."""
    statement = gate.readable(uow, Breach)
    live = statement.where(col(Breach.state) != BreachState.CLOSED).order_by(col(Breach.known_at), col(Breach.id))
    over = statement.where(col(Breach.state) == BreachState.CLOSED).order_by(col(Breach.known_at).desc())
    now = uow.now()
    return BreachesView(
        tuple(breach_line(row, now) for row in uow.session.scalars(live)),
        tuple(breach_line(row, now) for row in uow.session.scalars(over.limit(LATEST))),
        gate.permits(uow, Breach(), Action.BREACH_HANDLE),
    )


def to_handle(uow: UnitOfWork) -> ToHandle | None:
    """Give what the DPO has to handle, None when nothing is open."""
    rows = uow.session.scalars(gate.readable(uow, Breach).where(col(Breach.state) != BreachState.CLOSED)).all()
    if not rows:
        return None
    running = sorted((row for row in rows if clock_of(row, uow.now())), key=lambda row: row.known_at)
    clock = clock_of(running[0], uow.now()) if running else None
    if clock is None:
        return ToHandle(len(rows), None, None)
    return ToHandle(len(rows), clock.words, paris_day(notify_by(running[0].known_at)).isoformat())


def breach_page(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> BreachSheet:
    """Give a breach, to the DPO or to who declared it."""
    row = gate.fetch(uow, Breach, reference, to=Action.BREACH_READ)
    return breach_sheet(row, uow.now(), typed, handles=gate.permits(uow, row, Action.BREACH_HANDLE))
