"""Rows of the rights of persons for other verbs to compose; nothing here opens a value."""

from collections.abc import Sequence
from datetime import time
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import by_name
from backend.kernel.clock import paris_instant
from backend.orientations.queries.rows import uninformed
from backend.orientations.queries.sheets import NOTICE_MONTHS
from backend.rights.models import RightsFinding, RightsNotice, RightsRequest, RightsSearch
from backend.situations.models import Situation
from policies.months import add_months
from policies.retention_words import Custody
from policies.rights import ERASING
from policies.rights_words import RequestState
from policies.vocabulary import Role


def reach_cells(uow: UnitOfWork) -> None:
    """Let the DPO's transaction reach the rows of every cell; the gate still gives only what the rules allow."""
    if uow.actor.holds_for_city({Role.DPO}):
        for cell in every_cell(uow):
            uow.hand_over(cell.id)


def every_cell(uow: UnitOfWork) -> Sequence[Cell]:
    """Give every cell, closed ones too: what they held may still be there."""
    return by_name(uow.session.scalars(sa.select(Cell)))


def request_of(uow: UnitOfWork, search: UUID) -> RightsRequest:
    """Give the request of a search, locked: what hangs from it waits for its decision, or comes first."""
    statement = (
        sa.select(RightsRequest)
        .join(RightsSearch, col(RightsSearch.request_id) == col(RightsRequest.id))
        .where(col(RightsSearch.id) == search)
        .with_for_update(of=RightsRequest.__table__)  # type: ignore[attr-defined]
        .execution_options(populate_existing=True)
    )
    return uow.session.scalars(statement).one()


def searches_of(uow: UnitOfWork, request: UUID) -> Sequence[RightsSearch]:
    """Give what the cells were asked for a request, by name of cell."""
    statement = sa.select(RightsSearch).join(Cell, col(Cell.id) == col(RightsSearch.cell_id))
    statement = statement.where(col(RightsSearch.request_id) == request)
    return uow.session.scalars(statement.order_by(col(Cell.name), col(RightsSearch.id))).all()


def findings_of(uow: UnitOfWork, searches: Sequence[RightsSearch]) -> Sequence[RightsFinding]:
    """Give the situations recognised by some searches."""
    wanted = sorted(search.id for search in searches)
    statement = sa.select(RightsFinding).where(col(RightsFinding.search_id).in_(wanted))
    return uow.session.scalars(statement.order_by(col(RightsFinding.id))).all()


def is_limited(uow: UnitOfWork, situation: UUID) -> bool:
    """Tell whether some request still freezes a situation."""
    statement = sa.select(sa.exists().where(_of(situation), col(RightsFinding.limiting) == sa.true()))
    return bool(uow.session.scalar(statement))


def asked_otherwise(uow: UnitOfWork, situation: UUID, request: UUID) -> str | None:
    """Give an unanswered request about a situation, other than one, that its erasure would leave without an answer."""
    statement = (
        sa.select(col(RightsRequest.reference))
        .join(RightsSearch, col(RightsSearch.request_id) == col(RightsRequest.id))
        .join(RightsFinding, col(RightsFinding.search_id) == col(RightsSearch.id))
        .where(
            _of(situation),
            col(RightsRequest.id) != request,
            col(RightsRequest.state) != RequestState.ANSWERED,
            col(RightsRequest.claim).not_in(sorted(ERASING)),
        )
    )
    return uow.session.scalar(statement.order_by(col(RightsRequest.due_on), col(RightsRequest.id)).limit(1))


def within_reach(uow: UnitOfWork, findings: Sequence[RightsFinding]) -> list[RightsFinding]:
    """Give those whose situation is in the active base still, where its coordinator reads it."""
    wanted = sorted(finding.situation_id for finding in findings)
    active = sa.select(col(Situation.id)).where(col(Situation.id).in_(wanted), col(Situation.custody) == Custody.ACTIVE)
    found = set(uow.session.scalars(active))
    return [finding for finding in findings if finding.situation_id in found]


def unanswered_on(uow: UnitOfWork, situation: UUID) -> bool:
    """Tell whether a request that nobody answered yet is about a situation."""
    statement = (
        sa.select(col(RightsFinding.id))
        .join(RightsSearch, col(RightsSearch.id) == col(RightsFinding.search_id))
        .join(RightsRequest, col(RightsRequest.id) == col(RightsSearch.request_id))
        .where(_of(situation), col(RightsRequest.state) != RequestState.ANSWERED)
    )
    return uow.session.scalar(statement.limit(1)) is not None


def findings_on(uow: UnitOfWork, situation: UUID) -> Sequence[RightsFinding]:
    """Give what requests are about a situation."""
    return uow.session.scalars(sa.select(RightsFinding).where(_of(situation)).order_by(col(RightsFinding.id))).all()


def notices_of(uow: UnitOfWork, request: UUID) -> Sequence[RightsNotice]:
    """Give the recipients that were told of what a request was granted."""
    statement = sa.select(RightsNotice).where(col(RightsNotice.request_id) == request)
    return uow.session.scalars(statement.order_by(col(RightsNotice.told_at), col(RightsNotice.id))).all()


def late_notices(uow: UnitOfWork) -> list[tuple[Cell, int]]:
    """Count, cell by cell, the families that were not informed within a month, for who oversees (R21): never which.

    What left the active base is nobody's to inform about any more.
    """
    reach_cells(uow)
    latest = add_months(uow.today(), -NOTICE_MONTHS)
    before = paris_instant(latest, time.min)
    found = []
    for cell in every_cell(uow):
        statement = sa.select(sa.func.count()).where(
            col(Situation.cell_id) == cell.id,
            col(Situation.custody) == Custody.ACTIVE,
            col(Situation.received_at) < before,
            uninformed(),
        )
        if number := uow.session.scalar(statement):
            found.append((cell, number))
    return found


def _of(situation: UUID) -> sa.ColumnElement[bool]:
    return col(RightsFinding.situation_id) == situation
