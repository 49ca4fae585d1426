"""Refusals and faults as people and programs read them: a French page, or RFC 9457 problem details.

A refusal is journalled in a transaction of its own, so that it survives the rollback of its request. A fault shows
neither trace nor value: its log line is the exception's class and the places it went through.
"""

import logging
import traceback
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from backend.audit.events import Refused
from backend.kernel.errors import InvalidInput, NotFound, Refusal, SignInRequired, TooLarge, Unavailable
from backend.web.forms import french_errors
from backend.web.pages import draw, see
from backend.web.requests import Identified, house_of

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
    """Write the refusal down; a store that cannot be written to is already being answered 503."""
    identified: Identified | None = getattr(request.state, "identified", None)
    action = getattr(request.state, "action", None)
    event = Refused(code=refusal.code, status=refusal.status, action=action.value if action else None)
    if isinstance(refusal, Unavailable):
        return
    house_of(request).journal.record_refusal(event, account=identified.actor.account if identified else None)


async def on_fault(request: Request, fault: Exception) -> Response:
    """Answer a fault: 503 when a store cannot be reached or is full, 500 otherwise; nothing of it is shown."""
    if isinstance(fault, (OperationalError, PoolTimeout)):
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
    if status == 405:  # noqa: PLR2004
        refusal = Refusal("Cette adresse ne s'utilise pas ainsi.")
        refusal.status, refusal.code = 405, "method-not-allowed"
        return await on_refusal(request, refusal)
    return await on_refusal(request, NotFound())


def install(app: FastAPI) -> None:
    """Put every handler in place."""
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(OperationalError, on_fault)
    app.add_exception_handler(PoolTimeout, on_fault)
    app.add_exception_handler(Exception, on_fault)
