"""The tracked files of the project, as the tests of its conventions read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Give the files that Git knows and that exist, relative to the top."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def tracked(suffix: str, *tops: str) -> list[Path]:
    """Give the files of some top-level folders, or of all, that end with a suffix."""
    return [path for path in tracked_files() if path.name.endswith(suffix) and (not tops or path.parts[0] in tops)]


def text(path: Path) -> str:
    """Give the text of a tracked file; of a binary one, what reads as text."""
    return (ROOT / path).read_text(encoding="utf-8", errors="ignore")


def python(*tops: str) -> Iterator[tuple[Path, ast.Module]]:
    """Give each module of some top-level folders with its syntax tree."""
    for path in tracked(".py", *tops):
        yield path, ast.parse(text(path))


def strings(tree: ast.Module) -> Iterator[str]:
    """Give the texts that a module uses: every literal string but its documentation."""
    documentation = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documentation:
            yield node.value
