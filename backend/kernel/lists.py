"""Short lists in one column: closed words, and arrondissements; read whole with their row, never searched by SQL."""

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

from policies.vocabulary import Word


class WordsType(sa.types.TypeDecorator[tuple[Word, ...]]):
    """Several values of one closed vocabulary, in its order."""

    impl = sa.String(254)
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        """Take the vocabulary whose members the column holds."""
        super().__init__()
        self.words = words

    def process_bind_param(self, value: tuple[Word, ...] | None, dialect: Dialect) -> str:
        """Give the texts of the members; raise `ValueError` for a value outside the vocabulary."""
        chosen = {self.words.of(word) for word in value or ()}
        return " ".join(word.value for word in self.words if word in chosen)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Word, ...]:
        """Give the members back."""
        return tuple(self.words.of(text) for text in (value or "").split())


class NumbersType(sa.types.TypeDecorator[tuple[int, ...]]):
    """Several arrondissements, in order."""

    impl = sa.String(64)
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str:
        """Give the numbers as a text."""
        return " ".join(str(number) for number in sorted(set(value or ())))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...]:
        """Give the numbers back."""
        return tuple(int(text) for text in (value or "").split())
