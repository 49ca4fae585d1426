"""The living page of components, rendered alone and served on loopback with the product's strict policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from threading import Thread

from backend.web.headers import CONTENT_SECURITY_POLICY
from backend.web.navigation import NavigationItem
from backend.web.pages import STATIC, Page, environment
from backend.web.requests import PersonView

SAMPLE = Page(
    title="Composants",
    demo=True,
    navigation=(
        NavigationItem("Accueil", "/", current=False, daily=True, about=""),
        NavigationItem("Situations", "/situations", current=False, daily=True, about=""),
        NavigationItem("Composants", "/aide/composants", current=True, daily=True, about=""),
        NavigationItem("Signalements", "/signalements", current=False, daily=False, about=""),
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
