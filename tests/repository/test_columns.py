"""Every column says what it holds, and what is about a person is sealed and dies with its subject (architecture 4)."""

import ast
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.authorization.row_security import POLICIES
from backend.crypto.sealed import Sealed, SealedType
from backend.kernel.database import JournalRow, KeysRow, MainRow
from policies.access import Action, read_of
from policies.classification import NETWORK, SEALED, WITHOUT_PERSONS, Classification
from tests.support.access import import_tables, resource_of
from tests.support.documents import models
from tests.support.tree import text

import_tables()
BASES = (MainRow, KeysRow, JournalRow)
TABLES = {f"{base.__name__}.{table.name}": table for base in BASES for table in base.metadata.sorted_tables}
MODELS = {f"{base.__name__}.{model.__tablename__}": model for base in BASES for model in models(base)}  # type: ignore[arg-type]
SEALED_TABLES = {
    name: table for name, table in TABLES.items() if any(isinstance(col.type, SealedType) for col in table.columns)
}
OF_SITUATION = {
    name: table for name, table in TABLES.items() if "situation_id" in table.columns and "cell_id" in table.columns
}
MARKER = "Marqueur-Nominatif"


def class_of(column: sa.Column[object]) -> Classification:
    return Classification.of(column.info["classification"])


def subject_of(name: str) -> str:
    subject: str = getattr(MODELS[name], "__subject__")  # noqa: B009  the class variable of every sealed table
    return subject


def cascades_to(table: sa.Table, column: str, target: str) -> bool:
    """Tell whether a row goes with the row of `target` that its column names."""
    return any(
        key.referred_table.name == target
        and key.ondelete == "CASCADE"
        and column in key.column_keys
        and [element.column.name for element in key.elements if element.parent is table.c[column]] == ["id"]
        for key in table.foreign_key_constraints
    )


def test_the_migrations_know_every_table() -> None:
    tree = ast.parse(text(Path("backend/tables.py")))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {model.__module__ for model in MODELS.values()} <= imported


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_class(name: str) -> None:
    assert [column.name for column in TABLES[name].columns if "classification" not in column.info] == []
    assert all(class_of(column) for column in TABLES[name].columns)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_nominative_or_sensitive_is_sealed_and_nothing_else_is(name: str) -> None:
    for column in TABLES[name].columns:
        assert isinstance(column.type, SealedType) is (class_of(column) in SEALED), column.name


def test_sealed_columns_stand_in_main_only() -> None:
    assert SEALED_TABLES
    assert all(name.startswith("MainRow.") for name in SEALED_TABLES)


@pytest.mark.parametrize("name", SEALED_TABLES)
def test_a_sealed_table_names_its_subject_and_goes_with_it(name: str) -> None:
    table, subject = SEALED_TABLES[name], subject_of(name)
    assert subject in table.columns
    assert isinstance(table.c[subject].type, sa.Uuid)
    assert table.c[subject].nullable is False
    if subject != "id":
        assert cascades_to(table, subject, subject.removesuffix("_id"))


@pytest.mark.parametrize("name", sorted({*SEALED_TABLES, *OF_SITUATION}))
def test_a_nominative_table_has_its_cell_and_a_policy(name: str) -> None:
    table = TABLES[name]
    assert isinstance(table.c.cell_id.type, sa.Uuid)
    assert table.c.cell_id.nullable is False
    assert table.name in POLICIES


@pytest.mark.parametrize("name", OF_SITUATION)
def test_what_hangs_from_a_situation_goes_with_it_and_stays_in_its_cell(name: str) -> None:
    (key,) = (key for key in TABLES[name].foreign_key_constraints if key.referred_table.name == "situation")
    assert [element.target_fullname for element in key.elements] == ["situation.id", "situation.cell_id"]
    assert key.column_keys == ["situation_id", "cell_id"]
    assert key.ondelete == "CASCADE"


def test_every_policy_is_about_a_table_that_has_the_columns_it_reads() -> None:
    for name, reach in POLICIES.items():
        columns = MainRow.metadata.tables[name].columns
        for column in ("cell_id", "account_id"):
            assert column not in reach.value or column in columns


@pytest.mark.parametrize("name", TABLES)
def test_counters_know_nobody(name: str) -> None:
    classes = {class_of(column) for column in TABLES[name].columns}
    if name.startswith(("MainRow.count_", "MainRow.indicator_")):
        assert classes <= WITHOUT_PERSONS
        assert not TABLES[name].foreign_keys
        assert not {"reference", "account_id", "situation_id"} & set(TABLES[name].columns.keys())
    if name.startswith("MainRow.rav_"):
        assert classes <= NETWORK


def test_a_counter_is_among_the_tables() -> None:
    assert any(name.startswith("MainRow.count_") for name in TABLES)


@pytest.mark.parametrize("name", MODELS)
def test_a_row_prints_no_value(name: str) -> None:
    model = MODELS[name]
    values = dict.fromkeys(MODELS[name].model_fields, MARKER)
    row = model.model_construct(None, **values)
    for printed in (repr(row), str(row), f"{row}"):
        assert MARKER not in printed
        assert printed == f"<{model.__name__}>"


@pytest.mark.parametrize("name", SEALED_TABLES)
def test_a_row_that_holds_sealed_values_has_no_json(name: str) -> None:
    sealed = {
        column.name: Sealed(b"x") for column in SEALED_TABLES[name].columns if isinstance(column.type, SealedType)
    }
    row = MODELS[name].model_construct(None, id=UUID(int=1), **sealed)
    with pytest.raises(Exception, match="sealed"):
        row.model_dump_json()


def test_every_row_that_a_verb_changes_has_a_version() -> None:
    changed = {resource_of(action) for action in Action if action != read_of(action)}
    versioned = {name for name in changed if "version" in MainRow.metadata.tables[name].columns}
    assert versioned == changed
