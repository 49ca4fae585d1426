"""Tables for spreadsheets, as CSV, ODS (OpenDocument 1.3) and XLSX (ECMA-376): the same cells, never a formula.

A cell that a spreadsheet could take for a formula is a text everywhere; in CSV, which has no types, an apostrophe
leads it (OWASP, « CSV injection »). The same table at the same instant gives the same bytes.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO, StringIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

Value = str | int | None

BOM = "\ufeff"
"""Leads the CSV, or a spreadsheet would take its accents for another encoding."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"'
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ods": _ODS,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What each file is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its title (at most 31 characters, no « : * ? / »), the heads of its columns, its rows."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def lines(self) -> Iterable[tuple[Value, ...]]:
        """Give the head and the rows."""
        return (self.header, *self.rows)


def write_sheet(sheet: Sheet, kind: str, at: datetime) -> bytes:
    """Write a table as `csv`, `ods` or `xlsx`, made at an aware instant; raise `KeyError` for another kind."""
    writers = {"csv": _csv, "ods": _ods, "xlsx": _xlsx}
    return writers[kind](sheet, at)


def _csv(sheet: Sheet, _at: datetime) -> bytes:
    written = StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for line in sheet.lines():
        writer.writerow([_harmless(value) if isinstance(value, str) else value for value in line])
    return (BOM + written.getvalue()).encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text


def _ods(sheet: Sheet, _at: datetime) -> bytes:
    rows = "".join(f"<table:table-row>{''.join(map(_cell, line))}</table:table-row>" for line in sheet.lines())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES}><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(sheet.title, {chr(34): "&quot;"})}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        # First and not compressed: what the file is can be read at a fixed place (OpenDocument 1.3, part 2, 3.3).
        archive.writestr(ZipInfo("mimetype", _EPOCH), _ODS, ZIP_STORED)
        archive.writestr(ZipInfo("content.xml", _EPOCH), content, ZIP_DEFLATED)
        archive.writestr(ZipInfo("META-INF/manifest.xml", _EPOCH), _MANIFEST, ZIP_DEFLATED)
    return written.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int):
        typed = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {typed}><text:p>{value}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def _xlsx(sheet: Sheet, at: datetime) -> bytes:
    from xlsxwriter import Workbook  # noqa: PLC0415  most processes never write one, and it takes long to import

    written = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(written, options) as book:
        book.set_properties({"created": at.astimezone(UTC).replace(tzinfo=None)})
        table = book.add_worksheet(sheet.title)
        head = book.add_format({"bold": True})
        for number, line in enumerate(sheet.lines()):
            table.write_row(number, 0, line, None if number else head)
        table.freeze_panes(1, 0)
        table.autofit()
    return written.getvalue()
