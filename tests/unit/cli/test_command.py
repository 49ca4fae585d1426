"""The command line as an operator types it: French, exit codes 0, 1, 2, and no stack trace."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tree import ROOT

COMMANDS = ("init", "demo", "serve", "migrate", "doctor", "token", "user", "audit", "audit verify", "user list")
ENGLISH = ("Show this", "Try '", "Error", "Missing", "No such", "Invalid", "required", "default", "Commands")


def _run(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "backend", *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "CENACLE_DATA": str(folder / "rien"), "CENACLE_MODE": "demo"} | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_is_in_french_and_needs_no_installation(tmp_path: Path, command: str) -> None:
    code, said = _run(tmp_path, *command.split(), "--help")
    assert code == 0
    assert "Afficher cette aide" in said
    assert [word for word in ENGLISH if word in said] == []


@pytest.mark.parametrize(
    "words",
    [
        ["nimporte"],
        ["serve", "--prt", "3"],
        ["serve", "--port", "x"],
        ["init"],
        ["init", "--institution", "Ville", "--administrator", "sans adresse"],
        ["token"],
        ["token", "--as", "a@demo.invalid", "de", "trop"],
        [],
        ["audit"],
    ],
)
def test_a_usage_error_is_told_in_french_with_exit_code_2(tmp_path: Path, words: list[str]) -> None:
    code, said = _run(tmp_path, *words)
    assert code == 2
    assert [word for word in ENGLISH if word in said] == []
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["audit verify", "user list", "token --as a@demo.invalid", "serve", "migrate"])
def test_a_command_without_an_installation_is_refused_with_exit_code_1(tmp_path: Path, command: str) -> None:
    code, said = _run(tmp_path, *command.split())
    assert code == 1
    assert "Traceback" not in said


def test_init_refuses_one_administrator_and_creates_nothing(tmp_path: Path) -> None:
    code, said = _run(tmp_path, "init", "--institution", "Ville", "--administrator", "Une Personne <a@ville.invalid>")
    assert code == 1
    assert "deux administrateurs" in said
    assert list(tmp_path.iterdir()) == []


def test_init_creates_two_administrators_and_prints_links_and_codes_but_no_password(tmp_path: Path) -> None:
    two = ["--administrator", "Une Personne <a@ville.invalid>", "--administrator", "Autre Personne <b@ville.invalid>"]
    code, said = _run(tmp_path, "init", "--institution", "Ville", *two)
    assert code == 0
    assert said.count("/inscription/") == 2
    assert said.count("code à donner") == 2
    code, said = _run(tmp_path, "init", "--institution", "Ville", *two)
    assert code == 1
    assert "Traceback" not in said
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "rien").glob("*.sqlite")} == {0}


def test_a_setting_that_is_refused_is_named(tmp_path: Path) -> None:
    code, said = _run(tmp_path, "doctor", CENACLE_MODE="essai")
    assert code == 1
    assert "Réglage refusé : CENACLE_MODE." in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    (tmp_path / "rien").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = _run(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "n'est pas libre" in said
    assert list((tmp_path / "rien").iterdir()) == []
