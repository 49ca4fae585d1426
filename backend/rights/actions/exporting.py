"""Prepare the export of one person, sign it off, take it away: three gestures of two people (domain.md section 9)."""

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import key_of, new_subject, seal_into
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import Forbidden, NotFound, StepUpRequired, WrongMoment
from backend.rights.actions.letters import tell_coordinators, tell_dpo
from backend.rights.events import ExportPrepared, ExportReturned, ExportSigned, ExportTaken
from backend.rights.forms import ExportForm, ReturnForm
from backend.rights.models import RightsFinding, RightsRequest
from backend.rights.queries.exporting import export_of, held_of
from backend.rights.queries.rows import reach_cells, request_of
from backend.rights.queries.sheets import finding_sheet
from backend.rights.states import FINDING, GIVE_BACK, PREPARE, SIGN
from backend.rights.views import ExportView
from backend.situations.models import Situation
from policies.access import RULES, Action
from policies.rights import GRANTING
from policies.rights_words import FindingState, RequestState, Right, RightsTask


def prepare(uow: UnitOfWork, reference: str, form: ExportForm, *, version: int | None = None) -> RightsFinding:
    """Build the export of a recognised situation, redacted by hand, and seal it for the DPO.

    Raises `WrongMoment` once signed, for another right than access, or before the free texts are reviewed;
    `InvalidInput` for a passage that is in no text, or a text that still names the author or a representative.
    """
    row = gate.fetch(uow, RightsFinding, reference, to=Action.RIGHTS_FINDING_PREPARE, version=version)
    request = _open_request(uow, row)
    if request.claim is not Right.ACCESS:
        raise WrongMoment("Seule une demande d'accès donne lieu à un export.")
    situation = uow.session.get_one(Situation, row.situation_id)
    if not gate.permits(uow, situation, Action.SITUATION_READ):
        raise NotFound
    row.state = FINDING.step(row.state, PREPARE)
    export = export_of(uow, held_of(uow, situation), form)
    key = new_subject(uow, row.id, row.cell_id) if row.content is None else key_of(uow, row)
    seal_into(row, key, {"content": export.sealed()})
    row.masked, row.parquet = form.masked, form.parquet
    row.prepared_by, row.prepared_at = uow.account(), uow.now()
    row.return_ground = None
    tell_dpo(uow, RightsTask.SIGN, request.due_on)
    uow.record(ExportPrepared(Reference(row.reference), len(form.masked), len(form.parts())))
    return row


def sign(uow: UnitOfWork, reference: str, *, version: int | None = None) -> RightsFinding:
    """Sign off an export that somebody else prepared, as it reads now, with a fresh second factor.

    Raises `Forbidden` for who prepared it, `StepUpRequired` without the second factor.
    """
    reach_cells(uow)
    row = gate.fetch(uow, RightsFinding, reference, to=Action.RIGHTS_FINDING_SIGN, version=version)
    _require_step_up(uow)
    _open_request(uow, row)
    row.state = FINDING.step(row.state, SIGN)
    row.signed_by, row.signed_at = uow.account(), uow.now()
    uow.record(ExportSigned(Reference(row.reference)))
    return row


def give_back(uow: UnitOfWork, reference: str, form: ReturnForm, *, version: int | None = None) -> RightsFinding:
    """Give an export back to its coordinator, with a coded reason; one already signed is no longer."""
    reach_cells(uow)
    row = gate.fetch(uow, RightsFinding, reference, to=Action.RIGHTS_FINDING_SIGN, version=version)
    request = _open_request(uow, row)
    row.state = FINDING.step(row.state, GIVE_BACK)
    row.signed_by, row.signed_at = None, None
    row.return_ground = form.ground
    tell_coordinators(uow, row.cell_id, RightsTask.PREPARE, request.due_on)
    uow.record(ExportReturned(Reference(row.reference), form.ground))
    return row


def take(uow: UnitOfWork, reference: str) -> ExportView:
    """Give a signed export to hand over, to the DPO alone, with a fresh second factor; journalled.

    Raises `WrongMoment` before it is signed or once the request is refused, `StepUpRequired`, `NotFound` once the
    answer has left.
    """
    reach_cells(uow)
    row = gate.fetch(uow, RightsFinding, reference, to=Action.RIGHTS_FINDING_READ)
    if not gate.permits(uow, row, Action.RIGHTS_FINDING_SIGN):
        raise Forbidden(f"Pour emporter un export, il faut {RULES[Action.RIGHTS_FINDING_SIGN].sentence()}.")
    if row.state is not FindingState.SIGNED:
        raise WrongMoment("Cet export n'est pas encore validé : il ne sort pas.")
    if request_of(uow, row.search_id).decision not in {None, *GRANTING}:
        raise WrongMoment("Cette demande a été refusée : rien n'en est remis.")
    _require_step_up(uow)
    export = finding_sheet(uow, reference, {}).export
    if export is None:
        raise NotFound
    uow.record(ExportTaken(Reference(row.reference)))
    return export


def _open_request(uow: UnitOfWork, row: RightsFinding) -> RightsRequest:
    request = request_of(uow, row.search_id)
    if request.state is not RequestState.OPEN:
        raise WrongMoment("Cette demande est déjà décidée.")
    return request


def _require_step_up(uow: UnitOfWork) -> None:
    if not uow.actor.stepped_up:
        raise StepUpRequired
