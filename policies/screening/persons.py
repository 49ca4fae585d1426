"""Another person named in the text: civility and name, known first or last name, name after « son cousin »."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from policies.screening.lexicon import Words, read

_ABBREVIATED = frozenset({"m", "me", "pr", "agent", "maitre", "capitaine", "lieutenant", "brigadier"})
_PARTICLES = frozenset({"le", "la", "el", "ben", "da", "de", "ould", "d", "n", "du"})
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class _Lists:
    first_names: frozenset[str]
    ambiguous: frozenset[str]
    last_names: frozenset[str]
    civilities: frozenset[str]
    titles: frozenset[str]
    introductions: frozenset[str]
    never_names: frozenset[str]


@cache
def _lists() -> _Lists:
    data = read("third_person")
    return _Lists(
        frozenset(data["first_names"].split()),
        frozenset(data["ambiguous"].split()),
        frozenset(data["last_names"].split()),
        frozenset(data["civilities"]),
        frozenset(data["titles"].split()),
        frozenset(data["introductions"].split()),
        frozenset(data["never_names"].split()),
    )


def persons(words: Words, capital: bytearray, places: bytearray, folded: str) -> Iterator[tuple[int, int]]:
    """Yield the runs of words that name somebody, outside the names of places."""
    lists = _lists()
    listed = lists.first_names | lists.ambiguous | lists.last_names | lists.civilities | lists.introductions
    for here, word in enumerate(words.values):
        if places[here] or not (capital[here] or word in listed):
            continue
        if word in lists.civilities and _addressed(lists, words, capital, places, here):
            yield here, here + 2
        elif (
            (word in lists.first_names and (capital[here] or word not in lists.ambiguous))
            or (capital[here] and (word in lists.ambiguous or word in lists.last_names))
            or (word in lists.last_names and word not in _ABBREVIATED and len(word) > 4)  # noqa: PLR2004
        ):
            yield here, here + 1
        elif _initialled(lists, words, capital, places, here, folded) or (
            word in lists.introductions and _introduced(lists, words, capital, places, here, folded)
        ):
            yield here, here + 2


def _addressed(lists: _Lists, words: Words, capital: bytearray, places: bytearray, here: int) -> bool:
    after = here + 1
    if after >= len(words.values) or places[after]:
        return False
    name = words.values[after]
    following = words.values[after + 1] if after + 1 < len(words.values) else ""
    if name in _PARTICLES and following and following not in lists.titles:
        return bool(capital[after + 1])
    if name in {"le", "la"} and after + 2 < len(words.values):
        # « Mme la proviseure Dufour » names her, « Mme la proviseure » does not.
        return bool(capital[after + 2]) and not places[after + 2] and words.values[after + 2] not in lists.never_names
    if name in lists.titles or name.isdigit():
        return False
    return bool(capital[after]) or (words.values[here] not in _ABBREVIATED and len(name) > _SHORTEST_NAME)


def _introduced(lists: _Lists, words: Words, capital: bytearray, places: bytearray, here: int, folded: str) -> bool:
    after = here + 1
    if after >= len(words.values) or places[after] or not capital[after]:
        return False
    gap = folded[words.ends[here] : words.starts[after]]
    name = words.values[after]
    return (
        "." not in gap
        and len(name) > _SHORTEST_NAME
        and not any(character.isdigit() for character in name)
        and name not in lists.never_names
    )


def _initialled(lists: _Lists, words: Words, capital: bytearray, places: bytearray, here: int, folded: str) -> bool:
    """Tell a name followed by an initial and its full stop: « Loïck R. »."""
    after = here + 1
    if after >= len(words.values) or not (capital[here] and capital[after]) or places[after]:
        return False
    end = words.ends[after]
    return (
        len(words.values[after]) == 1
        and folded[end : end + 1] == "."
        and folded[words.ends[here] : words.starts[after]] == " "
        and len(words.values[here]) > _SHORTEST_NAME
        and words.values[here] not in lists.never_names
    )
