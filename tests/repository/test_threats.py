"""Each defence that the threat model announces names the tests that attack it, and these tests are here."""

import re
from pathlib import Path

from tests.support.tree import ROOT, text

LINE = re.compile(r"^\| (?P<attack>[^|]+) \|.*\|(?P<tests>[^|]*)\|$")
NAME = re.compile(r"`(test_\w+)`")


def defended() -> dict[str, list[str]]:
    """Give the tests that each line of the third section names."""
    section = text(Path("docs/threat-model.md")).partition("## 3.")[2].partition("## 4.")[0]
    lines = [found for line in section.splitlines() if (found := LINE.match(line))]
    return {found["attack"]: NAME.findall(found["tests"]) for found in lines[1:]}


def test_every_line_names_tests_that_exist() -> None:
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    lines = defended()
    assert len(lines) > 30
    assert {attack: names for attack, names in lines.items() if not names or not known.issuperset(names)} == {}
