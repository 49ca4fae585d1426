"""JSON of step 5: the verbs and views of the pages; the family's letter is a page only: it asks for a fresh code."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from backend.authorization import gate
from backend.orientations.actions.deciding import orient, withdraw
from backend.orientations.actions.informing import except_notice, inform
from backend.orientations.actions.transmitting import open_transmission, transmit, transmit_to_crip
from backend.orientations.forms import (
    ExceptionForm,
    InformationForm,
    OrientationForm,
    TransmissionForm,
    UndertakingForm,
)
from backend.orientations.models import Transmission
from backend.orientations.queries.sheets import (
    family_view,
    panel_view,
    preview_of_orientation,
    preview_to_crip,
    reading_view,
    transmissions_view,
)
from backend.orientations.views import FamilyView, PanelView, PreviewView, ReadingView, TransmissionsView
from backend.situations.models import Situation
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action
from policies.orientation_words import OrientationState, TransmissionState

router = APIRouter(prefix="/api/v1", tags=["orientations"])


@dataclass(frozen=True, slots=True)
class OrientationStamp:
    """Where an orientation stands after a change."""

    reference: str
    state: OrientationState
    version: int


@dataclass(frozen=True, slots=True)
class TransmissionStamp:
    """Where a transmission stands after a change."""

    reference: str
    state: TransmissionState
    version: int


@router.get("/points/{reference}/orientations", dependencies=[acts(Action.AGENDA_ITEM_ORIENT)])
def panel(uow: Work, response: Response, reference: str) -> PanelView:
    """Give the orientations of the situation of a point; the point's version is the entity tag of a new one."""
    view = panel_view(uow, reference)
    tag(response, view.version)
    return view


@router.post("/points/{reference}/orientations", dependencies=[acts(Action.AGENDA_ITEM_ORIENT)])
def oriented(
    uow: Work, response: Response, reference: str, form: OrientationForm, if_match: IfMatch = None
) -> OrientationStamp:
    """Record an orientation in séance; `If-Match` names the version of the point."""
    row = orient(uow, reference, form, version=version_in(if_match))
    tag(response, row.version)
    return OrientationStamp(row.reference, row.state, row.version)


@router.post("/orientations/{reference}/retrait", dependencies=[acts(Action.ORIENTATION_WITHDRAW)])
def withdrawn(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> OrientationStamp:
    """Withdraw an orientation in séance."""
    row = withdraw(uow, reference, version=version_in(if_match))
    tag(response, row.version)
    return OrientationStamp(row.reference, row.state, row.version)


@router.get("/situations/{reference}/famille", dependencies=[acts(Action.SITUATION_INFORM)])
def family(uow: Work, response: Response, reference: str) -> FamilyView:
    """Say how a family was informed; the situation's version is the entity tag of a new record."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_INFORM)
    tag(response, situation.version)
    return family_view(uow, situation)


@router.post("/situations/{reference}/famille", dependencies=[acts(Action.SITUATION_INFORM)])
def informed(uow: Work, response: Response, reference: str, form: InformationForm, if_match: IfMatch = None) -> Stamp:
    """Record what was done on a day to inform a family."""
    situation = inform(uow, reference, form, version=version_in(if_match))
    tag(response, situation.version)
    return Stamp(situation.reference, situation.stage, situation.version)


@router.post("/situations/{reference}/famille/exception", dependencies=[acts(Action.SITUATION_INFORM)])
def excepted(uow: Work, response: Response, reference: str, form: ExceptionForm, if_match: IfMatch = None) -> Stamp:
    """Decide an exception to the information of a family, until the next examination."""
    situation = except_notice(uow, reference, form, version=version_in(if_match))
    tag(response, situation.version)
    return Stamp(situation.reference, situation.stage, situation.version)


@router.get("/situations/{reference}/transmission-crip", dependencies=[acts(Action.SITUATION_TRANSMIT)])
def previewed_to_crip(uow: Work, response: Response, reference: str) -> PreviewView:
    """Show what would leave to the CRIP; the situation's version is the entity tag of the sending."""
    return _previewed(response, preview_to_crip(uow, reference, {}))


@router.post("/situations/{reference}/transmission-crip", dependencies=[acts(Action.SITUATION_TRANSMIT)])
def sent_to_crip(
    uow: Work, response: Response, reference: str, form: TransmissionForm, if_match: IfMatch = None
) -> TransmissionStamp:
    """Send to the CRIP without waiting for a meeting."""
    return _stamp(response, transmit_to_crip(uow, reference, form, version=version_in(if_match)))


@router.get("/orientations/{reference}/transmission", dependencies=[acts(Action.ORIENTATION_TRANSMIT)])
def previewed(uow: Work, response: Response, reference: str) -> PreviewView:
    """Show what would leave for an orientation; the situation's version is the entity tag of the sending."""
    return _previewed(response, preview_of_orientation(uow, reference, {}))


@router.post("/orientations/{reference}/transmission", dependencies=[acts(Action.ORIENTATION_TRANSMIT)])
def sent(
    uow: Work, response: Response, reference: str, form: TransmissionForm, if_match: IfMatch = None
) -> TransmissionStamp:
    """Send for an orientation."""
    return _stamp(response, transmit(uow, reference, form, version=version_in(if_match)))


@router.get("/transmissions", dependencies=[acts(Action.TRANSMISSION_READ)])
def transmissions(uow: Work, apres: str | None = None) -> TransmissionsView:
    """Give the transmissions that the person may know of; `following` goes back as `apres`."""
    return transmissions_view(uow, apres)


@router.get("/transmissions/{reference}", dependencies=[acts(Action.TRANSMISSION_READ)])
def transmission(uow: Work, response: Response, reference: str) -> ReadingView:
    """Give a transmission; its content only once the person has accepted the undertaking."""
    view = reading_view(uow, reference)
    tag(response, view.transmission.version)
    return view


@router.post("/transmissions/{reference}/engagement", dependencies=[acts(Action.TRANSMISSION_OPEN)])
def opened(
    uow: Work, response: Response, reference: str, form: UndertakingForm, if_match: IfMatch = None
) -> TransmissionStamp:
    """Accept the undertaking of a transmission, which opens it."""
    return _stamp(response, open_transmission(uow, reference, form, version=version_in(if_match)))


def _previewed(response: Response, view: PreviewView) -> PreviewView:
    tag(response, view.version)
    return view


def _stamp(response: Response, row: Transmission) -> TransmissionStamp:
    tag(response, row.version)
    return TransmissionStamp(row.reference, row.state, row.version)
