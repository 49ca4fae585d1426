"""Every page that a link leads each persona to, and every form refused (RGAA 4.1.2 AA, legal.md R26).

The markup of all the pages is read; axe-core and the browser look at a selection that holds, between its pages, every
kind of element that any page holds, and one page at least of every kind of address.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backend.cli.demonstration.stories import DRAFT, STORIES
from backend.web.pages import STATIC
from policies.personas import PERSONAS
from tests.support.axe import violations
from tests.support.crawl import ANONYMOUS, Crawl, Visit
from tests.support.layout import (
    TEXT_TWICE_AS_LARGE,
    cut_when_spaced,
    lost_without_styles,
    nameless,
    out_of_order,
    overflow,
)
from tests.support.markup import kind_of

pytestmark = pytest.mark.timeout(600)
"""Looking at many pages takes a while where other work goes on."""

NARROWEST, DESK, HEIGHT = 320, 1280, 900

NAMES = {
    name
    for story in (*STORIES, DRAFT)
    for name in (story.minor.last_name, story.minor.first_name, f"{story.minor.first_name} {story.minor.last_name}")
} | {persona.name for persona in PERSONAS}
"""Who no title may name: titles stay in the history of the browser."""


@dataclass(frozen=True)
class Chosen:
    """Pages that hold, between them, every kind of element; and one page of every other kind of address."""

    by_element: tuple[Visit, ...]
    by_address: tuple[Visit, ...]


@pytest.fixture(scope="module")
def chosen(crawl: Crawl) -> Chosen:
    """Choose the pages that a browser looks at."""
    by_element, by_address = [], []
    seen: set[str] = set()
    addresses: set[str] = set()
    for visit in sorted(crawl.visits, key=lambda visit: -len(visit.markup.kinds)):
        if visit.markup.kinds - seen:
            by_element.append(visit)
        elif kind_of(visit.path) not in addresses:
            by_address.append(visit)
        seen |= visit.markup.kinds
        addresses.add(kind_of(visit.path))
    return Chosen(tuple(by_element), tuple(by_address))


@pytest.fixture(scope="module")
def contexts(crawl: Crawl, chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Open one browser per persona, already signed in."""
    opened = {}
    for who, cookies in crawl.cookies.items():
        opened[who] = chromium.new_context(base_url=crawl.address, viewport={"width": DESK, "height": HEIGHT})
        opened[who].add_cookies(
            [{"name": name, "value": value, "url": crawl.address} for name, value in cookies.items()]
        )
    yield opened
    for context in opened.values():
        context.close()


def faults_at_both_widths(page: Page) -> list[str]:
    """Look with axe-core at 1280 and at 320 pixels, where nothing may scroll sideways."""
    return violations(page) + faults_when_narrow(page)


def faults_when_narrow(page: Page) -> list[str]:
    """Look with axe-core at 320 pixels."""
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    found = [f"at {NARROWEST} px: {line}" for line in violations(page)]
    if overflow(page):
        found.append(f"at {NARROWEST} px: {overflow(page)} pixels too wide")
    page.set_viewport_size({"width": DESK, "height": HEIGHT})
    return found


def faults_of_a_layout(page: Page) -> list[str]:
    """Look at the order of the controls, at their names, and at the text as readers change it, at both widths."""
    found = [f"without a name: {line}" for line in nameless(page)]
    for width in (NARROWEST, DESK):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"at {width} px, out of order: {line}" for line in out_of_order(page)]
        found += [f"at {width} px, cut when spaced: {line}" for line in cut_when_spaced(page)]
    page.evaluate("(size) => { document.documentElement.style.fontSize = size }", TEXT_TWICE_AS_LARGE)
    if overflow(page):
        found.append(f"text at 200 % is {overflow(page)} pixels too wide")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def faults_without_styles(page: Page) -> list[str]:
    """Look at what the stylesheet alone says at 320 pixels, where tables read as cards; the page is left without it."""
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    return [f"lost without styles: {line}" for line in lost_without_styles(page)]


