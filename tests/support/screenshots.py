"""The living page of components, rendered alone and served on loopback with the product's strict policy.

`python -m tests.support.screenshots FOLDER` writes its pictures, light and dark, at three widths.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.web.headers import CONTENT_SECURITY_POLICY
from tests.support.browser import launch

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "backend" / "web" / "static"
WIDTHS = (320, 1280, 1920)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class SampleItem:
    """One entry of the navigation."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Who is signed in."""

    name: str
    institution: str
    roles: str


@dataclass(frozen=True, slots=True)
class SamplePage:
    """The context that every template receives as `page`."""

    title: str = "Composants"
    demo: bool = True
    navigation: tuple[SampleItem, ...] = (
        SampleItem("Accueil", "/", current=False),
        SampleItem("Signalements", "/signalements", current=False),
        SampleItem("Situations", "/situations", current=False),
        SampleItem("Composants", "/aide/composants", current=True),
    )
    person: SamplePerson | None = SamplePerson("C. Exemple", "DPMP", "coordonnateur CPSA")
    csrf: str = "sample"
    notice: str | None = "Brouillon enregistré."


def render(template: str = "components_page.html", page: SamplePage | None = None) -> str:
    """Return the HTML of one template of the tree, with the sample context."""
    return environment().get_template(template).render(page=page or SamplePage())


def environment() -> Environment:
    """Build a Jinja environment as strict as the product's, without its application."""
    jinja = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals["asset"] = "/static/{}".format
    return jinja


@contextmanager
def served(html: str) -> Iterator[str]:
    """Serve `html` at every address but /static/, on a free loopback port, for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asset = STATIC / self.path.removeprefix("/static/").partition("?")[0]
            is_asset = self.path.startswith("/static/") and asset.is_file()
            body = asset.read_bytes() if is_asset else html.encode()
            self.send_response(200)
            self.send_header(
                "Content-Type", guess_type(asset.name)[0] or "text/plain" if is_asset else "text/html; charset=utf-8"
            )
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def main(folder: Path) -> None:
    """Write the pictures of the living page into `folder`, light and dark, at three widths."""
    folder.mkdir(parents=True, exist_ok=True)
    with launch() as browser, served(render()) as address:
        for width, scheme in product(WIDTHS, SCHEMES):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.goto(f"{address}/aide/composants")
            page.screenshot(path=folder / f"composants-{width}-{scheme}.png", full_page=True)
            page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
