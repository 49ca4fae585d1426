"""JSON of intake and qualification: the same verbs and views as the pages, in another costume."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import JSONResponse, Response

from backend.authorization.idempotency import Sending
from backend.signalements.actions.qualification import qualify
from backend.signalements.actions.submission import divert, submit_directly
from backend.signalements.forms import QualificationForm, SignalementForm
from backend.signalements.queries.rows import my_drafts, my_receipts
from backend.signalements.views.intake import ReceiptView, receipt_view
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action
from policies.vocabulary import Diversion

ELSEWHERE = {
    Diversion.IMMEDIATE_DANGER: "Danger immédiat ou grave : appelez le 17, le 119, ou la CRIP 75, sans attendre.",
    Diversion.SCHOOL_OFFENCE: "Infraction commise à l'école : le chef d'établissement saisit le dispositif RIMS.",
    Diversion.RADICALISATION: "Crainte de radicalisation : appelez le 0 800 005 696 (CPRAF).",
}
"""Where to turn, for each diversion."""

router = APIRouter(prefix="/api/v1", tags=["signalements"])


@router.post("/signalements", status_code=201, dependencies=[acts(Action.CELL_SUBMIT)], response_model=ReceiptView)
def submitted(
    request: Request,
    uow: Work,
    form: SignalementForm,
    idempotency_key: Annotated[str | None, Header(max_length=64)] = None,
) -> ReceiptView | Response:
    """Submit a signalement; `Idempotency-Key` makes a repetition harmless."""
    if diversion := divert(uow, form):
        return JSONResponse(
            {
                "type": "urn:cenacle:diverted",
                "title": "Une autre voie est nécessaire",
                "status": 422,
                "detail": ELSEWHERE[diversion],
            },
            422,
            media_type="application/problem+json",
        )
    sending = None if idempotency_key is None else Sending(idempotency_key, request.scope["cenacle.body"])
    receipt = submit_directly(uow, form, sending)
    return receipt_view(receipt, ())


@router.get("/signalements", dependencies=[acts(Action.RECEIPT_READ)])
def receipts(uow: Work) -> list[ReceiptView]:
    """Give the person's receipts, the latest first."""
    drafts = my_drafts(uow)
    return [receipt_view(receipt, drafts) for receipt in my_receipts(uow)]


@router.post("/situations/{reference}/qualification", dependencies=[acts(Action.SITUATION_QUALIFY)])
def qualified(
    uow: Work, response: Response, reference: str, form: QualificationForm, if_match: IfMatch = None
) -> Stamp:
    """Qualify a situation; `If-Match` names the version that was read."""
    situation = qualify(uow, reference, form, version=version_in(if_match))
    tag(response, situation.version)
    return Stamp(situation.reference, situation.stage, situation.version)
