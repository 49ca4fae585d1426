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

    Not a dataclass: FastAPI's encoder and `asdict` walk into those.
    """

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def data(self) -> bytes:
        """Give the bytes to store."""
        return self._data

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


def seal(key: SubjectKey, place: Place, plaintext: bytes, *, size: int | None = None) -> Sealed:
    """Seal a value for its place; `size` is the padded length in bytes of a closed list's values.

    Raise `ValueError` when the value does not fit in `size`: a longer value would stand out.
    """
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = key.cipher.encrypt(nonce, _pad(plaintext, size), _bound(key.header, place))
    return Sealed(key.header + nonce + ciphertext)


def unseal(key: SubjectKey, place: Place, sealed: Sealed) -> bytes:
    """Open a value at its place; raise `SealBroken` when it was sealed elsewhere, under another key, or altered."""
    data = sealed.data
    own = next((one for one in (key, *key.older) if one.seals(sealed)), None)
    if own is None:
        raise SealBroken(place.table, place.column)
    nonce, ciphertext = data[HEADER_BYTES:CIPHERTEXT_START], data[CIPHERTEXT_START:]
    try:
        padded = own.cipher.decrypt(nonce, ciphertext, _bound(own.header, place))
    except (InvalidTag, ValueError):  # ValueError: fewer bytes than a nonce and a tag
        raise SealBroken(place.table, place.column) from None
    return padded[: padded.rindex(MARK)]


def _bound(header: bytes, place: Place) -> bytes:
    # 3 bytes, 16 bytes, then two names: no identifier of SQL holds a NUL, so nothing else reads the same.
    return header + place.row.bytes + f"{place.table}\0{place.column}".encode()


def _pad(plaintext: bytes, size: int | None) -> bytes:
    marked = plaintext + MARK
    if size is None:
        size = padded_size(len(plaintext))
    elif len(marked) > size:
        raise ValueError("value too long for its closed list")
    return marked.ljust(size, b"\0")


def padded_size(length: int) -> int:
    """Give the padded size, in bytes, of a value of `length` bytes; the mark of the padding takes one."""
    for size in SMALL_SIZES:
        if length < size:
            return size
    return (length // LARGE_STEP + 1) * LARGE_STEP
