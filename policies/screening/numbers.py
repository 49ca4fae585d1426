"""Numbers that must never be written: NIR, INE, police and procedure references (domain.md section 4)."""

import re
from collections.abc import Iterator

_GAP = r"[ ./-]{0,3}"
_NIR = re.compile(
    rf"(?<![0-9a-z])(?=([1-478]{_GAP}(?:[0-9]{_GAP}){{4}}[0-9]{_GAP}[0-9ab](?:{_GAP}[0-9]){{6}})"
    rf"((?:{_GAP}[0-9]){{2}})?(?!{_GAP}[0-9]))"
)
_LABELLED_NIR = re.compile(
    r"\b(?:nir|secu|securite sociale|vitale|insee)\b[^0-9\n]{0,30}([1-478](?:[ ./-]{0,3}[0-9ab]){12,14})(?![0-9])"
)
_SEPARATORS = re.compile(r"[ ./-]+")
_INE_LABEL = (
    r"\b(?:ine|inee|i\.n\.e\.?|rnie|bea|identifi(?:ant|e)(?: national)?(?: d)?[ ']?(?:eleve|etudiant)?"
    r"|identification eleve|n[o°]? ?national eleve|numero national)\b"
)
_LABELLED_INE = re.compile(_INE_LABEL + r"[^0-9\n]{0,25}?([0-9](?: ?[0-9a-z]){10})(?![0-9a-z])")
_INE_BEFORE_LABEL = re.compile(r"(?<![0-9a-z])([0-9](?: ?[0-9a-z]){10})[^0-9a-z]{1,4}ine\b")
_INE = re.compile(r"(?<![0-9a-z])([0-9]{3} ?[0-9]{3} ?[0-9]{3} ?(?:[a-z]{2}|[0-9][a-z]))(?![0-9a-z])")
_PHONE_AND_HOUR = re.compile(r"0[1-79][0-9 ]*h$")
_FEWEST_DIGITS_OF_INE = 4
_REFERENCE = r"([0-9]{4} [0-9]{5,6}|[a-z]{0,3}[0-9]{1,11}(?: ?[/-] ?[0-9]{1,11}){0,3})(?![0-9])"
_LABELS = (
    r"p\.? ?v\.?|proces verbal|proces-verbal|procedure|proc\.?|parquet|mains?[ -]courantes?|mc|mci|plainte|recepisse"
    r"|lrppn|cassiopee|affaire|rg|minute|instruction|commission rogatoire|requete|assistance educative|tpe|ri|cri|mad"
    r"|rapport (?:de police|d'intervention|bac)|compte rendu d'infraction|mise a disposition|enquete|jugement"
    r"|requisition(?: judiciaire)?|ordonnance|una|copj|convocation penale|registre gav|faed|fpr|taj|fiche de police"
    r"|fiche d'intervention|intervention(?: police secours)?"
)
_LABELLED_PROCEDURE = re.compile(rf"\b(?:{_LABELS})(?![a-z])([^0-9\n]{{0,28}}){_REFERENCE}")
_GLUED_PROCEDURE = re.compile(r"\b(?:pv|mci?|una) ?[0-9]{2,4}[/-]?[0-9]{3,}")
_FILES = re.compile(
    r"\b(?:t\.?a\.?j\b|f\.?p\.?r\b(?!\.\.)|(?:au|extrait|fichier) stic\b|faed\b|fnaeg\b|edvige\b|gipasp\b|pasp\b"
    r"|gaspard :|lrppn\b|cassiopee\b|fichee? s\b(?!')|casier judiciaire|antecedents judiciaires"
    r"|fichier des (?:personnes recherchees|antecedents))"
)
_DATE = re.compile(
    r"[0-3]?[0-9][/-][01]?[0-9](?:[/-](?:[0-9]{2}){1,2})?$|(?:19|20)[0-9]{2}(?:[/-](?:19|20)?[0-9]{2})?$"
)
_FEWEST_DIGITS_OF_REFERENCE = 4


def nir_key_is_right(number: str) -> bool:
    """Check the key of a NIR of 15 characters: 97 minus the rest of the division by 97; 2A reads 19, 2B reads 18."""
    body = number[:13].replace("2a", "19").replace("2b", "18")
    return body.isdigit() and number[13:].isdigit() and int(number[13:]) == 97 - int(body) % 97


def _is_body(number: str) -> bool:
    month, department = number[3:5], number[5:7]
    return (
        number[0] in "12"
        and month.isdigit()
        and 1 <= int(month) <= 12  # noqa: PLR2004 - months
        and (department in {"2a", "2b"} or (department.isdigit() and 1 <= int(department) <= 99))  # noqa: PLR2004
        and number[7:].isdigit()
    )


def nir(folded: str) -> Iterator[tuple[int, int]]:
    """Yield social security numbers: 15 characters with a right key, 13 with a possible birth, any after its label."""
    for found in _NIR.finditer(folded):
        body = _SEPARATORS.sub("", found[1])
        key = _SEPARATORS.sub("", found[2] or "")
        if (key and nir_key_is_right(body + key)) or (not key and _is_body(body) and _grouped(found[1])):
            yield found.start(), found.start() + len(found[1]) + len(found[2] or "")
    for found in _LABELLED_NIR.finditer(folded):
        yield found.span(1)


def _grouped(written: str) -> bool:
    """Thirteen digits have no key: written apart, their groups must be those of a NIR, not those of dates or marks."""
    sizes = [len(group) for group in _SEPARATORS.split(written)]
    return sizes in (
        [13],
        [1, 2, 2, 2, 3, 3],
        [1, 2, 2, 2, 6],
        [5, 2, 6],
        [1, 2, 2, 8],
        [5, 8],
        [7, 6],
        [7, 3, 3],
        [1, 12],
    )


def ine(folded: str) -> Iterator[tuple[int, int]]:
    """Yield national pupil identifiers: eleven characters after their label, or their two shapes by themselves."""
    for pattern in (_LABELLED_INE, _INE_BEFORE_LABEL):
        for found in pattern.finditer(folded):
            if sum(character.isdigit() for character in found[1]) >= _FEWEST_DIGITS_OF_INE:
                yield found.span(1)
    for found in _INE.finditer(folded):
        if not _PHONE_AND_HOUR.match(found[1]):
            yield found.span(1)


def procedures(folded: str) -> Iterator[tuple[int, int]]:
    """Yield the numbers of police or procedure records, and the names of police files."""
    for found in _LABELLED_PROCEDURE.finditer(folded):
        digits = sum(character.isdigit() for character in found[2])
        if digits >= _FEWEST_DIGITS_OF_REFERENCE and not _DATE.match(found[2]):
            yield found.start(), found.end()
    for pattern in (_GLUED_PROCEDURE, _FILES):
        for found in pattern.finditer(folded):
            yield found.span()