def faults_in_the_dark(page: Page) -> list[str]:
    """Look at the contrasts of the dark theme, once its colours are there."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return [f"in the dark: {line}" for line in violations(page, rules=("color-contrast",))]


def test_what_only_the_stylesheet_says_is_found(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(
        """<style>p::before { content: "Urgent : "; } p[hidden] { display: block; }
        td::before { content: attr(data-l) " : "; }</style>
        <p hidden>Une échéance</p><table><tr><td data-l="Jour">3 mai</td></tr></table>"""
    )
    assert lost_without_styles(page) == ["Une échéance", "Urgent", "Jour"]
    page.set_content("<style>th::after { content: ' ›'; } p { color: navy }</style><p>Une échéance</p>")
    assert lost_without_styles(page) == []
    page.close()


def test_every_link_of_every_persona_leads_to_a_page(crawl: Crawl) -> None:
    assert {visit.who for visit in crawl.visits} == {ANONYMOUS, *(persona.email for persona in PERSONAS)}
    assert len(crawl.visits) > 550
    assert [(visit.who, visit.path, visit.status) for visit in crawl.visits if visit.status != 200] == []


def test_the_markup_of_every_page_is_without_fault(crawl: Crawl) -> None:
    assert [(visit.who, visit.path, fault) for visit in crawl.visits for fault in visit.faults] == []


def test_the_navigation_is_the_same_on_every_page_of_a_person(crawl: Crawl) -> None:
    orders = defaultdict(set)
    for visit in crawl.visits:
        for name, links in visit.markup.navigations.items():
            orders[visit.who, name].add(links)
    assert {name for _, name in orders} == {"Navigation principale", "Pied de page"}
    assert {key: found for key, found in orders.items() if len(found) > 1} == {}


def test_every_page_of_a_person_has_a_title_of_its_own_that_names_nobody(crawl: Crawl) -> None:
    same = defaultdict(set)
    for visit in crawl.visits:
        assert visit.markup.title.endswith(" · Cénacle"), visit.path
        assert visit.markup.title[0].isupper(), visit.path
        assert not [name for name in NAMES if name in visit.markup.title], visit.path
        same[visit.who, visit.markup.title].add(visit.text)
    # The list opens on its first group: two addresses, one page.
    assert {key: len(pages) for key, pages in same.items() if len(pages) > 1} == {}


SHARES = 4
"""A slow machine gives each test its two minutes."""


@pytest.mark.parametrize("share", range(SHARES))
def test_any_kind_of_element_is_without_fault_wide_narrow_dark_large_and_spaced(
    chosen: Chosen, contexts: dict[str, BrowserContext], share: int
) -> None:
    assert len(chosen.by_element) > 40
    found = []
    for visit in chosen.by_element[share::SHARES]:
        page = contexts[visit.who].new_page()
        page.goto(visit.path)
        seen = faults_at_both_widths(page) + faults_of_a_layout(page) + faults_in_the_dark(page)
        seen += faults_without_styles(page)
        found += [f"{visit.who} {visit.path}: {line}" for line in seen]
        page.close()
    assert found == []


@pytest.mark.parametrize("share", range(SHARES))
def test_any_kind_of_address_is_without_fault_when_narrow_large_and_spaced(
    chosen: Chosen, contexts: dict[str, BrowserContext], share: int
) -> None:
    """These hold nothing that the pages above do not: what may differ is how much of it there is."""
    assert len(chosen.by_address) > 80
    found = []
    for visit in chosen.by_address[share::SHARES]:
        page = contexts[visit.who].new_page()
        page.goto(visit.path)
        seen = faults_when_narrow(page) + faults_of_a_layout(page) + faults_without_styles(page)
        found += [f"{visit.who} {visit.path}: {line}" for line in seen]
        page.close()
    assert found == []


def forms_to_fill(crawl: Crawl) -> dict[str, Visit]:
    """Give one page per kind of form that asks for something: where it is found, by its address."""
    found: dict[str, Visit] = {}
    for visit in crawl.visits:
        for action in visit.markup.required_forms:
            found.setdefault(kind_of(action), visit)
    # The living page of components shows forms that go nowhere; test_components.py looks at them.
    del found["/aide/composants"]
    return found


@pytest.mark.parametrize("share", range(SHARES))
def test_a_form_sent_empty_says_what_to_do_beside_each_field(
    crawl: Crawl, contexts: dict[str, BrowserContext], share: int
) -> None:
    forms = list(forms_to_fill(crawl).items())
    assert len(forms) > 20
    found = []
    for kind, visit in forms[share::SHARES]:
        page = contexts[visit.who].new_page()
        page.goto(visit.path)
        action = next(action for action in visit.markup.required_forms if kind_of(action) == kind)
        send_empty(page, action)
        found += [f"{kind}: {line}" for line in faults_of_a_refused_form(page)]
        found += [f"{kind}: {line}" for line in faults_at_both_widths(page)]
        page.close()
    assert found == []


def send_empty(page: Page, action: str) -> None:
    """Empty every field of a form and send it by its first button, as somebody in a hurry would."""
    form = page.locator(f'form[action="{action}"]').filter(has=page.locator("[required], [aria-required]")).first
    form.evaluate(
        """(form) => {
          for (const field of form.elements) {
            if (field.type === "radio" || field.type === "checkbox") field.checked = false;
            else if (field.type !== "hidden" && "value" in field && field.tagName !== "BUTTON") field.value = "";
          }
        }"""
    )
    form.locator("button[type=submit]").first.click()
    page.wait_for_load_state()


def faults_of_a_refused_form(page: Page) -> Iterator[str]:
    """Say what is missing from a page that shows errors again (RGAA 11.10, 11.11, 8.6)."""
    if not page.title().startswith("Erreur : "):
        yield f"the title does not say that there is an error: {page.title()}"
    if page.locator(".error-summary").count() != 1:
        yield "no summary of the errors"
        return
    if not page.evaluate("document.activeElement.matches('.error-summary')"):
        yield "the summary did not take the focus"
    links = page.locator(".error-summary a").evaluate_all("(links) => links.map((link) => link.hash.slice(1))")
    for target in links:
        field = page.locator(f'[id="{target}"]')
        if field.count() != 1:
            yield f"the summary leads nowhere: {target}"
            continue
        described = field.evaluate(
            """(field) => (field.closest("fieldset[aria-describedby]") || field).getAttribute("aria-describedby")"""
        )
        if f"{target}-erreur" not in (described or "").split():
            yield f"the error is not tied to its field: {target}"
    if not links and not page.locator(".error-summary li").count():
        yield "the summary says nothing"


SAMPLE = ("/connexion", "/", "/situations?groupe=a-transmettre", "/parquet", "/signalements/nouveau", "/compte")


@pytest.mark.parametrize("path", SAMPLE)
def test_the_tab_key_goes_through_the_page_and_always_shows_where_it_is(
    crawl: Crawl, contexts: dict[str, BrowserContext], path: str
) -> None:
    visit = next(item for item in crawl.visits if item.path == path and (item.who or path == "/connexion"))
    page = contexts[visit.who].new_page()
    page.goto(path)
    # The parquet's list takes the focus when the page opens, and the browser would go on from there.
    page.evaluate("document.body.tabIndex = -1, document.body.focus()")
    stops = page.evaluate("document.querySelectorAll('a[href], button, input, select, textarea').length")
    reached = []
    for _ in range(stops + 1):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
              const element = document.activeElement;
              if (element === document.body) return null;
              const shown = element.closest(".toggle") || element;
              const style = getComputedStyle(shown);
              const box = shown.getBoundingClientRect();
              const over = document.elementFromPoint(box.x + Math.min(box.width / 2, 8), box.y + box.height / 2);
              return {
                name: element.outerHTML.slice(0, 120),
                outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                seen: Boolean(over) && (shown.contains(over) || over.contains(shown)),
              };
            }"""
        )
        if at is None:
            break
        reached.append(at)
    else:
        pytest.fail("the focus never left the page")
    page.close()
    assert "skip" in reached[0]["name"]
    assert len({stop["name"] for stop in reached}) > 3
    assert [stop["name"] for stop in reached if not stop["outline"]] == []
    assert [stop["name"] for stop in reached if not stop["seen"]] == []


