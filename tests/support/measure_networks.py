"""Recall and false refusals of the screening of the networks' texts, and their table in docs/rav.md.

One text a line; odd lines are the development half, even lines the held-out half. `python -m
tests.support.measure_networks` writes the table.
"""

import sys
from functools import cache
from pathlib import Path

from policies.screening.network import speaks_of_a_person
from tests.support.measure_screening import HALVES, half, percent

CORPORA = Path(__file__).parent / "corpora" / "rav"
PAGE = Path(__file__).parents[2] / "docs" / "rav.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


@cache
def texts(name: str) -> tuple[str, ...]:
    """Read one corpus."""
    return tuple((CORPORA / f"{name}.txt").read_text(encoding="utf-8").splitlines())


def refused(lines: tuple[str, ...]) -> int:
    """Count the texts that are refused."""
    return sum(speaks_of_a_person(line) for line in lines)


def figures() -> str:
    """Return the table of the page, in French."""
    lines = [
        "| Moitié | Textes avec une personne | Refusés | Manqués | Innocents | Refusés à tort |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, label in HALVES.items():
        guilty, innocent = half(texts("person"), name), half(texts("innocent"), name)
        found, wrong = refused(guilty), refused(innocent)
        missed, share = percent(len(guilty) - found, len(guilty)), percent(wrong, len(innocent))
        lines.append(f"| {label} | {len(guilty)} | {found} | {missed} | {len(innocent)} | {wrong} ({share}) |")
    return "\n".join(lines)


def rewrite(page: str) -> str:
    """Return the page with current figures between its marks."""
    before, rest = page.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{figures()}\n{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(figures() + "\n")
