"""« Archive intermédiaire »: what is archived, the requests to open it, and the one page that shows an open archive."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.archives.actions import ask_opening, decide_opening, end_opening
from backend.archives.forms import DecisionForm, OpeningForm
from backend.archives.models import ArchiveOpening
from backend.archives.queries import archived, archives_view, opening_view, reach_cells, reading
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.web.fields import FieldView, FormView, options
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.archive_words import REASON_LENGTH, OpeningGround

router = APIRouter(include_in_schema=False)

HOME = ("Archive intermédiaire", "/archives")

LEAD = (
    "Le délégué à la protection des données lira votre motif, puis signera ou refusera. Signée, la situation vous est "
    "ouverte en lecture, à vous seul, pendant 24 heures ; chaque lecture est inscrite au journal."
)

FIELDS = (
    FieldView("choice", "ground", "Raison", options=options(OpeningGround)),
    FieldView(
        "textarea",
        "reason",
        "Motif écrit",
        f"En une phrase, {REASON_LENGTH} caractères au plus. Ne nommez et ne décrivez personne : "
        "la référence de la situation suffit.",
        maxlength=REASON_LENGTH,
    ),
)

DONE = {
    "demande": "La demande est adressée au délégué à la protection des données. Un courriel vous préviendra.",
    "decision": "Votre décision est enregistrée. Le coordonnateur est prévenu par un courriel.",
    "fin": "C'est terminé : plus personne ne lit cette situation.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/archives", dependencies=[acts(Action.ARCHIVE_OPENING_READ)])
def listed(request: Request, uow: Work, apres: str | None = None) -> Response:
    """Show what is archived in the person's cells, and the openings."""
    return draw(request, "archives/list.html", HOME[0], archives_view(uow, apres))


@router.get("/archives/situations/{reference}", dependencies=[acts(Action.ARCHIVE_OPENING_ASK)])
def asking(request: Request, uow: Work, reference: str) -> Response:
    """Ask why an archived situation is to be opened; the second factor comes first, so that nothing typed is lost."""
    archived(uow, reference)
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite=/archives/situations/{reference}")
    return _asking(request, uow, reference, {}, NOTHING)


@router.post("/archives/situations/{reference}", dependencies=[acts(Action.ARCHIVE_OPENING_ASK)])
def asked(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Ask the DPO to open an archived situation."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _asking(request, fresh, reference, typed, errors)):
        opening = ask_opening(uow, reference, read(OpeningForm, form))
    return see(f"/archives/ouvertures/{opening.reference}?fait=demande")


def _asking(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    archived(uow, reference)
    title = f"Demander l'ouverture de {reference}"
    view = FormView(
        (HOME, (title, "")), LEAD, f"/archives/situations/{reference}", "Demander l'ouverture", FIELDS, typed
    )
    return draw(request, "layouts/form.html", title, view, errors=errors)


@router.get("/archives/ouvertures/{reference}", dependencies=[acts(Action.ARCHIVE_OPENING_READ)])
def opening_page(request: Request, uow: Work, reference: str) -> Response:
    """Show a request or an opening, with what the person may do about it."""
    return _opening(request, uow, reference, NOTHING)


@router.post("/archives/ouvertures/{reference}/decision", dependencies=[acts(Action.ARCHIVE_OPENING_DECIDE)])
def decided(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Sign or refuse a request, with a fresh second factor."""
    reach_cells(uow)
    row = gate.fetch(uow, ArchiveOpening, reference, to=Action.ARCHIVE_OPENING_READ)
    gate.require(uow, row, Action.ARCHIVE_OPENING_DECIDE)
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite=/archives/ouvertures/{reference}")
    with drawn_again(lambda fresh, errors: _opening(request, fresh, reference, errors)):
        decide_opening(uow, reference, read(DecisionForm, form).decision, version=version_of(form))
    return see(f"/archives/ouvertures/{reference}?fait=decision")


@router.post("/archives/ouvertures/{reference}/fin", dependencies=[acts(Action.ARCHIVE_OPENING_END)])
def ended(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Withdraw a request, or end an opening before its hour."""
    with drawn_again(lambda fresh, errors: _opening(request, fresh, reference, errors)):
        end_opening(uow, reference, version=version_of(form))
    return see(f"/archives/ouvertures/{reference}?fait=fin")


def _opening(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = opening_view(uow, reference)
    return draw(request, "archives/opening.html", f"Ouverture {reference}", view, errors=errors, notice=notice)


@router.get("/archives/ouvertures/{reference}/lecture", dependencies=[acts(Action.ARCHIVE_OPENING_CONSULT)])
def read_page(request: Request, uow: Work, reference: str) -> Response:
    """Show an open archive to who asked for it, with a fresh second factor."""
    row = gate.fetch(uow, ArchiveOpening, reference, to=Action.ARCHIVE_OPENING_READ)
    gate.require(uow, row, Action.ARCHIVE_OPENING_CONSULT)
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite=/archives/ouvertures/{reference}/lecture")
    return draw(request, "archives/reading.html", "Situation archivée", reading(uow, reference))
