"""What is installed is what was chosen: exact pins, hashes, no registry, nothing below a known hole (libraries.md)."""

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.tree import text

MARKER = "# --- development and tests ---"
# The first version without the hole named beside it.
FLOORS = {
    "cryptography": "50.0.0",  # CVE-2026-69247
    "jinja2": "3.1.6",  # CVE-2025-27516
    "python-jose": "3.4.0",  # CVE-2024-33663, CVE-2024-33664
    "python-multipart": "0.0.28",  # CVE-2026-24486, CVE-2026-40347, CVE-2026-42561
    "starlette": "1.0.1",  # CVE-2026-48710
}
# ecdsa: CVE-2024-23342, never to be fixed; rsa: unused with it; bcrypt: passlib breaks on it; libpass: takes passlib's
# place; httpx: no longer maintained; slowapi: its default limits do nothing.
NEVER = {"ecdsa", "rsa", "bcrypt", "libpass", "httpx", "slowapi"}


def locked(part: str) -> dict[str, Requirement]:
    """Give the pins of a part of the lock, by name."""
    pins = [Requirement(line.removesuffix("\\").strip()) for line in part.splitlines() if re.match(r"\w", line)]
    return {canonicalize_name(pin.name): pin for pin in pins}


def chosen() -> tuple[dict[str, Requirement], dict[str, Requirement]]:
    """Give the pins of pyproject.toml: what the service needs, what development adds."""
    project = tomllib.loads(text(Path("pyproject.toml")))
    groups = project["dependency-groups"]

    def by_name(lines: list[str]) -> dict[str, Requirement]:
        return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}

    return by_name(project["project"]["dependencies"] + groups["build"]), by_name(groups["dev"])


@pytest.fixture(scope="module")
def lock() -> str:
    return text(Path("requirements.lock"))


def test_the_lock_holds_the_pins_of_pyproject_each_in_its_part(lock: str) -> None:
    service, development = (locked(part) for part in lock.split(MARKER))
    for pins, part in zip(chosen(), (service, development), strict=True):
        assert {name: str(pin.specifier) for name, pin in pins.items()} == {
            name: str(part[name].specifier) for name in pins
        }
    assert service.keys().isdisjoint(development)


def test_every_pin_is_exact_and_hashed(lock: str) -> None:
    entries = re.split(r"^(?=\w)", lock, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+", entry)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_lock_names_no_place_to_install_from(lock: str) -> None:
    assert "://" not in lock
    assert not re.search(r"^\s*--(?!hash)", lock, re.MULTILINE)


@pytest.mark.parametrize("name,floor", FLOORS.items())
def test_no_version_has_a_hole_that_we_know(lock: str, name: str, floor: str) -> None:
    [pin] = [specifier.version for specifier in locked(lock)[name].specifier]
    assert Version(pin) >= Version(floor)


def test_what_we_gave_up_is_not_in_the_lock(lock: str) -> None:
    assert NEVER.isdisjoint(locked(lock))


def test_the_node_packages_of_the_tests_are_pinned_hashed_and_name_no_place() -> None:
    folder = Path("tests/support/provider")
    wanted = json.loads(text(folder / "package.json"))["dependencies"]
    lock = json.loads(text(folder / "package-lock.json"))["packages"]
    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(re.fullmatch(r"[\d.]+", version) for version in wanted.values())
    packages = [package for place, package in lock.items() if place]
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)


def test_the_environment_that_runs_the_tests_is_the_lock(lock: str) -> None:
    wanted = {name: pin for name, pin in locked(lock).items() if not pin.marker or pin.marker.evaluate()}
    assert {name: version(name) for name in wanted} == {
        name: next(iter(pin.specifier)).version for name, pin in wanted.items()
    }
