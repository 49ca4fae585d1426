"""How the guide is searched: one field, no accent, first letters, the words that people use (domain.md section 8)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from policies.closed import Closed, read_toml
from policies.screening.fold import fold

REVISION_MONTHS = 12
"""A structure is to be revised every year: the guide is published yearly (RAV-13)."""

_WORD = re.compile(r"[a-z0-9]+")
_ARRONDISSEMENT = re.compile(r"(\d{1,2})(?:e|er|eme|ieme)?$")
_POSTCODE = re.compile(r"75[01]\d\d$")


class _Words(Closed):
    ignored: str
    synonyms: tuple[str, ...]


@cache
def _words() -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    data = _Words.model_validate(read_toml("taxonomies/guide.toml"))
    return frozenset(data.ignored.split()), tuple(frozenset(line.split()) for line in data.synonyms)


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is searched of a structure: its words, and where it receives (nowhere named: all Paris)."""

    words: frozenset[str]
    arrondissements: frozenset[int]


def indexed(texts: Iterable[str], arrondissements: Iterable[int]) -> Indexed:
    """Prepare what is searched of a structure."""
    return Indexed(frozenset(word for text in texts for word in words_in(text)), frozenset(arrondissements))


def words_in(text: str) -> tuple[str, ...]:
    """Cut a text into words, without accents or capitals."""
    return tuple(_WORD.findall(fold(text).text))


def score(search: str, structure: Indexed) -> int:
    """Tell how well a structure answers a search; 0 when a word of it is found nowhere.

    A word counts more than first letters, the very word more than one of the same meaning, an arrondissement that a
    structure names more than one among all Paris. A search without any word gives every structure the same score.
    """
    ignored, synonyms = _words()
    total = 1
    for word in words_in(search):
        if (number := _arrondissement(word)) is not None:
            found = 3 if number in structure.arrondissements else 1 if not structure.arrondissements else 0
        elif word in ignored:
            continue
        else:
            found = _found(word, structure.words, synonyms)
        if not found:
            return 0
        total += found
    return total


def _found(word: str, words: frozenset[str], synonyms: tuple[frozenset[str], ...]) -> int:
    if word in words:
        return 4
    if any(known.startswith(word) for known in words):
        return 3
    for group in synonyms:
        # Two letters begin too many words to stand for another one.
        meant = word in group or (len(word) > 2 and any(known.startswith(word) for known in group))  # noqa: PLR2004
        if meant and not group.isdisjoint(words):
            return 2
    return 0


def _arrondissement(word: str) -> int | None:
    if _POSTCODE.match(word):
        return int(word[-2:])
    found = _ARRONDISSEMENT.match(word)
    return int(found[1]) if found and 1 <= int(found[1]) <= 20 else None  # noqa: PLR2004
