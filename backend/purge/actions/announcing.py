"""Announce destructions to the coordinator, count the days they were seen, lock what may be neither kept nor destroyed.

Nothing goes without seven daily runs, on distinct days, having seen its notice (domain.md section 6).
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.work import House, UnitOfWork
from backend.mail.outbox import queue
from backend.members.queries.standing import holders
from backend.purge.actions.switching import require_running
from backend.purge.actions.tallying import forget_standing, tally
from backend.purge.events import CustodyChanged, NoticeWithdrawn, SituationAnnounced
from backend.purge.models import PurgeNotice
from backend.purge.queries.judging import Bench, Judged, bench, judged
from backend.purge.queries.rows import absorbed_by, kept_readable, subjects_of
from backend.purge.queries.terms import over
from backend.situations.models import Situation
from policies.retention import Kind
from policies.retention_words import Custody, Verdict
from policies.terms import TERMS, has_archive
from policies.vocabulary import Role

BATCH = 100
"""Situations looked at in one transaction."""

STANDING = (Verdict.ANNOUNCED, Verdict.LOCKED, Verdict.LIMITED)
"""What a run counts without changing: it is there again the next day."""


def announce(house: House, run: UUID, cell: UUID) -> None:
    """Look at the situations of a cell that are ended or near it: announce, lock, release, archive.

    Raises `StoppedError` between two batches once somebody stopped the purge.
    """
    with house.transaction() as uow:
        require_running(uow)
        uow.hand_over(cell)
        forget_standing(uow, run, cell)
        on = bench(uow, cell)
        _withdraw(uow, on)
        _archive(uow, run, on)
        lock_again(uow, cell)
    after: UUID | None = UUID(int=0)
    while after is not None:
        with house.transaction() as uow:
            require_running(uow)
            uow.hand_over(cell)
            rows = judged(uow, bench(uow, cell), after, BATCH)
            opened = 0
            for row in rows:
                opened += _note(uow, row)
                _keep(uow, row)
            standing = Counter((row.step.rule.kind, row.verdict) for row in rows if row.verdict in STANDING)
            for (kind, verdict), number in standing.items():
                tally(uow, run, kind, verdict, number, cell=cell)
            _tell(uow, cell, opened)
            after = rows[-1].situation.id if len(rows) == BATCH else None


def _tell(uow: UnitOfWork, cell: UUID, opened: int) -> None:
    """Tell the coordinators in the transaction that opens the notices: from then on, the seven days run."""
    if opened:
        for person in holders(uow, Role.COORDINATOR, cell):
            queue(uow, person.email, "purge_notice", number=opened, day=uow.today())


def lock(uow: UnitOfWork, situation: Situation) -> None:
    """Put a situation already fetched for a change under the hold's key at once; one that is there already stays."""
    if situation.custody is not Custody.LOCKED:
        _take(uow, situation, Custody.LOCKED, Verdict.LOCKED)


def take_out(uow: UnitOfWork, situation: Situation, custody: Custody) -> None:
    """Put a situation already fetched for a change out of the active base, as it was before its rows were restored."""
    _take(uow, situation, custody, Verdict.LOCKED if custody is Custody.LOCKED else Verdict.ARCHIVED)


def lock_again(uow: UnitOfWork, cell: UUID) -> None:
    """Finish what a kill interrupted: out of the lists already, but still under a key that opens it."""
    for custody, move in ((Custody.LOCKED, uow.keyring.hold), (Custody.ARCHIVED, uow.keyring.archive)):
        rows = uow.session.scalars(
            sa.select(col(Situation.id)).where(col(Situation.cell_id) == cell, col(Situation.custody) == custody)
        ).all()
        if rows:
            move(list(_subjects(uow, rows)))


