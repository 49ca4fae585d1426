"""Spreadsheets: the same cells in three formats, no formula in any, the same bytes each time."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest

from backend.documents.sheets import BOM, FORMULAS, MEDIA_TYPES, Sheet, write_sheet

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ATTACKS = tuple(f"{start}1+1" for start in FORMULAS)
SHEET = Sheet("Essai", ("Été", "Nombre"), (("moins de 5", None), ("a & <b>", 12), *((text, -3) for text in ATTACKS)))


def part(written: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return archive.read(name).decode()


def test_a_csv_has_its_mark_its_semicolons_and_no_formula() -> None:
    text = write_sheet(SHEET, "csv", AT).decode()
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=";"))
    assert rows[:3] == [["Été", "Nombre"], ["moins de 5", ""], ["a & <b>", "12"]]
    assert [row[0] for row in rows[3:]] == [f"'{text}" for text in ATTACKS]


def test_an_ods_is_one_and_holds_texts_and_numbers_alone() -> None:
    written = write_sheet(SHEET, "ods", AT)
    assert written[30:38] == b"mimetype"
    assert written[38:].startswith(MEDIA_TYPES["ods"].encode())
    content = part(written, "content.xml")
    assert "formula" not in content
    assert '<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p>' in content
    assert "<text:p>a &amp; &lt;b&gt;</text:p>" in content
    assert "<text:p>=1+1</text:p>" in content
    assert "<table:table-cell/>" in content


def test_an_xlsx_holds_no_formula_and_no_link() -> None:
    written = write_sheet(SHEET, "xlsx", AT)
    assert "<f>" not in part(written, "xl/worksheets/sheet1.xml")
    assert "=1+1" in part(written, "xl/sharedStrings.xml")
    assert "2026-11-24T09:00:00Z" in part(written, "docProps/core.xml")


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_the_same_sheet_at_the_same_instant_gives_the_same_bytes(kind: str) -> None:
    assert write_sheet(SHEET, kind, AT) == write_sheet(SHEET, kind, AT)


def test_another_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        write_sheet(SHEET, "exe", AT)
