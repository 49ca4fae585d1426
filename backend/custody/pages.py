"""« Clés »: how old they are and what is behind, a suspicion to state, situations to seal again."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.custody.actions.marking import suspect
from backend.custody.actions.resealing import reseal_cell
from backend.custody.forms import SuspicionForm
from backend.custody.queries import keys_view, suspicion_page
from backend.web.fields import FieldView, FormView, options
from backend.web.forms import PostedForm, read
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

HOME = ("Clés", "/cles")

LEAD = (
    "Les clés de cette cellule seront renouvelées dans la minute, puis chaque situation rescellée dès que quelqu'un "
    "l'ouvrira. Rien ne s'arrête et rien ne se perd. Le délégué à la protection des données est prévenu ; si une "
    "donnée a pu être lue, déclarez aussi la violation."
)

DONE = {
    "suspicion": "C'est noté : les clés de la cellule seront renouvelées dans la minute.",
    "rescellement": "Les situations sont rescellées, cent au plus à la fois. Recommencez s'il en reste.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/cles", dependencies=[acts(Action.CELL_KEYS)])
def listed(request: Request, uow: Work) -> Response:
    """Show where the keys stand."""
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "custody/keys.html", HOME[0], keys_view(uow), notice=notice)


@router.get("/cles/{reference}/suspicion", dependencies=[acts(Action.CELL_SUSPECT)])
def suspecting(request: Request, uow: Work, reference: str) -> Response:
    """Ask why the keys of a cell are suspected."""
    return _suspecting(request, uow, reference, {}, NOTHING)


@router.post("/cles/{reference}/suspicion", dependencies=[acts(Action.CELL_SUSPECT)])
def suspected(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """State a suspicion on the keys of a cell."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _suspecting(request, fresh, reference, typed, errors)):
        suspect(uow, reference, read(SuspicionForm, form))
    return see("/cles?fait=suspicion")


@router.post("/cles/{reference}/rescellement", dependencies=[acts(Action.CELL_RESEAL)])
def resealed(uow: Work, _form: PostedForm, reference: str) -> Response:
    """Seal situations of a cell again, a hundred at most."""
    reseal_cell(uow, reference)
    return see("/cles?fait=rescellement")


def _suspecting(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    name, grounds = suspicion_page(uow, reference)
    fields = (FieldView("choice", "ground", "Ce qui fait douter", options=options(grounds)),)
    view = FormView((HOME, (name, "")), LEAD, f"/cles/{reference}/suspicion", "Renouveler les clés", fields, typed)
    return draw(request, "layouts/form.html", f"Clés de la cellule {name} : une suspicion", view, errors=errors)
