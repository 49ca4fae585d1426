"""One statement, three readings: `holds` and the SQL clause keep the same rows, on both engines (architecture.md 3).

Rows have unknown values (NULL) wherever a column admits them: that is where two readings part.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.authorization.actor import Actor, Grant
from backend.authorization.sql import clause
from backend.crypto.sealed import Sealed, SealedType
from backend.kernel.database import MainRow, Store, UtcDateTime, WordType, open_store
from backend.kernel.lists import NumbersType, WordsType
from policies.access import RULES, Action
from policies.algebra import ActorHas, Among, And, Before, Circumstances, Is, Not, Or, Own, Related, Rule
from policies.vocabulary import Role, Stage
from tests.support.access import leaves, resource_of, words_of
from tests.support.postgresql import Cluster

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
IDS = [UUID(int=number) for number in range(1, 13)]
ROLES = (Role.COORDINATOR, Role.PARQUET, Role.ADMINISTRATOR)
FLAGS = (True, False)
TEXTS = ("", "x", "X", "é")
WORDS = "une condition"
VALUES: dict[type[Any], Sequence[object]] = {
    sa.Uuid: IDS,
    UtcDateTime: [NOW + timedelta(microseconds=step) for step in (-1, 0, 1)] + [NOW - timedelta(days=400)],
    sa.Boolean: FLAGS,
    sa.Date: [NOW.date()],
    sa.Integer: [1, 2],
    SealedType: [Sealed(b"x")],
    sa.LargeBinary: [b"x"],
}


@dataclass(frozen=True, slots=True)
class Pool:
    """Rows that stand both in a store and in memory, by table and identifier."""

    store: Store
    rows: dict[str, dict[UUID, SimpleNamespace]]

    def circumstances(self, actor: Actor) -> Circumstances:
        """Give what rules are read against, with the rows of the pool as related ones."""
        return Circumstances(actor, NOW, lambda table, key: self.rows[table].get(UUID(str(key))))

    def compare(self, rule: Rule, table: str, actor: Actor) -> None:
        """Read a rule three times over a table: in Python, as a filter, as a column."""
        when = self.circumstances(actor)
        kept = {key for key, row in self.rows[table].items() if rule.holds(row, when)}
        columns = MainRow.metadata.tables[table]
        condition = clause(rule, columns, when)
        with self.store.engine.connect() as connection:
            filtered = set(connection.scalars(sa.select(columns.c.id).where(condition)))
            labelled = connection.execute(sa.select(columns.c.id, condition.label("permitted"))).all()
        assert filtered == kept
        assert {bool(row.permitted) for row in labelled if row.permitted is None} == set()
        assert {row.id for row in labelled if row.permitted} == kept


def specimen(name: str) -> sa.Table:
    """Declare a table with a column of each kind that a rule may read, every one of them nullable."""
    return sa.Table(
        name,
        MainRow.metadata,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("cell_id", sa.Uuid()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("institution_id", sa.Uuid()),
        sa.Column("kin_id", sa.Uuid()),
        sa.Column("stage", WordType(Stage)),
        sa.Column("at", UtcDateTime()),
        sa.Column("flag", sa.Boolean()),
        sa.Column("text", sa.String(8)),
    )


def choices(column: sa.Column[Any], words: dict[str, Any]) -> Sequence[object]:
    """Give what a column may hold."""
    if isinstance(column.type, WordType):
        return list(column.type.words)
    if isinstance(column.type, WordsType):
        return [(), tuple(column.type.words)]
    if isinstance(column.type, NumbersType):
        return [(13,), (13, 14)]
    if column.name in words:
        return [word.value for word in words[column.name]]
    return next((values for kind, values in VALUES.items() if isinstance(column.type, kind)), TEXTS)


def drawn(draw: random.Random, column: sa.Column[Any], words: dict[str, Any]) -> object:
    """Draw a value for a column, unknown one time in four where it may be."""
    if column.nullable and draw.random() < 0.25:
        return None
    return draw.choice(choices(column, words))


def fill(store: Store, tables: dict[str, int], words: dict[str, Any]) -> Pool:
    """Create tables without their constraints, with as many rows as asked, and keep the same rows in memory."""
    draw = random.Random(20261123)  # noqa: S311  test data, the same at every run
    rows: dict[str, dict[UUID, SimpleNamespace]] = {}
    for name, count in tables.items():
        table = MainRow.metadata.tables[name]
        bare = sa.Table(name, sa.MetaData(), *(sa.Column(col.name, col.type) for col in table.columns))
        bare.create(store.engine)
        values: list[dict[str, Any]] = [
            {column.name: drawn(draw, column, words) for column in table.columns} | {"id": key}
            for key in (IDS + [UUID(int=1000 + extra) for extra in range(count)])[:count]
        ]
        with store.engine.begin() as connection:
            connection.execute(sa.insert(bare), values)
        rows[name] = {row["id"]: SimpleNamespace(**row) for row in values}
    return Pool(store, rows)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('readings') / 'main'}.sqlite", 1)
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        cluster.create_database("readings")
        request.addfinalizer(lambda: cluster.drop_database("readings"))  # noqa: PT021  only for this engine
        opened = open_store(cluster.url("readings"), 1)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def specimens(store: Store) -> Iterator[Pool]:
    declared = [specimen("specimen"), specimen("kin")]
    yield fill(store, {"specimen": 250, "kin": 12}, {})
    for table in declared:
        MainRow.metadata.remove(table)


@pytest.fixture(scope="module")
def real(store: Store) -> Pool:
    tables = {resource_of(action) for action in RULES}
    tables |= {leaf.table for action in RULES for leaf in leaves(RULES[action], resource_of(action))}
    words = {name: vocabulary for action in RULES for name, vocabulary in words_of(action).items()}
    return fill(store, dict.fromkeys(sorted(tables), 60), words)


def some(values: tuple[Any, ...]) -> st.SearchStrategy[frozenset[Any]]:
    """Draw a set of values, empty at times."""
    return st.frozensets(st.sampled_from(values))


LEAVES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Is, st.sampled_from(["account_id", "institution_id", "kin_id"]), st.sampled_from(Own), st.just(WORDS)),
    st.builds(Is, st.just("stage"), st.sampled_from(Stage), st.just(WORDS)),
    st.builds(Is, st.just("flag"), st.sampled_from(FLAGS), st.just(WORDS)),
    st.builds(Is, st.just("text"), st.sampled_from(TEXTS), st.just(WORDS)),
    st.builds(Among, st.just("stage"), some(tuple(Stage)), st.just(WORDS)),
    st.builds(Before, st.just("at"), st.just(WORDS)),
    st.builds(ActorHas, some(ROLES), st.sampled_from([None, "cell_id", "kin_id"]), st.booleans()),
)

INNER = st.recursive(
    LEAVES,
    lambda rules: st.one_of(
        st.builds(And, rules, rules),
        st.builds(Or, rules, rules),
        st.builds(Not, rules),
        st.builds(Related, st.sampled_from(["kin_id", "account_id"]), st.just("kin"), rules),
    ),
    max_leaves=12,
)

ACTORS = st.builds(
    Actor,
    account=st.sampled_from([None, *IDS[:3]]),
    institution=st.sampled_from([None, *IDS[:3]]),
    grants=st.frozensets(st.builds(Grant, st.sampled_from(ROLES), st.sampled_from([None, *IDS[:4]])), max_size=4),
)


@settings(max_examples=400)
@given(rule=INNER, actor=ACTORS)
def test_any_rule_keeps_the_same_rows_in_python_and_in_sql(specimens: Pool, rule: Rule, actor: Actor) -> None:
    specimens.compare(rule, "specimen", actor)


@settings(max_examples=60)
@given(rule=INNER, actor=ACTORS)
def test_a_rule_and_its_negation_share_every_row_between_them(specimens: Pool, rule: Rule, actor: Actor) -> None:
    table = MainRow.metadata.tables["specimen"]
    when = specimens.circumstances(actor)
    with specimens.store.engine.connect() as connection:
        sides = [
            set(connection.scalars(sa.select(table.c.id).where(clause(side, table, when)))) for side in (rule, ~rule)
        ]
    assert sides[0] | sides[1] == set(specimens.rows["specimen"])
    assert sides[0] & sides[1] == set()


@pytest.mark.parametrize("action", Action)
@settings(max_examples=25)
@given(role=st.sampled_from(Role), actor=ACTORS)
def test_every_declared_rule_keeps_the_same_rows(real: Pool, action: Action, role: Role, actor: Actor) -> None:
    grants = frozenset({*actor.grants, Grant(role, IDS[0]), Grant(role, None)})
    for who in (actor, Actor(actor.account, actor.institution, grants)):
        real.compare(RULES[action], resource_of(action), who)


def test_a_filter_that_forgot_an_unknown_value_would_be_found(specimens: Pool) -> None:
    table = MainRow.metadata.tables["specimen"]
    careless = sa.not_(table.c.stage == Stage.RECEIVED)
    with specimens.store.engine.connect() as connection:
        kept = set(connection.scalars(sa.select(table.c.id).where(careless)))
    rule = ~Is("stage", Stage.RECEIVED, WORDS)
    when = specimens.circumstances(Actor(None, None, frozenset()))
    assert kept < {key for key, row in specimens.rows["specimen"].items() if rule.holds(row, when)}


def test_what_is_not_a_rule_of_the_algebra_has_no_sql(specimens: Pool) -> None:
    with pytest.raises(TypeError):
        clause(Rule(), MainRow.metadata.tables["specimen"], specimens.circumstances(Actor(None, None, frozenset())))
