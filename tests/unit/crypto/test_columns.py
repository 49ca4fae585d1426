"""Every declaration of a column says its class; the sealed ones seal, and may say a size."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import AutoString, SQLModel

from backend.crypto import columns
from backend.crypto.sealed import Sealed, SealedType
from policies.classification import Classification


class Declared(SQLModel, table=True):
    __tablename__ = "declared"
    __table_args__ = ({"extend_existing": True},)

    reference: str = columns.identifier(primary_key=True, max_length=14)
    cell: str = columns.reference(index=True)
    name: str = columns.organisational(max_length=120)
    agent: str = columns.professional(unique=True)
    state: str = columns.operational(default="open", sa_column_kwargs={"key": "state"})
    digest: bytes = columns.secret()
    last_name: Sealed = columns.nominative()
    motives: Sealed | None = columns.sensitive(size=128, default=None)


TABLE = SQLModel.metadata.tables["declared"]


@pytest.mark.parametrize(
    "column, expected",
    [
        ("reference", Classification.REFERENCE),
        ("cell", Classification.REFERENCE),
        ("name", Classification.ORGANISATIONAL),
        ("agent", Classification.PROFESSIONAL),
        ("state", Classification.OPERATIONAL),
        ("digest", Classification.SECRET),
        ("last_name", Classification.NOMINATIVE),
        ("motives", Classification.SENSITIVE),
    ],
)
def test_a_column_carries_its_class(column: str, expected: Classification) -> None:
    assert TABLE.c[column].info["classification"] is expected


def test_what_the_law_protects_is_sealed_and_may_have_one_size() -> None:
    assert isinstance(TABLE.c.last_name.type, SealedType)
    assert "size" not in TABLE.c.last_name.info
    assert isinstance(TABLE.c.motives.type, SealedType)
    assert TABLE.c.motives.info["size"] == 128


def test_the_other_options_of_a_field_still_work() -> None:
    assert TABLE.c.reference.primary_key
    assert TABLE.c.cell.index
    assert TABLE.c.agent.unique
    assert isinstance(TABLE.c.name.type, AutoString)
    assert TABLE.c.name.type.length == 120
    assert TABLE.c.motives.nullable
    assert not TABLE.c.last_name.nullable


@pytest.mark.parametrize("declare", [columns.nominative, columns.sensitive])
def test_only_sealed_columns_take_a_size(declare: Callable[..., Any]) -> None:
    assert declare(size=64).sa_column_kwargs["info"]["size"] == 64
