"""Drawing messages: one folder per message, three files, French; the HTML is plain and fetches nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

FOLDER = Path(__file__).parents[2] / "templates" / "emails"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message ready to send."""

    subject: str
    text: str
    html: str


def draw(template: str, values: Mapping[str, object], address: str) -> Drawn:
    """Draw a message; `address` is where people reach the service, `link` among the values is already absolute."""
    jinja = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    parts = {"address": address, **values}
    subject, text, html = (
        jinja.get_template(f"{template}/{part}").render(parts) for part in ("subject.txt", "body.txt", "body.html")
    )
    return Drawn(" ".join(subject.split()), text, html)
