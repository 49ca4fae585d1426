"""The cookie of a session, and the token that its forms carry back; what a session is belongs to members.

`__Host-`, Secure, HttpOnly, SameSite=Strict; over plain HTTP, in demo on loopback only, the prefix and Secure go. Only
what must come back with a browser sent by the provider is Lax, and it opens nothing by itself.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Literal

from fastapi import Request
from starlette.responses import Response

from backend.web.requests import house_of

COOKIE = "cenacle"


def is_secure(request: Request) -> bool:
    """Tell whether people reach the service over TLS."""
    return house_of(request).settings.public_url.startswith("https:")


def cookie_name(request: Request, name: str = COOKIE) -> str:
    """Give the name of a cookie, bound to the host over TLS."""
    return f"__Host-{name}" if is_secure(request) else name


def read_secret(request: Request, name: str = COOKIE) -> str:
    """Give the secret that a cookie holds, or an empty text."""
    return request.cookies.get(cookie_name(request, name), "")


def give_secret(
    request: Request,
    response: Response,
    secret: str,
    *,
    name: str = COOKIE,
    life: int | None = None,
    samesite: Literal["strict", "lax"] = "strict",
) -> None:
    """Set a cookie; `life` is in seconds, none ends with the browser."""
    response.set_cookie(
        cookie_name(request, name),
        secret,
        max_age=life,
        secure=is_secure(request),
        httponly=True,
        samesite=samesite,
        path="/",
    )


def take_secret(request: Request, response: Response, *, name: str = COOKIE) -> None:
    """Remove a cookie."""
    response.delete_cookie(
        cookie_name(request, name), path="/", secure=is_secure(request), httponly=True, samesite="strict"
    )


def csrf_token(secret: str) -> str:
    """Give the token of a session's forms: it proves knowledge of the secret without showing it."""
    return urlsafe_b64encode(hmac.digest(secret.encode(), b"csrf", sha256)).decode()
