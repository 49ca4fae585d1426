"""Every template is drawn by some page or message, and every template that is named exists."""

import ast
import re
from pathlib import Path

from tests.support.tree import python, strings, text, tracked_files

COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def templates() -> dict[str, str]:
    """Give every template, by its name for the loader, without its comments."""
    return {
        path.relative_to("templates").as_posix(): COMMENT.sub("", text(path))
        for path in tracked_files()
        if path.parts[0] == "templates"
    }


def included() -> set[str]:
    """Give the templates that another one extends, includes or imports, under a condition or not."""
    tags = re.compile(r"\{%-?\s*(?:extends|include|import|from)\s.*?%\}", re.DOTALL)
    found = [tag for source in templates().values() for tag in tags.findall(source)]
    return {name for tag in found for name in re.findall(r"[\"']([^\"']+\.(?:html|txt))[\"']", tag)} | imported()


def imported() -> set[str]:
    """Give the parts of documents that another one imports, or that the writer of PDF puts around them all."""
    sources = [*templates().values(), *(value for _, tree in python("backend") for value in strings(tree))]
    names = {name for source in sources for name in re.findall(r'#import "/?([\w-]+\.typ)"', source)}
    return {f"documents/{name}" for name in names}


def computed() -> re.Pattern[str]:
    """Give the names that modules compute, such as f"information/{name}.html", as one pattern."""
    patterns = [
        "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w-]+" for part in node.values)
        for _, tree in python("backend")
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and ast.unparse(node).endswith((".html'", ".txt'"))
    ]
    return re.compile("|".join(patterns) or r"(?!)")


def test_every_template_is_used() -> None:
    drawn = {value for _, tree in python("backend") for value in strings(tree)}
    # A message is a folder: its subject and its bodies are drawn together.
    used = drawn | included() | {f"{folder}/{value}" for folder in ("emails", "documents") for value in drawn}
    unused = {name for name in templates() if name not in used and Path(name).parent.as_posix() not in used}
    assert {name for name in unused if not computed().fullmatch(name)} == set()


def test_every_template_that_is_named_exists() -> None:
    drawn = {value for _, tree in python("backend") for value in strings(tree) if re.fullmatch(r"[\w/-]+\.html", value)}
    parts_of_a_message = {Path(name).name for name in templates() if name.startswith("emails/")}
    assert (drawn | included()) - parts_of_a_message <= set(templates())
