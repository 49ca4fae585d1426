"""Rows that a run works on: durations in force, agreements, meetings, and every subject that hangs from a situation.

Nothing here is shown. What hangs from a situation is found by declaration: a feature that adds a sealed table says with
`__subject__` and `of_situation` whose key it is, and the purge knows.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from backend.agenda.models import Meeting
from backend.cells.models import RecordedAct
from backend.cells.states import ActState
from backend.kernel.clock import paris_day
from backend.kernel.database import MainRow
from backend.purge.models import RetentionDecision
from backend.situations.models import Situation
from policies.go_live import RequiredAct
from policies.meeting_words import MeetingKind, MeetingStage
from policies.retention import Decided, Durations
from policies.retention_words import DecisionState, RecordCategory


def durations_on(session: Session, day: date) -> Durations:
    """Give the durations that apply on a day: of two decisions on one kind, the one that applies last."""
    statement = sa.select(RetentionDecision).where(
        col(RetentionDecision.state) == DecisionState.FAVOURABLE, col(RetentionDecision.applies_on) <= day
    )
    order = (col(RetentionDecision.applies_on), col(RetentionDecision.entered_at), col(RetentionDecision.id))
    rows = session.scalars(statement.order_by(*order))
    return Durations({row.kind: decided(row) for row in rows})


def decided(row: RetentionDecision) -> Decided:
    """Give what a decision fixes, with the sentence that names its act."""
    return Decided(row.months, f"décision {row.number} du {row.decided_on:%d/%m/%Y}, {row.authority}")


def agreements_on(session: Session, cell: UUID, day: date) -> Mapping[RecordCategory, RecordedAct]:
    """Give the elimination agreement that covers each category of a cell on a day; of several, the one that ends last.

    A category that none covers is absent.
    """
    ends = col(RecordedAct.ends_on)
    acts = session.scalars(
        sa.select(RecordedAct)
        .where(
            col(RecordedAct.cell_id) == cell,
            col(RecordedAct.kind) == RequiredAct.ELIMINATION,
            col(RecordedAct.state) == ActState.CONFIRMED,
            col(RecordedAct.issued_on) <= day,
            sa.or_(ends.is_(None), ends >= day),
        )
        .order_by(ends.is_(None), ends, col(RecordedAct.id).desc())
    )
    return {category: act for act in acts for category in act.categories}


def ordinary_days(session: Session, cell: UUID, today: date) -> Sequence[date]:
    """Give the days of the ordinary meetings of a cell: those that were convened, and those still to come."""
    statement = sa.select(Meeting).where(
        col(Meeting.cell_id) == cell,
        col(Meeting.kind) == MeetingKind.ORDINARY,
        col(Meeting.stage) != MeetingStage.CANCELLED,
    )
    days = ((row.stage, paris_day(row.starts_at)) for row in session.scalars(statement))
    return sorted(day for stage, day in days if stage is not MeetingStage.PLANNED or day >= today)


def absorbed_by(session: Session, situations: Collection[UUID]) -> dict[UUID, UUID]:
    """Give the situations that some absorbed, and those that these had absorbed before, each with who absorbed it."""
    found: dict[UUID, UUID] = {}
    absorbing: Collection[UUID] = situations
    while absorbing:
        statement = sa.select(col(Situation.id), col(Situation.merged_into)).where(
            col(Situation.merged_into).in_(sorted(absorbing))
        )
        rows = {row.id: row.merged_into for row in session.execute(statement) if row.id not in found}
        found |= rows
        absorbing = rows.keys()
    return found


def subjects_of(session: Session, situations: Collection[UUID]) -> dict[UUID, UUID]:
    """Give every subject whose key goes with some situations, themselves included, each with its situation."""
    found = {situation: situation for situation in situations}
    for table, name in hanging_subjects():
        subject, owner = table.c[name], table.c.situation_id
        rows = session.execute(sa.select(subject, owner).where(owner.in_(sorted(situations))))
        found |= {row[0]: row[1] for row in rows}
    return found


def kept_readable() -> sa.ColumnElement[bool]:
    """Tell, in SQL, which situations a feature keeps in the active base, where they must be read: it says so itself.

    By declaration, `keeping` on a model, as for what hangs from a situation.
    """
    models = [mapper.class_ for mapper in MainRow._sa_registry.mappers]  # noqa: SLF001  SQLModel's own name for it
    keeping = [model.keeping() for model in models if hasattr(model, "keeping")]
    return sa.or_(sa.false(), *(col(Situation.id).in_(statement) for statement in keeping))


def hanging_subjects() -> list[tuple[sa.Table, str]]:
    """Give each sealed table that hangs from a situation under a key of its own, with the column that names it."""
    return [(table, name) for table, name in sealed_tables() if "situation_id" in table.c and name != "situation_id"]


def sealed_tables() -> list[tuple[sa.Table, str]]:
    """Give every sealed table of `main`, with the column that leads to the subject owning its key."""
    models = [mapper.class_ for mapper in MainRow._sa_registry.mappers]  # noqa: SLF001  SQLModel's own name for it
    return [
        (MainRow.metadata.tables[str(model.__tablename__)], str(model.__subject__))
        for model in models
        if hasattr(model, "__subject__")
    ]
