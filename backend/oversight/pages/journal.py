"""« Journal »: the last checkpoint, the comparison with one kept elsewhere, the proof of an event."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.kernel.errors import NotFound
from backend.oversight.actions.proving import compare, journal_view, proof_of
from backend.oversight.forms import CheckpointForm
from backend.oversight.views import ComparisonView
from backend.web.forms import PostedForm, read
from backend.web.pages import NOTHING, draw
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DIGITS = 18
"""Digits of a leaf's number at most: the database holds no more."""


@router.get("/journal", dependencies=[acts(Action.UNUSUAL_ACCESS_PROVE)])
def journal(request: Request, uow: Work) -> Response:
    """Show the last checkpoint, and what may be proved."""
    return _journal(request, uow, NOTHING, None, "")


@router.post("/journal/comparaison", dependencies=[acts(Action.UNUSUAL_ACCESS_PROVE)])
def compared(request: Request, uow: Work, form: PostedForm) -> Response:
    """Compare a checkpoint kept elsewhere with the last one; nothing changes."""
    typed = form.one("note")
    with drawn_again(lambda fresh, errors: _journal(request, fresh, errors, None, typed)):
        found = compare(uow, read(CheckpointForm, form).note)
    return _journal(request, uow, NOTHING, found, typed)


@router.get("/journal/point-de-controle", dependencies=[acts(Action.UNUSUAL_ACCESS_PROVE)])
def checkpoint(uow: Work) -> Response:
    """Give the last checkpoint as a file."""
    view = journal_view(uow, None, "")
    if view.note is None:
        raise NotFound
    named = {"Content-Disposition": f'attachment; filename="journal-{view.size}.txt"'}
    return Response(view.note, media_type="text/plain", headers=named)


@router.get("/journal/preuve", dependencies=[acts(Action.UNUSUAL_ACCESS_PROVE)])
def proof(uow: Work, numero: str = "") -> Response:
    """Give the proof of an event as a file."""
    if not numero.isdecimal() or len(numero) > DIGITS:
        raise NotFound
    written = proof_of(uow, int(numero))
    named = {"Content-Disposition": f'attachment; filename="{int(numero)}.tlog-proof"'}
    return Response(written, media_type="text/plain", headers=named)


def _journal(
    request: Request, uow: UnitOfWork, errors: Mapping[str, str], comparison: ComparisonView | None, typed: str
) -> Response:
    view = journal_view(uow, comparison, typed)
    return draw(request, "oversight/journal.html", "Journal", view, errors=errors)
