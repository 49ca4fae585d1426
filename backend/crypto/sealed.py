"""A sealed value: opaque bytes bound to their place, opened by the subject's key (architecture.md section 4).

Layout: format (1 byte), generation of the subject's key (2 bytes, big endian), nonce (12 bytes), ciphertext and tag.
AES-256-GCM (NIST SP 800-38D); padding of ISO/IEC 7816-4, so that a length tells next to nothing.
"""

import os
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from sqlalchemy.engine.interfaces import Dialect

FORMAT = b"\x01"
GENERATION_BYTES = 2
NONCE_BYTES = 12
HEADER_BYTES = len(FORMAT) + GENERATION_BYTES
CIPHERTEXT_START = HEADER_BYTES + NONCE_BYTES
MARK = b"\x80"

SMALL_SIZES = (32, 64, 128)
"""Padded sizes of short values, in bytes."""

LARGE_STEP = 256
"""Longer values are padded to a multiple of this many bytes."""


class SealBroken(Exception):  # noqa: N818  a fault of the store, named after what is found
    """A sealed value or a wrap does not open where it stands: moved, altered, or under another key."""

    def __init__(self, table: str, column: str) -> None:
        """Name the column, and neither the row nor anything of its content."""
        super().__init__(f"{table}.{column} does not open")


class Sealed:
    """Ciphertext bound to its table, column and row: no equality, no JSON, no pickle, a masked repr.

    `data` are the bytes to store. Not a dataclass: FastAPI's encoder and `asdict` walk into those.
    """

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        """Show nothing of the value, not even its length."""
        return "<Sealed>"

    __str__ = __repr__

    def __eq__(self, other: object) -> NoReturn:
        """Refuse: two ciphertexts of one value differ, so a comparison is a mistake."""
        raise TypeError("sealed values cannot be compared")

    __hash__ = None  # type: ignore[assignment]  # not hashable, for the same reason

    def __reduce__(self) -> NoReturn:
        """Refuse pickle and copies: a sealed value lives in its row and nowhere else."""
        raise TypeError("sealed values cannot be pickled or copied")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let a model hold it and refuse to write it as JSON."""
        return core_schema.is_instance_schema(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(_refuse_json, when_used="json")
        )


def _refuse_json(_value: Any) -> NoReturn:  # noqa: ANN401  Pydantic gives whatever the field holds
    raise TypeError("sealed values have no JSON")


def generation_of(sealed: Sealed) -> int:
    """Give the generation of the subject's key under which a value says that it was sealed."""
    return int.from_bytes(sealed.data[len(FORMAT) : HEADER_BYTES], "big")


class SealedType(sa.types.TypeDecorator[Sealed]):
    """Boxes the bytes of a sealed column; does no cryptography and refuses anything that is not sealed."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        """Give the bytes to the database; raise `TypeError` for a value that was not sealed."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("a sealed column takes a sealed value")
        return value.data

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        """Box the bytes of the database."""
        return None if value is None else Sealed(bytes(value))

    def compare_values(self, x: object, y: object) -> bool:
        """Tell whether two values are the very same object: the session asks this before an update."""
        return x is y


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands; the row's identifier is drawn before the insert."""

    table: str
    column: str
    row: UUID


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubjectKey:
    """The key of one subject, opened: its generation and its prepared cipher, never its bytes.

    `older` are the generations under which values may still be sealed, `due` says that they are to be sealed again.
    """

    subject: UUID
    generation: int
    cipher: AESGCM
    older: tuple["SubjectKey", ...] = ()
    due: bool = False
    header: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the first bytes of every value sealed under this key."""
        object.__setattr__(self, "header", FORMAT + self.generation.to_bytes(GENERATION_BYTES, "big"))

    def seals(self, sealed: Sealed) -> bool:
        """Tell whether a value was sealed under this generation, by what it says of itself."""
        return sealed.data[:HEADER_BYTES] == self.header


class RowKey:
    """A subject's key prepared for one row: what binds the values to their table and row is encoded once for all."""

    __slots__ = ("_bound", "_decrypt", "_encrypt", "_header", "_older", "_row", "_table")

    def __init__(self, key: SubjectKey, table: str, row: UUID) -> None:
        self._encrypt, self._decrypt = key.cipher.encrypt, key.cipher.decrypt
        self._header, self._older = key.header, key.older
        self._table, self._row = table, row
        # 3 bytes, 16 bytes, then two names: no identifier of SQL holds a NUL, so nothing else reads the same.
        self._bound = key.header + row.bytes + table.encode() + b"\0"

    def seal(self, column: str, plaintext: bytes, *, size: int | None = None) -> Sealed:
        """Seal a value for a column; `size` is the padded length in bytes of a closed list's values.

        Raise `ValueError` when the value does not fit in `size`: a longer value would stand out.
        """
        length = len(plaintext)
        if size is None:
            size = padded_size(length)
        elif length >= size:  # the mark of the padding takes a byte
            raise ValueError("value too long for its closed list")
        nonce = os.urandom(NONCE_BYTES)
        padded = (plaintext + MARK).ljust(size, b"\0")
        return Sealed(self._header + nonce + self._encrypt(nonce, padded, self._bound + column.encode()))

    def unseal(self, column: str, sealed: Sealed) -> bytes:
        """Open a value of a column; raise `SealBroken` when it was sealed elsewhere, under another key, or altered."""
        data = sealed.data
        if not data.startswith(self._header):
            older = next((one for one in self._older if one.seals(sealed)), None)
            if older is None:
                raise SealBroken(self._table, column)
            return RowKey(older, self._table, self._row).unseal(column, sealed)
        nonce, ciphertext = data[HEADER_BYTES:CIPHERTEXT_START], data[CIPHERTEXT_START:]
        try:
            padded = self._decrypt(nonce, ciphertext, self._bound + column.encode())
        except (InvalidTag, ValueError):  # ValueError: fewer bytes than a nonce and a tag
            raise SealBroken(self._table, column) from None
        return padded.rstrip(b"\0")[: -len(MARK)]


def seal(key: SubjectKey, place: Place, plaintext: bytes, *, size: int | None = None) -> Sealed:
    """Seal one value for its place, as `RowKey.seal`."""
    return RowKey(key, place.table, place.row).seal(place.column, plaintext, size=size)


def unseal(key: SubjectKey, place: Place, sealed: Sealed) -> bytes:
    """Open one value at its place, as `RowKey.unseal`."""
    return RowKey(key, place.table, place.row).unseal(place.column, sealed)


def padded_size(length: int) -> int:
    """Give the padded size, in bytes, of a value of `length` bytes; the mark of the padding takes one."""
    for size in SMALL_SIZES:
        if length < size:
            return size
    return (length // LARGE_STEP + 1) * LARGE_STEP
