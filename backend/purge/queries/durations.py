"""The durations in force, the decisions of the Ville, and what one of them would change before it applies."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.purge.models import RetentionDecision
from backend.purge.queries.rows import decided, durations_on, ordinary_days
from backend.purge.queries.terms import applies, over
from backend.purge.views import DecisionView, DurationsView, PreviewView, decision_line, decision_view, rule_view
from backend.situations.models import Situation
from policies.access import Action
from policies.retention import Durations, rules
from policies.retention_words import DecisionState
from policies.terms import TERMS, Term

SHOWN = 50
"""Decisions that the page lists, the latest first."""


def durations_view(uow: UnitOfWork) -> DurationsView:
    """Give every duration in force today, and the latest decisions; raise `Forbidden` for who does not oversee."""
    gate.require(uow, RetentionDecision(), Action.RETENTION_DECISION_READ)
    durations = durations_on(uow.session, uow.today())
    order = (col(RetentionDecision.entered_at).desc(), col(RetentionDecision.id))
    rows = uow.session.scalars(gate.readable(uow, RetentionDecision).order_by(*order).limit(SHOWN))
    return DurationsView(
        rules=tuple(rule_view(durations.rule(found.kind)) for found in rules()),
        decisions=tuple(decision_line(row) for row in rows),
        entering=gate.permits(uow, RetentionDecision(), Action.RETENTION_DECISION_ENTER),
    )


def decision_page(uow: UnitOfWork, reference: str) -> DecisionView:
    """Give a decision with what it would change on the day it applies."""
    row = gate.fetch(uow, RetentionDecision, reference, to=Action.RETENTION_DECISION_READ)
    present = durations_on(uow.session, uow.today())
    return decision_view(
        row,
        present.months(row.kind),
        preview(uow, row, present),
        advising=gate.permits(uow, row, Action.RETENTION_DECISION_ADVISE),
    )


def decisions_to_advise(uow: UnitOfWork) -> int:
    """Count the decisions that await the person's opinion."""
    awaited = col(RetentionDecision.state) == DecisionState.ENTERED
    return gate.count(uow, RetentionDecision, awaited, to=Action.RETENTION_DECISION_ADVISE)


def preview(uow: UnitOfWork, row: RetentionDecision, present: Durations) -> PreviewView:
    """Count the situations that a decision concerns, and those whose time it would end, or give back, at once."""
    decision = Durations({**present.decided, row.kind: decided(row)})
    terms = [term for term in TERMS if row.kind in {term.kind, term.after}]
    concerned = at_once = 0
    for cell in uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.id))).all():
        uow.hand_over(cell)
        here = col(Situation.cell_id) == cell
        concerned += _count(uow, here, sa.or_(*(applies(term) for term in terms if term.kind is row.kind)))
        meetings = ordinary_days(uow.session, cell, uow.today())
        before = _over(terms, row.applies_on, meetings, present)
        after = _over(terms, row.applies_on, meetings, decision)
        at_once += _count(uow, here, before != after)
    return PreviewView(concerned, sooner=row.months < present.months(row.kind), at_once=at_once)


def _over(terms: Sequence[Term], day: date, meetings: Sequence[date], durations: Durations) -> sa.ColumnElement[bool]:
    found = sa.or_(*(over(term, day, meetings, durations) for term in terms))
    return sa.case((found, sa.true()), else_=sa.false())


def _count(uow: UnitOfWork, *conditions: sa.ColumnElement[bool]) -> int:
    return uow.session.scalar(sa.select(sa.func.count()).select_from(Situation).where(*conditions)) or 0
