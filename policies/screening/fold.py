"""Text as the screening reads it: lower case, no accent, no invisible character, and the way back to the original."""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff"}
_DASHES = frozenset("‐‑‒–—−_")
_RESIZED = re.compile("[^\x00-\u024f\u0400-\u04ff\u2010-\u2027\u2030-\u205e\u20a0-\u20cf]|[œæßŒÆ\u00ad]")


class _Table(dict[int, str]):
    """Each character's reading, worked out the first time it is met."""

    def __missing__(self, code: int) -> str:
        self[code] = read = _read(chr(code))
        return read


def _read(character: str) -> str:
    lower = character.lower()
    if lower in _LIGATURES:
        return _LIGATURES[lower]
    if lower in _DASHES:
        return "-"
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me"}:
        return ""
    if character.isspace():
        return " "
    plain = unicodedata.normalize("NFKD", lower)
    return next((piece for piece in plain if not unicodedata.combining(piece)), "")


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text, and where its characters come from."""

    text: str
    original: str
    _at: Sequence[int]
    _shift: Sequence[int]

    def source(self, position: int) -> int:
        """Return the index in the original of a character of the folded text."""
        found = bisect_right(self._at, position)
        return position + (self._shift[found - 1] if found else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the same stretch in the original."""
        return self.source(start), self.source(end - 1) + 1


def fold(text: str) -> Folded:
    """Fold a text, in time linear in its length."""
    table = _Table()
    at, shift = array("q"), array("q")
    moved = 0
    for found in _RESIZED.finditer(text):
        size = len(table[ord(found[0])])
        if size != 1:
            here = found.start() - moved
            moved += 1 - size
            # A character that became two starts the shift after its second; one that vanished, at the next.
            at.append(here + size)
            shift.append(moved)
    return Folded(text.translate(table), text, at, shift)
