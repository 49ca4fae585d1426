"""The durations in force, and the decisions of the Ville: enter one, preview it, give the DPO's opinion."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.purge.actions.durations import advise, enter_duration
from backend.purge.forms import DurationForm, OpinionForm
from backend.purge.models import RetentionDecision
from backend.purge.queries.durations import decision_page, durations_view
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.retention import rules

router = APIRouter(include_in_schema=False)

DONE = {
    "saisie": "La décision est enregistrée. Elle s'appliquera après l'avis favorable du délégué.",
    "avis": "Votre avis est enregistré.",
}
"""What the page says after a change; the address carries the word only."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """The form of a decision: the durations that may be decided, with their bounds, and what was typed."""

    options: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]


@router.get("/conservation", dependencies=[acts(Action.RETENTION_DECISION_READ)])
def durations(request: Request, uow: Work) -> Response:
    """Show every duration in force, and the decisions."""
    return draw(request, "purge/durations.html", "Durées de conservation", durations_view(uow))


@router.get("/conservation/decisions", dependencies=[acts(Action.RETENTION_DECISION_ENTER)])
def entry(request: Request, uow: Work) -> Response:
    """Ask what the Ville decided."""
    return _entry(request, uow, {}, NOTHING)


@router.post("/conservation/decisions", dependencies=[acts(Action.RETENTION_DECISION_ENTER)])
def entered(request: Request, uow: Work, form: PostedForm) -> Response:
    """Record a decision."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _entry(request, fresh, typed, errors)):
        row = enter_duration(uow, read(DurationForm, form))
    return see(f"/conservation/decisions/{row.reference}?fait=saisie")


def _entry(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    gate.require(uow, RetentionDecision(), Action.RETENTION_DECISION_ENTER)
    options = tuple(
        (found.kind.value, f"{found.kind.label} ({found.minimum_months} à {found.maximum_months} mois)")
        for found in rules()
        if found.is_decidable
    )
    view = EntryView(options, typed)
    return draw(request, "purge/entry.html", "Enregistrer une durée décidée", view, errors=errors)


@router.get("/conservation/decisions/{reference}", dependencies=[acts(Action.RETENTION_DECISION_READ)])
def decision(request: Request, uow: Work, reference: str) -> Response:
    """Show a decision and what it would change."""
    return _decision(request, uow, reference, NOTHING)


@router.post("/conservation/decisions/{reference}/avis", dependencies=[acts(Action.RETENTION_DECISION_ADVISE)])
def advised(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record the DPO's opinion."""
    with drawn_again(lambda fresh, errors: _decision(request, fresh, reference, errors)):
        advise(uow, reference, read(OpinionForm, form).opinion, version=version_of(form))
    return see(f"/conservation/decisions/{reference}?fait=avis")


def _decision(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = decision_page(uow, reference)
    return draw(request, "purge/decision.html", f"Décision {reference}", view, errors=errors, notice=notice)
