"""What is read of followed situations: rows and counters of the coordinator's own cells, names through the vault."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem, CarryOver, Meeting
from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import cells_of
from backend.counts.deltas import total
from backend.examination.models import Examination
from backend.following.views import FollowedView, FollowingView, GapLine, GapView
from backend.kernel.clock import PARIS, paris_day
from backend.kernel.errors import NotFound
from backend.signalements.queries.content import situation_views
from backend.situations.models import Situation
from backend.situations.views import SituationView
from backend.web.pages import in_words
from policies.examination_words import UNEXAMINED
from policies.indicator_words import Indicator
from policies.meeting_words import PENDING
from policies.retention import DEFAULTS, Kind, RetentionRule, due, rule
from policies.terms import latest_start
from policies.vocabulary import ClosingReason, Role, Stage

PAGE = 50

TO_REVIEW, ALL = "a-revoir", "toutes"

GROUPS = {ALL: "Toutes", TO_REVIEW: "À revoir"}
"""Groups of the list."""

_LISTED = "inscrites à un ordre du jour, pas encore examinées"
_TO_LIST = "à inscrire à un ordre du jour"
_UNSAID = "autres, sans motif enregistré"


def following_view(uow: UnitOfWork, group: str, after: str | None) -> FollowingView:
    """Give a page of the followed situations of the coordinator's cells; raise `NotFound` for an unknown group."""
    own = uow.actor.cells({Role.COORDINATOR})
    if group not in GROUPS or not own:
        raise NotFound
    where = _due(uow) if group == TO_REVIEW else (col(Situation.stage) == Stage.FOLLOWED,)
    page = gate.page(uow, Situation, cells=own, instant="received_at", where=where, after=Cursor.of(after), size=PAGE)
    tabs = tuple((name, label, name == group) for name, label in GROUPS.items())
    following = None if page.following is None else page.following.text()
    rules = tuple(_told(rule(kind)) for kind in (Kind.FOLLOW_UP_REVIEW, Kind.FOLLOW_UP_LIMIT))
    gaps = tuple(_gap(uow, cell) for cell in cells_of(uow) if cell.id in own)
    return FollowingView(tabs, _followed(uow, page.rows), following, rules, gaps)


def reviews_due(uow: UnitOfWork) -> int:
    """Count the followed situations that the person coordinates and on which a decision is due."""
    own = sorted(uow.actor.cells({Role.COORDINATOR}))
    return gate.count(uow, Situation, col(Situation.cell_id).in_(own), *_due(uow))


def _told(found: RetentionRule) -> str:
    return f"{found.statement.rstrip('.')} ({found.authority})." if found.is_hypothesis else found.statement


def _due(uow: UnitOfWork) -> tuple[sa.ColumnElement[bool], ...]:
    """Give the condition of a followed situation whose review is due today or before."""
    day = latest_start(uow.today(), DEFAULTS.months(Kind.FOLLOW_UP_REVIEW))
    midnight = datetime.combine(day + timedelta(days=1), time(), PARIS)
    return (
        col(Situation.stage) == Stage.FOLLOWED,
        col(Situation.decided_at) < midnight.astimezone(uow.now().tzinfo),
    )


def _followed(uow: UnitOfWork, rows: Sequence[Situation]) -> tuple[FollowedView, ...]:
    meetings, reasons = _agendas(uow, rows), _reasons(uow, rows)
    shown: dict[str, SituationView] = {view.reference: view for view in situation_views(uow, rows)}
    return tuple(
        _view(uow.today(), row.decided_at, shown[row.reference], reasons.get(row.id), meetings.get(row.id))
        for row in rows
        if row.decided_at is not None
    )


def _view(
    today: date, decided_at: datetime, situation: SituationView, reason: str | None, meeting: Meeting | None
) -> FollowedView:
    decided = paris_day(decided_at)
    review, limit = due(Kind.FOLLOW_UP_REVIEW, decided).day, due(Kind.FOLLOW_UP_LIMIT, decided).day
    return FollowedView(
        situation=situation,
        decided_on=decided,
        reason=reason,
        meeting=None if meeting is None else meeting.reference,
        meeting_on=None if meeting is None else paris_day(meeting.starts_at),
        review_on=review,
        review_words=in_words(review, today),
        overdue=review <= today,
        limit_on=limit,
        limit_words=in_words(limit, today),
    )


def _agendas(uow: UnitOfWork, rows: Sequence[Situation]) -> dict[UUID, Meeting]:
    """Give the meeting on whose agenda each situation stands now."""
    statement = (
        sa.select(col(AgendaItem.situation_id), Meeting)
        .join(Meeting, col(Meeting.id) == col(AgendaItem.meeting_id))
        .where(
            col(AgendaItem.situation_id).in_(sorted(row.id for row in rows)),
            col(AgendaItem.state).in_(sorted(PENDING)),
        )
    )
    return {row.situation_id: row.Meeting for row in uow.session.execute(statement)}


def _reasons(uow: UnitOfWork, rows: Sequence[Situation]) -> dict[UUID, str]:
    """Give why each situation is still followed, as the last decision says."""
    statement = (
        sa.select(Examination)
        .where(
            col(Examination.situation_id).in_(sorted(row.id for row in rows)), col(Examination.following).is_not(None)
        )
        .order_by(col(Examination.decided_at))
    )
    return {
        row.situation_id: row.following.label for row in uow.session.scalars(statement) if row.following is not None
    }


def _gap(uow: UnitOfWork, cell: Cell) -> GapView:
    """Explain what a cell retained and did not examine: the counters, which survive the purge, then what waits."""
    session = uow.session
    retained, examined = (total(session, counted, cell.id) for counted in (Indicator.RETAINED, Indicator.EXAMINED))
    closed = [
        GapLine(f"closes : {reason.label}", total(session, Indicator.NOT_EXAMINED, cell.id, value=reason))
        for reason in ClosingReason
        if reason in UNEXAMINED
    ]
    waiting = [GapLine(words, number) for words, number in sorted(_waiting(uow, cell.id).items())]
    unsaid = retained - examined - sum(line.number for line in (*closed, *waiting))
    lines = (*closed, *waiting, GapLine(_UNSAID, unsaid))
    return GapView(cell.name, retained, examined, tuple(line for line in lines if line.number))


def _waiting(uow: UnitOfWork, cell: UUID) -> Counter[str]:
    """Count what is retained and waits for its first examination, by the last reason for which it was put off."""
    situations = uow.session.scalars(
        gate.readable(uow, Situation).where(
            col(Situation.cell_id) == cell,
            col(Situation.stage).in_(sorted({Stage.RETAINED, Stage.UNDER_EXAMINATION})),
            col(Situation.decided_at).is_(None),
        )
    ).all()
    last = {key: f"reportées : {reason}" for _, key, reason in sorted(_put_off(uow, cell))}
    listed = _agendas(uow, situations)
    return Counter(last.get(row.id, _LISTED if row.id in listed else _TO_LIST) for row in situations)


def _put_off(uow: UnitOfWork, cell: UUID) -> Iterator[tuple[datetime, UUID, str]]:
    """Give when and why each situation of a cell was put off, at the table or off an agenda."""
    for carried in uow.session.scalars(sa.select(CarryOver).where(col(CarryOver.cell_id) == cell)):
        yield carried.carried_at, carried.situation_id, carried.reason.label
    postponed = sa.select(Examination).where(
        col(Examination.cell_id) == cell, col(Examination.postponement).is_not(None)
    )
    for row in uow.session.scalars(postponed):
        if row.decided_at is not None and row.postponement is not None:
            yield row.decided_at, row.situation_id, row.postponement.label
