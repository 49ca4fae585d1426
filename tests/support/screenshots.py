"""The living page of components, rendered alone and served on loopback with the product's strict policy.

`python -m tests.support.screenshots FOLDER` writes its pictures, light and dark, at three widths.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from typing import Literal

from backend.web.headers import CONTENT_SECURITY_POLICY
from backend.web.navigation import NavigationItem
from backend.web.pages import STATIC, Page, environment
from backend.web.requests import PersonView
from tests.support.browser import launch

WIDTHS = (320, 1280, 1920)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


SAMPLE = Page(
    title="Composants",
    demo=True,
    navigation=(
        NavigationItem("Accueil", "/", current=False),
        NavigationItem("Signalements", "/signalements", current=False),
        NavigationItem("Situations", "/situations", current=False),
        NavigationItem("Composants", "/aide/composants", current=True),
    ),
    person=PersonView("C. Exemple", "DPMP", "coordonnateur CPSA"),
    csrf="sample",
    notice="Brouillon enregistré.",
    errors={},
)


def render(template: str = "components_page.html") -> str:
    """Return the HTML of one template of the tree, with the sample page."""
    return environment().get_template(template).render(page=SAMPLE)


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
