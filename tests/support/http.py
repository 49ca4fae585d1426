"""A person's browser and a program's client in front of the whole application, as they really meet it.

The browser keeps its cookies and sends the forms that it read, with the hidden fields and the token of the page; the
program carries a bearer token and nothing else. Neither follows a redirect.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from httpx2 import Response
from starlette.testclient import TestClient

Values = str | Iterable[str]
"""What a field is filled with: one text, or one per value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form, as it would be sent if nobody touched it."""

    name: str
    value: str
    typed: bool


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes and what it would send untouched."""

    action: str
    fields: list[Field] = field(default_factory=list)

    def filled(self, fields: Mapping[str, Values]) -> list[tuple[str, str]]:
        """Give what is sent once some fields are filled, the others left as they were shown."""
        left = [(item.name, item.value) for item in self.fields if item.name not in fields]
        return left + list(pairs(fields))

    def shown(self) -> dict[str, tuple[str, ...]]:
        """Give what the form shows as already typed or chosen, by field; what is hidden is not shown."""
        names = dict.fromkeys(item.name for item in self.fields if item.typed)
        return {name: tuple(item.value for item in self.fields if item.name == name) for name in names}


@dataclass(slots=True)
class Browser:
    """Somebody's browser."""

    client: TestClient
    origin: str

    def get(self, path: str) -> Response:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, fields: Mapping[str, Values] | Iterable[tuple[str, str]], **headers: str) -> Response:
        """Send fields, without reading any page first; the token is the caller's business."""
        sent = list(pairs(fields)) if isinstance(fields, Mapping) else list(fields)
        return self.raw(path, urlencode(sent).encode(), **headers)

    def raw(self, path: str, body: bytes, **headers: str) -> Response:
        """Send bytes as a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self.client.post(path, content=body, headers=kind | headers)

    def send(self, page: str, fields: Mapping[str, Values], action: str | None = None) -> Response:
        """Open a page, fill its form and send it."""
        opened = self.get(page)
        assert opened.status_code == 200, f"{page} answered {opened.status_code}"
        return self.resend(opened, fields, action or page)

    def resend(self, page: Response, fields: Mapping[str, Values], action: str) -> Response:
        """Fill a form of a page already open, and send it."""
        return self.post(action, form_of(page, action).filled(fields))

    def csrf(self) -> str:
        """Give the token that this person's pages carry, read from a page that everybody may open."""
        return token_of(self.get("/aide"))


@dataclass(slots=True)
class Program:
    """A program that acts for somebody with a bearer token."""

    client: TestClient
    token: str | None

    def get(self, path: str, **headers: str) -> Response:
        """Read."""
        return self.client.get(path, headers=self._headers(headers))

    def post(self, path: str, body: object, **headers: str) -> Response:
        """Send a JSON body."""
        return self.client.post(path, json=body, headers=self._headers(headers))

    def raw(self, path: str, body: bytes, **headers: str) -> Response:
        """Send bytes as JSON."""
        return self.client.post(
            path, content=body, headers=self._headers({"Content-Type": "application/json"} | headers)
        )

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        bearer = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return bearer | {name.replace("_", "-"): value for name, value in headers.items()}


def pairs(fields: Mapping[str, Values]) -> Iterable[tuple[str, str]]:
    """Give the pairs that a form sends."""
    for name, values in fields.items():
        for value in (values,) if isinstance(values, str) else values:
            yield name, value


def forms_of(page: Response) -> list[Form]:
    """Give the forms of a page."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


def form_of(page: Response, action: str) -> Form:
    """Give the first form of a page that goes to an address; raise `LookupError` when there is none."""
    for form in forms_of(page):
        if form.action == action:
            return form
    raise LookupError(f"no form to {action}")


def token_of(page: Response) -> str:
    """Give the token that the forms of a page carry, or an empty text."""
    return next((item.value for form in forms_of(page) for item in form.fields if item.name == "csrf"), "")


def links_of(page: Response) -> list[str]:
    """Give the addresses that a page links to."""
    return [html.unescape(link) for link in re.findall(r'<a\b[^>]*?href="([^"]*)"', page.text)]


def title_of(page: Response) -> str:
    """Give the title of a page."""
    [title] = re.findall(r"<title>(.*?)</title>", page.text, re.DOTALL)
    return html.unescape(str(title))


def words_of(page: Response) -> str:
    """Give what a page says, without its markup."""
    text = re.sub(r"<(script|style|title)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


class _Forms(HTMLParser):
    """Reads the forms of a page as a browser does: unticked boxes and buttons send nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select: str | None = None
        self._option: str | None = None
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif not self.forms:
            return
        elif tag == "input" and "name" in given:
            self._input(given)
        elif tag == "select":
            self._select, self._option = given.get("name", ""), None
        elif tag == "option" and self._select is not None and ("selected" in given or self._option is None):
            self._option = given.get("value", "")
        elif tag == "textarea":
            self._area = (given.get("name", ""), [])

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            self._keep(self._select, self._option or "", typed=True)
            self._select = None
        elif tag == "textarea" and self._area is not None:
            # The first line break after the tag is markup, not text.
            self._keep(self._area[0], "".join(self._area[1]).removeprefix("\n"), typed=True)
            self._area = None

    def _input(self, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"radio", "checkbox"} and "checked" not in given:
            return
        self._keep(given["name"], given.get("value", "on"), typed=kind != "hidden")

    def _keep(self, name: str, value: str, *, typed: bool) -> None:
        self.forms[-1].fields.append(Field(name, value, typed))
