"""The audit of the purge, its runs with their attestations, the switch; and what is announced to a coordinator."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.documents.pdf import write_pdf
from backend.kernel.errors import NotFound
from backend.purge.actions.attesting import attestation_key
from backend.purge.actions.switching import confirm, restart, stop
from backend.purge.models import PurgeRun
from backend.purge.queries.boards import audit_view, notices_view, run_view, runs_view
from backend.web.forms import PostedForm, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {
    "arret": "La purge est arrêtée. Plus rien n'est détruit jusqu'à sa remise en marche.",
    "reprise": "La purge est remise en marche.",
    "confirme": "Le passage est confirmé : il est repris dans les secondes qui viennent.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/purge", dependencies=[acts(Action.PURGE_RUN_READ)])
def audit(request: Request, uow: Work) -> Response:
    """Show what is overdue and why, and the last runs."""
    return _audit(request, uow)


@router.post("/purge/arret", dependencies=[acts(Action.PURGE_RUN_SWITCH)])
def stopped(request: Request, uow: Work, form: PostedForm) -> Response:
    """Stop the purge."""
    with drawn_again(lambda fresh, _errors: _audit(request, fresh)):
        stop(uow, version=version_of(form))
    return see("/purge?fait=arret")


@router.post("/purge/reprise", dependencies=[acts(Action.PURGE_RUN_SWITCH)])
def restarted(request: Request, uow: Work, form: PostedForm) -> Response:
    """Put the purge back in motion, with a fresh second factor."""
    gate.require(uow, PurgeRun(), Action.PURGE_RUN_SWITCH)
    if not uow.actor.stepped_up:
        return see("/confirmation?suite=/purge")
    with drawn_again(lambda fresh, _errors: _audit(request, fresh)):
        restart(uow, version=version_of(form))
    return see("/purge?fait=reprise")


def _audit(request: Request, uow: UnitOfWork) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "purge/audit.html", "Purge", audit_view(uow, attestation_key(uow)), notice=notice)


@router.get("/purge/passages", dependencies=[acts(Action.PURGE_RUN_READ)])
def runs(request: Request, uow: Work, apres: str | None = None) -> Response:
    """List the runs."""
    return draw(request, "purge/runs.html", "Passages de la purge", runs_view(uow, apres))


@router.get("/purge/passages/{reference}", dependencies=[acts(Action.PURGE_RUN_READ)])
def run_page(request: Request, uow: Work, reference: str) -> Response:
    """Show a run."""
    return _run(request, uow, reference)


@router.post("/purge/passages/{reference}/confirmation", dependencies=[acts(Action.PURGE_RUN_CONFIRM)])
def confirmed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Confirm a run that a guard refused, with a fresh second factor."""
    run = gate.fetch(uow, PurgeRun, reference, to=Action.PURGE_RUN_READ)
    gate.require(uow, run, Action.PURGE_RUN_CONFIRM)
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite=/purge/passages/{reference}")
    with drawn_again(lambda fresh, _errors: _run(request, fresh, reference)):
        confirm(uow, reference, version=version_of(form))
    return see(f"/purge/passages/{reference}?fait=confirme")


def _run(request: Request, uow: UnitOfWork, reference: str) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = run_view(uow, reference)
    return draw(request, "purge/run.html", f"Passage {reference}", view, errors=NOTHING, notice=notice)


@router.get("/purge/passages/{reference}/attestation", dependencies=[acts(Action.PURGE_RUN_READ)])
def attestation(uow: Work, reference: str) -> Response:
    """Give the signed attestation of a run, as the file that `cenacle purge verify` reads."""
    run = _attested(uow, reference)
    named = {"Content-Disposition": f'attachment; filename="attestation-{reference}.json"'}
    return Response(run.attestation, media_type="application/json", headers=named)


@router.get("/purge/passages/{reference}/pdf", dependencies=[acts(Action.PURGE_RUN_READ)])
def attestation_pdf(uow: Work, reference: str) -> Response:
    """Give the same attestation to read, as a tagged PDF."""
    run = _attested(uow, reference)
    title = f"Attestation de destruction {reference}"
    written = write_pdf("attestation.typ", title, run_view(uow, reference), run.finished_at or run.started_at)
    named = {"Content-Disposition": f'inline; filename="attestation-{reference}.pdf"'}
    return Response(written, media_type="application/pdf", headers=named)


def _attested(uow: UnitOfWork, reference: str) -> PurgeRun:
    run = gate.fetch(uow, PurgeRun, reference, to=Action.PURGE_RUN_READ)
    if run.attestation is None:
        raise NotFound
    return run


@router.get("/destructions", dependencies=[acts(Action.PURGE_NOTICE_READ)])
def announced(request: Request, uow: Work, apres: str | None = None) -> Response:
    """Show a coordinator what is announced in the cell."""
    return draw(request, "purge/notices.html", "Destructions annoncées", notices_view(uow, apres))
