"""Another person named in the text: civility and name, known first or last name, name after « son cousin »."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from policies.screening.lexicon import Words, lexicon, read

_ABBREVIATED = frozenset({"m", "me", "pr", "agent", "maitre", "capitaine", "lieutenant", "brigadier"})
_PARTICLES = frozenset({"le", "la", "el", "ben", "da", "de", "ould", "d", "n", "du"})
_SHORTEST_NAME = 2
_CONJUNCTIONS = frozenset({"que", "qu", "quand", "lorsque"})
_POSSESSIVES = frozenset({"sa", "son", "ses"})


@dataclass(frozen=True, slots=True)
class _Lists:
    first_names: frozenset[str]
    ambiguous: frozenset[str]
    last_names: frozenset[str]
    civilities: frozenset[str]
    titles: frozenset[str]
    nobody: frozenset[str]
    introductions: frozenset[str]
    namings: frozenset[str]
    kin: frozenset[str]
    doings: frozenset[str]
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
        frozenset(f"{data['titles']} {data['never_names']} {data['introductions']} {data['kin']}".split()),
        frozenset(data["introductions"].split()),
        frozenset(data["namings"]),
        frozenset(data["kin"].split()),
        frozenset(data["doings"].split()),
        frozenset(data["never_names"].split()),
    )


def persons(words: Words, capital: bytearray, places: bytearray, folded: str) -> Iterator[tuple[int, int]]:
    """Yield the runs of words that name somebody, outside the names of places."""
    lists = _lists()
    listed = (
        lists.first_names
        | lists.ambiguous
        | lists.last_names
        | lists.civilities
        | lists.introductions
        | lists.namings
        | lists.kin
    )
    places = bytearray(places)
    for first, after in lexicon("third_person", "innocent").matches(words):
        places[first:after] = b"\x01" * (after - first)
    for here, word in enumerate(words.values):
        if folded[words.starts[here] - 1 : words.starts[here]] == "@":
            yield here, here + 1
            continue
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
            word in lists.introductions and _introduced(lists, words, capital, places, here + 1, folded)
        ):
            yield here, here + 2
        elif _linked(lists, words, capital, places, here, folded):
            yield here, here + 3
        elif (word in lists.namings and _named(lists, words, places, here)) or (
            capital[here] and _acting(lists, words, here)
        ):
            yield here, min(here + 2, len(words.values))


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


def _introduced(lists: _Lists, words: Words, capital: bytearray, places: bytearray, after: int, folded: str) -> bool:
    """Tell a name at `after`, which what precedes announces: « son cousin Ferhat »."""
    if after >= len(words.values) or places[after] or not capital[after]:
        return False
    gap = folded[words.ends[after - 1] : words.starts[after]]
    name = words.values[after]
    return (
        "." not in gap
        and len(name) > _SHORTEST_NAME
        and not any(character.isdigit() for character in name)
        and name not in lists.never_names
    )


def _linked(lists: _Lists, words: Words, capital: bytearray, places: bytearray, here: int, folded: str) -> bool:
    """Tell « la mère de Ferhat », « la bande à Djo »: somebody close, one small word, a name."""
    if here + 2 >= len(words.values) or capital[here + 1]:
        return False
    word, link = words.values[here], words.values[here + 1]
    return ((word in lists.kin and link in {"de", "d"}) or (word == "bande" and link == "a")) and _introduced(
        lists, words, capital, places, here + 2, folded
    )


def _named(lists: _Lists, words: Words, places: bytearray, here: int) -> bool:
    """Tell a name after « surnommé », even in lower case: nothing else can follow."""
    after = here + 1
    if after >= len(words.values) or places[after]:
        return False
    name = words.values[after]
    return name.isalpha() and len(name) > _SHORTEST_NAME and name not in lists.nobody


def _acting(lists: _Lists, words: Words, here: int) -> bool:
    """Tell an unknown name by what it does: « Djo et sa sœur », « il dit que Djo l'a suivi »."""
    name, following = words.values[here], words.values[here + 1 : here + 4]
    if len(name) <= _SHORTEST_NAME or not name.isalpha() or name in lists.nobody:
        return False
    if len(following) == 3 and following[0] == "et" and following[1] in _POSSESSIVES:  # noqa: PLR2004
        return following[2] in lists.kin
    told = here > 0 and words.values[here - 1] in _CONJUNCTIONS
    return told and len(following) > 0 and following[0] in lists.doings


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
