"""Every page that a link leads somebody to, as that person gets it: what the tests of accessibility look at."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2

from policies.personas import PERSONAS
from tests.support.markup import Markup, kind_of, markup_of, read_page
from tests.support.rgaa import faults

ANONYMOUS = ""
OF_EACH_KIND = 5
"""Pages of one kind that one person opens: a directory has as many sheets as there are services, all alike."""


@dataclass(frozen=True)
class Visit:
    """A page as somebody sees it, and the faults of its markup (tests/support/rgaa.py)."""

    who: str
    path: str
    status: int
    text: str
    markup: Markup
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Crawl:
    """The pages, where they are served, and the cookies that open them."""

    address: str
    visits: tuple[Visit, ...]
    cookies: dict[str, dict[str, str]]


def crawled(address: str) -> Crawl:
    """Follow every link from the first page of each persona, and from the sign-in page without anybody."""
    visits: list[Visit] = []
    cookies = {}
    for who in (ANONYMOUS, *(persona.email for persona in PERSONAS)):
        with httpx2.Client(base_url=address, headers={"Origin": address}, timeout=30) as client:
            if who:
                assert client.post(f"/connexion/demo/{who}", data={"csrf": ""}).status_code == 303
            visits += _followed(client, who)
            cookies[who] = dict(client.cookies)
    return Crawl(address, tuple(visits), cookies)


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
            continue  # tests/support/pdf.py says what is checked of documents
        page = read_page(answer.text)
        yield Visit(who, path, answer.status_code, answer.text, markup_of(page), tuple(faults(page)))
        for link in re.findall(r'<a\b[^>]*?href="([^"#]+)', answer.text):
            target = html.unescape(link)
            target = path.partition("?")[0] + target if target.startswith("?") else target
            if target.startswith("/"):
                waiting.append(target)
