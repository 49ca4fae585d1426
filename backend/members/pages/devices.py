"""The cookie by which a device is recognised at its next sign-in; it opens nothing."""

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from backend.kernel.identifiers import new_secret
from backend.members.actions.devices import Visit
from backend.web.session import give_secret, read_secret
from policies.sign_in import DEVICE_DAYS

COOKIE = "cenacle-appareil"


def visit_of(request: Request) -> Visit:
    """Give from where somebody comes; a device that has no cookie yet is given a secret, to be remembered by."""
    return Visit(read_secret(request, COOKIE) or new_secret(), request.headers.get("User-Agent", ""))


def remember(request: Request, response: Response, visit: Visit) -> None:
    """Let the device of somebody who has just signed in be recognised."""
    life = int(timedelta(days=DEVICE_DAYS).total_seconds())
    give_secret(request, response, visit.secret, name=COOKIE, life=life)
