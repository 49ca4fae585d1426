"""What is read of the archive: references from here, plaintext from an opening that two people signed (R3).

`SITUATION_READ` refuses what is archived, everywhere, and stays so: the rows below are reached by their custody, for
the coordinators of their cell, and only `reading` opens one.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from backend.archives.events import ArchiveConsulted
from backend.archives.models import ArchiveOpening
from backend.archives.states import END, LIVE, OPENING
from backend.archives.views import ArchivedLine, ArchivesView, OpeningLine, OpeningView, ReadingView
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.vault import reading_archive
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import cell_of
from backend.kernel.errors import NotFound, StepUpRequired
from backend.members.queries.people import author_of
from backend.parquet.queries import answer_views
from backend.purge.queries.rows import durations_on
from backend.purge.queries.terms import facts_of
from backend.signalements.queries.content import content_view
from backend.situations.models import Situation
from backend.situations.queries import exits_of
from backend.situations.views import exit_view
from backend.web.pages import in_words
from policies.access import Action
from policies.archive_words import OpeningDecision, OpeningState
from policies.retention import Durations, Kind, due
from policies.retention_words import Custody
from policies.terms import TERMS, end_of, start_of
from policies.vocabulary import Role

PAGE = 50

PAST = 20
"""Openings over that the page shows, the latest first."""

(_CLOSED,) = (term for term in TERMS if term.kind is Kind.CLOSED)


def archives_view(uow: UnitOfWork, after: str | None) -> ArchivesView:
    """Give the archived situations of the person's cells, by reference, and the openings.

    Raises `Forbidden` for who neither coordinates nor is the DPO.
    """
    own = uow.actor.cells({Role.COORDINATOR})
    signs = uow.actor.holds_for_city({Role.DPO})
    gate.require(uow, ArchiveOpening(cell_id=min(own)) if own else ArchiveOpening(), Action.ARCHIVE_OPENING_READ)
    reach_cells(uow)
    durations = durations_on(uow.session, uow.today())
    archived, following = _archived_page(uow, durations, Cursor.of(after))
    openings = sa.select(ArchiveOpening, Situation).join(
        Situation, col(Situation.id) == col(ArchiveOpening.situation_id)
    )
    readable = openings.where(
        col(ArchiveOpening.id).in_(gate.readable(uow, ArchiveOpening).with_only_columns(col(ArchiveOpening.id)))
    ).order_by(col(ArchiveOpening.asked_at).desc(), col(ArchiveOpening.id).desc())
    over = is_over(uow.now())
    live = uow.session.execute(readable.where(col(ArchiveOpening.state).in_(sorted(LIVE)), ~over)).all()
    past = uow.session.execute(readable.where(sa.or_(col(ArchiveOpening.state).not_in(sorted(LIVE)), over)).limit(PAST))
    return ArchivesView(
        months=durations.months(Kind.ARCHIVE),
        coordinates=bool(own),
        signs=signs,
        free=bool(own) and own_opening(uow) is None,
        archived=archived,
        following=following,
        live=tuple(_line(uow, row, situation) for row, situation in live),
        past=tuple(_line(uow, row, situation) for row, situation in past.all()),
    )


def archived(uow: UnitOfWork, reference: str) -> Situation:
    """Give an archived situation of a cell that the person coordinates, for a request; raise `NotFound` otherwise."""
    found = uow.session.scalar(_archived(uow).where(col(Situation.reference) == reference))
    if found is None:
        raise NotFound
    return found


def own_opening(uow: UnitOfWork) -> ArchiveOpening | None:
    """Give the request or the opening that the person has now, if any: there is one at a time."""
    return uow.session.scalar(
        gate.readable(uow, ArchiveOpening).where(
            col(ArchiveOpening.asked_by) == uow.account(),
            col(ArchiveOpening.state).in_(sorted(LIVE)),
            ~is_over(uow.now()),
        )
    )


def to_sign(uow: UnitOfWork) -> int:
    """Count the requests that await the person's signature."""
    reach_cells(uow)
    return gate.count(
        uow, ArchiveOpening, col(ArchiveOpening.state) == OpeningState.ASKED, to=Action.ARCHIVE_OPENING_DECIDE
    )


