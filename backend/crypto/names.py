"""Normal form and tokens of names, and what equal tokens prove (architecture.md section 4, issue 2 point 8).

The keys store holds an HMAC of each token: nothing can be compared but equality, so every tolerance (accents, halves
of double names, inversion, phonetics, one typing error, swapped or mistyped dates, estimated ages) is a token.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from anyascii import anyascii

from backend.crypto.phonetics import phonetic
from policies.vocabulary import Word

NORMAL_FORM = 1
"""Version of everything below: stored tokens of another version are made again at the next lawful opening."""

MAXIMUM_TOKENS = 22
"""Tokens of one person, at most: they are stored, one row each."""

MAXIMUM_SUGGESTIONS = 3
"""Persons suggested to a coordinator, at most (issue 2, point 8)."""

MAXIMUM_NAME = 120
"""Characters of a name that are read."""

# fmt: off
_PARTICLES = frozenset((
    "de", "du", "des", "d", "l", "la", "le", "les", "da", "do", "dos", "das", "di", "del", "della", "el",
    "al", "ben", "bin", "ibn", "bent", "bint", "mint", "ould", "abou", "bou", "ait", "van", "von", "der",
    "den", "ter", "zu", "epouse", "ep", "nee", "dit", "dite",
))
# fmt: on
_TITLES = frozenset(("m", "mr", "mme", "mlle", "monsieur", "madame", "dr", "me", "pr"))
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "md": "mohamed", "mc": "mac"}
_PIECE = 2  # sounds: longer pieces shift with the length of the name, and find fewer typing errors
_WORD = re.compile(r"[a-z]+")
_SUBJECT = TypeVar("_SUBJECT", bound=Hashable)


class TokenField(StrEnum):
    """What a token says of a person; short, because each stored row carries one."""

    NAMES = "n"
    ANY_ORDER = "a"
    LAST = "l"
    LAST_HEAD = "lh"
    LAST_TAIL = "lt"
    FIRST = "f"
    FIRST_HEAD = "fh"
    FIRST_TAIL = "ft"
    FIRST_OF_COMPOUND = "fc"
    BIRTH = "b"
    BIRTH_SWAPPED = "bs"
    BIRTH_OTHER_DAY = "bd"
    BIRTH_OTHER_MONTH = "bm"
    BIRTH_OTHER_YEAR = "by"
    BIRTH_YEARS = "y"
    BIRTH_YEARS_KNOWN = "yk"


ANCHORS = frozenset(
    {
        TokenField.NAMES,
        TokenField.ANY_ORDER,
        TokenField.LAST,
        TokenField.FIRST,
        TokenField.BIRTH,
        TokenField.BIRTH_SWAPPED,
    }
)
"""Fields to look up in a large index: no suggestion exists without one of them; the others only confirm."""


class Confidence(Word):
    """How sure a suggested match is (issue 2, point 8: exact, then near)."""

    EXACT = "exact", "identité identique"
    NEAR = "near", "identité proche"


@dataclass(frozen=True, slots=True)
class Token:
    """One comparable fact about a person, before its HMAC: as nominative as the name itself, hence no repr."""

    field: TokenField
    value: str

    def __repr__(self) -> str:
        """Show the field only: the value is a name or a birth date."""
        return f"Token({self.field.name})"


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower-case ASCII: no accent, ligature, hyphen or apostrophe; lone letters glued on.

    « N'Diaye » gives ndiaye, « D'Almeida » d and almeida (d' is a particle), « St-Martin » saint and martin.
    """
    found: list[str] = []
    glue = ""
    for word in _WORD.findall(anyascii(name[:MAXIMUM_NAME]).lower()):
        if len(word) == 1 and word not in _PARTICLES:
            glue += word
            continue
        found.append(glue + _ABBREVIATIONS.get(word, word))
        glue = ""
    return (*found, glue) if glue else tuple(found)


def parts(name: str) -> tuple[str, ...]:
    """Return the words that carry a name, without particles; all of them when there is nothing else (Le, Ben)."""
    every = words(name)
    return tuple(word for word in every if word not in _PARTICLES) or every


def share_family_name(displayed: str, last_name: str) -> bool:
    """Tell whether a person shown as « Mme Camille DUPONT-MARTIN » bears a family name, or one half of a double one.

    The family name is what is in capitals, else all but the first word; a title is nobody's name.
    """
    named = [word for word in displayed.split() if word.lower().rstrip(".") not in _TITLES]
    capitals = [word for word in named if word.isupper() and sum(map(str.isalpha, word)) > 1]
    own = " ".join(capitals if 0 < len(capitals) < len(named) else named[1:] or named)
    if "".join(words(own)) == "".join(words(last_name)):
        return bool(words(own))
    first, second = set(parts(own)), set(parts(last_name))
    return bool(first and second) and (first <= second or second <= first)


def tokens(last_name: str, first_name: str, birth_date: dt.date | None) -> frozenset[Token]:
    """Return the tokens of a person, at most MAXIMUM_TOKENS, the same for the stored person and for the one looked for.

    A 1 January is read as an estimated age (domain.md section 3, step 1): only its year, give or take one, is believed.
    """
    last, first = parts(last_name), parts(first_name)
    if not last or not first:
        return frozenset()
    return frozenset(
        Token(field, value)
        for field, value in (
            (TokenField.NAMES, f"{''.join(words(last_name))}|{''.join(words(first_name))}"),
            (TokenField.ANY_ORDER, "|".join(sorted(map(phonetic, last + first)))),
            *_sounds(TokenField.LAST, last, "".join(words(last_name))),
            *_sounds(TokenField.FIRST, first, "".join(words(first_name))),
            *_pieces(phonetic("".join(last)), TokenField.LAST_HEAD, TokenField.LAST_TAIL),
            *_pieces(phonetic("".join(first)), TokenField.FIRST_HEAD, TokenField.FIRST_TAIL),
            *([(TokenField.FIRST_OF_COMPOUND, phonetic(first[0]))] if len(first) > 1 else []),
            *(_birth(birth_date) if birth_date else ()),
        )
    )


