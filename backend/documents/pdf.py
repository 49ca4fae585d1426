"""Tagged PDF (PDF/UA-1) written by typst: the same view at the same instant gives the same bytes.

Templates stand in `templates/documents`. Each defines `body(data)`, where `data` is the view; `layout.typ` gives the
language, the title and the pages. A view travels as JSON and is read as data: nothing in it is interpreted as markup.
Fonts come with typst, the date from our clock; typst reads nothing outside the folder of templates.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from policies.vocabulary import Word

FOLDER = Path(__file__).parents[2] / "templates" / "documents"

_SOURCE = """\
#import "/layout.typ": layout
#import "/{template}": body
#let given = json(bytes(sys.inputs.given))
#show: layout.with(given)
#body(given.view)
"""


def write_pdf(template: str, title: str, view: object, at: datetime) -> bytes:
    """Write a view as a PDF dated `at`, which must be aware; `template` is a file name of the folder.

    Raises `ValueError` for a naive instant, `TypeError` for a view that holds anything but texts, numbers, closed words
    (given as their labels), days (given as ISO 8601) and collections or frozen values of these.
    """
    if at.tzinfo is None:
        raise ValueError("naive instant")
    import typst  # noqa: PLC0415  a process that writes no document does not hold its compiler

    given = json.dumps({"title": title, "view": _plain(view)}, ensure_ascii=False)
    compiler = typst.Compiler(
        _SOURCE.format(template=template).encode(),
        root=str(FOLDER),
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
        sys_inputs={"given": given},
    )
    written = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=at.astimezone(UTC).replace(microsecond=0))
    if not isinstance(written, bytes):
        raise TypeError(type(written).__name__)
    return written


def _plain(value: object) -> object:
    """Give a value as JSON holds it."""
    plain: object
    if value is None or type(value) in {str, int, float, bool}:
        plain = value
    elif isinstance(value, Word):
        plain = value.label
    elif isinstance(value, date):
        plain = value.isoformat()
    elif isinstance(value, Mapping):
        plain = {str(key): _plain(item) for key, item in value.items()}
    elif isinstance(value, tuple | list):
        plain = [_plain(item) for item in value]
    elif is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    else:
        raise TypeError(type(value).__name__)
    return plain
