"""The pictures of the guides and of the README: the first screen of each role, a situation, the sitting.

`python -m tests.support.guide_pictures` writes them again.
"""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from policies.personas import DOMAIN
from tests.support.browser import launch
from tests.support.demo_server import make_demo, served_copy
from tests.support.tree import ROOT

FOLDER = ROOT / "docs" / "guides" / "images"
WIDTH, HEIGHT = 1080, 660

Steps = Callable[[Page], None]


def _at(path: str) -> Steps:
    def go(page: Page) -> None:
        page.goto(path)

    return go


def _situation(page: Page) -> None:
    page.goto("/situations?groupe=retenues")
    page.get_by_role("rowheader").first.get_by_role("link").click()


def _in_session(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=re.compile("Prochaine réunion")).click()
    page.get_by_role("link", name=re.compile("séance", re.IGNORECASE)).click()
    page.get_by_role("button", name="Ouvrir la réunion").click()
    page.get_by_role("button", name=re.compile("^Examiner")).first.click()
    page.locator("#situation").scroll_into_view_if_needed()


PICTURES: tuple[tuple[str, str, Steps], ...] = (
    ("auteur", "bailleur", _at("/")),
    ("coordonnateur", "coordinateur-13", _at("/")),
    ("situation", "coordinateur-13", _situation),
    ("parquet", "parquet-13", _at("/parquet")),
    ("membre", "commissariat-13", _at("/recherche")),
    ("coordinateur-social", "cst-13", _at("/")),
    ("invite", "chef-etablissement", _at("/")),
    ("destinataire", "association", _at("/transmissions")),
    ("pilotage", "copil", _at("/")),
    ("dpo", "dpo", _at("/")),
    ("archives", "archives", _at("/")),
    ("administrateur", "admin", _at("/habilitations")),
    # Last: it opens the meeting of the day.
    ("seance", "coordinateur-13", _in_session),
)
"""Name of the picture, persona, how to get there."""


def main() -> None:
    """Make a demonstration and write the pictures of the guides."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launch() as browser:
        data = make_demo(Path(folder) / "made")
        with served_copy(data, Path(folder) / "served") as address:
            for name, local, steps in PICTURES:
                _take(browser, address, name, local, steps)


def _take(browser: Browser, address: str, name: str, local: str, steps: Steps) -> None:
    context = browser.new_context(base_url=address, viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    page.goto("/connexion")
    page.locator(f'form[action="/connexion/demo/{local}@{DOMAIN}"] button').click()
    steps(page)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
