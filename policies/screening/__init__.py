"""Screening of free text: names what must not be written, never repeats it (domain.md section 4, AU-038 article 3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from policies.screening import lexicon
from policies.screening.fold import Folded, fold
from policies.screening.numbers import ine, nir, procedures
from policies.screening.persons import persons
from policies.vocabulary import Word


class Severity(Word):
    """What a finding does to the form."""

    REFUSAL = "refusal", "refus"
    WARNING = "warning", "avertissement"


class Category(Word):
    """What the screening looks for, how severely, and what to do about it."""

    severity: Severity
    remedy: str

    def __new__(cls, value: str, label: str, severity: Severity, remedy: str) -> Self:
        """Build a member from its stored value, its label, its severity and what to do."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.severity = severity
        member.remedy = remedy
        return member

    NIR = (
        "nir",
        "numéro de sécurité sociale",
        Severity.REFUSAL,
        "Ce texte contient un numéro de sécurité sociale. Retirez-le : le signalement n'en a jamais besoin.",
    )
    INE = (
        "ine",
        "identifiant national d'élève",
        Severity.REFUSAL,
        "Ce texte contient un identifiant national d'élève (INE). Retirez-le : l'établissement et la classe suffisent.",
    )
    PROCEDURE = (
        "procedure",
        "numéro ou fichier de police ou de procédure",
        Severity.REFUSAL,
        (
            "Ce texte cite un numéro de procédure, de plainte ou de main courante, ou un fichier de police. "
            "Retirez-le : décrivez les faits que vous avez constatés."
        ),
    )
    HEALTH = (
        "health",
        "santé",
        Severity.WARNING,
        (
            "Ce texte semble parler de santé, de soins ou de handicap. "
            "Retirez ce passage : décrivez seulement les faits que vous avez constatés."
        ),
    )
    RELIGION = (
        "religion",
        "religion",
        Severity.WARNING,
        (
            "Ce texte semble parler de religion ou d'une pratique religieuse. "
            "Retirez ce passage : il ne doit pas figurer dans un signalement."
        ),
    )
    ORIGIN = (
        "origin",
        "origine",
        Severity.WARNING,
        (
            "Ce texte semble parler d'une origine, d'une nationalité ou d'une situation de séjour. "
            "Retirez ce passage : il ne doit pas figurer dans un signalement."
        ),
    )
    OPINION = (
        "opinion",
        "opinion politique ou appartenance syndicale",
        Severity.WARNING,
        (
            "Ce texte semble parler d'une opinion politique ou d'une appartenance syndicale. "
            "Retirez ce passage : il ne doit pas figurer dans un signalement."
        ),
    )
    SEXUAL_ORIENTATION = (
        "sexual_orientation",
        "orientation sexuelle ou identité de genre",
        Severity.WARNING,
        (
            "Ce texte semble parler d'orientation sexuelle, d'identité de genre ou de vie intime. "
            "Retirez ce passage : il ne doit pas figurer dans un signalement."
        ),
    )
    THIRD_PERSON = (
        "third_person",
        "autre personne nommée",
        Severity.WARNING,
        (
            "Ce texte semble nommer une autre personne. Remplacez le nom par le lien ou la fonction : un camarade, le "
            "gardien, une voisine."
        ),
    )


_LEXICAL = (
    Category.HEALTH,
    Category.RELIGION,
    Category.ORIGIN,
    Category.OPINION,
    Category.SEXUAL_ORIENTATION,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and where: positions in the text as given, never the text itself."""

    category: Category
    start: int
    end: int


def advice(category: Category) -> str:
    """Say in French what was found and what to do, without repeating what was written."""
    return category.remedy


def screening(text: str) -> tuple[Finding, ...]:
    """Return what a free text must not contain, in the order of the text; overlapping finds of a category are one.

    Refusals and warnings are told apart by `category.severity`. The time is linear in the length of the text.
    """
    folded = fold(text)
    found: list[Finding] = []
    for category, spans in _spans(folded):
        end = -1
        for start, after in sorted(spans):
            if start >= end:
                found.append(Finding(category, *folded.span(start, after)))
            elif after > end:
                found[-1] = Finding(category, found[-1].start, folded.span(start, after)[1])
            end = max(end, after)
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.end, finding.category)))


def _spans(folded: Folded) -> Iterator[tuple[Category, Iterable[tuple[int, int]]]]:
    words = lexicon.split(folded.text)
    capital = bytearray(folded.original[folded.source(start)].isupper() for start in words.starts)
    places = lexicon.places(words, capital, folded.text)
    yield Category.NIR, nir(folded.text)
    yield Category.INE, ine(folded.text)
    yield Category.PROCEDURE, procedures(folded.text)
    for category in _LEXICAL:
        yield category, _bounds(words, lexicon.find(category.value, words, places))
    yield Category.THIRD_PERSON, _bounds(words, persons(words, capital, places, folded.text))


def _bounds(words: lexicon.Words, runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    return ((words.starts[first], words.ends[after - 1]) for first, after in runs)
