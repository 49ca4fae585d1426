"""What is read of the events that steer the cells."""

from collections.abc import Mapping, Sequence

from sqlmodel import col

from backend.authorization.gate import permits, readable
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import cell_of, cells_of
from backend.steering.models import SteeringEvent
from backend.steering.states import EVENT, GIVE_UP
from backend.steering.views import SteeringLine, SteeringSheet, SteeringView
from backend.web.fields import options
from backend.web.pages import french_instant
from policies.access import Action
from policies.rav_words import OrganisationKind
from policies.steering_words import SteeringKind, SteeringState
from policies.vocabulary import Role

PAST = 20
"""Past events that the list shows."""


def steering_view(uow: UnitOfWork) -> SteeringView:
    """Give the events, the next ones first."""
    rows = uow.session.scalars(
        readable(uow, SteeringEvent).order_by(col(SteeringEvent.starts_at), col(SteeringEvent.id))
    ).all()
    late = _to_settle(uow, rows)
    coming = [row for row in rows if row.state is SteeringState.PLANNED and row not in late]
    past = [row for row in reversed(rows) if row.state is not SteeringState.PLANNED][:PAST]
    return SteeringView(
        to_settle=tuple(_line(uow, row) for row in late),
        coming=tuple(_line(uow, row) for row in coming),
        past=tuple(_line(uow, row) for row in past),
        plans_presentation=bool(uow.actor.cells({Role.COORDINATOR})),
        plans_copil=permits(uow, SteeringEvent(kind=SteeringKind.COPIL), Action.STEERING_EVENT_WRITE),
    )


def to_settle(uow: UnitOfWork) -> int:
    """Count the events past of which the person has not said whether they were held."""
    planned = readable(uow, SteeringEvent).where(col(SteeringEvent.state) == SteeringState.PLANNED)
    return len(_to_settle(uow, uow.session.scalars(planned).all()))


def steering_sheet(uow: UnitOfWork, row: SteeringEvent, typed: Mapping[str, object]) -> SteeringSheet:
    """Give an event already fetched."""
    settles = EVENT.allows(row.state, GIVE_UP) and permits(uow, row, Action.STEERING_EVENT_WRITE)
    return SteeringSheet(
        _line(uow, row), settles and row.starts_at <= uow.now(), settles, options(OrganisationKind), typed
    )


def presenting_cells(uow: UnitOfWork) -> Sequence[Cell]:
    """Give the cells whose presentation the person plans."""
    own = uow.actor.cells({Role.COORDINATOR})
    return [cell for cell in cells_of(uow) if cell.id in own and cell.closed_on is None]


def _to_settle(uow: UnitOfWork, rows: Sequence[SteeringEvent]) -> list[SteeringEvent]:
    return [
        row
        for row in rows
        if row.state is SteeringState.PLANNED
        and row.starts_at <= uow.now()
        and permits(uow, row, Action.STEERING_EVENT_WRITE)
    ]


def _line(uow: UnitOfWork, row: SteeringEvent) -> SteeringLine:
    return SteeringLine(
        reference=row.reference,
        kind=row.kind,
        title=row.title,
        cells="toutes les cellules" if row.cell_id is None else cell_of(uow, row.cell_id).name,
        when=french_instant(row.starts_at),
        place=row.place,
        state=row.state,
        present=row.present,
        version=row.version,
    )
