"""Every page that a link leads each persona of the demonstration to, read without a browser."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2

from policies.personas import PERSONAS
from tests.support.markup import Markup, read_markup

ANONYMOUS = ""

OF_EACH_KIND = 5
"""Pages of one kind that one person opens: a directory has as many sheets as there are services, all alike."""


@dataclass(frozen=True)
class Visit:
    """A page as somebody sees it."""

    who: str
    path: str
    status: int
    text: str
    markup: Markup


@dataclass(frozen=True)
class Crawl:
    """The pages, and the cookies that open them."""

    visits: tuple[Visit, ...]
    cookies: dict[str, dict[str, str]]


def kind_of(address: str) -> str:
    """Give an address without what makes one page out of many."""
    path = re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", "{reference}", address)
    return re.sub(r"cenomed-\d+", "{version}", path)


def crawl(address: str) -> Crawl:
    """Follow every link from the first page of each persona, and from the sign-in page without anybody."""
    visits: list[Visit] = []
    cookies = {}
    for who in (ANONYMOUS, *(persona.email for persona in PERSONAS)):
        with httpx2.Client(base_url=address, headers={"Origin": address}, timeout=30) as client:
            if who:
                assert client.post(f"/connexion/demo/{who}", data={"csrf": ""}).status_code == 303
            visits += _followed(client, who)
            cookies[who] = dict(client.cookies)
    return Crawl(tuple(visits), cookies)


def _followed(client: httpx2.Client, who: str) -> Iterator[Visit]:
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    waiting = ["/" if who else "/connexion"]
    while waiting:
        path = waiting.pop()
        if path in seen or kinds[kind_of(path)] >= OF_EACH_KIND:
            continue
        seen.add(path)
        kinds[kind_of(path)] += 1
        answer = client.get(path)
        if who == ANONYMOUS and answer.status_code == 303:
            continue
        if not answer.headers["content-type"].startswith("text/html"):
            continue  # tests/unit/documents says what is checked of these
        yield Visit(who, path, answer.status_code, answer.text, read_markup(answer.text))
        for link in re.findall(r'<a\b[^>]*?href="([^"#]+)', answer.text):
            target = html.unescape(link)
            target = path.partition("?")[0] + target if target.startswith("?") else target
            if target.startswith("/"):
                waiting.append(target)
