"""The coordinator's lists, and the sheet of a situation for who may read it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.boards.queries.lists import sheet, situations_list
from backend.boards.queries.support import support_view
from backend.kernel.errors import NotFound
from backend.signalements.actions.merging import alias
from backend.web.pages import draw, see
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "qualifiee": "La décision est enregistrée.",
    "renvoyee": "Le signalement est renvoyé à son auteur.",
    "rattachee": "La situation est rattachée à celle-ci.",
    "transmise": "La situation est transmise à la cellule compétente.",
    "relue": "La relecture est enregistrée.",
    "sortie": "La sortie est enregistrée.",
    "sorties-lues": "Vous avez pris connaissance des sorties.",
    "recherche": "La recherche préalable est ouverte aux membres de la cellule.",
    "invite": "L'invitation est enregistrée.",
    "invite-retire": "L'invitation est retirée.",
    "close": "La situation est close.",
    "parquet": "Les situations sont transmises au parquet.",
}
"""What the page says after a change; the address carries the word only."""

SENT = "La transmission est envoyée. Le service est prévenu par un courriel qui ne dit rien de la situation."


@router.get("/situations", dependencies=[acts(Action.SITUATION_READ)])
def situations(request: Request, uow: Work, groupe: str = "a-qualifier", apres: str | None = None) -> Response:
    """Show one group of the coordinator's situations."""
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "boards/situations.html", "Situations", situations_list(uow, groupe, apres), notice=notice)


@router.get("/situations/{reference}", dependencies=[acts(Action.SITUATION_READ)])
def situation(request: Request, uow: Work, reference: str) -> Response:
    """Show a situation; the reference of one that was merged leads to the one that absorbed it."""
    notice = DONE.get(request.query_params.get("fait", ""))
    try:
        return draw(request, "boards/sheet.html", f"Situation {reference}", sheet(uow, reference), notice=notice)
    except NotFound:
        if absorbing := alias(uow, reference):
            return see(f"/situations/{absorbing}")
        raise


@router.get("/situations/{reference}/suites", dependencies=[acts(Action.SITUATION_TRANSMIT)])
def support(request: Request, uow: Work, reference: str) -> Response:
    """Show what was decided and sent for a situation, and what came back."""
    notice = SENT if request.query_params.get("fait") == "envoyee" else None
    return draw(
        request, "boards/support.html", "Orientations et transmissions", support_view(uow, reference), notice=notice
    )
