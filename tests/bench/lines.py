"""One line per measure, the table that is printed, and the file that the page is written from."""

import json
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.arithmetic import Goal, Sense, Spread

RESULTS = Path(".bench") / "results"
"""Folder of what was measured last: a file for each measure."""

Say = Callable[["Line"], None]
"""Takes a line as soon as it is measured."""


@dataclass(frozen=True, slots=True)
class Line:
    """A measure: the work, on which engine and at which size, ours and the comparator's, and what is judged.

    `figure` is what the goal is about: the ratio when there is a comparator, ours otherwise.
    """

    work: str
    engine: str
    size: int | None
    unit: str
    ours: Spread
    figure: Spread
    goal: Goal | None
    comparator: str | None = None
    theirs: Spread | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Say whether the goal is met, by how much it is not, or that nothing is asked."""
        if self.goal is None:
            return ""
        if self.goal.met(self.figure.middle):
            return "atteint"
        if not self.goal.limit:
            return f"manqué : {written(self.figure.middle)}"
        return f"manqué de {100 * self.goal.missed_by(self.figure.middle):.0f} %"

    def cells(self) -> tuple[str, ...]:
        """Give the line as the table shows it."""
        compared = self.theirs is not None
        goal = "" if self.goal is None else f"{self.goal.sense.value} {written(self.goal.limit)}"
        return (
            self.work,
            self.engine,
            "" if self.size is None else f"{self.size:,}".replace(",", " "),
            f"{_spread(self.ours)} {self.unit}",
            f"{self.comparator} : {_spread(self.theirs)} {self.unit}" if self.theirs else self.comparator or "",
            f"× {_spread(self.figure)}" if compared else "",
            goal if not goal or compared else f"{goal} {self.unit}",
            self.verdict,
        )


HEADS = ("Travail", "Moteur", "Situations", "Cénacle", "Comparé à", "Rapport", "But", "Verdict")


def written(number: float) -> str:
    """Write a number with three significant figures, in French."""
    if number >= 1000:
        return f"{number:,.0f}".replace(",", " ")
    return f"{number:.3g}".replace(".", ",")


def table(lines: Iterable[Line]) -> str:
    """Write the lines as a table of Markdown, which a terminal shows as well."""
    rows = [HEADS, *(line.cells() for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    written_rows = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join(["| " + written_rows[0] + " |", f"|{rule}|", *(f"| {row} |" for row in written_rows[1:])])


def save(lines: Sequence[Line], path: Path, options: str, day: str) -> None:
    """Write the lines as JSON, with the machine and the options that they were measured with."""
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    document = {"machine": machine, "options": options, "day": day, "lines": [asdict(line) for line in lines]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> tuple[list[Line], str]:
    """Read the lines back, and a sentence that says when and how they were measured."""
    document = json.loads(path.read_text(encoding="utf-8"))
    said = f"Mesuré le {document['day']}, {document['machine']}, options : {document['options'] or 'aucune'}."
    return [_line(found) for found in document["lines"]], said


def _line(found: dict[str, object]) -> Line:
    spreads = {name: Spread(**found[name]) if found[name] else None for name in ("ours", "figure", "theirs")}  # type: ignore[arg-type]
    goal = found["goal"] and Goal(Sense(found["goal"]["sense"]), found["goal"]["limit"])  # type: ignore[index]
    return Line(**{**found, **spreads, "goal": goal})  # type: ignore[arg-type]


def _spread(spread: Spread) -> str:
    return f"{written(spread.middle)} [{written(spread.low)} à {written(spread.high)}]"
