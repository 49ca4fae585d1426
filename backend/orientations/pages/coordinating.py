"""A family's information and its letter, and the preview of what leaves: the coordinator's pages."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import StepUpRequired
from backend.orientations.actions.informing import except_notice, inform, write_letter
from backend.orientations.actions.transmitting import transmit, transmit_to_crip
from backend.orientations.forms import ExceptionForm, InformationForm, LetterForm, TransmissionForm
from backend.orientations.queries.sheets import family_view, preview_of_orientation, preview_to_crip
from backend.orientations.views import PreviewView, family_page_view
from backend.situations.models import Situation
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "enregistree": "L'information de la famille est enregistrée.",
    "exception": "L'exception est enregistrée. Elle est à décider de nouveau à chaque examen.",
}
"""What the page says after a change; the address carries the word only."""

Preview = Callable[[UnitOfWork, str, Mapping[str, object]], PreviewView]


@router.get("/situations/{reference}/famille", dependencies=[acts(Action.SITUATION_INFORM)])
def family(request: Request, uow: Work, reference: str) -> Response:
    """Show how a family was informed, and ask what was done."""
    return _family(request, uow, reference, {}, NOTHING)


@router.post("/situations/{reference}/famille", dependencies=[acts(Action.SITUATION_INFORM)])
def informed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record what was done on a day."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _family(request, fresh, reference, typed, errors)):
        inform(uow, reference, read(InformationForm, form), version=version_of(form))
    return see(f"/situations/{reference}/famille?fait=enregistree")


@router.post("/situations/{reference}/famille/exception", dependencies=[acts(Action.SITUATION_INFORM)])
def excepted(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Decide that a family is not informed, until the next examination."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _family(request, fresh, reference, typed, errors)):
        except_notice(uow, reference, read(ExceptionForm, form), version=version_of(form))
    return see(f"/situations/{reference}/famille?fait=exception")


@router.post("/situations/{reference}/famille/lettre", dependencies=[acts(Action.SITUATION_WRITE_LETTER)])
def letter(uow: Work, form: PostedForm, reference: str) -> Response:
    """Give the letter to a family; asks for a fresh second factor first."""
    read(LetterForm, form)
    try:
        written = write_letter(uow, reference)
    except StepUpRequired:
        return see(f"/confirmation?suite=/situations/{reference}/famille")
    named = {"Content-Disposition": 'attachment; filename="lettre-information.pdf"'}
    return Response(written, media_type="application/pdf", headers=named)


@router.get("/situations/{reference}/transmission-crip", dependencies=[acts(Action.SITUATION_TRANSMIT)])
def to_crip(request: Request, uow: Work, reference: str) -> Response:
    """Show what would leave to the CRIP, without waiting for a meeting."""
    return _preview(request, uow, reference, preview_to_crip, {}, NOTHING)


@router.post("/situations/{reference}/transmission-crip", dependencies=[acts(Action.SITUATION_TRANSMIT)])
def sent_to_crip(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Send to the CRIP."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _preview(request, fresh, reference, preview_to_crip, typed, errors)):
        transmit_to_crip(uow, reference, read(TransmissionForm, form), version=version_of(form))
    return see(f"/situations/{reference}/suites?fait=envoyee")


@router.get("/orientations/{reference}/transmission", dependencies=[acts(Action.ORIENTATION_TRANSMIT)])
def transmission(request: Request, uow: Work, reference: str) -> Response:
    """Show what would leave for an orientation."""
    return _preview(request, uow, reference, preview_of_orientation, {}, NOTHING)


@router.post("/orientations/{reference}/transmission", dependencies=[acts(Action.ORIENTATION_TRANSMIT)])
def sent(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Send for an orientation."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _preview(request, fresh, reference, preview_of_orientation, typed, errors)):
        row = transmit(uow, reference, read(TransmissionForm, form), version=version_of(form))
    return see(f"/situations/{uow.session.get_one(Situation, row.situation_id).reference}/suites?fait=envoyee")


def _family(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_INFORM)
    view = family_page_view(family_view(uow, situation), typed, uow.today())
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "orientations/family.html", "Information de la famille", view, errors=errors, notice=notice)


def _preview(
    request: Request,
    uow: UnitOfWork,
    reference: str,
    preview: Preview,
    typed: Mapping[str, object],
    errors: Mapping[str, str],
) -> Response:
    view = preview(uow, reference, typed)
    return draw(request, "orientations/preview.html", "Transmettre", (view, request.url.path), errors=errors)
