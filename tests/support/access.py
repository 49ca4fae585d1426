"""What tests and documents read the access rules with: every table, a cast, rows that a rule can tell apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from backend.authorization.actor import Actor, Grant
from backend.kernel.clock import DrivenClock
from backend.kernel.database import MainRow
from policies.access import RULES, Action, read_of
from policies.algebra import ActorHas, Among, And, Circumstances, Is, Not, Or, Own, Related, Rule
from policies.vocabulary import CITY_ROLES, Role, Word
from tests.support.house import MORNING
from tests.support.tree import ROOT

CELL = UUID(int=13)
ACCOUNT = UUID(int=1)
INSTITUTION = UUID(int=2)
STRANGER = UUID(int=3)
RELATED = UUID(int=4)


@dataclass(frozen=True, slots=True)
class Link:
    """What ties the person to a row: the column, of this table or of a related one, that names the person."""

    table: str
    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of a rule and the table whose columns it reads."""

    table: str
    rule: Rule


def import_tables() -> None:
    """Import every module of the backend that declares a table."""
    for path in sorted((ROOT / "backend").rglob("*.py")):
        if "table=True" in path.read_text(encoding="utf-8"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def member(role: Role, cell: UUID = CELL) -> Actor:
    """Give somebody who holds one role, for the city when it is a city role."""
    grant = Grant(role, None if role in CITY_ROLES else cell)
    return Actor(account=ACCOUNT, institution=INSTITUTION, grants=frozenset({grant}))


def resource_of(action: Action) -> str:
    """Give the table that an action is about."""
    return action.value.partition(":")[0]


def leaves(rule: Rule, table: str) -> Iterator[Leaf]:
    """Give the leaves of a rule, through the related tables too."""
    match rule:
        case And(left, right) | Or(left, right):
            yield from leaves(left, table)
            yield from leaves(right, table)
        case Not(negated):
            yield from leaves(negated, table)
        case Related(_, target, inner):
            yield from leaves(inner, target)
        case _:
            yield Leaf(table, rule)


def leaves_of(action: Action) -> list[Leaf]:
    """Give the leaves of an action's rule and of the rule that lets its resource be read."""
    table = resource_of(action)
    return [*leaves(RULES[action], table), *leaves(RULES[read_of(action)], table)]


def links_of(action: Action) -> list[Link]:
    """Give every way in which a rule may tie the person to a row."""
    found = {
        Link(leaf.table, rule.field, rule.words): None
        for leaf in leaves_of(action)
        if isinstance(rule := leaf.rule, Is) and isinstance(rule.value, Own)
    }
    return list(found)


def words_of(action: Action) -> dict[str, type[Word]]:
    """Give the columns of which a rule reads a closed value, with their vocabulary."""
    found: dict[str, type[Word]] = {}
    for leaf in leaves_of(action):
        match leaf.rule:
            case Is(field, Word() as word, _):
                found[field] = type(word)
            case Among(field, values, _):
                found[field] = type(next(iter(values)))
            case _:
                pass
    return found


def permitted(action: Action, actor: Actor, link: Link | None = None, **values: Word) -> bool:
    """Tell whether an actor sees a row and may do this to it: a row of the actor's cell, tied by one link or none.

    `values` are the closed values of the row, and of the rows it is related to.
    """
    table = resource_of(action)
    when = Circumstances(
        actor, DrivenClock(MORNING)(), lambda related, _key: _row(action, related, link, values, actor)
    )
    row = _row(action, table, link, values, actor)
    return RULES[read_of(action)].holds(row, when) and RULES[action].holds(row, when)


def _row(action: Action, table: str, link: Link | None, values: dict[str, Word], actor: Actor) -> SimpleNamespace:
    """Build a row of which every identifier is a stranger's, but its cell and what the link names."""
    row: dict[str, Any] = {column.name: None for column in MainRow.metadata.tables[table].columns}
    row |= {name: STRANGER for name in row if name == "id" or name.endswith(("_id", "_by"))}
    for leaf in leaves_of(action):
        if leaf.table != table:
            continue
        match leaf.rule:
            case ActorHas(_, str(cell), _):
                row[cell] = CELL
            case Is(field, Own() as own, _) if link is not None and (link.table, link.field) == (table, field):
                row[field] = getattr(actor, own.value)
            case _:
                pass
    return SimpleNamespace(**row | {name: value for name, value in values.items() if name in row})
