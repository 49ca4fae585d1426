"""No table of the networks can hold a person concerned, a long text or a key to a situation (RAV-06)."""

import ast

import pytest
import sqlalchemy as sa

from backend.kernel.database import MainRow
from policies.classification import NETWORK, Classification
from tests.support.access import import_tables
from tests.support.tree import python

import_tables()
TABLES = {name: table for name, table in MainRow.metadata.tables.items() if name.startswith("rav_")}
FREE = {"title", "name", "organisation", "desk", "act", "place"}
LONGEST_TITLE, LONGEST_TEXT = 120, 254
ABOUT_PERSONS = {
    "birth",
    "age",
    "sex",
    "gender",
    "first_name",
    "last_name",
    "minor",
    "nationality",
    "situation",
    "note",
}
ALLOWED_KEYS = {"cell", "institution"}
MAY_IMPORT = {
    "rav",
    "members",
    "cells",
    "charters",
    "institutions",
    "mail",
    "documents",
    "web",
    "authorization",
    "counts",
    "audit",
    "crypto",
    "kernel",
    "settings",
}


def test_the_module_has_its_tables() -> None:
    assert len(TABLES) >= 15


@pytest.mark.parametrize("name", TABLES)
def test_a_column_is_a_reference_a_fact_of_organisation_or_a_professional_contact(name: str) -> None:
    for column in TABLES[name].columns:
        kind = Classification.of(column.info["classification"])
        assert kind in NETWORK
        assert kind is not Classification.PROFESSIONAL or name == "rav_contact", column.name
        assert not isinstance(column.type, sa.Text | sa.JSON | sa.LargeBinary), column.name
        assert not ABOUT_PERSONS & set(column.name.split("_")), column.name


@pytest.mark.parametrize("name", TABLES)
def test_a_text_is_bounded_and_a_title_short(name: str) -> None:
    for column in TABLES[name].columns:
        kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
        if isinstance(kind, sa.String):
            assert kind.length is not None
            assert kind.length <= (LONGEST_TITLE if column.name in FREE else LONGEST_TEXT), column.name


@pytest.mark.parametrize("name", [*TABLES, "desk_link"])
def test_no_key_leads_to_a_situation_or_to_a_person(name: str) -> None:
    for key in MainRow.metadata.tables[name].foreign_keys:
        target = key.column.table.name
        assert target in ALLOWED_KEYS or target.startswith("rav_"), target


def test_no_table_of_a_situation_leads_to_a_network() -> None:
    for name, table in MainRow.metadata.tables.items():
        if not name.startswith("rav_"):
            assert not [key for key in table.foreign_keys if key.column.table.name.startswith("rav_")], name


def test_the_module_imports_nothing_that_knows_a_situation() -> None:
    found = set()
    for path, tree in python("backend"):
        if path.parts[1] == "rav":
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("backend."):
                    found.add(node.module.split(".")[1])
    assert found <= MAY_IMPORT
