"""JSON under `/api/v1`: versions as entity tags (RFC 9110), problem details (RFC 9457) in `problems`."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header
from starlette.responses import Response

from backend.kernel.errors import Stale, VersionRequired

IfMatch = Annotated[str | None, Header()]
"""The entity tag of the version that was read; a change without it is refused with 428."""

_TAG = re.compile(r'"(\d{1,9})"', re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a change answers: the row, its stage and its new version."""

    reference: str
    stage: str
    version: int


def version_in(if_match: str | None) -> int:
    """Read an entity tag; raise `VersionRequired` without one, `Stale` for one that is not ours."""
    if if_match is None:
        raise VersionRequired
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise Stale
    return int(found[1])


def tag(response: Response, version: int) -> None:
    """Write the entity tag of a version."""
    response.headers["ETag"] = f'"{version}"'
