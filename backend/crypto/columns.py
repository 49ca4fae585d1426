"""How models declare their columns: every one names its class, the sealed ones their padded size.

For instance `last_name: Sealed = nominative()` or `motives: Sealed = nominative(size=128)`.
"""

from typing import Any

from sqlmodel import Field

from backend.crypto.sealed import SealedType
from policies.classification import Classification


def _column(classification: Classification, size: int | None, options: dict[str, Any]) -> Any:  # noqa: ANN401
    info: dict[str, object] = {"classification": classification}
    if size is not None:
        info["size"] = size
    column = {"info": info, **options.pop("sa_column_kwargs", {})}
    return Field(**options, sa_column_kwargs=column)


def reference(**options: Any) -> Any:  # noqa: ANN401  SQLModel's own Field gives Any
    """Declare an opaque identifier or reference."""
    return _column(Classification.REFERENCE, None, options)


def identifier(**options: Any) -> Any:  # noqa: ANN401
    """Declare an opaque identifier or reference, in a model that has a column named `reference`."""
    return _column(Classification.REFERENCE, None, options)


def organisational(**options: Any) -> Any:  # noqa: ANN401
    """Declare a fact about an institution, a territory or a network."""
    return _column(Classification.ORGANISATIONAL, None, options)


def professional(**options: Any) -> Any:  # noqa: ANN401
    """Declare an agent's name, function or professional contact: clear, erased with the account."""
    return _column(Classification.PROFESSIONAL, None, options)


def operational(**options: Any) -> Any:  # noqa: ANN401
    """Declare what jobs and access rules read: states, instants, flags; never a fact that identifies."""
    return _column(Classification.OPERATIONAL, None, options)


def secret(**options: Any) -> Any:  # noqa: ANN401
    """Declare a hash, or a secret wrapped by the keyring: never in a view, an export or a log."""
    return _column(Classification.SECRET, None, options)


def nominative(*, size: int | None = None, **options: Any) -> Any:  # noqa: ANN401
    """Declare a sealed fact about a person; `size` pads every value of a closed list to one length, in bytes."""
    return _column(Classification.NOMINATIVE, size, {"sa_type": SealedType, **options})


def sensitive(*, size: int | None = None, **options: Any) -> Any:  # noqa: ANN401
    """Declare a sealed fact that touches on an offence or on intimacy; `size` as for `nominative`."""
    return _column(Classification.SENSITIVE, size, {"sa_type": SealedType, **options})
