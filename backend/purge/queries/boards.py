"""What people read of the purge: notices of a cell, runs, the audit of what is overdue; counts, never a name.

Who oversees reads no situation: rows are reached as a job reaches them, and only counted.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell, RecordedAct
from backend.cells.queries import by_name
from backend.purge.models import PurgeNotice, PurgeRun, PurgeState, PurgeTally
from backend.purge.queries.judging import Bench, bench, judged, notices_of
from backend.purge.queries.rows import durations_on, ordinary_days
from backend.purge.queries.terms import facts_of
from backend.purge.views import (
    AgreementView,
    AuditView,
    CellAuditView,
    CountView,
    NoticesView,
    RetentionView,
    RunsView,
    RunView,
    notice_view,
    run_line,
    step_view,
)
from backend.situations.models import Situation
from policies.access import Action
from policies.precedence import AGREEMENT_WARNING_DAYS
from policies.retention_words import Custody, RecordCategory, RunState, Verdict
from policies.terms import end_of, steps
from policies.vocabulary import Role

PAGE = 50
RECENT = 5
"""Runs that the audit page shows; the others have a page of their own."""

BATCH = 500


def retention_view(uow: UnitOfWork, situation: Situation) -> RetentionView:
    """Give what awaits a situation already fetched: its next step, its end, the day of its notice."""
    meetings = ordinary_days(uow.session, situation.cell_id, uow.today())
    durations = durations_on(uow.session, uow.today())
    facts = facts_of(situation)
    notice = notices_of(uow, [situation.id]).get(situation.id)
    return RetentionView(
        following=step_view(steps(facts, meetings, durations)[0]),
        end=step_view(end_of(facts, meetings, durations)),
        notice=None if notice is None else notice.opened_on,
    )


def notices_view(uow: UnitOfWork, after: str | None) -> NoticesView:
    """Give a page of the destructions announced in the cells that the person coordinates, the latest first."""
    page = gate.page(
        uow,
        PurgeNotice,
        cells=uow.actor.cells({Role.COORDINATOR}),
        instant="opened_at",
        after=Cursor.of(after),
        size=PAGE,
    )
    wanted = sorted(notice.situation_id for notice in page.rows)
    rows = {row.id: row for row in uow.session.scalars(sa.select(Situation).where(col(Situation.id).in_(wanted)))}
    notices = tuple(
        notice_view(
            notice,
            rows[notice.situation_id].reference,
            readable=gate.permits(uow, rows[notice.situation_id], Action.SITUATION_READ),
        )
        for notice in page.rows
    )
    return NoticesView(notices, None if page.following is None else page.following.text())


def announced_count(uow: UnitOfWork) -> tuple[int, date | None]:
    """Count the destructions announced to the person, with the nearest day."""
    found = gate.readable(uow, PurgeNotice).with_only_columns(sa.func.count(), sa.func.min(col(PurgeNotice.due_on)))
    number, nearest = uow.session.execute(found).one()
    return number, nearest


def refused_today(uow: UnitOfWork) -> PurgeRun | None:
    """Give the run of today that a guard refused and that nobody confirmed yet, as far as the person may read it."""
    statement = gate.readable(uow, PurgeRun).where(
        col(PurgeRun.day) == uow.today(),
        col(PurgeRun.state) == RunState.REFUSED,
        col(PurgeRun.confirmed_at).is_(None),
    )
    return uow.session.scalar(statement.order_by(col(PurgeRun.started_at).desc()).limit(1))


def stopped_state(uow: UnitOfWork) -> PurgeState | None:
    """Give the state of the purge while it is stopped, by somebody or by a restoration (then nobody is named)."""
    return uow.session.scalar(sa.select(PurgeState).where(col(PurgeState.stopped_at).is_not(None)))


def runs_view(uow: UnitOfWork, after: str | None, size: int = PAGE) -> RunsView:
    """Give a page of runs, the latest first; raise `Forbidden` for who does not oversee."""
    gate.require(uow, PurgeRun(), Action.PURGE_RUN_READ)
    cursor = Cursor.of(after)
    order = (col(PurgeRun.started_at).desc(), col(PurgeRun.id).desc())
    statement = gate.readable(uow, PurgeRun).order_by(*order).limit(size + 1)
    if cursor is not None:
        place = sa.tuple_(col(PurgeRun.started_at), col(PurgeRun.id))
        at, row = PurgeRun.metadata.tables["purge_run"].c["started_at", "id"]
        statement = statement.where(place < sa.tuple_(sa.literal(cursor.at, at.type), sa.literal(cursor.row, row.type)))
    rows = uow.session.scalars(statement).all()
    last = rows[size - 1] if len(rows) > size else None
    shown = rows[:size]
    destroyed = destroyed_by(uow, [row.id for row in shown])
    lines = tuple(run_line(row, destroyed.get(row.id, 0)) for row in shown)
    return RunsView(lines, None if last is None else Cursor(last.started_at, last.id).text())


def run_view(uow: UnitOfWork, reference: str) -> RunView:
    """Give one run with its counts."""
    row = gate.fetch(uow, PurgeRun, reference, to=Action.PURGE_RUN_READ)
    document = {} if row.attestation is None else json.loads(row.attestation)["document"]
    irrecoverable = document.get("irrecoverable_from")
    waiting = row.state is RunState.REFUSED and row.confirmed_at is None and row.day == uow.today()
    return RunView(
        reference=row.reference,
        version=row.version,
        day=row.day,
        state=row.state,
        guard=row.guard,
        started_at=row.started_at,
        finished_at=row.finished_at,
        confirmed_at=row.confirmed_at,
        irrecoverable_from=None if irrecoverable is None else date.fromisoformat(irrecoverable),
        attested=row.attestation is not None,
        durations_sha256=document.get("durations_sha256"),
        counts=_counts(uow, row),
        confirming=waiting and gate.permits(uow, row, Action.PURGE_RUN_CONFIRM),
    )


def audit_view(uow: UnitOfWork, public_key: bytes) -> AuditView:
    """Give the audit: the state of the purge, what is overdue and why, cell by cell; raise `Forbidden`."""
    gate.require(uow, PurgeRun(), Action.PURGE_RUN_READ)
    state = uow.session.get(PurgeState, 1) or PurgeState()
    return AuditView(
        stopped_at=state.stopped_at,
        restored=state.stopped_at is not None and state.stopped_by is None,
        version=state.version,
        switching=gate.permits(uow, PurgeRun(), Action.PURGE_RUN_SWITCH),
        cells=audits(uow),
        runs=runs_view(uow, None, RECENT).runs,
        public_key=public_key.hex(),
    )


def audits(uow: UnitOfWork) -> tuple[CellAuditView, ...]:
    """Count what is near or past its day in every cell: for who oversees, and for the operator's command."""
    return tuple(_cell_audit(uow, cell) for cell in by_name(uow.session.scalars(sa.select(Cell))))


