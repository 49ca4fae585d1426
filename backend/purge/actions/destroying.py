"""Destroy: a tombstone, the rows, the keys and tokens, in that order of durability (domain.md section 6; R1, R6).

The rows go in one transaction of `main`; the tombstones become durable in `keys` just before it commits, the keys are
destroyed just after. Killed anywhere, `finish` reads the tombstones and does what is left: what has one is gone.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from backend.audit.events import Reference
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.counts.deltas import CountDelta
from backend.crypto.keyring import Tombstone
from backend.kernel.clock import paris_day
from backend.purge.actions.switching import require_running
from backend.purge.actions.tallying import tally
from backend.purge.events import SituationDestroyed
from backend.purge.models import PurgeRun
from backend.purge.queries.judging import Bench, Judged, bench, judged
from backend.purge.queries.rows import absorbed_by, agreements_on, subjects_of
from backend.situations.models import Situation
from policies.precedence import CATEGORIES
from policies.retention import Kind
from policies.retention_words import RunState, Verdict
from policies.vocabulary import Stage

BATCH = 50
"""Situations destroyed in one transaction; every counter of their cell is read before and after, however few go."""

LOOKED_AT = 500
"""Tombstones compared with the rows, or situations only counted, in one transaction."""

GROUND = "purged:"
"""What the ground of a tombstone begins with when the purge wrote it; the rule follows."""


class FiguresMovedError(Exception):
    """The counters changed while a batch was destroyed: nothing of it is destroyed, and the run goes on later."""


def to_destroy(house: House, cell: UUID) -> int:
    """Count what a run of today would destroy in a cell."""
    found = 0
    after: UUID | None = UUID(int=0)
    while after is not None:
        with house.transaction() as uow:
            uow.hand_over(cell)
            rows = judged(uow, bench(uow, cell), after, LOOKED_AT, locking=False)
            found += sum(row.verdict is Verdict.DESTROYED for row in rows)
            after = rows[-1].situation.id if len(rows) == LOOKED_AT else None
    return found


def destroy_ended(house: House, run: UUID, cell: UUID) -> int:
    """Destroy, batch by batch, what ends in a cell today; give how many situations.

    Raises `FiguresMovedError` when a counter moved meanwhile: that batch is kept whole; `StoppedError` between two
    batches once somebody stopped the purge.
    """
    destroyed = 0
    after: UUID | None = UUID(int=0)
    while after is not None:
        with house.transaction() as uow:
            require_running(uow)
            uow.hand_over(cell)
            on = bench(uow, cell)
            rows = judged(uow, on, after, BATCH)
            destroyed += _destroy(uow, run, on, [row for row in rows if row.verdict is Verdict.DESTROYED])
            after = rows[-1].situation.id if len(rows) == BATCH else None
    return destroyed


def finish(house: House) -> int:
    """Do what a kill left: delete the rows of what has a tombstone, then destroy the keys; give how many situations.

    What was interrupted is counted in the run that it interrupted, so that its attestation tells it.
    """
    finished = 0
    after = UUID(int=0)
    while found := house.keyring.tombstones(after, LOOKED_AT):
        buried = {entry.subject: entry for entry in found if entry.ground.startswith(GROUND)}
        for cell in _cells(house):
            with house.transaction() as uow:
                uow.hand_over(cell)
                finished += _bury(uow, cell, buried)
        after = found[-1].subject
    house.keyring.finish_tombstones()
    return finished


def _cells(house: House) -> Sequence[UUID]:
    with house.transaction() as uow:
        return uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.id))).all()


def _bury(uow: UnitOfWork, cell: UUID, buried: Mapping[UUID, Tombstone]) -> int:
    """Delete the situations of a cell that have a tombstone, and tell the journal and the run that was interrupted."""
    rows = uow.session.execute(
        sa.select(col(Situation.id), col(Situation.reference), col(Situation.stage)).where(
            col(Situation.cell_id) == cell,
            col(Situation.id).in_(sorted(buried)),
            col(Situation.stage) != Stage.MERGED,
        )
    ).all()
    run = uow.session.scalar(sa.select(col(PurgeRun.id)).where(col(PurgeRun.state) == RunState.STARTED))
    for identifier, reference, stage in rows:
        entry = buried[identifier]
        kind = Kind.of(entry.ground.removeprefix(GROUND))
        agreement = agreements_on(uow.session, cell, paris_day(entry.at)).get(CATEGORIES[stage])
        number = None if agreement is None else agreement.reference
        subjects = len(subjects_of(uow.session, {identifier, *absorbed_by(uow.session, [identifier])}))
        uow.record(
            SituationDestroyed(Reference(reference), kind, None if number is None else Reference(number), subjects)
        )
        if run is not None:
            tally(uow, run, kind, Verdict.DESTROYED, 1, cell=cell, agreement=number)
    erase(uow.session, [identifier for identifier, _, _ in rows])
    return len(rows)


def erase(session: Session, situations: Collection[UUID]) -> None:
    """Delete situations with what they absorbed; all that hangs from them follows by its foreign key."""
    gone = {*situations, *absorbed_by(session, situations)}
    session.execute(
        sa.delete(Situation).where(col(Situation.id).in_(sorted(gone))),
        execution_options={"synchronize_session": False},
    )


def _destroy(uow: UnitOfWork, run: UUID, on: Bench, rows: Sequence[Judged]) -> int:
    if not rows:
        return 0
    before = figures(uow.session, on.cell)
    grounds = {row.situation.id: row for row in rows}
    owners = absorbed_by(uow.session, list(grounds))
    subjects = subjects_of(uow.session, {*grounds, *owners})
    entries = [_tombstone(uow, subject, _owner(owner, owners, grounds)) for subject, owner in subjects.items()]
    hanging = Counter(_owner(owner, owners, grounds).situation.id for owner in subjects.values())
    told = Counter[tuple[Kind, str]]()
    for row in rows:
        if row.agreement is None:
            raise RuntimeError("a verdict of destruction without an agreement")
        kind, agreement = row.step.rule.kind, row.agreement.reference
        told[kind, agreement] += 1
        reference = Reference(row.situation.reference)
        uow.record(SituationDestroyed(reference, kind, Reference(agreement), hanging[row.situation.id]))
        uow.session.expunge(row.situation)
    for (kind, agreement), number in told.items():
        tally(uow, run, kind, Verdict.DESTROYED, number, cell=on.cell, agreement=agreement)
    erase(uow.session, list(grounds))
    uow.session.flush()
    if figures(uow.session, on.cell) != before:
        raise FiguresMovedError
    # Last before the commit: from here on, whatever happens, these situations are gone.
    uow.keyring.write_tombstones(entries)
    uow.after_commit(lambda: uow.keyring.destroy_subjects(list(subjects)))
    return len(rows)


def figures(session: Session, cell: UUID) -> list[tuple[object, ...]]:
    """Give every counter of a cell, as the indicators add them up."""
    keys = (col(CountDelta.indicator), col(CountDelta.month), col(CountDelta.value))
    statement = sa.select(*keys, sa.func.sum(col(CountDelta.delta))).where(col(CountDelta.cell_id) == cell)
    return [tuple(row) for row in session.execute(statement.group_by(*keys).order_by(*keys))]


def _owner(situation: UUID, owners: dict[UUID, UUID], grounds: dict[UUID, Judged]) -> Judged:
    while situation not in grounds:
        situation = owners[situation]
    return grounds[situation]


def _tombstone(uow: UnitOfWork, subject: UUID, row: Judged) -> Tombstone:
    return Tombstone(row.situation.reference, subject, ground_of(row.step.rule.kind), uow.now())


def ground_of(kind: Kind) -> str:
    """Give the ground of a tombstone that a rule made."""
    return f"{GROUND}{kind.value}"
