"""What the code may not say: another clock than ours, a word we gave up, the place where it was written."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.tree import ROOT, python, strings, text, tracked, tracked_files

CODE = ("backend", "policies", "migrations")
CLOCK = Path("backend/kernel/clock.py")
CLOCK_CALLS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "func.now",
    "func.current_timestamp",
    "func.current_date",
    "func.localtimestamp",
    "func.clock_timestamp",
}
SQL_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(|"
    r"\b(?:current_timestamp|current_date|current_time|localtimestamp)\b|'now'",
    re.IGNORECASE,
)
GIVEN_UP = {"report", "alert", "referral", "case", "dossier", "victim"}
# Split, so that this file does not contain what it looks for.
UNFINISHED = re.compile(
    r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"]) + r")\b"
)
HERE = "|".join(re.escape(str(place)) for place in (ROOT, Path.home()))
MACHINE = re.compile(rf"(?<![\w.])(?:{HERE}|/(?:home|root|Users|work|workspace|farm|builds))/")
REGISTRIES = re.compile(r"pypi\.(?:org|python)|pythonhosted\.|registry\.npmjs|registry\.yarnpkg|conda\.anaconda")


def readings_of_a_clock(tree: ast.Module) -> Iterator[str]:
    """Give each reading of another clock than the kernel's, in Python or in SQL, as it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCK_CALLS:
            yield ast.unparse(node)
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from {f"time.{name.name}" for name in node.names} & CLOCK_CALLS
    for string in strings(tree):
        yield from SQL_CLOCK.findall(string)


def names_given(tree: ast.Module) -> Iterator[str]:
    """Give every name that a module gives: functions, classes, parameters, variables, fields."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def words(name: str) -> set[str]:
    """Split a name, snake or camel, into words in the singular."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return {word.lower().removesuffix("s") for word in re.split(r"[\W_]+", spaced)}


def given_up(name: str) -> set[str]:
    """Give the words of a name that the glossary gave up."""
    return words(name) & GIVEN_UP


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Give what is public and has no docstring: the module, its classes and functions, their methods."""
    if tree.body and not ast.get_docstring(tree):
        yield "module"
    holders = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef)]
    for node in (node for holder in holders for node in holder.body):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                if not name.startswith("_") and not ast.get_docstring(node):
                    yield name


def registries_in_use() -> set[str]:
    """Give the hosts from which this machine installs, whatever they are."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return set(re.findall(r"https?://(?:[^/@\s']*@)?([^/:\s']+)", listed.stdout)) - {"localhost", "127.0.0.1"}


def places(line: str) -> set[str]:
    """Give what a line says of a machine: a home or working folder, this checkout, a package registry."""
    return {match.group() for pattern in (MACHINE, REGISTRIES) for match in pattern.finditer(line)}


def test_no_other_clock_than_the_kernel_s_is_read() -> None:
    found = {path.as_posix(): list(readings_of_a_clock(tree)) for path, tree in python(*CODE) if path != CLOCK}
    assert {path: readings for path, readings in found.items() if readings} == {}


def test_no_name_uses_a_word_that_the_glossary_gave_up() -> None:
    found = {path.as_posix(): {name for name in names_given(tree) if given_up(name)} for path, tree in python(*CODE)}
    assert {path: names for path, names in found.items() if names} == {}


def test_no_file_name_uses_a_word_that_the_glossary_gave_up() -> None:
    named = [path for suffix in (".py", ".html", ".txt", ".toml") for path in tracked(suffix)]
    assert {path.as_posix() for path in named if any(given_up(part) for part in path.with_suffix("").parts)} == set()


def test_everything_public_is_documented() -> None:
    found = {path.as_posix(): list(undocumented(tree)) for path, tree in python("backend", "policies")}
    assert {path: names for path, names in found.items() if names} == {}