def test_a_page_that_is_not_there_is_a_page_too(contexts: dict[str, BrowserContext]) -> None:
    page = contexts["bailleur@demo.invalid"].new_page()
    page.goto("/situations/0000-0000-0000")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.title().endswith(" · Cénacle")
    assert faults_at_both_widths(page) == []
    page.close()


def test_axe_sees_a_fault_of_a_served_page(contexts: dict[str, BrowserContext]) -> None:
    page = contexts[ANONYMOUS].new_page()
    page.goto("/connexion")
    page.evaluate("document.querySelector('label[for=champ-email]').remove()")
    assert any("champ-email" in line for line in faults_at_both_widths(page))
    page.close()


def test_no_page_asks_anything_of_another_host(crawl: Crawl) -> None:
    for visit in crawl.visits:
        for address in visit.markup.loaded:
            assert urlsplit(address).netloc in {"", urlsplit(crawl.address).netloc}, visit.path


HEAVIEST = 60_000
"""Bytes of a page, its stylesheet and its scripts, none compressed (issue « la face », point 6)."""


def test_every_page_is_light_with_one_blocking_stylesheet_and_deferred_scripts(crawl: Crawl) -> None:
    weights = {path.name: path.stat().st_size for path in STATIC.iterdir()}
    for visit in crawl.visits:
        head = visit.text.partition("</head>")[0]
        styles = re.findall(r'<link rel="stylesheet" href="/static/([\w.]+)\?', visit.text)
        scripts = re.findall(r'<script defer src="/static/([\w.]+)\?', head)
        assert styles == ["cenacle.css"], visit.path
        assert visit.text.count("<script") == len(scripts), visit.path
        # The living page shows every component in every state, to who writes pages.
        if visit.path != "/aide/composants":
            weight = len(visit.text.encode()) + sum(weights[name] for name in styles + scripts)
            assert weight <= HEAVIEST, (visit.path, weight)