def _note(uow: UnitOfWork, row: Judged) -> bool:
    """Open the notice of a situation, or count one more day on which it was seen; tell whether one was opened."""
    today, notice = uow.today(), row.notice
    if notice is not None and (notice.due_on != row.step.day or row.verdict is Verdict.LIMITED):
        uow.session.delete(notice)
        uow.session.flush()  # one notice at a time
        uow.record(NoticeWithdrawn(Reference(row.situation.reference)))
        notice = None
    if row.verdict is Verdict.LIMITED:
        return False
    if notice is None:
        uow.session.add(
            PurgeNotice(
                situation_id=row.situation.id,
                cell_id=row.situation.cell_id,
                kind=row.step.rule.kind,
                due_on=row.step.day,
                opened_on=today,
                opened_at=uow.now(),
                last_seen_on=today,
            )
        )
        uow.record(SituationAnnounced(Reference(row.situation.reference), row.step.rule.kind))
        return True
    if notice.last_seen_on < today:
        notice.seen += 1
        notice.last_seen_on = today
        notice.version += 1
    return False


def _keep(uow: UnitOfWork, row: Judged) -> None:
    """Put a situation under the hold's key, or give it back, as its verdict says."""
    locked = row.situation.custody is Custody.LOCKED
    if row.verdict is Verdict.LOCKED and not locked:
        _take(uow, row.situation, Custody.LOCKED, Verdict.LOCKED)
    elif locked and row.verdict in {Verdict.ANNOUNCED, Verdict.LIMITED} and uow.today() < row.step.day:
        _give_back(uow, row.situation)


def _withdraw(uow: UnitOfWork, on: Bench) -> None:
    """Withdraw the notices of what is no longer near its end, and give back what was locked and no longer ends."""
    far = sa.select(PurgeNotice, Situation).join(Situation, col(Situation.id) == col(PurgeNotice.situation_id))
    for notice, situation in uow.session.execute(far.where(col(PurgeNotice.cell_id) == on.cell, ~on.is_near())).all():
        uow.session.delete(notice)
        uow.record(NoticeWithdrawn(Reference(situation.reference)))
    stale = sa.select(Situation).where(
        col(Situation.cell_id) == on.cell, col(Situation.custody) == Custody.LOCKED, ~on.is_near()
    )
    for situation in uow.session.scalars(stale.with_for_update()).all():
        _give_back(uow, situation)
    uow.session.flush()


def _archive(uow: UnitOfWork, run: UUID, on: Bench) -> None:
    """Take out of the active base what left it for a time, under the archive's key; not what a request is about.

    Under limitation a situation is kept as it is (RGPD, article 18.2), and an answer has to read it (article 12.3).
    """
    if not has_archive(on.durations):
        return
    (term,) = (term for term in TERMS if term.kind is Kind.CLOSED)
    leaving = sa.select(Situation).where(
        col(Situation.cell_id) == on.cell,
        col(Situation.custody) == Custody.ACTIVE,
        col(Situation.limited_at).is_(None),
        ~kept_readable(),
        over(term, on.today, on.meetings, on.durations),
    )
    for situation in uow.session.scalars(leaving.with_for_update()).all():
        _take(uow, situation, Custody.ARCHIVED, Verdict.ARCHIVED)
        tally(uow, run, term.kind, Verdict.ARCHIVED, 1, cell=on.cell)


def _take(uow: UnitOfWork, situation: Situation, custody: Custody, verdict: Verdict) -> None:
    """Take a situation out of every list, then its keys out of the cell's hands once that is durable."""
    situation.custody = custody
    situation.version += 1
    subjects = list(_subjects(uow, [situation.id]))
    move = uow.keyring.hold if custody is Custody.LOCKED else uow.keyring.archive
    uow.after_commit(lambda: move(subjects))
    uow.record(CustodyChanged(Reference(situation.reference), verdict))


def _give_back(uow: UnitOfWork, situation: Situation) -> None:
    """Give a situation back to its cell: the keys first, or a list would name what does not open."""
    uow.keyring.release(list(_subjects(uow, [situation.id])))
    situation.custody = Custody.ACTIVE
    situation.version += 1
    uow.record(CustodyChanged(Reference(situation.reference), Verdict.KEPT))


def _subjects(uow: UnitOfWork, situations: Sequence[UUID]) -> set[UUID]:
    return set(subjects_of(uow.session, {*situations, *absorbed_by(uow.session, situations)}))
