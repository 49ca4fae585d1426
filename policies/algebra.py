"""Access rules as small frozen values with three readings: on one row, as SQL, as a French sentence (section 3).

`holds` is the reading on one row; `backend.authorization.sql` gives the same nodes their SQL meaning; `sentence` words
the refusals and the matrix. Every leaf is two-valued: an unknown value (None) satisfies no leaf, so that a negation
keeps the same rows in Python and in SQL.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol
from uuid import UUID

from policies.vocabulary import Role, Word


class Who(Protocol):
    """What a rule may ask of the person who acts."""

    @property
    def account(self) -> UUID | None:
        """The person's account; None for somebody who is not signed in."""

    @property
    def institution(self) -> UUID | None:
        """The institution the person works for."""

    def cells(self, roles: AbstractSet[Role]) -> frozenset[UUID]:
        """Give the cells in which the person holds one of these roles today."""

    def holds_anywhere(self, roles: AbstractSet[Role]) -> bool:
        """Tell whether the person holds one of these roles today, in any cell or for the city."""

    def holds_for_city(self, roles: AbstractSet[Role]) -> bool:
        """Tell whether the person holds one of these roles today for the whole city."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule is read against: who acts, when, and how to reach a related row."""

    who: Who
    now: datetime
    related: Callable[[str, object], object | None] = lambda _table, _key: None


class Own(Enum):
    """A value that comes from the person who acts, not from the rule."""

    ACCOUNT = "account"
    INSTITUTION = "institution"


class Rule:
    """A node; rules combine with `&`, `|` and `~`."""

    __slots__ = ()

    def __and__(self, other: "Rule") -> "Rule":
        """Both must hold."""
        return And(self, other)

    def __or__(self, other: "Rule") -> "Rule":
        """One at least must hold."""
        return Or(self, other)

    def __invert__(self) -> "Rule":
        """Negate: the rule must not hold."""
        return Not(self)

    def holds(self, row: object, when: Circumstances) -> bool:
        """Tell whether the rule holds for a row."""
        raise TypeError(type(self).__name__)

    def sentence(self) -> str:
        """Word the rule in French, to follow « réservé à qui » or « il faut »."""
        raise TypeError(type(self).__name__)


@dataclass(frozen=True, slots=True)
class Is(Rule):
    """A column of the row has a value, or the value of the person who acts."""

    field: str
    value: Word | str | bool | Own
    words: str

    def holds(self, row: object, when: Circumstances) -> bool:
        """Compare; an unknown value on either side is no match."""
        found = getattr(row, self.field)
        wanted = getattr(when.who, self.value.value) if isinstance(self.value, Own) else self.value
        return found is not None and wanted is not None and bool(found == wanted)

    def sentence(self) -> str:
        """Give the words of the rule."""
        return self.words


@dataclass(frozen=True, slots=True)
class Among(Rule):
    """A column of the row has one of some values of a closed vocabulary."""

    field: str
    values: frozenset[Word]
    words: str

    def holds(self, row: object, when: Circumstances) -> bool:
        """Look the value up; an unknown value is no match."""
        return getattr(row, self.field) in self.values

    def sentence(self) -> str:
        """Give the words of the rule."""
        return self.words


@dataclass(frozen=True, slots=True)
class Before(Rule):
    """An instant of the row is in the past."""

    field: str
    words: str

    def holds(self, row: object, when: Circumstances) -> bool:
        """Compare with the present instant; an unknown instant is not past."""
        instant = getattr(row, self.field)
        return instant is not None and bool(instant < when.now)

    def sentence(self) -> str:
        """Give the words of the rule."""
        return self.words


@dataclass(frozen=True, slots=True)
class ActorHas(Rule):
    """The person holds one of some roles: in the cell that a column names, for the whole city, or anywhere."""

    roles: frozenset[Role]
    cell: str | None = None
    anywhere: bool = False

    def holds(self, row: object, when: Circumstances) -> bool:
        """Look for the row's cell among the person's, or for the role itself when no cell is named."""
        if self.cell is None:
            return when.who.holds_anywhere(self.roles) if self.anywhere else when.who.holds_for_city(self.roles)
        return getattr(row, self.cell) in when.who.cells(self.roles)

    def sentence(self) -> str:
        """Name the roles."""
        names = " ou ".join(role.label for role in Role if role in self.roles)
        if self.cell is not None:
            return f"être {names} de la cellule"
        return f"être {names}" if self.anywhere else f"être {names} pour la Ville"


@dataclass(frozen=True, slots=True)
class Related(Rule):
    """The row that a foreign key leads to satisfies a rule: what hangs from a situation follows the situation."""

    key: str
    table: str
    rule: Rule

    def holds(self, row: object, when: Circumstances) -> bool:
        """Reach the related row; without it the rule does not hold."""
        key = getattr(row, self.key)
        target = None if key is None else when.related(self.table, key)
        return target is not None and self.rule.holds(target, when)

    def sentence(self) -> str:
        """Give the related rule's words."""
        return self.rule.sentence()


@dataclass(frozen=True, slots=True)
class And(Rule):
    """Both rules hold."""

    left: Rule
    right: Rule

    def holds(self, row: object, when: Circumstances) -> bool:
        """Read both."""
        return self.left.holds(row, when) and self.right.holds(row, when)

    def sentence(self) -> str:
        """Join with « et », or with a comma before « sans »."""
        joined = ", " if _starts_negative(self.right) else " et "
        return f"{_grouped(self.left)}{joined}{_grouped(self.right)}"


@dataclass(frozen=True, slots=True)
class Or(Rule):
    """One rule at least holds."""

    left: Rule
    right: Rule

    def holds(self, row: object, when: Circumstances) -> bool:
        """Read both."""
        return self.left.holds(row, when) or self.right.holds(row, when)

    def sentence(self) -> str:
        """Join with « ou »."""
        return f"{self.left.sentence()}, ou {self.right.sentence()}"


@dataclass(frozen=True, slots=True)
class Not(Rule):
    """The rule does not hold."""

    rule: Rule

    def holds(self, row: object, when: Circumstances) -> bool:
        """Negate."""
        return not self.rule.holds(row, when)

    def sentence(self) -> str:
        """Put « sans » before the words, which fits an infinitive as well as « que »."""
        alone = not isinstance(_reached(self.rule), And | Or | Not)
        return f"sans {self.rule.sentence()}" if alone else f"sans ({self.rule.sentence()})"


def _starts_negative(rule: Rule) -> bool:
    return isinstance(rule, Not) or (isinstance(rule, And) and _starts_negative(rule.left))


def _reached(rule: Rule) -> Rule:
    return _reached(rule.rule) if isinstance(rule, Related) else rule


def _grouped(rule: Rule) -> str:
    return f"({rule.sentence()})" if isinstance(_reached(rule), Or) else rule.sentence()
