"""PDF: tagged, the same bytes for the same view and instant, and nothing of a view is read as markup."""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from backend.documents import pdf
from backend.documents.pdf import FOLDER, write_pdf
from policies.vocabulary import Role
from tests.support.network import OutsideNetworkError
from tests.support.pdf import unreadable

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
TEMPLATE = """
#let body(data) = [
  = #data.heading
  #data.text
  #for line in data.lines [- #line]
  #data.role, #data.day
]
"""


@dataclass(frozen=True, slots=True)
class View:
    """What a document shows."""

    heading: str
    text: str
    lines: tuple[str, ...] = ("un", "deux")
    role: Role = Role.COORDINATOR
    day: date = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the layout of the product and one template of this test."""
    shutil.copy(FOLDER / "layout.typ", tmp_path)
    (tmp_path / "essai.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(pdf, "FOLDER", tmp_path)
    return tmp_path


def read(tmp_path: Path, written: bytes, *command: str) -> str:
    path = tmp_path / "written.pdf"
    path.write_bytes(written)
    return subprocess.run([*command, str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_a_pdf_is_tagged_has_a_language_a_title_and_the_date_of_our_clock(folder: Path) -> None:
    written = write_pdf("essai.typ", "Guide d'essai", View("Été", "Une phrase."), AT)
    assert unreadable(written, folder) == []
    facts = subprocess.run(["pdfinfo", folder / "read-aloud.pdf"], capture_output=True, text=True, check=True).stdout
    for line in ("Title:           Guide d'essai", "24 09:00:00 2026"):
        assert line in facts
    spoken = subprocess.run(["pdfinfo", "-struct-text", folder / "read-aloud.pdf"], capture_output=True, check=True)
    tags = spoken.stdout.decode(errors="replace")
    for tag in ("H1", "LI (block)", '"Été"', '"Une phrase."'):
        assert tag in tags


FAULTY = {
    "its tags": "/Marked false",
    "its language": "/Lang (en-GB)",
    "the standard that it claims": "<pdfuaid:part>2</pdfuaid:part>",
}
"""What a PDF that is not as asked says instead."""


def test_a_pdf_that_nobody_could_listen_to_is_seen(folder: Path) -> None:
    path = folder / "plain.pdf"
    path.write_bytes(write_pdf("essai.typ", "Guide d'essai", View("Été", "Une phrase."), AT))
    plain = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", path, "-"], capture_output=True, check=True)
    asked = ("/Marked true", "/Lang (fr-FR)", "<pdfuaid:part>1</pdfuaid:part>")
    for (what, wrong), right in zip(FAULTY.items(), asked, strict=True):
        assert right.encode() in plain.stdout
        assert what in unreadable(plain.stdout.replace(right.encode(), wrong.encode()), folder)


def test_the_same_view_at_the_same_instant_gives_the_same_bytes() -> None:
    view = View("Été", "Une phrase.")
    written = write_pdf("essai.typ", "Guide", view, AT)
    assert write_pdf("essai.typ", "Guide", view, AT) == written
    assert write_pdf("essai.typ", "Guide", view, AT + timedelta(days=1)) != written


@pytest.mark.parametrize(
    "text",
    [
        "*gras* _italique_ #panic() $x$ <repère> @renvoi \\ fin",
        '#import "@preview/x:1.0.0": *',
        '#read("/etc/passwd")',
        '"); #panic("',
        "]#panic()[",
    ],
)
def test_a_text_that_looks_like_markup_is_printed_as_it_is(folder: Path, text: str) -> None:
    shown = read(folder, write_pdf("essai.typ", text, View("Titre", text), AT), "pdftotext", "-raw")
    assert " ".join(text.replace('"', "").split()) in " ".join(shown.replace('"', "").split())


def test_closed_words_are_written_as_their_labels(folder: Path) -> None:
    shown = read(folder, write_pdf("essai.typ", "Guide", View("Titre", "Texte"), AT), "pdftotext", "-raw")
    assert "coordonnateur CPSA, 2026-11-25" in shown


def test_a_document_reads_nothing_outside_its_folder_and_fetches_nothing(folder: Path) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    for source in ('#let body(data) = read("../secret.txt")', '#import "@preview/x:1.0.0": x\n#let body(data) = x'):
        (folder / "essai.typ").write_text(source, encoding="utf-8")
        with pytest.raises((RuntimeError, OutsideNetworkError)):
            write_pdf("essai.typ", "Guide", View("Titre", "Texte"), AT)


def test_no_template_fetches_a_package_or_reads_a_clock() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.typ")}
    assert sources
    assert {name for name, text in sources.items() if '"@' in text or "datetime.today" in text} == set()


def test_a_naive_instant_and_a_value_without_a_plain_form_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        write_pdf("essai.typ", "Guide", View("Titre", "Texte"), AT.replace(tzinfo=None))
    with pytest.raises(TypeError, match="object"):
        write_pdf("essai.typ", "Guide", {"heading": object()}, AT)
