"""The SQL reading of the access algebra; a Hypothesis test compares it with `holds` on both databases.

Every leaf is two-valued (`column IS NOT NULL AND …`), or a negation would drop the rows that Python keeps.
"""

from uuid import UUID

import sqlalchemy as sa

from backend.kernel.database import MainRow
from policies.algebra import ActorHas, Among, And, Before, Circumstances, Is, Not, Or, Own, Related, Rule


def clause(  # noqa: PLR0911  one return per node of the algebra
    rule: Rule, table: sa.FromClause, when: Circumstances
) -> sa.ColumnElement[bool]:
    """Give the condition that keeps the rows of `table` for which the rule holds."""
    match rule:
        case And(left, right):
            return sa.and_(clause(left, table, when), clause(right, table, when))
        case Or(left, right):
            return sa.or_(clause(left, table, when), clause(right, table, when))
        case Not(negated):
            return sa.not_(clause(negated, table, when))
        case Is(field, value, _):
            wanted = getattr(when.who, value.value) if isinstance(value, Own) else value
            return sa.false() if wanted is None else _known(table.c[field], table.c[field] == wanted)
        case Among(field, values, _):
            return _known(table.c[field], table.c[field].in_(sorted(values)))
        case Before(field, _):
            return _known(table.c[field], table.c[field] < when.now)
        case ActorHas(roles, None, anywhere):
            held = when.who.holds_anywhere(roles) if anywhere else when.who.holds_for_city(roles)
            return sa.true() if held else sa.false()
        case ActorHas(roles, str(cell)):
            return _in_cells(table.c[cell], when.who.cells(roles))
        case Related(key, target, inner):
            related = MainRow.metadata.tables[target].alias()
            return sa.exists().where(related.c.id == table.c[key], clause(inner, related, when))
    raise TypeError(type(rule).__name__)


def _known(column: sa.ColumnElement[object], condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.and_(column.is_not(None), condition)


def _in_cells(column: sa.ColumnElement[object], cells: frozenset[UUID]) -> sa.ColumnElement[bool]:
    return _known(column, column.in_(sorted(cells))) if cells else sa.false()
