"""The SQL reading of the access algebra; a Hypothesis test compares it with `holds` on both databases.

Every leaf is two-valued (`column IS NOT NULL AND …`), or a negation would drop the rows that Python keeps.
"""

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from backend.kernel.database import MainRow
from policies.algebra import ActorHas, Among, And, Before, Circumstances, Is, Not, Or, Own, Related, Rule


def clause(rule: Rule, table: sa.FromClause, when: Circumstances) -> sa.ColumnElement[bool]:
    """Give the condition that keeps the rows of `table` for which the rule holds.

    What is settled by who asks is settled here: `0 = 1 OR …` in a statement keeps SQLite from using any index.
    """
    found = _reduced(rule, table, when)
    return (sa.true() if found else sa.false()) if isinstance(found, bool) else found


Reduced = sa.ColumnElement[bool] | bool
"""A condition on the row, or the answer when the row changes nothing to it."""


def _reduced(rule: Rule, table: sa.FromClause, when: Circumstances) -> Reduced:  # noqa: PLR0911  one return per node of the algebra
    match rule:
        case And(left, right):
            return _joined(sa.and_, _reduced(left, table, when), _reduced(right, table, when), settles=False)
        case Or(left, right):
            return _joined(sa.or_, _reduced(left, table, when), _reduced(right, table, when), settles=True)
        case Not(negated):
            inner = _reduced(negated, table, when)
            return not inner if isinstance(inner, bool) else sa.not_(inner)
        case Is(field, value, _):
            wanted = getattr(when.who, value.value) if isinstance(value, Own) else value
            return False if wanted is None else _known(table.c[field], table.c[field] == wanted)
        case Among(field, values, _):
            return _known(table.c[field], table.c[field].in_(sorted(values)))
        case Before(field, _):
            return _known(table.c[field], table.c[field] < when.now)
        case ActorHas(roles, None, anywhere):
            return when.who.holds_anywhere(roles) if anywhere else when.who.holds_for_city(roles)
        case ActorHas(roles, str(cell)):
            return _in_cells(table.c[cell], when.who.cells(roles))
        case Related(key, target, inner):
            related = MainRow.metadata.tables[target].alias()
            found = _reduced(inner, related, when)
            conditions = () if found is True else (found,)
            return False if found is False else sa.exists().where(related.c.id == table.c[key], *conditions)
    raise TypeError(type(rule).__name__)


def _joined(
    operator: Callable[..., sa.ColumnElement[bool]], left: Reduced, right: Reduced, *, settles: bool
) -> Reduced:
    """Join two conditions; one that is known settles the whole when it is `settles`, and adds nothing otherwise."""
    if left is settles or right is settles:
        return settles
    if isinstance(left, bool):
        return right
    return left if isinstance(right, bool) else operator(left, right)


def _known(column: sa.ColumnElement[object], condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.and_(column.is_not(None), condition)


def _in_cells(column: sa.ColumnElement[object], cells: frozenset[UUID]) -> Reduced:
    return _known(column, column.in_(sorted(cells))) if cells else False
