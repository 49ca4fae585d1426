"""The algebra read on one row and as a sentence; its SQL reading has tests beside `backend.authorization.sql`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from backend.authorization.actor import Actor, Grant
from policies.algebra import ActorHas, Among, And, Before, Circumstances, Is, Not, Or, Own, Related, Rule
from policies.vocabulary import Role, Stage

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CELL, OTHER, ACCOUNT = UUID(int=13), UUID(int=18), UUID(int=1)
COORDINATOR = Actor(ACCOUNT, UUID(int=2), frozenset({Grant(Role.COORDINATOR, CELL)}))
NOBODY = Actor(None, None, frozenset())
DPO = Actor(ACCOUNT, None, frozenset({Grant(Role.DPO, None)}))

RECEIVED = Is("stage", Stage.RECEIVED, "que la situation soit à qualifier")
MINE = Is("account_id", Own.ACCOUNT, "en être l'auteur")
PAST = Before("at", "que le terme soit passé")
HELD = ActorHas(frozenset({Role.COORDINATOR}), cell="cell_id")


def holds(rule: Rule, actor: Actor = COORDINATOR, **row: object) -> bool:
    return rule.holds(SimpleNamespace(**row), Circumstances(actor, NOW))


def test_a_column_is_compared_with_a_value_or_with_the_person() -> None:
    assert holds(RECEIVED, stage=Stage.RECEIVED)
    assert not holds(RECEIVED, stage=Stage.ADMISSIBLE)
    assert holds(MINE, account_id=ACCOUNT)
    assert not holds(MINE, account_id=OTHER)


def test_an_unknown_value_on_either_side_is_no_match() -> None:
    assert not holds(RECEIVED, stage=None)
    assert not holds(MINE, account_id=None)
    assert not holds(MINE, NOBODY, account_id=None)
    assert not holds(Among("stage", frozenset(Stage), ""), stage=None)
    assert not holds(PAST, at=None)
    assert not holds(HELD, cell_id=None)


@pytest.mark.parametrize("leaf", [RECEIVED, MINE, PAST, HELD, Among("stage", frozenset({Stage.RECEIVED}), "")])
def test_the_negation_of_an_unknown_value_holds(leaf: Rule) -> None:
    assert holds(~leaf, stage=None, account_id=None, at=None, cell_id=None)


def test_among_asks_for_one_of_some_values() -> None:
    rule = Among("stage", frozenset({Stage.RECEIVED, Stage.ADMISSIBLE}), "")
    assert [stage for stage in Stage if holds(rule, stage=stage)] == [Stage.RECEIVED, Stage.ADMISSIBLE]
    assert not holds(Among("stage", frozenset(), ""), stage=Stage.RECEIVED)


def test_before_is_strict() -> None:
    assert holds(PAST, at=NOW - timedelta(microseconds=1))
    assert not holds(PAST, at=NOW)
    assert not holds(PAST, at=NOW + timedelta(microseconds=1))


def test_a_role_counts_in_the_cell_where_it_is_held() -> None:
    assert holds(HELD, cell_id=CELL)
    assert not holds(HELD, cell_id=OTHER)
    assert not holds(HELD, DPO, cell_id=CELL)


def test_a_role_of_a_cell_counts_for_the_city_only_when_anywhere_is_asked() -> None:
    roles = frozenset({Role.COORDINATOR, Role.DPO})
    assert not holds(ActorHas(roles))
    assert holds(ActorHas(roles), DPO)
    assert holds(ActorHas(roles, anywhere=True))
    assert not holds(ActorHas(roles, anywhere=True), NOBODY)


def test_a_related_row_is_reached_by_its_key() -> None:
    rule = Related("situation_id", "situation", RECEIVED)
    rows = {("situation", ACCOUNT): SimpleNamespace(stage=Stage.RECEIVED)}
    when = Circumstances(COORDINATOR, NOW, lambda table, key: rows.get((table, UUID(str(key)))))
    assert rule.holds(SimpleNamespace(situation_id=ACCOUNT), when)
    assert not rule.holds(SimpleNamespace(situation_id=OTHER), when)
    assert not rule.holds(SimpleNamespace(situation_id=None), when)
    assert (~rule).holds(SimpleNamespace(situation_id=OTHER), when)


def test_nothing_is_related_unless_somebody_says_how_to_reach_it() -> None:
    assert not holds(Related("situation_id", "situation", RECEIVED), situation_id=ACCOUNT)


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("right", [True, False])
def test_rules_combine(left: bool, right: bool) -> None:  # noqa: FBT001  a table of truth
    one, other = Is("left", value=True, words="a"), Is("right", value=True, words="b")
    assert isinstance(one & other, And)
    assert isinstance(one | other, Or)
    assert isinstance(~one, Not)
    assert holds(one & other, left=left, right=right) is (left and right)
    assert holds(one | other, left=left, right=right) is (left or right)
    assert holds(~one, left=left, right=right) is not left


A, B, C = (Is(name, value=True, words=f"être {name}") for name in "abc")


@pytest.mark.parametrize(
    "rule,sentence",
    [
        (A, "être a"),
        (Among("stage", frozenset(), "être choisi"), "être choisi"),
        (PAST, "que le terme soit passé"),
        (HELD, "être coordonnateur CPSA de la cellule"),
        (ActorHas(frozenset({Role.DPO})), "être délégué à la protection des données pour la Ville"),
        (ActorHas(frozenset({Role.PJJ}), anywhere=True), "être protection judiciaire de la jeunesse"),
        (
            ActorHas(frozenset({Role.PARQUET, Role.COORDINATOR}), cell="cell_id"),
            "être coordonnateur CPSA ou référent du parquet de la cellule",
        ),
        (Related("x_id", "x", A), "être a"),
        (A & B, "être a et être b"),
        (A | B, "être a, ou être b"),
        ((A | B) & C, "(être a, ou être b) et être c"),
        (A & B | C, "être a et être b, ou être c"),
        (Related("x_id", "x", A | B) & C, "(être a, ou être b) et être c"),
        (~A, "sans être a"),
        (~(A | B), "sans (être a, ou être b)"),
        (~Related("x_id", "x", A | B), "sans (être a, ou être b)"),
        (~~A, "sans (sans être a)"),
        (A & ~B & ~C, "être a, sans être b, sans être c"),
        (A & (~B & ~C), "être a, sans être b, sans être c"),
        ((A | B) & ~C, "(être a, ou être b), sans être c"),
    ],
)
def test_a_rule_words_itself_without_ambiguity(rule: Rule, sentence: str) -> None:
    assert rule.sentence() == sentence


def test_a_node_without_a_meaning_has_no_reading() -> None:
    with pytest.raises(TypeError):
        Rule().sentence()
    with pytest.raises(TypeError):
        holds(Rule())


def test_equal_rules_are_equal_values() -> None:
    assert RECEIVED & MINE == RECEIVED & MINE
    assert len({HELD, ActorHas(frozenset({Role.COORDINATOR}), cell="cell_id")}) == 1


@dataclass(frozen=True)
class Row:
    """A row that lacks a column that a rule reads."""

    other: int = 1


def test_a_column_that_a_row_lacks_is_a_mistake_and_not_a_refusal() -> None:
    with pytest.raises(AttributeError):
        RECEIVED.holds(Row(), Circumstances(COORDINATOR, NOW))
