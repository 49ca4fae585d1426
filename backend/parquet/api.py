"""JSON of the parquet's filter."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.parquet.actions import Given, answer, send
from backend.parquet.forms import AnswerForm, SendForm
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["parquet"])


@router.post("/situations/transmission-parquet", dependencies=[acts(Action.SITUATION_SEND)])
def sent(uow: Work, form: SendForm) -> list[Stamp]:
    """Send admissible situations to the parquet, all or none."""
    return [Stamp(row.reference, row.stage, row.version) for row in send(uow, form)]


@router.post("/situations/{reference}/reponse-parquet", dependencies=[acts(Action.SITUATION_ANSWER)])
def answered(uow: Work, response: Response, reference: str, form: AnswerForm, if_match: IfMatch = None) -> Stamp:
    """Answer for the parquet, or correct an answer; `If-Match` names the version that was read."""
    (situation,) = answer(uow, {reference: Given(form.answer, version_in(if_match))})
    tag(response, situation.version)
    return Stamp(situation.reference, situation.stage, situation.version)
