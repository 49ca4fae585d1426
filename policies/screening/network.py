"""Screening of what is written in the networks (domain.md section 8): refuses what looks like a person concerned.

A network never treats individual situations (RAV-06), but its organisations bear surnames, its streets honour people
and its phone numbers are public: the general lists are read with these names set aside.
"""

import re
from collections.abc import Callable
from functools import cache

from policies.screening import Category, lexicon, screening
from policies.screening.fold import fold
from policies.screening.persons import persons

REFUSAL = (
    "Ce texte semble parler d'une personne. Un réseau ne traite jamais de situation individuelle : rien n'a été gardé. "
    "Pour savoir où l'adresser, ouvrez la page « Une situation individuelle » ; en urgence, le 17, et le 119 pour un "
    "enfant. S'il s'agit d'une organisation ou d'un thème, dites-le sans nommer ni décrire personne."
)
"""What is said of a text that is refused: kindly, without repeating it, with where such a situation goes."""

_NUMBERS = frozenset({Category.NIR, Category.INE, Category.PROCEDURE})
_LONGEST_NAME = 6
_SHORTEST, _LONGEST_ACRONYM = 2, 5
_ADDRESSES = frozenset({"mme", "mlle", "mr", "m", "madame", "monsieur", "mademoiselle", "famille"})
_OWNERS = frozenset({"de", "d", "pour", "avec", "chez", "a", "et", "par", "contre"})

_RANGE = re.compile(
    r"\b\d{1,2} ?(?:a|-|et|ou) ?\d{1,2} (?:ans|mois)\b|\b(?:plus|moins|partir) (?:de|d') ?\d{1,2} ans\b"
)
_INITIALS = re.compile(
    r"\b(?:mme|mlle|mr|m\.|madame|monsieur|mademoiselle) ?(?:[a-z]\b\.?|[a-z]{1,2}\.|x+\b|\*+)"
    r"|(?<![a-z.])[a-z]\. ?[a-z]\.(?! ?[a-z]\.)(?![a-z])"
)


@cache
def _alternatives(key: str) -> str:
    words = lexicon.read("network")[key]
    return "|".join(sorted(words.split(), key=len, reverse=True))


@cache
def _descriptions() -> tuple[re.Pattern[str], ...]:
    person, told, own = _alternatives("persons"), _alternatives("told"), _alternatives("own")
    return (
        re.compile(rf"\b(?:{person})\b(?:[ ,]+[a-z'-]+){{0,2}}[ ,]+(?:de |d'|agee? de |\()?\d{{1,3}} ?(?:ans|mois)\b"),
        re.compile(r"\bagee?s? de \d{1,3} ?(?:ans|mois)\b|^\d{1,2} ans\b|, ?\d{1,2} ans\b"),
        re.compile(
            rf"\b(?:une?|la|le|cette|cet|ce|notre|l'|d'une?) ?(?:[a-z]+ )?(?:{person})\b"
            rf",?(?: [a-z0-9']+){{0,3}} (?:{told})\b"
        ),
        re.compile(rf"\b(?:cette|cet|ce|notre) (?:{person})\b"),
        re.compile(rf"\b(?:son|sa|ses|mon|ma|mes) (?:petite? |ancien |ancienne |ex[ -])?(?:{own})\b"),
        re.compile(r"\b(?:situation|dossier|cas) (?:de |d'|concernant )(?:la |l'|le |une? |cette |m(?:me|lle|r)?\b)"),
        re.compile(r"\b(?:suite|suivi|point|retour) (?:du|sur le) (?:dossier|cas)\b"),
        re.compile(r"\b(?:deux|trois|[2-5]) (?:soeurs|freres|cousins|cousines|jumeaux|jumelles)\b"),
        re.compile(r"\b(?:elle|il) (?:a|est|vit|habite|ne|s'est|se|dit|veut|dort|refuse|demande)\b"),
        re.compile(r"\b(?:je|j') ?(?:suis|ai|connais|vis|subis|recherche|cherche)\b|\bm'(?:a|appelle)\b"),
    )


def speaks_of_a_person(text: str) -> bool:
    """Tell whether a text looks like it names or describes a person concerned; linear in its length."""
    if any(finding.category in _NUMBERS for finding in screening(text)):
        return True
    folded = fold(text)
    # An apostrophe that a word processor curled is the one of the patterns.
    told = _RANGE.sub(" ", folded.text.replace("’", "'"))
    if _INITIALS.search(told) or any(pattern.search(told) for pattern in _descriptions()):
        return True
    words = lexicon.split(folded.text)
    capital = bytearray(folded.original[folded.source(start)].isupper() for start in words.starts)
    places = lexicon.places(words, capital, folded.text)
    _mark_organisations(words, capital, places, folded.text)
    _mark_figures(words, places)
    _mark_acronyms(words, places, folded.original, folded.source)
    _mark_stops(words, places)
    return next(persons(words, capital, places, folded.text), None) is not None


def _mark_organisations(words: lexicon.Words, capital: bytearray, places: bytearray, folded: str) -> None:
    """Mark the capitals that follow an organisation, small words apart: « centre social Marie-Noël »."""
    kinds = frozenset(lexicon.read("network")["organisations"].split())
    for here, word in enumerate(words.values):
        if word.removesuffix("s") not in kinds and word not in kinds:
            continue
        after = here + 1
        while after < len(places) and after - here <= _LONGEST_NAME:
            if not _joined(folded, words, after):
                break
            if capital[after] and words.values[after - 1] not in _OWNERS:
                places[after] = 1
            after += 1


def _mark_acronyms(words: lexicon.Words, places: bytearray, original: str, source: Callable[[int], int]) -> None:
    """Mark short words all in capitals, « SMS », « UMJ », unless somebody is being addressed by name."""
    for here, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
        written = original[source(start) : source(end - 1) + 1]
        named = here > 0 and words.values[here - 1] in _ADDRESSES
        if written.isupper() and _SHORTEST <= len(written) <= _LONGEST_ACRONYM and not named:
            places[here] = 1


def _mark_stops(words: lexicon.Words, places: bytearray) -> None:
    """Mark what follows a way of transport: « métro 13, Guy Môquet »."""
    ways = frozenset(lexicon.read("network")["transports"].split())
    first = next((here for here, word in enumerate(words.values[:3]) if word in ways), None)
    if first is not None:
        places[first:] = b"\x01" * (len(places) - first)


def _mark_figures(words: lexicon.Words, places: bytearray) -> None:
    """Mark the names of people whom places and days honour, wherever they stand."""
    for first, after in lexicon.lexicon("network", "figures").matches(words):
        places[first:after] = b"\x01" * (after - first)


def _joined(folded: str, words: lexicon.Words, here: int) -> bool:
    return folded[words.ends[here - 1] : words.starts[here]] in {" ", "-", "'", "’", " « ", "' ", "’ "}
