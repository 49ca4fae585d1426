"""What every page owes to the eyes: its pictures, its definitions, its menu (issue « la face », points 4 to 6)."""

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from policies.personas import DOMAIN
from tests.support.axe import violations
from tests.support.gallery import REFERENCES, Grid, Subject, changed, differs, look, read_references
from tests.support.screenshots import served

COORDINATOR, PARQUET, LANDLORD = (f"{local}@{DOMAIN}" for local in ("coordinateur-13", "parquet-13", "bailleur"))

SAMPLE = (
    Subject("connexion", "", "/connexion"),
    Subject("accueil-coordinateur-13", COORDINATOR, "/"),
    Subject("situations-groupe-a-transmettre", COORDINATOR, "/situations?groupe=a-transmettre"),
    Subject("suivi", COORDINATOR, "/suivi"),
    Subject("annuaire", COORDINATOR, "/annuaire"),
    Subject("parquet", PARQUET, "/parquet"),
    Subject("signalements-nouveau", LANDLORD, "/signalements/nouveau"),
    Subject("aide", LANDLORD, "/aide"),
)
"""One page of each shape; `make screenshots` looks at all of them."""


@pytest.fixture(scope="module")
def cookies(demo: str) -> dict[str, dict[str, str]]:
    """Sign the people of the sample in."""
    found: dict[str, dict[str, str]] = {"": {}}
    for who in (COORDINATOR, PARQUET, LANDLORD):
        with httpx2.Client(base_url=demo, headers={"Origin": demo}, timeout=30) as client:
            client.post(f"/connexion/demo/{who}", data={"csrf": ""})
            found[who] = dict(client.cookies)
    return found


@pytest.fixture(scope="module")
def desk(chromium: Browser, demo: str, cookies: dict[str, dict[str, str]]) -> Iterator[BrowserContext]:
    """Seat the coordinator in front of a browser."""
    context = chromium.new_context(base_url=demo, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": name, "value": value, "url": demo} for name, value in cookies[COORDINATOR].items()])
    yield context
    context.close()


@pytest.fixture
def page(desk: BrowserContext) -> Iterator[Page]:
    tab = desk.new_page()
    yield tab
    tab.close()


def test_a_sample_of_pages_is_seen_at_both_widths_without_a_complaint_and_looks_the_same_twice(
    chromium: Browser, demo: str, cookies: dict[str, dict[str, str]]
) -> None:
    first = look(chromium, demo, cookies, SAMPLE, widths=(320, 1280), schemes=("light",))
    again = look(chromium, demo, cookies, SAMPLE[:2], widths=(320, 1280), schemes=("light",))
    assert first.complaints == []
    assert len(first.grids) == 2 * len(SAMPLE)
    assert [name for name, grid in again.grids.items() if differs(first.grids[name], grid)] == []
    # Fonts are those of the machine: what was accepted elsewhere is compared by `make screenshots`, not here.
    assert first.grids.keys() <= read_references().keys()


def test_the_walk_notices_what_the_browser_complains_of(chromium: Browser, cookies: dict[str, dict[str, str]]) -> None:
    faulty = (
        "<script>1</script><script src='/static/x.js'></script><img src='http://127.0.0.2:9/x.png' alt=''>"
        "<style>p { color: red }</style><p style='color: red' onclick='1'>Injecté</p>"
    )
    with served(faulty) as address:
        seen = look(chromium, address, cookies, SAMPLE[:1], widths=(320,), schemes=("light",))
    complaints = " ".join(seen.complaints)
    refused = ("script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "img-src")
    for fault in (*(f"refused by the policy: {rule}" for rule in refused), "asked 127.0.0.2:9"):
        assert fault in complaints


def test_a_page_that_lost_its_head_or_changed_colour_is_found() -> None:
    before = Grid(2000, "f" * 192 + "8" * 192)
    assert not differs(before, Grid(2100, "f" * 190 + "0" * 2 + "8" * 192))
    assert differs(before, Grid(2000, "8" * 192 + "f" * 192))
    assert differs(before, Grid(2600, before.squares))
    assert changed({"a": before, "b": before}, {"b": Grid(900, before.squares), "c": before}) == {
        "a": "n'est plus là",
        "b": "a changé",
        "c": "est nouvelle",
    }


def test_the_references_hold_every_width_and_scheme_in_less_than_a_megabyte() -> None:
    names = {name.rsplit("-", 2)[0] for name in read_references()}
    assert len(read_references()) == 6 * len(names)
    assert len(names) > 150
    assert REFERENCES.stat().st_size < 1_000_000


def test_a_definition_opens_and_closes_with_the_keyboard_and_without_script(chromium: Browser, demo: str) -> None:
    for script in (True, False):
        context = chromium.new_context(base_url=demo, java_script_enabled=script)
        page = context.new_page()
        page.goto("/connexion")
        words = page.locator("#sigle-cenomed")
        expect(words).to_be_hidden()
        page.get_by_role("button", name="CENOMED (définition)").focus()
        page.keyboard.press("Enter")
        expect(words).to_be_visible()
        if script:
            assert violations(page) == []
        page.keyboard.press("Escape")
        expect(words).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
        context.close()


def test_a_second_escape_hides_the_screen_even_when_the_first_closed_a_definition(page: Page) -> None:
    page.goto("/reseaux")
    page.get_by_role("button", name="RAV (définition)").click()
    page.keyboard.press("Escape")
    expect(page.locator("#cover")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#cover")).to_be_visible()
    expect(page.locator("h1")).to_be_hidden()


def test_the_other_pages_open_under_their_menu_and_close_with_escape_or_elsewhere(page: Page) -> None:
    page.goto("/situations")
    menu = page.locator("details.others")
    link = menu.get_by_role("link", name="Cellules")
    expect(link).to_be_hidden()
    menu.locator("summary").click()
    expect(link).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(link).to_be_hidden()
    menu.locator("summary").click()
    link.click()
    expect(page.locator(".navigation [aria-current=page]")).to_have_text("Cellules")