def test_what_is_archived_is_opened_by_the_one_verb_that_checks_an_opening() -> None:
    found = {
        call: {path.as_posix() for path in tracked(".py") if path.parts[0] == "backend" and call in text(path)}
        for call in ("open_archived(", "reading_archive(", ".archive = ")
    }
    assert found == {
        "open_archived(": {"backend/crypto/keyring/ring.py", "backend/authorization/vault.py"},
        "reading_archive(": {"backend/authorization/vault.py", "backend/archives/queries.py"},
        ".archive = ": {"backend/authorization/vault.py"},
    }


def test_nothing_is_left_unfinished() -> None:
    # The bytes of a picture spell any word by chance.
    written = [path for path in tracked_files() if path.suffix != ".png"]
    assert {path.as_posix() for path in written if UNFINISHED.search(text(path))} == set()


def test_no_file_says_where_it_was_written_or_from_where_it_installs() -> None:
    hosts = registries_in_use()
    found = {
        f"{path}:{number}": line
        for path in tracked_files()
        for number, line in enumerate(text(path).splitlines(), start=1)
        if places(line) or any(host in line for host in hosts)
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "dt.datetime.utcnow()",
        "x = field(default_factory=datetime.now)",
        "time.time()",
        "from time import time",
        "sa.func.now()",
        "sa.text('DELETE FROM t WHERE at < NOW()')",
        "sa.Column(server_default='CURRENT_TIMESTAMP')",
        "f'{x} AND d < current_date'",
        "sa.text(\"datetime('now')\")",
    ],
)
def test_another_clock_is_found(source: str) -> None:
    assert list(readings_of_a_clock(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ["clock()", "work.clock.now()", "time.monotonic()", '"""SQL never calls now()."""', "'à ce jour, now'"]
)
def test_our_own_clock_is_not(source: str) -> None:
    assert list(readings_of_a_clock(ast.parse(source))) == []


@pytest.mark.parametrize("name", ["report", "send_alerts", "CaseView", "new_dossier", "victimPath", "referral"])
def test_a_word_given_up_is_found(name: str) -> None:
    assert given_up(name)


@pytest.mark.parametrize("name", ["reporter", "casefold", "Showcase", "alerting", "lowercase", "situation"])
def test_a_longer_word_is_not(name: str) -> None:
    assert not given_up(name)


@pytest.mark.parametrize(
    "source",
    [
        "def report(): ...",
        "class Case: ...",
        "def f(victim): ...",
        "dossier = 1",
        "class A:\n    alert: int",
        "a.case = 1",
    ],
)
def test_every_way_to_give_a_name_is_read(source: str) -> None:
    assert any(given_up(name) for name in names_given(ast.parse(source)))


def test_a_pattern_that_is_matched_is_not_a_name_given() -> None:
    assert [name for name in names_given(ast.parse("match x:\n    case 1: ...")) if given_up(name)] == []


@pytest.mark.parametrize(
    "source", ["x = 1", '"""Doc."""\ndef f(): ...', '"""Doc."""\nclass A:\n    """Doc."""\n    def f(self): ...']
)
def test_a_missing_docstring_is_found(source: str) -> None:
    assert list(undocumented(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ["", '"""Doc."""\ndef _f(): ...', '"""Doc."""\ndef f():\n    """Doc."""\n    def g(): ...']
)
def test_what_is_private_needs_no_docstring(source: str) -> None:
    assert list(undocumented(ast.parse(source))) == []


@pytest.mark.parametrize("folder", ["home", "root", "Users"])
def test_a_folder_of_a_machine_is_found(folder: str) -> None:
    assert places(f"cd /{folder}/somebody")


def test_this_checkout_is_found() -> None:
    assert places(f"cd {ROOT}/backend")
    assert places("https://pypi" + ".org/simple")


@pytest.mark.parametrize(
    "line", ["tests/work/x", "docs/root/", "/var/lib/cenacle", "https://exemple.invalid/workspaces"]
)
def test_another_path_is_not(line: str) -> None:
    assert not places(line)
