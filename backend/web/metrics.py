"""Counts and durations of requests, for the operator's Prometheus, on a local port: no path, nobody."""

from dataclasses import dataclass
from time import perf_counter

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("cenacle_requests", "Requêtes, par méthode et par statut.", ["method", "status"])
DURATION = Histogram("cenacle_request_seconds", "Durée des requêtes, attente d'une place comprise.", ["method"])

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""Methods that have a label of their own: what a client invents must not make a series."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """ASGI middleware that counts what passes."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request and its time."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        started = perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                REQUESTS.labels(method, str(message["status"])).inc()
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            DURATION.labels(method).observe(perf_counter() - started)
