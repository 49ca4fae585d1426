"""A thief takes the files of a running house, as they lie: what was destroyed is in none of them, log included."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.crypto.keystore import SearchToken, SubjectWrap
from tests.support.cast import Cast
from tests.support.journeys import TYPED, decided, drafted, sent


def secrets(cast: Cast) -> set[bytes]:
    """Give the wraps of every subject and the tokens of every name, as the store holds them."""
    with cast.house.stores.keys.transaction() as session:
        wraps = {bytes(wrap) for wrap in session.scalars(sa.select(col(SubjectWrap.wrapped)))}
        return wraps | {bytes(token) for token in session.scalars(sa.select(col(SearchToken.digest)))}


def submits(cast: Cast) -> None:
    cast.browser("reporter").send(drafted(cast), {**TYPED, "act": "send"})


def abandons(cast: Cast) -> None:
    cast.browser("reporter").send(drafted(cast), {**TYPED, "act": "abandon"})


def masks(cast: Cast) -> None:
    situation = sent(cast).situation
    decided(cast, situation, "relecture", {"outcome": "masked", "masked": "Vue seule le soir."})


def gives_back(cast: Cast) -> None:
    decided(cast, sent(cast).situation, "renvoi", {"reason": "motive_unclear"})


def moves(cast: Cast) -> None:
    decided(cast, sent(cast).situation, "transfert", {"arrondissement": "18"})


@pytest.mark.parametrize("act", [submits, abandons, masks, gives_back, moves])
def test_no_file_holds_the_key_or_the_tokens_of_what_was_destroyed(cast: Cast, act: Callable[[Cast], None]) -> None:
    seen: set[bytes] = set()
    keys = cast.house.stores.keys.engine

    def watch(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if statement.startswith(("INSERT INTO subject_wrap", "INSERT INTO search_token")):
            seen.update(bytes(value) for value in _flat(parameters) if isinstance(value, bytes | memoryview))

    sa.event.listen(keys, "before_cursor_execute", watch)
    act(cast)
    destroyed = seen - secrets(cast)
    assert destroyed
    files = {path.name: path.read_bytes() for path in (cast.folder / "data").iterdir()}
    assert "keys.sqlite-wal" in files
    assert [name for name, content in files.items() if any(secret in content for secret in destroyed)] == []


def _flat(parameters: object) -> list[object]:
    if isinstance(parameters, list | tuple):
        return [value for item in parameters for value in _flat(item)]
    return list(parameters.values()) if isinstance(parameters, dict) else [parameters]