def opening_view(uow: UnitOfWork, reference: str) -> OpeningView:
    """Give one opening, with what the person may do about it now."""
    reach_cells(uow)
    row = gate.fetch(uow, ArchiveOpening, reference, to=Action.ARCHIVE_OPENING_READ)
    state = _state(row, uow.now())
    deciding = gate.permits(uow, row, Action.ARCHIVE_OPENING_DECIDE)
    decisions = tuple(each for each in OpeningDecision if deciding and OPENING.allows(state, each))
    return OpeningView(
        reference=row.reference,
        version=row.version,
        situation=uow.session.get_one(Situation, row.situation_id).reference,
        cell=cell_of(uow, row.cell_id).name,
        ground=row.ground,
        reason=row.reason,
        asked_by=author_of(uow, row.asked_by).name,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        state=state,
        open_until=row.open_until,
        ended_at=row.ended_at or (row.open_until if state is OpeningState.ENDED else None),
        decisions=decisions,
        reading=gate.permits(uow, row, Action.ARCHIVE_OPENING_CONSULT),
        ending=not decisions and OPENING.allows(state, END) and gate.permits(uow, row, Action.ARCHIVE_OPENING_END),
    )


def reading(uow: UnitOfWork, reference: str) -> ReadingView:
    """Open an archived situation for who asked for it, by the archive's key; each time is a line of the journal.

    Raises `Forbidden` before the DPO's signature, after the end and for anybody else, `StepUpRequired` without a fresh
    second factor, `NotFound` once the situation is locked or destroyed.
    """
    # Locked as for a change: an end that comes meanwhile waits for this reading, or comes first.
    row = gate.fetch(uow, ArchiveOpening, reference, to=Action.ARCHIVE_OPENING_CONSULT, moves=False)
    if not uow.actor.stepped_up:
        raise StepUpRequired
    situation = uow.session.get_one(Situation, row.situation_id)
    with reading_archive(uow, situation.id):
        content = content_view(uow, situation)
    uow.record(ArchiveConsulted(Reference(row.reference), Reference(situation.reference)))
    return ReadingView(
        opening=row.reference,
        version=row.version,
        open_until=row.open_until,
        content=content,
        answers=answer_views(uow, situation),
        exits=tuple(exit_view(each) for each in exits_of(uow, situation)),
    )


def reach_cells(uow: UnitOfWork) -> None:
    """Let the DPO's transaction reach the rows of every cell; the gate still gives only what the rules allow."""
    if uow.actor.holds_for_city({Role.DPO}):
        for cell in uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.id))).all():
            uow.hand_over(cell)


def is_over(now: datetime) -> sa.ColumnElement[bool]:
    """Give the condition that the openings meet whose hour has passed, whether somebody ended them or not."""
    until = col(ArchiveOpening.open_until)
    return sa.and_(until.is_not(None), until < now)


def _archived(uow: UnitOfWork) -> sa.Select[Situation]:
    own = sorted(uow.actor.cells({Role.COORDINATOR}))
    return sa.select(Situation).where(col(Situation.cell_id).in_(own), col(Situation.custody) == Custody.ARCHIVED)


def _archived_page(
    uow: UnitOfWork, durations: Durations, after: Cursor | None
) -> tuple[tuple[ArchivedLine, ...], str | None]:
    place = (col(Situation.received_at), col(Situation.id))
    statement = _archived(uow).order_by(*(column.desc() for column in place)).limit(PAGE + 1)
    if after is not None:
        at, row = Situation.metadata.tables["situation"].c["received_at", "id"]
        statement = statement.where(
            sa.tuple_(*place) < sa.tuple_(sa.literal(after.at, at.type), sa.literal(after.row, row.type))
        )
    rows: Sequence[Situation] = uow.session.scalars(statement).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    lines = tuple(_archived_line(uow, row, durations) for row in rows[:PAGE])
    return lines, None if last is None else Cursor(last.received_at, last.id).text()


def _archived_line(uow: UnitOfWork, row: Situation, durations: Durations) -> ArchivedLine:
    facts = facts_of(row)
    since = due(Kind.CLOSED, start_of(_CLOSED, facts) or facts.received, durations).day
    until = end_of(facts, (), durations).day
    return ArchivedLine(row.reference, cell_of(uow, row.cell_id).name, since, until, in_words(until, uow.today()))


def _line(uow: UnitOfWork, row: ArchiveOpening, situation: Situation) -> OpeningLine:
    return OpeningLine(
        reference=row.reference,
        situation=situation.reference,
        cell=cell_of(uow, row.cell_id).name,
        ground=row.ground,
        asked_at=row.asked_at,
        state=_state(row, uow.now()),
    )


def _state(row: ArchiveOpening, now: datetime) -> OpeningState:
    over = row.state is OpeningState.OPENED and row.open_until is not None and row.open_until < now
    return OpeningState.ENDED if over else row.state
