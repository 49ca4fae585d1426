"""A page read from its markup alone: its elements in a tree, and what the tests of accessibility ask of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "wbr", "col", "source"})
COMMON = frozenset({"Navigation principale", "Pied de page"})
"""The navigations that stand on every page of a person."""
SHAPES = frozenset({"path", "rect", "line", "circle", "use"})


@dataclass(slots=True)
class Node:
    """An element of the page: the elements below it are a part of `order`, its words a part of `said`."""

    tag: str
    attributes: dict[str, str]
    parent: "Node | None"
    order: "list[Node]"
    said: list[str]
    first: int
    spoken: int
    last: int = 0
    silent: int = 0
    children: "list[Node]" = field(default_factory=list)

    def all(self, *tags: str) -> "Iterator[Node]":
        """Give what stands below, in the order of the page: these tags, or any."""
        return (node for node in self.order[self.first : self.last] if not tags or node.tag in tags)

    def above(self) -> "Iterator[Node]":
        """Give what it stands in, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def name(self) -> str:
        """Give the words that name it: its own name if it has one, else its text."""
        return " ".join((self.attributes.get("aria-label") or "".join(self.said[self.spoken : self.silent])).split())

    def shown(self) -> str:
        """Give it as a fault names it."""
        told = [f"{key}={self.attributes[key]!r}" for key in ("id", "class", "name", "href") if key in self.attributes]
        return " ".join([self.tag, *told, repr(self.name()[:40])])


class _Reader(HTMLParser):
    """Builds the tree, and notes what is not well formed."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[Node] = []
        self.said: list[str] = []
        self.malformed: list[str] = []
        self.doctype = ""
        self.root = self.open = Node("", {}, None, self.order, self.said, 0, 0)

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Node:
        given = {name: value or "" for name, value in attrs}
        if len(given) < len(attrs):
            self.malformed.append(f"{tag} has the same attribute twice")
        node = Node(tag, given, self.open, self.order, self.said, len(self.order) + 1, len(self.said))
        node.last, node.silent = node.first, node.spoken
        self.order.append(node)
        self.open.children.append(node)
        return node

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self._add(tag, attrs)
        if tag not in VOID:
            self.open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)
        if tag not in SHAPES:
            self.malformed.append(f"{tag} is closed as if it were XML")

    def handle_endtag(self, tag: str) -> None:
        if self.open.tag != tag or self.open.parent is None:
            self.malformed.append(f"</{tag}> closes {self.open.tag}")
            return
        self._end(self.open)
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def _end(self, node: Node) -> None:
        node.last, node.silent = len(self.order), len(self.said)

    def close(self) -> None:
        super().close()
        self._end(self.root)
        for node in (self.open, *self.open.above()):
            self._end(node)


@dataclass(frozen=True, slots=True)
class PageTree:
    """A page as it is written: its type, its elements, and what is not well formed."""

    doctype: str
    root: Node
    malformed: tuple[str, ...]


def read_page(text: str) -> PageTree:
    """Read a page without the mercy of a browser: a tag closed in the wrong place is told (RGAA 8.2)."""
    reader = _Reader()
    reader.feed(text)
    unclosed = [] if reader.open is reader.root else [f"{reader.open.tag} is never closed"]
    reader.close()
    return PageTree(reader.doctype, reader.root, (*reader.malformed, *unclosed))


def kind_of(address: str) -> str:
    """Give an address without what makes one page out of many."""
    path = re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", "{reference}", address)
    return re.sub(r"cenomed-\d+", "{version}", path)


@dataclass(frozen=True)
class Markup:
    """What is kept of a page; `kinds` are the kinds of elements it holds, with where they stand."""

    title: str
    navigations: dict[str, tuple[tuple[str, str], ...]]
    required_forms: tuple[str, ...]
    loaded: tuple[str, ...]
    kinds: frozenset[str]


def markup_of(page: PageTree) -> Markup:
    """Give what is kept of a page."""
    nodes = page.root.order
    return Markup(
        title=next((node.name() for node in nodes if node.tag == "title"), ""),
        navigations={
            node.name(): tuple((link.name(), link.attributes.get("href", "")) for link in node.all("a"))
            for node in nodes
            if node.tag == "nav" and node.name() in COMMON
        },
        required_forms=tuple(dict.fromkeys(_required_forms(nodes))),
        loaded=tuple(_loaded(nodes)),
        kinds=frozenset(f"{_kind(node.parent)} > {_kind(node)}" for node in nodes),
    )


def _kind(node: Node | None) -> str:
    if node is None:
        return ""
    told = (
        f"{name}={node.attributes[name]}" for name in ("class", "type", "role", "data-kind") if name in node.attributes
    )
    return " ".join([node.tag, *told])


def _required_forms(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if "required" in node.attributes or node.attributes.get("aria-required") == "true":
            form = next((above for above in node.above() if above.tag == "form"), None)
            if form is not None and form.attributes.get("method") == "post":
                yield form.attributes.get("action", "")


def _loaded(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        yield from (node.attributes[name] for name in ("src", "srcset") if name in node.attributes)
        if node.tag in {"link", "use"}:
            yield node.attributes.get("href", "")
