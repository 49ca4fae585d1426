"""The boundary of a request: its body is read whole, then it takes a slot, then its answer is sent.

One slot per pooled connection, or sync endpoints that wait for a connection while holding a thread deadlock (measured:
0 requests a second at 100 connections). A client that never finishes its body holds no slot; an answer is complete
before the commit and is sent after the slot is freed, so a slow reader holds none either (architecture.md section 6).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.kernel.errors import Forbidden, NotFound, Refusal, TooLarge, Unavailable

BODY_DEADLINE = 10.0
"""Seconds in which a client must have sent its whole body."""

BODY_LIMIT = 64 * 1024
"""Bytes of a body; the longest form is under 20,000."""

QUEUE_LIMIT = 2000
"""Requests that may wait for a slot."""

QUEUE_PATIENCE = 30.0
"""Seconds that a request waits for a slot."""

WITHOUT_SLOT = ("/static/", "/sante", "/pret")
"""Paths that need no connection."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Answer = Callable[[Request, Refusal], Response]
OnFault = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(slots=True)
class Boundary:
    """ASGI middleware, the outermost but for the headers."""

    app: ASGIApp
    slots: int
    origins: frozenset[str]
    answer: Answer
    on_fault: OnFault
    _turns: asyncio.Semaphore = field(init=False)
    _waiting: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Lay the slots out."""
        self._turns = asyncio.Semaphore(self.slots)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through, or answer it here when it may not enter."""
        if scope["type"] != "http" or scope["path"].startswith(WITHOUT_SLOT):
            await self.app(scope, receive, send)
            return
        # Faults end here: beyond, the framework would log their message, which may hold what somebody typed.
        try:
            _refuse_nul(scope)
            _check_origin(scope, self.origins)
            body = await _read_body(scope, receive)
            messages = await self._in_turn(scope, body)
        except Refusal as refusal:
            await self.answer(Request(scope), refusal)(scope, receive, send)
            return
        except Exception as fault:  # noqa: BLE001  every fault is answered without a word of its own
            await (await self.on_fault(Request(scope), fault))(scope, receive, send)
            return
        for message in messages:
            await send(message)

    async def _in_turn(self, scope: Scope, body: bytes) -> list[Message]:
        if self._waiting >= QUEUE_LIMIT:
            raise Unavailable
        self._waiting += 1
        try:
            await asyncio.wait_for(self._turns.acquire(), QUEUE_PATIENCE)
        except TimeoutError:
            raise Unavailable from None
        finally:
            self._waiting -= 1
        scope["cenacle.body"] = body
        sent = False
        messages: list[Message] = []

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            messages.append(message)

        try:
            await self.app(scope, replay, keep)
        finally:
            self._turns.release()
        return messages


def _refuse_nul(scope: Scope) -> None:
    """Answer an address with a NUL as one that leads nowhere: PostgreSQL refuses to look it up."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        raise NotFound


def _check_origin(scope: Scope, origins: frozenset[str]) -> None:
    """Refuse an unsafe request that another site made the browser send; the API reads no cookie and needs no check.

    `Referrer-Policy: no-referrer` makes a browser write « Origin: null » on the forms of our own pages (Fetch, « append
    a request Origin header »): there, `Sec-Fetch-Site` alone tells them from those of a sandboxed or foreign page.
    """
    if scope["method"] in SAFE_METHODS or scope["path"].startswith("/api/"):
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "same-origin" if origin in origins else "unknown")
    if site != "same-origin" or origin not in {*origins, "null", None}:
        raise Forbidden("Cet envoi ne vient pas d'une page de Cénacle. Ouvrez la page, puis recommencez.")


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    if scope["method"] in SAFE_METHODS:
        return b""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Unavailable
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > BODY_LIMIT:
                    raise TooLarge
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise Unavailable("Votre envoi n'est pas arrivé entier. Vérifiez votre connexion, puis recommencez.") from None
