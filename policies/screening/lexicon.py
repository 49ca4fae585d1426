"""Terms of the sensitive categories (policies/taxonomies/screening), looked for word by word (domain.md section 4)."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LISTS = Path(__file__).parents[1] / "taxonomies" / "screening"
_TOKEN = re.compile(r"[a-z0-9]+")
_SHORTEST_STEM, _LONGEST_STEM = 2, 16
_MAXIMUM_NAME_WORDS = 4
_INSIDE_NAMES = frozenset({"et", "de", "la", "du", "d", "le"})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a folded text and their bounds; parallel lists, because a text may be very long."""

    values: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


def split(folded: str) -> Words:
    """Cut a folded text into words."""
    found = list(_TOKEN.finditer(folded))
    return Words([word[0] for word in found], [word.start() for word in found], [word.end() for word in found])


@cache
def read(name: str) -> dict[str, Any]:
    """Read one published list."""
    return tomllib.loads((LISTS / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Runs of words, by their first word or its stem: looking one up does not depend on how many there are."""

    exact: dict[str, list[tuple[str, ...]]]
    stems: dict[str, list[tuple[str, ...]]]

    def matches(self, words: Words, hidden: bytearray | None = None) -> Iterator[tuple[int, int]]:
        """Yield (first word, word after the last) for each run found outside the hidden words."""
        values = words.values
        runs = {word: found for word in set(values) if (found := tuple(self._candidates(word)))}
        for here, word in enumerate(values):
            if word not in runs or (hidden is not None and hidden[here]):
                continue
            length = max((len(run) for run in runs[word] if _follows(run, values, here, hidden)), default=0)
            if length:
                yield here, here + length

    def _candidates(self, word: str) -> Iterator[tuple[str, ...]]:
        yield from self.exact.get(word, ())
        yield from self.stems.get("", ())
        for size in range(_SHORTEST_STEM, min(len(word), _LONGEST_STEM) + 1):
            yield from self.stems.get(word[:size], ())


def _follows(run: tuple[str, ...], values: Sequence[str], here: int, hidden: bytearray | None) -> bool:
    if here + len(run) > len(values):
        return False
    for offset, wanted in enumerate(run[1:], here + 1):
        if hidden is not None and hidden[offset]:
            return False
        word = values[offset]
        if not (word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted):
            return False
    return True


@cache
def lexicon(name: str, key: str) -> Lexicon:
    """Prepare one list of runs."""
    exact: dict[str, list[tuple[str, ...]]] = {}
    stems: dict[str, list[tuple[str, ...]]] = {}
    for term in read(name)[key]:
        run = tuple(term.split())
        if run[0].endswith("*"):
            stems.setdefault(run[0][:-1], []).append(run)
        else:
            exact.setdefault(run[0], []).append(run)
    return Lexicon(exact, stems)


def find(name: str, words: Words, places: bytearray) -> Iterator[tuple[int, int]]:
    """Yield the runs of words of a category that no innocent run and no place name hides."""
    hidden = bytearray(places)
    for first, after in lexicon(name, "innocent").matches(words):
        hidden[first:after] = b"\x01" * (after - first)
    yield from lexicon(name, "terms").matches(words, hidden)


def places(words: Words, original_capital: bytearray, folded: str) -> bytearray:
    """Mark the words that name a street, a station, a school: « rue de la Santé », « collège Gabriel-Fauré »."""
    lists = read("places")
    ways, establishments = frozenset(lists["ways"]), frozenset(lists["establishments"])
    links = frozenset(lists["links"])
    marked = bytearray(len(words.values))
    for here, word in enumerate(words.values):
        if word not in ways and word not in establishments:
            continue
        after = here + 1
        while after < len(marked) and after - here <= _MAXIMUM_NAME_WORDS and words.values[after] in links:
            if not _joined(folded, words, after):
                break
            after += 1
        named = word in ways
        taken = 0
        while after < len(marked) and taken < _MAXIMUM_NAME_WORDS and _joined(folded, words, after):
            gap = folded[words.ends[after - 1] : words.starts[after]]
            if not (original_capital[after] or gap == "-" or (named and taken == 0)):
                break
            marked[after] = 1
            taken += 1
            after += 1
            while (
                after + 1 < len(marked)
                and words.values[after] in {"et", "de", "la", "du", "d", "le"}
                and original_capital[after + 1]
            ):
                after += 1
    return marked


def _joined(folded: str, words: Words, here: int) -> bool:
    return folded[words.ends[here - 1] : words.starts[here]] in {" ", "-", "'", "’"}
