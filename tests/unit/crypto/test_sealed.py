"""Sealed values: they open at their own place and nowhere else, and show nothing anywhere."""

import copy
import json
import os
import pickle
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi.encoders import jsonable_encoder
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError
from sqlmodel import Field, SQLModel

from backend.crypto.sealed import (
    LARGE_STEP,
    Place,
    SealBroken,
    Sealed,
    SealedType,
    SubjectKey,
    padded_size,
    seal,
    unseal,
)

PLACE = Place("situation", "last_name", UUID("11111111-1111-1111-1111-111111111111"))
OVERHEAD = 1 + 2 + 12 + 16
names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


def subject_key(generation: int = 1) -> SubjectKey:
    return SubjectKey(uuid4(), generation, AESGCM(os.urandom(32)))


KEY = subject_key()


@given(st.binary(max_size=2000))
def test_a_value_opens_at_its_place(plaintext: bytes) -> None:
    assert unseal(KEY, PLACE, seal(KEY, PLACE, plaintext)) == plaintext


@pytest.mark.parametrize("plaintext", [b"", b"\x80", b"\0\0", b"a\x80", b"a\x80\0\0"])
def test_a_value_that_looks_like_padding_comes_back_whole(plaintext: bytes) -> None:
    assert unseal(KEY, PLACE, seal(KEY, PLACE, plaintext, size=32)) == plaintext


@given(st.integers(min_value=0, max_value=5000))
def test_a_length_says_only_which_size_the_value_fits_in(length: int) -> None:
    size = padded_size(length)
    assert size in {32, 64, 128} or size % LARGE_STEP == 0
    assert size > length
    assert len(seal(KEY, PLACE, b"x" * length).data) == size + OVERHEAD


@pytest.mark.parametrize(
    "length, size", [(0, 32), (31, 32), (32, 64), (63, 64), (127, 128), (128, 256), (255, 256), (256, 512)]
)
def test_the_mark_of_the_padding_takes_one_byte(length: int, size: int) -> None:
    assert padded_size(length) == size


@given(st.binary(max_size=47))
def test_the_values_of_a_closed_list_have_one_length(plaintext: bytes) -> None:
    sealed = seal(KEY, PLACE, plaintext, size=48)
    assert len(sealed.data) == 48 + OVERHEAD
    assert unseal(KEY, PLACE, sealed) == plaintext


def test_a_value_too_long_for_its_closed_list_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="too long") as raised:
        seal(KEY, PLACE, b"Camille" * 10, size=48)
    assert "Camille" not in str(raised.value)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, row=uuid4()),
        replace(PLACE, column="first_name"),
        replace(PLACE, table="draft"),
        Place("situationlast", "_name", PLACE.row),
    ],
    ids=["row", "column", "table", "boundary"],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: Place) -> None:
    sealed = seal(KEY, PLACE, b"Camille Exemple")
    with pytest.raises(SealBroken) as raised:
        unseal(KEY, elsewhere, sealed)
    assert str(raised.value) == f"{elsewhere.table}.{elsewhere.column} does not open"


@given(names, names, names, names)
def test_two_places_are_never_mistaken_for_one(table: str, column: str, other_table: str, other_column: str) -> None:
    assume((table, column) != (other_table, other_column))
    sealed = seal(KEY, Place(table, column, PLACE.row), b"x")
    with pytest.raises(SealBroken):
        unseal(KEY, Place(other_table, other_column, PLACE.row), sealed)


def test_a_value_of_another_subject_does_not_open() -> None:
    with pytest.raises(SealBroken):
        unseal(subject_key(), PLACE, seal(KEY, PLACE, b"Camille"))


def test_a_value_does_not_open_under_another_generation_even_of_the_same_bytes() -> None:
    key = subject_key(generation=1)
    later = SubjectKey(key.subject, 2, key.cipher)
    sealed = seal(key, PLACE, b"Camille")
    with pytest.raises(SealBroken):
        unseal(later, PLACE, sealed)
    with pytest.raises(SealBroken):
        unseal(later, PLACE, Sealed(later.header + sealed.data[3:]))


