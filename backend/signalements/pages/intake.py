"""Signal: the first questions, the form, the receipt; each page says the next thing to do."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of, cells_of
from backend.kernel.errors import NotFound
from backend.signalements.actions import drafts
from backend.signalements.actions.submission import divert
from backend.signalements.forms import SignalementForm, StartForm
from backend.signalements.models import Receipt
from backend.signalements.queries.rows import my_drafts, my_receipts
from backend.signalements.views.intake import MineView, draft_view, form_view, receipt_view, start_view
from backend.web.forms import PostedForm, read
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

BLANK: Mapping[str, object] = MappingProxyType({})

DONE = {
    "enregistre": "Le brouillon est enregistré.",
    "abandon": "Le brouillon et ce qu'il contenait sont détruits.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/signalements", dependencies=[acts(Action.RECEIPT_READ)])
def mine(request: Request, uow: Work) -> Response:
    """Show the person's drafts and receipts."""
    names = {cell.id: cell.name for cell in cells_of(uow)}
    kept = my_drafts(uow)
    view = MineView(
        tuple(draft_view(draft, names) for draft in kept),
        tuple(receipt_view(receipt, kept) for receipt in my_receipts(uow)),
    )
    return draw(request, "signalements/mine.html", "Mes signalements", view, notice=_notice(request))


@router.get("/signalements/nouveau", dependencies=[acts(Action.CELL_SUBMIT)])
def start(request: Request, _uow: Work) -> Response:
    """Ask the diversion questions and where the minor lives."""
    return _start(request, BLANK, NOTHING)


@router.post("/signalements/nouveau", dependencies=[acts(Action.CELL_SUBMIT)])
def started(request: Request, uow: Work, form: PostedForm) -> Response:
    """Send elsewhere what belongs elsewhere, or begin a draft for the competent cell."""
    typed = form.typed()
    with drawn_again(lambda _uow, errors: _start(request, typed, errors)):
        answers = read(StartForm, form)
        if diversion := divert(uow, answers):
            return draw(request, "signalements/diverted.html", "Une autre voie est nécessaire", diversion)
        draft = drafts.begin(uow, answers)
    return see(f"/signalements/brouillons/{draft.reference}")


@router.get("/signalements/brouillons/{reference}", dependencies=[acts(Action.DRAFT_READ)])
def edit(request: Request, uow: Work, reference: str) -> Response:
    """Show the form with what was typed so far."""
    try:
        return _form(request, uow, reference, NOTHING)
    except NotFound:
        if receipt := drafts.sent_before(uow, reference):
            return see(f"/recepisses/{receipt.reference}")
        raise


@router.post("/signalements/brouillons/{reference}", dependencies=[acts(Action.DRAFT_WRITE)])
def edited(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Save, send or abandon a draft; what is refused is saved as it was typed and shown again with its errors."""
    act = form.one("act")
    if act == "abandon":
        drafts.abandon(uow, reference)
        return see("/signalements?fait=abandon")
    if act == "save":
        drafts.save(uow, reference, _typed(form.typed()))
        return see(f"/signalements/brouillons/{reference}?fait=enregistre")
    typed = _typed(form.typed())

    def again(fresh: UnitOfWork, errors: Mapping[str, str]) -> Response:
        drafts.save(fresh, reference, typed)
        return _form(request, fresh, reference, errors)

    if receipt := drafts.sent_before(uow, reference):
        return see(f"/recepisses/{receipt.reference}")
    with drawn_again(again):
        _, kept = drafts.resume(uow, reference)
        place = {name: kept[name] for name in ("residence", "arrondissement")}
        answers = dict.fromkeys(("immediate_danger", "school_offence", "radicalisation"), False)
        complete = read(SignalementForm, form, {**answers, **place})
        receipt = drafts.send(uow, reference, complete)
    return see(f"/recepisses/{receipt.reference}")


@router.get("/recepisses/{reference}", dependencies=[acts(Action.RECEIPT_READ)])
def receipt_page(request: Request, uow: Work, reference: str) -> Response:
    """Show a receipt: the same page whatever became of the situation."""
    receipt = gate.fetch(uow, Receipt, reference, to=Action.RECEIPT_READ)
    return draw(request, "signalements/receipt.html", "Récépissé", receipt_view(receipt, my_drafts(uow)))


def _typed(typed: Mapping[str, object]) -> dict[str, object]:
    """Keep what was typed in the fields of the form, and nothing else; a field emptied is kept empty."""
    known = SignalementForm.model_fields.keys()
    return {name: "" for name in known if name not in {"residence", "arrondissement"}} | {
        name: value for name, value in typed.items() if name in known
    }


def _start(request: Request, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    return draw(request, "signalements/start.html", "Signaler une situation", start_view(typed), errors=errors)


def _form(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    draft, typed = drafts.resume(uow, reference)
    action = f"/signalements/brouillons/{draft.reference}"
    view = form_view(action, cell_of(uow, draft.cell_id).name, typed, draft=True)
    return draw(request, "signalements/form.html", "Signalement", view, errors=errors, notice=_notice(request))


def _notice(request: Request) -> str | None:
    return DONE.get(request.query_params.get("fait", ""))
