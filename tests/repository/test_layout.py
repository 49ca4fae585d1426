"""Where files stand and what they are called (architecture, section 2)."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.tree import ROOT, text, tracked, tracked_files

TOP = {
    "backend",
    "migrations",
    "templates",
    "policies",
    "tests",
    "docs",
    "pyproject.toml",
    "requirements.lock",
    "Makefile",
    "Dockerfile",
    "compose.yaml",
    "LICENSE",
    "README.md",
}
FEATURE_MODULES = {
    "__init__",
    "states",
    "events",
    "models",
    "views",
    "forms",
    "queries",
    "actions",
    "pages",
    "api",
    "cli",
}
# Everything else under backend/ is a feature.
NOT_FEATURES = {"kernel", "crypto", "audit", "counts", "authorization", "mail", "documents", "web", "cli"}
# One module of the whole product owns each library that proves who somebody is: none fits a name of the list.
EXCEPTIONS = {"members/tokens.py", "members/passwords.py", "members/provider.py", "members/passkeys.py"}
WITHOUT_MEANING = {"service", "services", "util", "utils", "helper", "helpers", "common", "misc"}
LONGEST = 400


def outside_the_top(paths: Iterable[Path]) -> set[str]:
    """Give what stands at the top and is neither listed nor a dotfile."""
    return {path.parts[0] for path in paths} - TOP - {path.parts[0] for path in paths if path.parts[0].startswith(".")}


def unexpected_in_features(paths: Iterable[Path]) -> set[str]:
    """Give the modules of features, relative to backend/, whose name is not in the closed list."""
    inside = {path.relative_to("backend") for path in paths if path.parts[0] == "backend" and path.suffix == ".py"}
    modules = {path for path in inside if len(path.parts) > 1 and path.parts[0] not in NOT_FEATURES}
    return {
        path.as_posix() for path in modules if path.parts[1].removesuffix(".py") not in FEATURE_MODULES
    } - EXCEPTIONS


def without_meaning(paths: Iterable[Path]) -> set[str]:
    """Give the paths of which a part says nothing of what it holds."""
    return {path.as_posix() for path in paths if WITHOUT_MEANING & {part.split(".")[0] for part in path.parts}}


def test_the_top_level_is_closed() -> None:
    assert outside_the_top(tracked_files()) == set()


def test_inside_a_feature_only_the_agreed_names_stand() -> None:
    assert unexpected_in_features(tracked_files()) == set()


def test_the_layers_inside_a_feature_are_held_for_every_feature() -> None:
    contracts = tomllib.loads(text(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    [inside] = [contract["containers"] for contract in contracts if contract["name"].startswith("Inside a feature")]
    features = {path.parts[1] for path in tracked(".py", "backend") if len(path.parts) > 2} - NOT_FEATURES
    assert set(inside) == {f"backend.{feature}" for feature in features}


def test_every_exception_to_the_agreed_names_is_used() -> None:
    assert {name for name in EXCEPTIONS if (ROOT / "backend" / name).is_file()} == EXCEPTIONS


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert without_meaning(tracked_files()) == set()


def test_no_file_of_code_is_too_long() -> None:
    lengths = {path.as_posix(): text(path).count("\n") for path in tracked(".py", "backend", "policies")}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in tracked(".py", "backend", "policies")}
    assert {folder.as_posix() for folder in folders if not (ROOT / folder / "__init__.py").is_file()} == set()


def test_unit_tests_stand_at_the_path_of_the_code_they_test() -> None:
    tested = {path.parent.relative_to("tests/unit") for path in tracked(".py", "tests") if path.parts[1] == "unit"}
    packages = {Path("policies"), Path()} | {
        path.parent.relative_to("backend") for path in tracked(".py", "backend") if path != Path("backend/__init__.py")
    }
    assert {folder.as_posix() for folder in tested - packages} == set()


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    [command] = re.findall(r"^exec (.+)$", text(Path(".ci/run")), re.MULTILINE)
    assert command == "make test"
    assert command in text(Path("README.md"))


@pytest.mark.parametrize(
    "check,path",
    [
        (outside_the_top, "scripts/run.py"),
        (unexpected_in_features, "backend/situations/rules.py"),
        (unexpected_in_features, "backend/situations/rules/merge.py"),
        (without_meaning, "backend/kernel/utils.py"),
        (without_meaning, "templates/common/list.html"),
    ],
)
def test_a_misplaced_file_is_found(check: object, path: str) -> None:
    assert callable(check)
    assert check([Path(path)])


@pytest.mark.parametrize(
    "path",
    ["backend/situations/actions/merge.py", "backend/settings.py", "backend/crypto/sealed.py", ".ci/run", "docs/x.md"],
)
def test_a_file_in_its_place_is_not(path: str) -> None:
    for check in (outside_the_top, unexpected_in_features, without_meaning):
        assert check([Path(path)]) == set()
