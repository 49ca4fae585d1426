"""What the DPO reads of unusual accesses: no person until a pseudonym was lifted (R14)."""

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.work import UnitOfWork
from backend.members.queries.people import author_of
from backend.oversight.models import UnusualAccess
from backend.oversight.states import ACCESS, SETTLE
from backend.oversight.views import AccessesView, AccessLine, AccessView
from policies.access import Action
from policies.oversight_words import AccessOutcome, AccessState, LiftGround, Oddity
from policies.unusual_access import HYPOTHESIS, THRESHOLDS

PAGE = 50


def accesses_view(uow: UnitOfWork, after: str | None) -> AccessesView:
    """Give a page of unusual accesses, the latest first; raise `Forbidden` for who does not oversee them."""
    gate.require(uow, UnusualAccess(), Action.UNUSUAL_ACCESS_READ)
    cursor = Cursor.of(after)
    order = (col(UnusualAccess.found_at).desc(), col(UnusualAccess.id).desc())
    statement = gate.readable(uow, UnusualAccess).order_by(*order).limit(PAGE + 1)
    if cursor is not None:
        at, row = UnusualAccess.metadata.tables["unusual_access"].c["found_at", "id"]
        place = sa.tuple_(col(UnusualAccess.found_at), col(UnusualAccess.id))
        statement = statement.where(place < sa.tuple_(sa.literal(cursor.at, at.type), sa.literal(cursor.row, row.type)))
    rows = uow.session.scalars(statement).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return AccessesView(
        tuple(map(_line, rows[:PAGE])),
        tuple((oddity.label.capitalize(), f"{THRESHOLDS[oddity]} ({HYPOTHESIS})") for oddity in Oddity),
        None if last is None else Cursor(last.found_at, last.id).text(),
    )


def access_view(uow: UnitOfWork, reference: str) -> AccessView:
    """Give one unusual access, with its person once the pseudonym was lifted."""
    row = gate.fetch(uow, UnusualAccess, reference, to=Action.UNUSUAL_ACCESS_READ)
    person = None
    if row.lifted_at is not None:
        author = author_of(uow, row.account_id)
        person = f"{author.name}, {author.function}, {author.institution}"
    others = gate.count(
        uow,
        UnusualAccess,
        col(UnusualAccess.account_id) == row.account_id,
        col(UnusualAccess.id) != row.id,
    )
    may_settle = ACCESS.allows(row.state, SETTLE) and gate.permits(uow, row, Action.UNUSUAL_ACCESS_SETTLE)
    return AccessView(
        line=_line(row),
        threshold=f"{THRESHOLDS[row.oddity]} ({HYPOTHESIS})",
        others=others,
        person=person,
        ground=row.ground,
        lifted_at=row.lifted_at,
        settled_at=row.settled_at,
        lifting=row.lifted_at is None and gate.permits(uow, row, Action.UNUSUAL_ACCESS_LIFT),
        settling=may_settle,
        grounds=tuple((ground.value, ground.label) for ground in LiftGround),
        outcomes=tuple((outcome.value, outcome.label) for outcome in AccessOutcome),
        version=row.version,
    )


def waiting(uow: UnitOfWork) -> int:
    """Count the unusual accesses that nobody has looked at yet, as far as the person may read them."""
    return gate.count(uow, UnusualAccess, col(UnusualAccess.state) == AccessState.WAITING)


def _line(row: UnusualAccess) -> AccessLine:
    return AccessLine(row.reference, row.day, row.oddity, row.number, row.state, row.outcome)