@pytest.mark.parametrize("position", range(32 + OVERHEAD))
def test_one_altered_byte_anywhere_and_nothing_opens(position: int) -> None:
    altered = bytearray(seal(KEY, PLACE, b"Camille").data)
    altered[position] ^= 1
    with pytest.raises(SealBroken):
        unseal(KEY, PLACE, Sealed(bytes(altered)))


@given(st.integers(min_value=0, max_value=32 + OVERHEAD - 1))
def test_a_truncated_value_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, PLACE, Sealed(seal(KEY, PLACE, b"Camille").data[:length]))


def test_one_value_sealed_twice_gives_different_bytes() -> None:
    assert seal(KEY, PLACE, b"Camille").data != seal(KEY, PLACE, b"Camille").data


def test_nothing_of_a_sealed_value_or_of_a_key_is_printed() -> None:
    sealed = seal(KEY, PLACE, b"Camille")
    assert repr(sealed) == str(sealed) == f"{sealed}" == "<Sealed>"
    assert repr(KEY).startswith("<backend.crypto.sealed.SubjectKey object")


def test_sealed_values_are_neither_compared_nor_hashed() -> None:
    sealed = seal(KEY, PLACE, b"Camille")
    with pytest.raises(TypeError, match="compared"):
        sealed == sealed  # noqa: B015, PLR0124
    with pytest.raises(TypeError, match="hash"):
        hash(sealed)


@pytest.mark.parametrize("leave", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy])
def test_a_sealed_value_does_not_leave_its_row(leave: object) -> None:
    assert callable(leave)
    with pytest.raises(TypeError):
        leave(Sealed(b"ciphertext"))


def test_a_framework_cannot_write_a_sealed_value_as_json() -> None:
    with pytest.raises(ValueError, match=r"iterable|__dict__"):
        jsonable_encoder(Sealed(b"ciphertext"))


def test_a_model_holds_a_sealed_value_takes_nothing_else_and_has_no_json() -> None:
    class Holder(BaseModel):
        value: Sealed

    held = Holder(value=Sealed(b"ciphertext"))
    assert isinstance(held.value, Sealed)
    with pytest.raises(ValidationError):
        Holder.model_validate({"value": "Camille"})
    with pytest.raises(PydanticSerializationError):
        held.model_dump_json()


def test_a_sealed_column_keeps_bytes_and_refuses_text(tmp_path: Path) -> None:
    class Row(SQLModel, table=True):
        __tablename__ = "sealed_row"
        __table_args__ = ({"extend_existing": True},)
        id: int = Field(primary_key=True)
        value: Sealed | None = Field(default=None, sa_type=SealedType)

    engine = sa.create_engine(f"sqlite:///{tmp_path}/rows.sqlite", hide_parameters=True)
    table = sa.inspect(Row).local_table
    assert isinstance(table, sa.Table)
    table.create(engine)
    sealed = seal(KEY, PLACE, b"Camille")
    with engine.begin() as connection:
        connection.execute(sa.insert(table), [{"id": 1, "value": sealed}, {"id": 2, "value": None}])
        first, second = connection.execute(sa.select(table.c.value).order_by(table.c.id)).scalars()
        assert unseal(KEY, PLACE, first) == b"Camille"
        assert second is None
        with pytest.raises(sa.exc.StatementError) as raised:
            connection.execute(sa.insert(table).values(id=3, value="Camille"))
    assert "takes a sealed value" in str(raised.value)
    assert "Camille" not in str(raised.value)
    engine.dispose()


def test_the_session_rewrites_a_sealed_column_only_for_another_object() -> None:
    column = SealedType()
    sealed = Sealed(b"ciphertext")
    assert column.compare_values(sealed, sealed)
    assert not column.compare_values(sealed, Sealed(b"ciphertext"))
