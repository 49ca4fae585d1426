"""The audit in docs/accessibilite.md judges each criterion of RGAA 4.1.2 once, and the declaration says the same."""

import re
from pathlib import Path

from policies.accessibility import AUDIT, CRITERIA
from tests.support.tree import ROOT, text

DOCUMENT = Path("docs/accessibilite.md")
PER_THEME = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""Criteria of the thirteen themes, in their order (DISIC, RGAA 4.1.2)."""
LINE = re.compile(r"^\| (\d+\.\d+) \| ([^|]{10,}) \| (C|NC|SO) \| ([^|]{4,}) \|$", re.MULTILINE)
NAME = re.compile(r"`(test_\w+)`")
PATH = re.compile(r"`((?:tests|templates|backend|policies)/[\w/.-]+)`")


def verdicts() -> dict[str, str]:
    """Give the verdict on each criterion."""
    return {number: verdict for number, _, verdict, _ in LINE.findall(text(DOCUMENT))}


def test_each_criterion_is_judged_once_and_says_how() -> None:
    expected = [f"{theme}.{number}" for theme, count in enumerate(PER_THEME, 1) for number in range(1, count + 1)]
    assert len(expected) == CRITERIA
    assert [number for number, *_ in LINE.findall(text(DOCUMENT))] == expected


def test_the_declaration_says_what_the_audit_found() -> None:
    found = list(verdicts().values())
    assert found.count("C") == AUDIT.compliant
    assert found.count("SO") == AUDIT.without_object
    assert {number for number, verdict in verdicts().items() if verdict == "NC"} == set(AUDIT.failing)
    said = f"{AUDIT.compliant} critères respectés sur {AUDIT.applicable} applicables, soit {AUDIT.rate}"
    assert said in " ".join(text(DOCUMENT).split())


def test_every_test_and_every_file_that_the_audit_names_exists() -> None:
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(NAME.findall(text(DOCUMENT)))
    assert len(named) > 20
    assert named <= known
    assert [path for path in PATH.findall(text(DOCUMENT)) if not (ROOT / path).exists()] == []
