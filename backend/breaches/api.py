"""JSON of the register of breaches: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.breaches.actions import close, communicate, declare, notify, qualify
from backend.breaches.forms import CommunicationForm, DeclarationForm, NotificationForm, QualificationForm
from backend.breaches.models import Breach
from backend.breaches.queries import breach_page, breaches_view
from backend.breaches.views import BreachesView, BreachSheet
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["violations"])


@router.get("/violations", dependencies=[acts(Action.BREACH_READ)])
def register(uow: Work) -> BreachesView:
    """Give the register as far as the person may read it."""
    return breaches_view(uow)


@router.post("/violations", status_code=201, dependencies=[acts(Action.BREACH_DECLARE)])
def declared(uow: Work, response: Response, form: DeclarationForm) -> Stamp:
    """Declare a breach."""
    return _stamp(response, declare(uow, form))


@router.get("/violations/{reference}", dependencies=[acts(Action.BREACH_READ)])
def sheet(uow: Work, response: Response, reference: str) -> BreachSheet:
    """Give a breach; its version is the entity tag to send back."""
    view = breach_page(uow, reference, {})
    tag(response, view.version)
    return view


@router.post("/violations/{reference}/qualification", dependencies=[acts(Action.BREACH_HANDLE)])
def qualified(
    uow: Work, response: Response, reference: str, form: QualificationForm, if_match: IfMatch = None
) -> Stamp:
    """Qualify a breach."""
    return _stamp(response, qualify(uow, reference, form, version=version_in(if_match)))


@router.post("/violations/{reference}/notification", dependencies=[acts(Action.BREACH_HANDLE)])
def notified(uow: Work, response: Response, reference: str, form: NotificationForm, if_match: IfMatch = None) -> Stamp:
    """Record the notification to the CNIL."""
    return _stamp(response, notify(uow, reference, form, version=version_in(if_match)))


@router.post("/violations/{reference}/communication", dependencies=[acts(Action.BREACH_HANDLE)])
def communicated(
    uow: Work, response: Response, reference: str, form: CommunicationForm, if_match: IfMatch = None
) -> Stamp:
    """Record the communication to the persons."""
    return _stamp(response, communicate(uow, reference, form, version=version_in(if_match)))


@router.post("/violations/{reference}/cloture", dependencies=[acts(Action.BREACH_HANDLE)])
def closed(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Close an entry."""
    return _stamp(response, close(uow, reference, version=version_in(if_match)))


def _stamp(response: Response, row: Breach) -> Stamp:
    tag(response, row.version)
    return Stamp(row.reference, row.state, row.version)