def _cell_audit(uow: UnitOfWork, cell: Cell) -> CellAuditView:
    """Count what is near or past its day in a cell, by what holds it; nothing is opened."""
    uow.hand_over(cell.id)
    on = bench(uow, cell.id)
    counts = {"announced": 0, "next_run": 0, "waiting": 0, "limited": 0, "locked": 0}
    after: UUID | None = UUID(int=0)
    while after is not None:
        rows = judged(uow, on, after, BATCH, locking=False)
        for row in rows:
            counts[_reason(row.verdict, row.situation.custody, past=row.step.day <= on.today)] += 1
        after = rows[-1].situation.id if len(rows) == BATCH else None
    return CellAuditView(
        cell=cell.name,
        reference=cell.reference,
        agreements=_agreements(on),
        uncovered=tuple(category for category in RecordCategory if category not in on.agreements),
        held=uow.session.scalar(sa.select(sa.func.count()).where(col(Situation.cell_id) == cell.id)) or 0,
        **counts,
    )


def _agreements(on: Bench) -> tuple[AgreementView, ...]:
    """Give the agreements in force, each once with what it covers."""
    soon = on.today + timedelta(days=AGREEMENT_WARNING_DAYS)
    covering = {act.id: act for act in on.agreements.values()}
    return tuple(
        AgreementView(
            act=f"{act.number}, {act.authority}",
            categories=tuple(category for category in RecordCategory if on.agreements.get(category) is act),
            ends_on=act.ends_on,
            ending_soon=act.ends_on is not None and act.ends_on <= soon,
        )
        for act in covering.values()
    )


def _reason(verdict: Verdict, custody: Custody, *, past: bool) -> str:
    if not past:
        return "announced"
    if custody is Custody.LOCKED and verdict is not Verdict.DESTROYED:
        return "locked"
    reasons = {Verdict.ANNOUNCED: "waiting", Verdict.LIMITED: "limited", Verdict.LOCKED: "locked"}
    return reasons.get(verdict, "next_run")


def destroyed_by(uow: UnitOfWork, runs: Sequence[UUID]) -> dict[UUID, int]:
    """Give how many situations some runs destroyed."""
    statement = (
        sa.select(col(PurgeTally.run_id), sa.func.sum(col(PurgeTally.number)))
        .where(
            col(PurgeTally.run_id).in_(sorted(runs)),
            col(PurgeTally.verdict) == Verdict.DESTROYED,
            col(PurgeTally.cell_id).is_not(None),
        )
        .group_by(col(PurgeTally.run_id))
    )
    return {run: int(number) for run, number in uow.session.execute(statement)}


def _counts(uow: UnitOfWork, row: PurgeRun) -> tuple[CountView, ...]:
    statement = (
        sa.select(PurgeTally, col(Cell.name), RecordedAct)
        .outerjoin(Cell, col(Cell.id) == col(PurgeTally.cell_id))
        .outerjoin(RecordedAct, col(RecordedAct.reference) == col(PurgeTally.agreement))
        .where(col(PurgeTally.run_id) == row.id)
        .order_by(col(PurgeTally.verdict), col(PurgeTally.kind), col(Cell.name))
    )
    return tuple(
        CountView(
            tally.verdict.label,
            tally.kind.label,
            cell,
            None if act is None else f"{act.number}, {act.authority}",
            tally.number,
        )
        for tally, cell, act in uow.session.execute(statement)
    )
