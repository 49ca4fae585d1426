"""A sealed value: opaque bytes that only the vault opens (architecture.md section 4).

Layout: format (1 byte), generation of the subject's key (2 bytes, big endian), nonce (12 bytes), ciphertext and tag.
"""

from dataclasses import dataclass
from typing import NoReturn

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sealed:
    """Ciphertext bound to its table, column and row: no equality, no JSON, a masked repr."""

    data: bytes

    def __repr__(self) -> str:
        """Show nothing of the value, not even its length."""
        return "<Sealed>"

    __str__ = __repr__

    def __eq__(self, other: object) -> NoReturn:
        """Refuse: two ciphertexts of one value differ, so a comparison is a mistake."""
        raise TypeError("sealed values cannot be compared")

    __hash__ = None  # type: ignore[assignment]  # not hashable, for the same reason


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
