"""JSON of the rights of persons: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.rights.actions.deciding import answer, decide
from backend.rights.actions.exporting import give_back, prepare, sign, take
from backend.rights.actions.limiting import lift
from backend.rights.actions.rectifying import rectify
from backend.rights.actions.registering import extend, register
from backend.rights.actions.searching import answer_search
from backend.rights.forms import (
    AnswerForm,
    DecisionForm,
    ExportForm,
    ExtensionForm,
    LiftForm,
    RectificationForm,
    RequestForm,
    ReturnForm,
    SearchForm,
)
from backend.rights.models import RightsFinding, RightsRequest, RightsSearch
from backend.rights.queries.sheets import finding_sheet, request_sheet, requests_view, search_sheet, searches_view
from backend.rights.views import ExportView, FindingSheet, RequestSheet, RequestsView, SearchesView, SearchSheet
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["droits"])


@router.get("/droits", dependencies=[acts(Action.RIGHTS_REQUEST_READ)])
def listed(uow: Work) -> RequestsView:
    """Give the register of requests."""
    return requests_view(uow)


@router.post("/droits", status_code=201, dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def registered(uow: Work, response: Response, form: RequestForm) -> Stamp:
    """Register a request."""
    return _stamp(response, register(uow, form))


@router.get("/droits/recherches", dependencies=[acts(Action.RIGHTS_SEARCH_READ)])
def searches(uow: Work) -> SearchesView:
    """Give a coordinator what is to be searched, prepared and rectified."""
    return searches_view(uow)


@router.get("/droits/recherches/{reference}", dependencies=[acts(Action.RIGHTS_SEARCH_ANSWER)])
def search(uow: Work, response: Response, reference: str) -> SearchSheet:
    """Give a search; its version is the entity tag to send back with the answer."""
    view = search_sheet(uow, reference, {})
    tag(response, view.version)
    return view


@router.post("/droits/recherches/{reference}", dependencies=[acts(Action.RIGHTS_SEARCH_ANSWER)])
def searched(uow: Work, response: Response, reference: str, form: SearchForm, if_match: IfMatch = None) -> Stamp:
    """Answer for a cell."""
    return _stamp(response, answer_search(uow, reference, form, version=version_in(if_match)))


@router.get("/droits/reconnues/{reference}", dependencies=[acts(Action.RIGHTS_FINDING_READ)])
def finding(uow: Work, response: Response, reference: str) -> FindingSheet:
    """Give a recognised situation; its version is the entity tag to send back."""
    view = finding_sheet(uow, reference, {})
    tag(response, view.version)
    return view


@router.post("/droits/reconnues/{reference}/export", dependencies=[acts(Action.RIGHTS_FINDING_PREPARE)])
def prepared(uow: Work, response: Response, reference: str, form: ExportForm, if_match: IfMatch = None) -> Stamp:
    """Prepare an export, redacted."""
    return _stamp(response, prepare(uow, reference, form, version=version_in(if_match)))


@router.post("/droits/reconnues/{reference}/validation", dependencies=[acts(Action.RIGHTS_FINDING_SIGN)])
def signed(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Sign off an export; asks for a fresh second factor."""
    return _stamp(response, sign(uow, reference, version=version_in(if_match)))


@router.post("/droits/reconnues/{reference}/renvoi", dependencies=[acts(Action.RIGHTS_FINDING_SIGN)])
def returned(uow: Work, response: Response, reference: str, form: ReturnForm, if_match: IfMatch = None) -> Stamp:
    """Give an export back to its coordinator."""
    return _stamp(response, give_back(uow, reference, form, version=version_in(if_match)))


@router.post("/droits/reconnues/{reference}/remise", dependencies=[acts(Action.RIGHTS_FINDING_SIGN)])
def taken(uow: Work, reference: str) -> ExportView:
    """Give a signed export to hand over; asks for a fresh second factor."""
    return take(uow, reference)


@router.post("/droits/reconnues/{reference}/rectification", dependencies=[acts(Action.RIGHTS_FINDING_RECTIFY)])
def rectified(
    uow: Work, response: Response, reference: str, form: RectificationForm, if_match: IfMatch = None
) -> Stamp:
    """Rectify what was granted."""
    return _stamp(response, rectify(uow, reference, form, version=version_in(if_match)))


@router.post("/droits/reconnues/{reference}/levee", dependencies=[acts(Action.RIGHTS_FINDING_LIFT)])
def lifted(uow: Work, response: Response, reference: str, form: LiftForm, if_match: IfMatch = None) -> Stamp:
    """End a limitation that was granted."""
    return _stamp(response, lift(uow, reference, form, version=version_in(if_match)))


@router.get("/droits/{reference}", dependencies=[acts(Action.RIGHTS_REQUEST_READ)])
def sheet(uow: Work, response: Response, reference: str) -> RequestSheet:
    """Give a request; its version is the entity tag to send back."""
    view = request_sheet(uow, reference, {})
    tag(response, view.version)
    return view


@router.post("/droits/{reference}/prolongation", dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def extended(uow: Work, response: Response, reference: str, form: ExtensionForm, if_match: IfMatch = None) -> Stamp:
    """Extend the deadline of a request."""
    return _stamp(response, extend(uow, reference, form, version=version_in(if_match)))


@router.post("/droits/{reference}/decision", dependencies=[acts(Action.RIGHTS_REQUEST_DECIDE)])
def decided(uow: Work, response: Response, reference: str, form: DecisionForm, if_match: IfMatch = None) -> Stamp:
    """Decide a request; an erasure asks for a fresh second factor."""
    return _stamp(response, decide(uow, reference, form, version=version_in(if_match)))


@router.post("/droits/{reference}/reponse", dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def answered(uow: Work, response: Response, reference: str, form: AnswerForm, if_match: IfMatch = None) -> Stamp:
    """Record that the answer left."""
    return _stamp(response, answer(uow, reference, form, version=version_in(if_match)))


def _stamp(response: Response, row: RightsRequest | RightsSearch | RightsFinding) -> Stamp:
    tag(response, row.version)
    return Stamp(row.reference, row.state, row.version)
