"""Rows of meetings and agendas for other verbs to compose: nothing here is shown, nothing is opened."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem, Availability, Meeting, MeetingDate
from backend.authorization.work import UnitOfWork
from backend.kernel.clock import paris_day
from backend.situations.models import Situation
from policies.meeting_words import IN_PREPARATION, PENDING, AgendaPart, ItemState, MeetingKind, MeetingStage, Quarter

_PARTS = sa.case({part.value: place for place, part in enumerate(AgendaPart)}, value=col(AgendaItem.part))


def items_of(uow: UnitOfWork, meeting: Meeting) -> Sequence[AgendaItem]:
    """Give what the agenda of a meeting already fetched lists, in the order of the meeting."""
    statement = sa.select(AgendaItem).where(col(AgendaItem.meeting_id) == meeting.id)
    return uow.session.scalars(statement.order_by(_PARTS, col(AgendaItem.rank), col(AgendaItem.id))).all()


def pending_item(uow: UnitOfWork, situation: UUID) -> AgendaItem | None:
    """Give the point that keeps a situation on an agenda that is not closed, or None."""
    return uow.session.scalar(
        sa.select(AgendaItem).where(
            col(AgendaItem.situation_id) == situation, col(AgendaItem.state).in_(sorted(PENDING))
        )
    )


def presented_before(uow: UnitOfWork, situation: UUID) -> bool:
    """Tell whether the parquet has already presented a situation at a meeting."""
    return bool(
        uow.session.scalar(
            sa.select(
                sa.exists().where(
                    col(AgendaItem.situation_id) == situation, col(AgendaItem.state) == ItemState.PRESENTED
                )
            )
        )
    )


def meeting_rows(uow: UnitOfWork, cell: UUID) -> Sequence[Meeting]:
    """Give every meeting of a cell, the first one first."""
    statement = sa.select(Meeting).where(col(Meeting.cell_id) == cell)
    return uow.session.scalars(statement.order_by(col(Meeting.starts_at), col(Meeting.id))).all()


def next_ordinary(uow: UnitOfWork, cell: UUID, after: datetime) -> Meeting | None:
    """Give the first ordinary meeting of a cell after an instant whose agenda is still in preparation, or None."""
    return uow.session.scalar(
        sa.select(Meeting)
        .where(
            col(Meeting.cell_id) == cell,
            col(Meeting.kind) == MeetingKind.ORDINARY,
            col(Meeting.stage).in_(sorted(IN_PREPARATION)),
            col(Meeting.starts_at) > after,
        )
        .order_by(col(Meeting.starts_at), col(Meeting.id))
        .limit(1)
    )


def locked(uow: UnitOfWork, meeting: UUID) -> Meeting:
    """Give a meeting that a change reaches from another one, its version moved so that who reads it is told."""
    row = uow.session.scalars(
        sa.select(Meeting).where(col(Meeting.id) == meeting).with_for_update().execution_options(populate_existing=True)
    ).one()
    row.version += 1
    return row


def of_sitting(uow: UnitOfWork, meeting: Meeting) -> Sequence[Meeting]:
    """Give the other meetings of the same sitting that are still in preparation."""
    if meeting.sitting is None:
        return ()
    statement = sa.select(Meeting).where(
        col(Meeting.sitting) == meeting.sitting,
        col(Meeting.id) != meeting.id,
        col(Meeting.stage).in_(sorted(IN_PREPARATION)),
    )
    return uow.session.scalars(statement.order_by(col(Meeting.reference))).all()


def ordinary_in_quarter(uow: UnitOfWork, cell: UUID, day: date) -> Sequence[Meeting]:
    """Give the ordinary meetings of a cell in the quarter of a day, the cancelled ones included."""
    return [
        row
        for row in meeting_rows(uow, cell)
        if row.kind is MeetingKind.ORDINARY
        and paris_day(row.starts_at).year == day.year
        and Quarter.holding(paris_day(row.starts_at)) is Quarter.holding(day)
    ]


def ordinary_in_year(uow: UnitOfWork, cell: UUID, year: int) -> Sequence[Meeting]:
    """Give the ordinary meetings of a cell in a year, without the cancelled ones."""
    return [
        row
        for row in meeting_rows(uow, cell)
        if row.kind is MeetingKind.ORDINARY
        and row.stage is not MeetingStage.CANCELLED
        and paris_day(row.starts_at).year == year
    ]


def dates_of(uow: UnitOfWork, meeting: Meeting) -> Sequence[MeetingDate]:
    """Give the dates proposed for a meeting already fetched, the first one first."""
    statement = sa.select(MeetingDate).where(col(MeetingDate.meeting_id) == meeting.id)
    return uow.session.scalars(statement.order_by(col(MeetingDate.starts_at))).all()


def own_answers(uow: UnitOfWork, dates: Sequence[MeetingDate], account: UUID) -> dict[UUID, Availability]:
    """Give a person's own answers to some proposed dates, by date."""
    statement = sa.select(Availability).where(
        col(Availability.account_id) == account, col(Availability.date_id).in_(sorted(row.id for row in dates))
    )
    return {row.date_id: row for row in uow.session.scalars(statement)}


def situations_by_id(uow: UnitOfWork, items: Sequence[AgendaItem]) -> dict[UUID, Situation]:
    """Give the situations that some points list, by identifier: references and stages only."""
    wanted = sorted({item.situation_id for item in items})
    return {row.id: row for row in uow.session.scalars(sa.select(Situation).where(col(Situation.id).in_(wanted)))}


def meetings_ahead(uow: UnitOfWork, cell: UUID) -> int:
    """Count the meetings of a cell that are planned or convened, whoever asks: what its coordinator answers for."""
    statement = sa.select(sa.func.count()).where(
        col(Meeting.cell_id) == cell, col(Meeting.stage).in_(sorted(IN_PREPARATION))
    )
    return uow.session.scalar(statement) or 0
