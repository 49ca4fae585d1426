"""Every table of the documents has as many cells in each row as in its header: what is beyond is not shown."""

import re

from tests.support.tree import text, tracked

CELL = re.compile(r"(?<!\\)\|")


def misshapen(document: str) -> list[str]:
    """Give the rows of the tables of a Markdown document that do not have the cells of their header."""
    found, width = [], 0
    for line in document.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(CELL.findall(line)) - 1
        width = width or cells
        if cells != width:
            found.append(line)
    return found


def test_a_row_with_a_cell_too_many_is_found() -> None:
    assert misshapen("| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 | 3 |\n| 1 \\| 2 | 3 |\n") == ["| 1 | 2 | 3 |"]


def test_every_row_has_the_cells_of_its_header() -> None:
    faults = {str(path): misshapen(text(path)) for path in tracked(".md")}
    assert {path: rows for path, rows in faults.items() if rows} == {}
