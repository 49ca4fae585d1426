"""JSON of retention and purge: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.purge.actions.attesting import attestation_key
from backend.purge.actions.durations import advise, enter_duration
from backend.purge.actions.switching import confirm, restart, stop
from backend.purge.forms import DurationForm, OpinionForm
from backend.purge.queries.boards import audit_view, notices_view, run_view
from backend.purge.queries.durations import decision_page, durations_view
from backend.purge.views import AuditView, DecisionView, DurationsView, NoticesView, RunView
from backend.web.json import IfMatch, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["purge"])


@router.get("/purge", dependencies=[acts(Action.PURGE_RUN_READ)])
def audit(uow: Work, response: Response) -> AuditView:
    """Give what is overdue and why; the version is the entity tag to send back to stop or restart the purge."""
    view = audit_view(uow, attestation_key(uow))
    tag(response, view.version)
    return view


@router.post("/purge/arret", dependencies=[acts(Action.PURGE_RUN_SWITCH)], status_code=204)
def stopped(uow: Work, if_match: IfMatch = None) -> None:
    """Stop the purge."""
    stop(uow, version=version_in(if_match))


@router.post("/purge/reprise", dependencies=[acts(Action.PURGE_RUN_SWITCH)], status_code=204)
def restarted(uow: Work, if_match: IfMatch = None) -> None:
    """Put the purge back in motion; asks for a fresh second factor."""
    restart(uow, version=version_in(if_match))


@router.get("/purge/passages/{reference}", dependencies=[acts(Action.PURGE_RUN_READ)])
def run(uow: Work, response: Response, reference: str) -> RunView:
    """Give one run."""
    view = run_view(uow, reference)
    tag(response, view.version)
    return view


@router.post("/purge/passages/{reference}/confirmation", dependencies=[acts(Action.PURGE_RUN_CONFIRM)], status_code=204)
def confirmed(uow: Work, reference: str, if_match: IfMatch = None) -> None:
    """Confirm a run that a guard refused; asks for a fresh second factor."""
    confirm(uow, reference, version=version_in(if_match))


@router.get("/destructions", dependencies=[acts(Action.PURGE_NOTICE_READ)])
def announced(uow: Work, apres: str | None = None) -> NoticesView:
    """Give a page of the destructions announced in the person's cells."""
    return notices_view(uow, apres)


@router.get("/conservation", dependencies=[acts(Action.RETENTION_DECISION_READ)])
def durations(uow: Work) -> DurationsView:
    """Give every duration in force, and the decisions."""
    return durations_view(uow)


@router.post("/conservation/decisions", dependencies=[acts(Action.RETENTION_DECISION_ENTER)], status_code=201)
def entered(uow: Work, response: Response, form: DurationForm) -> DecisionView:
    """Record a duration that the Ville decided."""
    view = decision_page(uow, enter_duration(uow, form).reference)
    tag(response, view.version)
    return view


@router.get("/conservation/decisions/{reference}", dependencies=[acts(Action.RETENTION_DECISION_READ)])
def decision(uow: Work, response: Response, reference: str) -> DecisionView:
    """Give a decision with what it would change."""
    view = decision_page(uow, reference)
    tag(response, view.version)
    return view


@router.post("/conservation/decisions/{reference}/avis", dependencies=[acts(Action.RETENTION_DECISION_ADVISE)])
def advised(uow: Work, response: Response, reference: str, form: OpinionForm, if_match: IfMatch = None) -> DecisionView:
    """Record the DPO's opinion."""
    advise(uow, reference, form.opinion, version=version_in(if_match))
    view = decision_page(uow, reference)
    tag(response, view.version)
    return view
