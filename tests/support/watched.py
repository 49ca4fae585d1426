"""Each page that a functional test is answered, refusals included, is read as RGAA asks: states behind no link."""

from collections import Counter
from urllib.parse import urlsplit

from httpx2 import Response

from tests.support.markup import kind_of, read_page
from tests.support.rgaa import faults

OF_EACH_KIND = 3
"""Pages of one kind and one status that are read in a process; the next are like them."""

_read: Counter[tuple[str, int, bool]] = Counter()


def watch(response: Response) -> None:
    """Read a page that was just answered; raises `AssertionError` with its faults."""
    kind = (kind_of(urlsplit(str(response.url)).path), response.status_code, response.request.method == "POST")
    is_page = response.headers.get("content-type", "").startswith("text/html") and response.request.method != "HEAD"
    if not is_page or _read[kind] >= OF_EACH_KIND:
        return
    _read[kind] += 1
    response.read()
    found = faults(read_page(response.text))
    assert found == [], f"{kind[0]}, {kind[1]}: {found}"
