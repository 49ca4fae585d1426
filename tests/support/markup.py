"""What can be told of a page by reading its markup alone: the part of RGAA that needs no browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "use", "path"})
LANDMARKS = frozenset({"main", "header", "footer", "nav", "aside"})
REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "for", "popovertarget")
UNNAMED_INPUTS = frozenset({"hidden", "submit", "button"})

Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Markup:
    """A page as its markup tells it; `kinds` are the kinds of elements it holds, with where they stand."""

    title: str
    language: str
    headings: tuple[int, ...]
    landmarks: tuple[str, ...]
    ids: tuple[str, ...]
    references: tuple[str, ...]
    unnamed: tuple[str, ...]
    tabindexes: frozenset[str]
    required_forms: tuple[str, ...]
    loaded: tuple[str, ...]
    kinds: frozenset[str]


def read_markup(text: str) -> Markup:
    """Read the markup of a page."""
    parser = _Reader()
    parser.feed(text)
    labelled = set(parser.labelled)
    unnamed = [markup for markup, names in parser.controls if not (names & labelled or "" in names)]
    return Markup(
        title=parser.title,
        language=parser.language,
        headings=tuple(parser.headings),
        landmarks=tuple(parser.landmarks),
        ids=tuple(parser.ids),
        references=tuple(parser.references),
        unnamed=tuple(unnamed + parser.silent),
        tabindexes=frozenset(parser.tabindexes),
        required_forms=tuple(dict.fromkeys(parser.required_forms)),
        loaded=tuple(parser.loaded),
        kinds=frozenset(parser.kinds),
    )


class _Reader(HTMLParser):
    """Goes through a page once; a control is named by a label that points at it or holds it, or by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.title = self.language = ""
        self.headings: list[int] = []
        self.landmarks: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.labelled: list[str] = []
        self.controls: list[tuple[str, set[str]]] = []
        self.silent: list[str] = []
        self.tabindexes: list[str] = []
        self.required_forms: list[str] = []
        self.loaded: list[str] = []
        self.kinds: set[str] = set()
        self._open: list[tuple[str, str]] = []
        self._form = ""
        self._said: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kind = " ".join(
            [tag, *(f"{name}={given[name]}" for name in ("class", "type", "role", "data-kind") if name in given)]
        )
        self.kinds.add(" > ".join([*(opened[1] for opened in self._open[-1:]), kind]))
        if tag not in VOID:
            self._open.append((tag, kind))
        self._count(tag, given)
        if tag == "form":
            self._form = given.get("action", "") if given.get("method") == "post" else ""
        if self._form and ("required" in given or given.get("aria-required") == "true"):
            self.required_forms.append(self._form)
        if tag in {"a", "button"}:
            self._said.append((f"{tag} {given}", [given.get("aria-label", "")]))
        elif tag in {"input", "select", "textarea"} and given.get("type") not in UNNAMED_INPUTS:
            in_label = any(opened[0] == "label" for opened in self._open)
            self.controls.append(
                (f"{tag} {given}", {"" if in_label or given.get("aria-label") else given.get("id", "?")})
            )

    def handle_endtag(self, tag: str) -> None:
        if tag in {"a", "button"} and self._said:
            markup, words = self._said.pop()
            if not "".join(words).strip():
                self.silent.append(markup)
        if tag == "form":
            self._form = ""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title":
            self.title += data
        for _, words in self._said:
            words.append(data)

    def _count(self, tag: str, given: Attributes) -> None:
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        elif tag in LANDMARKS:
            self.landmarks.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label" and "for" in given:
            self.labelled.append(given["for"])
        if "tabindex" in given:
            self.tabindexes.append(given["tabindex"])
        self.references += [target for name in REFERRING for target in given.get(name, "").split()]
        self.loaded += [given[name] for name in ("src", "srcset") if name in given]
        if tag in {"link", "use"}:
            self.loaded.append(given.get("href", ""))
