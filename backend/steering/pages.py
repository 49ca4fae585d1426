"""« Pilotage »: the presentation at the rentrée and the COPIL, planned and then said held or not."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import NotFound
from backend.steering.actions import plan_event, settle_event
from backend.steering.forms import OutcomeForm, SteeringForm
from backend.steering.models import SteeringEvent
from backend.steering.queries import presenting_cells, steering_sheet, steering_view
from backend.web.fields import FieldView, FormView
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.steering_words import SteeringKind

router = APIRouter(include_in_schema=False)

HOME = ("Pilotage", "/pilotage")

NOBODY = "120 caractères au plus. Ne nommez et ne décrivez personne."

FIELDS = (
    FieldView("text", "title", "Titre", NOBODY),
    FieldView("date", "day", "Date"),
    FieldView("text", "hour", "Heure", "Par exemple : 14 h 30", maxlength=8),
    FieldView("text", "place", "Lieu", "Par exemple : salle des mariages, mairie du 13e"),
)

KINDS = {"rentree": SteeringKind.PRESENTATION, "copil": SteeringKind.COPIL}
"""What is planned, as addresses name it."""

LEADS = {
    SteeringKind.PRESENTATION: "Sous l'égide du maire et du commissaire central, auprès des partenaires de "
    "l'arrondissement. Aucune situation individuelle n'y est évoquée. Les membres de la cellule reçoivent un courriel.",
    SteeringKind.COPIL: "Les membres du comité et les coordonnateurs reçoivent un courriel. Aucune situation "
    "individuelle n'y est évoquée.",
}

DONE = {
    "programme": "L'événement est programmé. Les personnes concernées sont prévenues.",
    "issue": "L'issue de l'événement est enregistrée.",
}
"""What was just done, by the word that the address carries."""


@router.get("/pilotage", dependencies=[acts(Action.STEERING_EVENT_READ)])
def listed(request: Request, uow: Work) -> Response:
    """Show the events that steer the cells."""
    return draw(request, "steering/list.html", HOME[0], steering_view(uow))


@router.get("/pilotage/nouveau/{kind}", dependencies=[acts(Action.STEERING_EVENT_WRITE)])
def planning(request: Request, uow: Work, kind: str) -> Response:
    """Ask when and where an event is planned."""
    return _planning(request, uow, kind, {}, NOTHING)


@router.post("/pilotage/nouveau/{kind}", dependencies=[acts(Action.STEERING_EVENT_WRITE)])
def planned(request: Request, uow: Work, form: PostedForm, kind: str) -> Response:
    """Plan an event."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _planning(request, fresh, kind, typed, errors)):
        event = plan_event(uow, read(SteeringForm, form, {"kind": _kind(kind)}))
    return see(f"/pilotage/{event.reference}?fait=programme")


@router.get("/pilotage/{reference}", dependencies=[acts(Action.STEERING_EVENT_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show an event."""
    return _sheet(request, uow, reference, {}, NOTHING)


@router.post("/pilotage/{reference}/issue", dependencies=[acts(Action.STEERING_EVENT_WRITE)])
def settled(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Say whether an event was held."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, typed, errors)):
        settle_event(uow, reference, version_of(form), read(OutcomeForm, form))
    return see(f"/pilotage/{reference}?fait=issue")


def _kind(kind: str) -> SteeringKind:
    if kind not in KINDS:
        raise NotFound
    return KINDS[kind]


def _planning(
    request: Request, uow: UnitOfWork, kind: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    wanted = _kind(kind)
    fields: tuple[FieldView, ...] = FIELDS
    if wanted is SteeringKind.COPIL:
        require(uow, SteeringEvent(kind=wanted), Action.STEERING_EVENT_WRITE)
    else:
        cells = presenting_cells(uow)
        require(uow, SteeringEvent(kind=wanted, cell_id=cells[0].id if cells else None), Action.STEERING_EVENT_WRITE)
        own = tuple((cell.reference, cell.name) for cell in cells)
        fields = (FieldView("choice", "cell", "Cellule", options=own), *FIELDS)
    title = f"Programmer : {wanted.label}"
    view = FormView((HOME, (title, "")), LEADS[wanted], f"/pilotage/nouveau/{kind}", "Programmer", fields, typed)
    return draw(request, "layouts/form.html", title, view, errors=errors)


def _sheet(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    row = fetch(uow, SteeringEvent, reference, to=Action.STEERING_EVENT_READ)
    notice = DONE.get(request.query_params.get("fait", ""))
    view = steering_sheet(uow, row, typed)
    return draw(request, "steering/sheet.html", "Pilotage", view, errors=errors, notice=notice)
