"""Rules of every template: no markup that the policy refuses, no way round autoescape, nobody else's server."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))

EXTENDS = re.compile(r'\{% extends "[\w/-]+\.html"( if [\w.]+ else "[\w/-]+\.html")? %\}')
"""What a page begins with: one layout, or one with a session and another without."""

FORBIDDEN = {
    "a way round autoescape": r"\|\s*safe\b|autoescape\s+false|Markup\(",
    "an inline style": r"\sstyle\s*=|<style",
    "an inline handler": r"\son[a-z]+\s*=",
    "an inline script": r"<script(?![^>]*\ssrc=)|javascript:",
    "somebody else's server": r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""",
    "a data: address": r"""["'(]data:""",
    "a form that puts its fields in the URL": r"""<form(?![^>]*method="(?:post|dialog)")""",
    "another design system": r"\bfr-[a-z]+|dsfr|marianne|bootstrap",
}


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_template_holds(fault: str) -> None:
    guilty = [
        f"{path.relative_to(TEMPLATES)}: {match[0]!r}"
        for path in PAGES
        if "emails" not in path.parts
        for match in re.finditer(FORBIDDEN[fault], path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert guilty == []


def test_every_page_extends_a_layout() -> None:
    parts = {TEMPLATES / folder for folder in ("layouts", "components", "emails", "documents")}
    pages = [path for path in PAGES if not parts & set(path.parents)]
    assert pages
    orphans = [
        path.relative_to(TEMPLATES).as_posix()
        for path in pages
        if not EXTENDS.search(path.read_text(encoding="utf-8")) and "{% macro" not in path.read_text(encoding="utf-8")
    ]
    assert orphans == []


def test_each_line_of_a_summary_of_errors_names_its_field() -> None:
    """Two lines that say the same would lead to two fields (RGAA 6.1)."""
    pages = {path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
    guilty = []
    for name, text in pages.items():
        drawn = set(re.findall(r'page\.errors\.get\("(\w+)"', text))
        written = re.findall(r"(?:set labels = |error_summary\(page\.errors, )\{(.*?)\}", text, re.DOTALL)
        named = {key for labels in written for key in re.findall(r'"(\w+)": "', labels)}
        if drawn - named:
            guilty.append(f"{name}: no label for {', '.join(sorted(drawn - named))}")
        if named and "error_summary(page.errors)" in text:
            guilty.append(f"{name}: a summary without its labels")
    assert guilty == []
    assert sum("error_summary(page.errors, " in text for text in pages.values()) > 30
