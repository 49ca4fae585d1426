"""Recall and false alarms of the screening of free text, and their table in docs/screening.md (issue 2, point 7).

One sentence a line; odd lines are the development half, even lines the held-out half. The innocent sentences of a
category are its own look-alikes and the general ones. `python -m tests.support.measure_screening` writes the table.
"""

import sys
from functools import cache
from pathlib import Path

from policies.screening import Category, screening

CORPORA = Path(__file__).parent / "corpora" / "screening"
PAGE = Path(__file__).parents[2] / "docs" / "screening.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
HALVES = {"dev": "mise au point", "held": "réservée"}


@cache
def sentences(name: str) -> tuple[str, ...]:
    """Read one corpus."""
    return tuple((CORPORA / f"{name}.txt").read_text(encoding="utf-8").splitlines())


def half(lines: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the lines of one half."""
    return lines[0 if name == "dev" else 1 :: 2]


def positives(category: Category, name: str) -> tuple[str, ...]:
    """Return the sentences of one half in which the category must be found."""
    return half(sentences(f"{category.value}.positive"), name)


def innocents(category: Category, name: str) -> tuple[str, ...]:
    """Return the sentences of one half in which it must not."""
    return half(sentences(f"{category.value}.innocent"), name) + half(sentences("general.innocent"), name)


def count(category: Category, lines: tuple[str, ...]) -> int:
    """Count the sentences in which the category is found."""
    return sum(any(finding.category is category for finding in screening(line)) for line in lines)


def written_afterwards() -> str:
    """Return what the check corpus gives: sentences written once the lists were closed, never tuned on."""
    rows = [line.split("\t") for line in sentences("check.positive")]
    lines = ["| Phrases écrites après coup | Phrases | Trouvées | Rappel |", "|---|--:|--:|--:|"]
    total = 0
    for category in Category:
        own = tuple(text for name, text in rows if name == category.value)
        if own:
            found = count(category, own)
            total += found
            lines.append(f"| {category.label} | {len(own)} | {found} | {100 * found / len(own):.0f} % |")
    lines.append(f"| **ensemble** | {len(rows)} | {total} | {100 * total / len(rows):.0f} % |")
    innocent = sentences("check.innocent")
    wrong = sum(bool(screening(line)) for line in innocent)
    lines += ["", f"Phrases innocentes écrites après coup : {len(innocent)}, dont {wrong} avec une fausse alerte."]
    return "\n".join(lines)


def figures() -> str:
    """Return the tables of the page, in French."""
    lines = [
        "| Catégorie | Effet | Moitié | À signaler | Trouvées | Rappel | Innocentes | Fausses alertes | Part |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for category in Category:
        for name, label in HALVES.items():
            guilty, innocent = positives(category, name), innocents(category, name)
            found, wrong = count(category, guilty), count(category, innocent)
            recall = f"{100 * found / len(guilty):.1f} %".replace(".", ",")
            share = f"{100 * wrong / len(innocent):.1f} %".replace(".", ",")
            lines.append(
                f"| {category.label} | {category.severity.label} | {label} | {len(guilty)} | {found} | {recall}"
                f" | {len(innocent)} | {wrong} | {share} |"
            )
    return "\n".join([*lines, "", written_afterwards()])


def rewrite(page: str) -> str:
    """Return the page with current figures between its marks."""
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{figures()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(figures() + "\n")
