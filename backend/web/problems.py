"""Refusals and faults as people and programs read them: a French page, or RFC 9457 problem details.

A refusal is journalled in a transaction of its own, so that it survives the rollback of its request. A fault shows
neither trace nor value: its log line is the exception's class and the places it went through.
"""

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from backend.audit.events import refused
from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import (
    CharterRefusal,
    InvalidInput,
    NotFound,
    Refusal,
    SignInRequired,
    Stale,
    TooLarge,
    Unavailable,
    WrongMethod,
    WrongMoment,
)
from backend.web.forms import french_errors
from backend.web.pages import draw, see
from backend.web.requests import Declaration, Identified, house_of

DrawWith = Callable[[UnitOfWork, Mapping[str, str]], Response]
"""How to draw a page again: in a fresh unit of work, with a sentence per field."""

LOG = logging.getLogger("cenacle")


def answer(request: Request, refusal: Refusal) -> Response:
    """Give the answer of a refusal: problem details under `/api/`, a page elsewhere."""
    retry = getattr(refusal, "retry_after", None)
    if request.url.path.startswith("/api/"):
        problem: dict[str, object] = {
            "type": f"urn:cenacle:{refusal.code}",
            "title": refusal.title,
            "status": refusal.status,
            "detail": refusal.detail,
        }
        if isinstance(refusal, InvalidInput):
            problem["errors"] = refusal.errors
        response: Response = JSONResponse(problem, refusal.status, media_type="application/problem+json")
        if isinstance(refusal, SignInRequired):
            response.headers["WWW-Authenticate"] = 'Bearer realm="cenacle"'
    elif isinstance(refusal, SignInRequired) and request.method == "GET":
        return see(f"/connexion?suite={quote(request.url.path)}")
    else:
        response = draw(request, "error.html", refusal.title, refusal, status=refusal.status)
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    return response


async def on_refusal(request: Request, refusal: Exception) -> Response:
    """Journal a refusal, then answer it."""
    if not isinstance(refusal, Refusal):
        raise TypeError(type(refusal).__name__)
    await run_in_threadpool(_record, request, refusal)
    return await run_in_threadpool(answer, request, refusal)


def _record(request: Request, refusal: Refusal) -> None:
    """Write the refusal down in a transaction of its own; an unreachable store is already being answered 503.

    An address that no route has is nobody's to refuse: strangers would write the journal, and take a connection.
    """
    declaration: Declaration | None = getattr(request.state, "declaration", None)
    if isinstance(refusal, Unavailable) or declaration is None:
        return
    identified: Identified | None = getattr(request.state, "identified", None)
    event = refused(refusal, declaration.action, request.path_params.get("reference"))
    house_of(request).journal.record_refusal(event, account=identified.actor.account if identified else None)


@contextmanager
def drawn_again(draw_with: DrawWith) -> Iterator[None]:
    """Draw the page of a form again when what was sent is refused, with what was typed and the errors beside it.

    The request's transaction is rolled back whole; the page is drawn in another one.
    """
    try:
        yield
    except (InvalidInput, CharterRefusal, WrongMoment, Stale) as refusal:
        raise DrawnAgain(refusal, draw_with) from None


class DrawnAgain(Exception):  # noqa: N818  an answer, not a fault
    """A refusal, and how to draw the page that was sent."""

    def __init__(self, refusal: Refusal, draw_with: DrawWith) -> None:
        """Keep both."""
        super().__init__(refusal.code)
        self.refusal = refusal
        self.draw_with = draw_with


async def on_drawn_again(request: Request, again: Exception) -> Response:
    """Journal the refusal, then draw the page again in a transaction of its own."""
    if not isinstance(again, DrawnAgain):
        raise TypeError(type(again).__name__)
    await run_in_threadpool(_record, request, again.refusal)
    return await run_in_threadpool(_draw_again, request, again)


def _draw_again(request: Request, again: DrawnAgain) -> Response:
    identified: Identified | None = getattr(request.state, "identified", None)
    refusal = again.refusal
    errors = refusal.errors if isinstance(refusal, InvalidInput) and refusal.errors else {"": refusal.detail}
    with house_of(request).transaction(identified.actor if identified else ANONYMOUS) as uow:
        response = again.draw_with(uow, errors)
    response.status_code = refusal.status
    return response


async def on_fault(request: Request, fault: Exception) -> Response:
    """Answer a fault: 503 when a store cannot be reached or is full, 500 otherwise; nothing of it is shown.

    Two requests that insert the same thing at once end in an integrity error: sent again, the second finds the first.
    """
    if isinstance(fault, (OperationalError, IntegrityError, PoolTimeout)):
        return await run_in_threadpool(answer, request, Unavailable())
    frames = traceback.extract_tb(fault.__traceback__)[-6:]
    LOG.error("%s at %s", type(fault).__name__, " < ".join(f"{frame.name}:{frame.lineno}" for frame in frames))
    refusal = Refusal("Une erreur est survenue de notre côté. Rien n'a été enregistré à moitié ; réessayez.")
    refusal.status, refusal.code, refusal.title = 500, "fault", "Erreur du service"
    return await run_in_threadpool(answer, request, refusal)


async def on_invalid(request: Request, invalid: Exception) -> Response:
    """Answer a JSON body that does not fit its shape, without the input that FastAPI would echo."""
    errors = invalid.errors() if isinstance(invalid, RequestValidationError) else []
    return await on_refusal(request, InvalidInput(french_errors(errors)))


async def on_http(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: unknown path, wrong method, body too large."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 413:  # noqa: PLR2004
        return await on_refusal(request, TooLarge())
    if status == 400:  # noqa: PLR2004
        return await on_refusal(request, InvalidInput({}, "Le corps de la requête n'est pas un JSON valide."))
    if status == 405:  # noqa: PLR2004
        return await on_refusal(request, WrongMethod())
    return await on_refusal(request, NotFound())


def install(app: FastAPI) -> None:
    """Put every handler in place, but the one for faults: the boundary has it."""
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(DrawnAgain, on_drawn_again)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(OperationalError, on_fault)
    app.add_exception_handler(IntegrityError, on_fault)
    app.add_exception_handler(PoolTimeout, on_fault)