def _sounds(field: TokenField, names: tuple[str, ...], whole: str) -> list[tuple[TokenField, str]]:
    """Both ends of a compound name, and the whole written as one word with its particles (Elkhatib, Jeanpierre)."""
    return [(field, phonetic(word)) for word in (names[0], names[-1], whole)]


def _pieces(code: str, head: TokenField, tail: TokenField) -> list[tuple[TokenField, str]]:
    """Both ends of a sound, of which one typing error leaves at least one whole; nothing for the shortest names."""
    if len(code) < _PIECE * 2:
        return []
    return [(head, code[:_PIECE]), (tail, code[-_PIECE:])]


def _birth(day: dt.date) -> list[tuple[TokenField, str]]:
    known = (day.month, day.day) != (1, 1)
    years = range(day.year - 1, day.year + (1 if known else 2))
    found = [(TokenField.BIRTH, day.isoformat()), *((TokenField.BIRTH_YEARS, str(year)) for year in years)]
    if known:
        low, high = sorted((day.day, day.month))
        found += [(TokenField.BIRTH_YEARS_KNOWN, str(year)) for year in years]
        found += [
            (TokenField.BIRTH_SWAPPED, f"{day.year}-{low}-{high}"),
            (TokenField.BIRTH_OTHER_DAY, f"{day.year}-{day.month}"),
            (TokenField.BIRTH_OTHER_MONTH, f"{day.year}/{day.day}"),
            (TokenField.BIRTH_OTHER_YEAR, f"{day.month}/{day.day}"),
        ]
    return found


_ONE_ERROR_IN_DATE = frozenset(
    {
        TokenField.BIRTH_SWAPPED,
        TokenField.BIRTH_OTHER_DAY,
        TokenField.BIRTH_OTHER_MONTH,
        TokenField.BIRTH_OTHER_YEAR,
    }
)
_SAME, _LIKELY, _POSSIBLE, _NONE = 3, 2, 1, 0


def score(matches: Collection[TokenField], *, dated: bool = True) -> tuple[Confidence, int] | None:
    """Say what the fields of the equal tokens prove: a confidence and a weight to sort by, or None.

    `matches` has one item for each equal token, so a field may be repeated. `dated` is False when the person looked
    for has no birth date at all: then only whole names count.
    """
    count = Counter(matches)
    last, first = _last(count), _first(count)
    birth = _birth_evidence(count)
    weight = 4 * birth + 2 * (last + first) + bool(count[TokenField.NAMES])
    if count[TokenField.NAMES] and count[TokenField.BIRTH]:
        return Confidence.EXACT, weight
    if not dated:
        return (Confidence.NEAR, weight) if min(last, first) >= _LIKELY else None
    needed = _POSSIBLE if birth == _SAME else _LIKELY
    return (Confidence.NEAR, weight) if birth > _NONE and min(last, first) >= needed else None


def suggest(
    matches_by_subject: Mapping[_SUBJECT, Collection[TokenField]], *, dated: bool = True
) -> list[tuple[_SUBJECT, Confidence]]:
    """Return at most MAXIMUM_SUGGESTIONS subjects, exact first, then the nearest; ties keep the mapping's order."""
    found = [
        (subject, judged)
        for subject, matches in matches_by_subject.items()
        if (judged := score(matches, dated=dated)) is not None
    ]
    found.sort(key=lambda item: (item[1][0] is not Confidence.EXACT, -item[1][1]))
    return [(subject, confidence) for subject, (confidence, _) in found[:MAXIMUM_SUGGESTIONS]]


def _last(count: Counter[TokenField]) -> int:
    if count[TokenField.NAMES]:
        return _SAME
    if count[TokenField.LAST] or count[TokenField.ANY_ORDER]:
        return _LIKELY
    return _POSSIBLE if count[TokenField.LAST_HEAD] or count[TokenField.LAST_TAIL] else _NONE


def _first(count: Counter[TokenField]) -> int:
    if count[TokenField.NAMES]:
        return _SAME
    if count[TokenField.ANY_ORDER]:
        return _LIKELY
    if count[TokenField.FIRST_OF_COMPOUND] and count[TokenField.FIRST] == 1:
        # Marie-Lou and Marie-Ange: the half in common proves nothing, unless the other half ends alike.
        return _POSSIBLE if count[TokenField.FIRST_TAIL] else _NONE
    if count[TokenField.FIRST]:
        return _LIKELY
    return _POSSIBLE if count[TokenField.FIRST_HEAD] or count[TokenField.FIRST_TAIL] else _NONE


def _birth_evidence(count: Counter[TokenField]) -> int:
    if count[TokenField.BIRTH]:
        return _SAME
    if any(count[field] for field in _ONE_ERROR_IN_DATE):
        return _LIKELY
    return _POSSIBLE if count[TokenField.BIRTH_YEARS] and not count[TokenField.BIRTH_YEARS_KNOWN] else _NONE
