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
_GAP, _LONGEST_GAP = "...", 4
_SENTENCE_ENDS = frozenset(".!?;")
_MAXIMUM_NAME_WORDS = 4
_INSIDE_NAMES = frozenset({"et", "de", "la", "du", "d", "le"})

# One word of a run: the words and the stems it may be; a run's gap is None.
Step = tuple[frozenset[str], tuple[str, ...]]
Steps = tuple[Step | None, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a folded text and their bounds; parallel lists, because a text may be very long."""

    text: str
    values: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


def split(folded: str) -> Words:
    """Cut a folded text into words."""
    found = list(_TOKEN.finditer(folded))
    return Words(folded, [word[0] for word in found], [word.start() for word in found], [word.end() for word in found])


@cache
def read(name: str) -> dict[str, Any]:
    """Read one published list."""
    return tomllib.loads((LISTS / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What follows the first word of each run, by that word or its stem: a look-up costs the same however many."""

    exact: dict[str, list[Steps]]
    stems: dict[str, list[Steps]]

    def matches(self, words: Words, hidden: bytearray | None = None) -> Iterator[tuple[int, int]]:
        """Yield (first word, word after the last) for each run found outside the hidden words."""
        values = words.values
        runs = {word: found for word in set(values) if (found := tuple(self._candidates(word)))}
        for here, word in enumerate(values):
            if word not in runs or (hidden is not None and hidden[here]):
                continue
            after = max(_end(run, words, here + 1, hidden) for run in runs[word])
            if after:
                yield here, after

    def _candidates(self, word: str) -> Iterator[Steps]:
        yield from self.exact.get(word, ())
        yield from self.stems.get("", ())
        for size in range(_SHORTEST_STEM, min(len(word), _LONGEST_STEM) + 1):
            yield from self.stems.get(word[:size], ())


def _end(run: Steps, words: Words, here: int, hidden: bytearray | None) -> int:
    """Return the word after the run, which begins at `here`, or 0: a gap is short and stays in its sentence."""
    if not run:
        return here
    wanted, rest = run[0], run[1:]
    if wanted is None:
        for start in range(here, min(here + _LONGEST_GAP + 1, len(words.values))):
            end = words.ends[start - 1]
            # French writes a space before « ? » and « ! ».
            if not _SENTENCE_ENDS.isdisjoint(words.text[end : end + 2]):
                return 0
            if after := _end(rest, words, start, hidden):
                return after
        return 0
    if here >= len(words.values) or (hidden is not None and hidden[here]):
        return 0
    exact, stems = wanted
    word = words.values[here]
    return _end(rest, words, here + 1, hidden) if word in exact or word.startswith(stems) else 0


def _step(written: str) -> Step:
    words = written.split("|")
    return (
        frozenset(word for word in words if not word.endswith("*")),
        tuple(word[:-1] for word in words if word.endswith("*")),
    )


@cache
def lexicon(name: str, key: str) -> Lexicon:
    """Prepare one list of runs."""
    exact: dict[str, list[Steps]] = {}
    stems: dict[str, list[Steps]] = {}
    for term in read(name)[key]:
        first, *rest = term.split()
        run = tuple(None if written == _GAP else _step(written) for written in rest)
        for word in first.split("|"):
            if word.endswith("*"):
                stems.setdefault(word[:-1], []).append(run)
            else:
                exact.setdefault(word, []).append(run)
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
            while after + 1 < len(marked) and words.values[after] in _INSIDE_NAMES and original_capital[after + 1]:
                after += 1
    return marked


def _joined(folded: str, words: Words, here: int) -> bool:
    return folded[words.ends[here - 1] : words.starts[here]] in {" ", "-", "'", "’"}
