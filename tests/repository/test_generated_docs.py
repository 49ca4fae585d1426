"""The documents that are read from the code say what the code says."""

from pathlib import Path

import pytest

from tests.support import documents
from tests.support.access import import_tables
from tests.support.documents import DOCUMENTS, LIFECYCLES, declared_lifecycles, main, stale
from tests.support.tree import ROOT

import_tables()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_current(name: str) -> None:
    current = DOCUMENTS[name]()
    assert (ROOT / name).read_text(encoding="utf-8") == current, f"lancez {documents.COMMAND}"


def test_the_check_finds_a_document_that_drifted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    monkeypatch.setattr(documents, "DOCUMENTS", {"one.md": lambda: "un\n", "two.md": lambda: "deux\n"})
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    (tmp_path / "two.md").write_text("autre\n")
    assert stale() == ["two.md"]
    assert main(["--check"]) == 1


def test_every_lifecycle_has_a_title() -> None:
    assert set(declared_lifecycles()) == set(LIFECYCLES)
