"""What RGAA 4.1.2 asks of a page and its markup alone can tell: one line per fault, « criterion: what ».

What only a browser shows (contrast, focus, reflow) is looked at in tests/browser.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from tests.support.markup import Node, PageTree

MEDIA = frozenset({"video", "audio", "object", "embed", "canvas", "track", "area", "iframe", "frame"})
FOR_SHOW = frozenset({"b", "i", "u", "s", "big", "center", "font", "tt", "strike", "basefont", "marquee", "blink"})
PRESENTATION = frozenset({"align", "bgcolor", "border", "color", "face", "valign", "style", "cellpadding", "clear"})
PHRASING_ONLY = frozenset({"p", "span", "h1", "h2", "h3", "h4", "label", "button", "strong", "abbr", "dt", "legend"})
BLOCKS = frozenset({"div", "p", "ul", "ol", "dl", "table", "section", "article", "form", "fieldset", "nav", "figure"})
REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "for", "popovertarget")
INTERACTIVE = frozenset({"a", "button", "input", "select", "textarea", "label"})
ALLOWED_IN_LISTS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}}
VAGUE = re.compile(
    r"(cliquez |cliquer )?(ici|là)|lire( la suite)?|suite|voir|ouvrir|plus|lien|en savoir plus|détails?|ce lien"
)
CONTEXTS = frozenset({"p", "li", "th", "td", "dd", "h2", "h3"})
"""What a link may be understood from, with its own words (6.1)."""
OWN_FIELDS = {"email": {"email", "username"}, "tel": {"tel"}, "password": {"current-password", "new-password"}}
"""Types of fields that ask for something of the person who types, and the purposes that may be told (11.13)."""
ABOUT_OTHERS = "off"
"""The purpose of a field about somebody else: the browser must not remember it, and 11.13 does not concern it."""


def _images(page: Node) -> Iterator[str]:
    for node in page.all("svg", "img", *MEDIA):
        named = node.attributes.get("role") == "img" and node.attributes.get("aria-label")
        hidden = node.attributes.get("aria-hidden") == "true" and node.attributes.get("focusable") == "false"
        if node.tag == "svg" and bool(named) == hidden:
            yield f"1.1, 1.2: a drawing neither named nor hidden: {node.shown()}"
        if node.tag == "img" and "alt" not in node.attributes:
            yield f"1.1: an image without alternative: {node.shown()}"
        if node.tag in MEDIA:
            yield f"2.1, 4.1: a frame or a medium: {node.shown()}"
    for figure in page.all("figure"):
        caption = next((node.name() for node in figure.all("figcaption")), "")
        if figure.attributes.get("role") != "figure" or figure.attributes.get("aria-label") != caption:
            yield f"1.9: a figure that its caption does not name: {figure.shown()}"


def _tables(page: Node) -> Iterator[str]:
    for table in page.all("table"):
        headers = list(table.all("th"))
        if not table.children or table.children[0].tag != "caption" or not table.children[0].name():
            yield f"5.4: a table without title: {table.shown()}"
        if {node.attributes.get("scope") for node in headers} != {"col", "row"}:
            yield f"5.6: a table whose headers are not told, columns and rows: {table.shown()}"
        widths = {len([cell for cell in row.children if cell.tag in {"td", "th"}]) for row in table.all("tr")}
        if len(widths) > 1 or any("colspan" in cell.attributes for cell in table.all("td", "th")):
            yield f"5.7: a table whose cells are not under their headers: {table.shown()}"
        for row in table.all("tr"):
            labels = [cell.attributes.get("data-label") for cell in row.children if cell.tag == "td"]
            columns = [node.name() for node in headers if node.attributes.get("scope") == "col"]
            if labels and labels != columns[1:]:
                yield f"5.7: a cell that a phone shows under another header: {table.shown()}: {labels}"


def _links(page: Node) -> Iterator[str]:
    leads = defaultdict(set)
    for link in page.all("a"):
        if not link.name():
            yield f"6.2: a link without words: {link.shown()}"
        if VAGUE.fullmatch(link.name().casefold()):
            yield f"6.1: a link that does not say where it leads: {link.shown()}"
        around = next((above.name() for above in link.above() if above.tag in CONTEXTS), "")
        leads[link.name(), around].add(link.attributes.get("href"))
        if "target" in link.attributes:
            yield f"13.2: a link that opens a window: {link.shown()}"
    yield from (f"6.1: « {name} » leads to {sorted(map(str, to))}" for (name, _), to in leads.items() if len(to) > 1)


def _document(page: Node) -> Iterator[str]:
    ids = Counter(node.attributes["id"] for node in page.all() if "id" in node.attributes)
    yield from (f"8.2: an identifier twice: {name}" for name, times in ids.items() if times > 1)
    referred = {name for node in page.all() for key in REFERRING for name in node.attributes.get(key, "").split()}
    yield from (f"8.2, 11.1: a reference that leads nowhere: {name}" for name in referred - set(ids))
    for node in page.all():
        parent = node.parent.tag if node.parent else ""
        if node.tag in BLOCKS and parent in PHRASING_ONLY:
            yield f"8.2: {node.shown()} in {parent}"
        if node.tag in INTERACTIVE and any(above.tag in {"a", "button"} for above in node.above()):
            yield f"8.2: {node.shown()} in another control"
        if node.tag in FOR_SHOW or (node.tag == "p" and not node.name()):
            yield f"8.9: {node.shown()} is there for its looks"
        if node.tag != "html" and ("lang" in node.attributes or "dir" in node.attributes):
            yield f"8.7, 8.10: another language or direction, to be looked at: {node.shown()}"
        wrong = PRESENTATION & set(node.attributes)
        if wrong or (node.tag not in {"svg", "rect", "input"} and {"width", "height"} & set(node.attributes)):
            yield f"10.1: the markup sets the looks: {node.shown()}"
        if any(name.startswith("on") for name in node.attributes) or "accesskey" in node.attributes:
            yield f"7.3, 12.10: a handler or a key in the markup: {node.shown()}"
        if node.tag == "meta" and node.attributes.get("http-equiv", "").lower() == "refresh":
            yield "13.1: the page reloads by itself"
        if node.attributes.get("tabindex", "-1") != "-1":
            yield f"12.8: an order of its own: {node.shown()}"


def _structure(page: Node) -> Iterator[str]:
    levels = [int(node.tag[1]) for node in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1 or any(below > above + 1 for above, below in pairwise(levels)):
        yield f"9.1: the levels of the titles are {levels}"
    yield from (f"9.1: a title without words: {node.shown()}" for node in page.all("h1", "h2", "h3") if not node.name())
    count = Counter(node.tag for node in page.all("main", "header", "footer", "nav"))
    if (count["main"], count["header"], count["footer"]) != (1, 1, 1) or not count["nav"]:
        yield f"9.2: the landmarks are {dict(count)}"
    names = Counter(node.attributes.get("aria-label", "") for node in page.all("nav"))
    if "" in names or max(names.values(), default=0) > 1:
        yield f"9.2, 12.6: navigations of the same name: {dict(names)}"
    for node in page.all("ul", "ol", "dl", "li"):
        if not {child.tag for child in node.children} <= ALLOWED_IN_LISTS.get(
            node.tag, {item.tag for item in node.children}
        ):
            yield f"9.3: a list that holds something else: {node.shown()}"
        if node.tag == "li" and (node.parent is None or node.parent.tag not in {"ul", "ol"}):
            yield f"9.3: an item without list: {node.shown()}"
        if node.tag != "li" and not node.children:
            yield f"9.3: an empty list: {node.shown()}"


def _typed(page: Node) -> Iterator[Node]:
    return (
        node
        for node in page.all("input", "select", "textarea")
        if node.attributes.get("type") not in {"hidden", "submit", "button"}
    )


def _fields(page: Node) -> Iterator[str]:
    labels = {node.attributes.get("for"): node.name() for node in page.all("label")}
    for node in _typed(page):
        boxed = next((above.name() for above in node.above() if above.tag == "label"), "")
        if not (labels.get(node.attributes.get("id")) or node.attributes.get("aria-label") or boxed):
            yield f"11.1: a field without label: {node.shown()}"
        if "placeholder" in node.attributes:
            yield f"11.2: a label that typing takes away: {node.shown()}"
        purposes = OWN_FIELDS.get(node.attributes.get("type", ""), {"one-time-code"}) | {ABOUT_OTHERS}
        if node.tag != "select" and not purposes & set(node.attributes.get("autocomplete", ABOUT_OTHERS).split()):
            yield f"11.13: a field that does not say what it is for: {node.shown()}"
    for node in page.all("button"):
        if not node.name() or VAGUE.fullmatch(node.name().casefold()):
            yield f"11.9: a button that does not say what it does: {node.shown()}"


def _groups(page: Node) -> Iterator[str]:
    asked = Counter[tuple[int, str]]()
    for node in _typed(page):
        if node.attributes.get("type") in {"radio", "checkbox"}:
            form = next((id(above) for above in node.above() if above.tag == "form"), 0)
            asked[form, node.attributes.get("name", "")] += 1
            grouped = any(above.tag == "fieldset" for above in node.above())
            if asked[form, node.attributes.get("name", "")] > 1 and not grouped:
                yield f"11.5: answers to one question outside a group: {node.shown()}"
    for node in page.all("fieldset"):
        if not node.children or node.children[0].tag != "legend" or not node.children[0].name():
            yield f"11.6: a group without name: {node.shown()}"


def _navigation(page: Node) -> Iterator[str]:
    first = next(page.all("a", "button", "input"), None)
    main = next(page.all("main"), None)
    if first is None or main is None or first.attributes.get("href") != f"#{main.attributes.get('id')}":
        yield "12.7: the first link does not lead to the content"
    footer = next(page.all("footer"), page)
    if "/plan-du-site" not in {link.attributes.get("href") for link in footer.all("a")}:
        yield "12.4: the footer does not lead to the map of the site"
    if not any(re.match("Accessibilité : ", link.name()) for link in footer.all("a")):
        yield "the footer does not say the state of conformity (loi 2005-102, art. 47)"


CHECKS: tuple[Callable[[Node], Iterator[str]], ...] = (
    _images,
    _tables,
    _links,
    _document,
    _structure,
    _fields,
    _groups,
    _navigation,
)


def faults(page: PageTree) -> list[str]:
    """Give the faults of a page, in no order that matters; empty when there is none."""
    found = [f"8.2: {fault}" for fault in page.malformed]
    html = next(page.root.all("html"), page.root)
    if page.doctype.lower() != "doctype html":
        found.append("8.1: the type of the document is not told")
    if html.attributes.get("lang") != "fr":
        found.append("8.3, 8.4: the page does not say that it is in French")
    if not next((node.name() for node in html.all("title")), ""):
        found.append("8.5: the page has no title")
    return found + [fault for check in CHECKS for fault in check(page.root)]
