"""Recall and false alarms of the screening of free text, and their table in docs/screening.md (issue 2, point 7).

One sentence a line; odd lines are the development half, even lines the held-out half. The innocent sentences of a
category are its own look-alikes and the general ones. A series is written apart, a category before each sentence, and
its innocent sentences hold nothing at all. `python -m tests.support.measure_screening` writes the table.
"""

import sys
from functools import cache
from pathlib import Path

from policies.screening import Category, Severity, screening

CORPORA = Path(__file__).parent / "corpora" / "screening"
PAGE = Path(__file__).parents[2] / "docs" / "screening.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
HALVES = {"dev": "mise au point", "held": "réservée"}
WARNINGS = tuple(category for category in Category if category.severity is Severity.WARNING)

# What the lists gave before they were widened (commit 2c93cc5): found, false alarms.
BEFORE = {
    ("nir", "dev"): (100, 0),
    ("nir", "held"): (100, 0),
    ("ine", "dev"): (100, 0),
    ("ine", "held"): (100, 0),
    ("procedure", "dev"): (100, 0),
    ("procedure", "held"): (97, 0),
    ("health", "dev"): (101, 0),
    ("health", "held"): (101, 1),
    ("religion", "dev"): (100, 0),
    ("religion", "held"): (100, 3),
    ("origin", "dev"): (102, 0),
    ("origin", "held"): (101, 0),
    ("opinion", "dev"): (100, 0),
    ("opinion", "held"): (98, 0),
    ("sexual_orientation", "dev"): (102, 0),
    ("sexual_orientation", "held"): (102, 0),
    ("third_person", "dev"): (100, 1),
    ("third_person", "held"): (99, 1),
}
# Label; found before, in the order of the warnings; innocent sentences with any false alarm before.
SERIES = {
    "probe": ("probe", (14, 12, 12, 12, 12, 12), 0),
    "check": ("check", (9, 8, 8, 10, 5, 10), 0),
    "other-hand-a": ("autre main, a", (30, 23, 29, 24, 19, 24), 18),
    "other-hand-b": ("autre main, b", (25, 31, 30, 26, 23, 34), 6),
    "closing": ("clôture", (9, 12, 15, 13, 8, 17), 0),
}


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


def series_positives(name: str, category: Category) -> tuple[str, ...]:
    """Return the sentences of one series in which the category must be found."""
    rows = (line.split("\t") for line in sentences(f"{name}.positive"))
    return tuple(text for value, text in rows if value == category.value)


def series_alarms(name: str) -> int:
    """Count the innocent sentences of one series in which anything at all is found."""
    return sum(bool(screening(line)) for line in sentences(f"{name}.innocent"))


def percent(part: int, whole: int) -> str:
    """Write a share in French, to the tenth."""
    return f"{100 * part / whole:.1f} %".replace(".", ",")


def series() -> str:
    """Return the tables of the series written apart, before and after the lists were widened."""
    lines = [
        "| Série | Catégorie | Phrases | Trouvées avant | Trouvées après | Rappel avant | Rappel après |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for name, (label, earlier, _) in SERIES.items():
        sizes = [len(series_positives(name, category)) for category in WARNINGS]
        found = [count(category, series_positives(name, category)) for category in WARNINGS]
        rows = [*zip([category.label for category in WARNINGS], sizes, earlier, found, strict=True)]
        rows.append(("**ensemble**", sum(sizes), sum(earlier), sum(found)))
        lines += [
            f"| {label} | {row} | {size} | {before} | {after} | {percent(before, size)} | {percent(after, size)} |"
            for row, size, before, after in rows
        ]
    lines += ["", "| Série | Innocentes | Fausses alertes avant | Fausses alertes après | Part après |"]
    lines.append("|---|--:|--:|--:|--:|")
    for name, (label, _, alarms) in SERIES.items():
        size, after = len(sentences(f"{name}.innocent")), series_alarms(name)
        lines.append(f"| {label} | {size} | {alarms} | {after} | {percent(after, size)} |")
    return "\n".join(lines)


def figures() -> str:
    """Return the tables of the page, in French."""
    lines = [
        "| Catégorie | Effet | Moitié | À signaler | Avant | Après | Rappel | Innocentes | Avant | Après | Part |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for category in Category:
        for name, label in HALVES.items():
            guilty, innocent = positives(category, name), innocents(category, name)
            found, wrong = count(category, guilty), count(category, innocent)
            recall, share = percent(found, len(guilty)), percent(wrong, len(innocent))
            before = BEFORE[category.value, name]
            lines.append(
                f"| {category.label} | {category.severity.label} | {label} | {len(guilty)} | {before[0]} | {found}"
                f" | {recall} | {len(innocent)} | {before[1]} | {wrong} | {share} |"
            )
    return "\n".join([*lines, "", series()])


def rewrite(page: str) -> str:
    """Return the page with current figures between its marks."""
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{figures()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(figures() + "\n")
