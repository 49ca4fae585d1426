"""Pages of cells: their list, the sheet of one, what an administrator enters and what the DPO decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, permits, require
from backend.authorization.work import UnitOfWork
from backend.cells.actions import (
    add_contact,
    close_cell,
    confirm_education_contacts,
    decide_act,
    end_contact,
    enter_act,
    enter_agreement,
    open_cell,
    rename_cell,
    set_charter_version,
)
from backend.cells.forms import (
    ActForm,
    AgreementForm,
    CharterForm,
    CloseForm,
    ContactForm,
    DecisionForm,
    NameForm,
    OpenForm,
)
from backend.cells.models import Cell, ContactKind, RecordedAct
from backend.cells.queries import acts_to_confirm, cell_lines, cell_of, cell_view
from backend.cells.views import ActView, CellLine, act_view
from backend.web.forms import Form, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import DrawWith, drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.go_live import OTHER_ACTS
from policies.retention_words import RecordCategory
from policies.territories import sectors

router = APIRouter(include_in_schema=False)

BLANK: Mapping[str, object] = MappingProxyType({})

NOTICES = {
    "ouverte": "La cellule est ouverte.",
    "renommee": "La cellule est renommée.",
    "fermee": "La fermeture est enregistrée.",
    "charte": "La cellule applique désormais cette version de la charte.",
    "acte": "L'acte est enregistré. Il comptera une fois confirmé par le délégué à la protection des données.",
    "accord": "L'accord est enregistré. Il comptera une fois confirmé par le délégué à la protection des données.",
    "decision": "Votre décision est enregistrée.",
    "contact": "Le contact est ajouté.",
    "retrait": "Le contact est retiré.",
    "correspondants": "La liste des correspondants est confirmée pour l'année scolaire.",
}
"""What was just done, by the word that the address carries."""


@dataclass(frozen=True, slots=True)
class ListView:
    """The cells, whether the person may open another one, and decides on acts: how many wait."""

    cells: tuple[CellLine, ...]
    opening: bool
    deciding: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class FormView:
    """A form about a cell: where it goes, what its lists offer, what was typed."""

    cell: CellLine | None
    options: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]


def _notice(request: Request) -> str | None:
    return NOTICES.get(request.query_params.get("fait", ""))


@router.get("/cellules", dependencies=[acts(Action.CELL_READ)])
def cells(request: Request, uow: Work) -> Response:
    """List the cells."""
    view = ListView(
        cells=cell_lines(uow),
        opening=permits(uow, Cell(), Action.CELL_OPEN),
        deciding=permits(uow, RecordedAct(), Action.RECORDED_ACT_DECIDE),
        waiting=len(acts_to_confirm(uow)),
    )
    return draw(request, "cells/list.html", "Cellules", view, notice=_notice(request))


@router.get("/cellules/nouvelle", dependencies=[acts(Action.CELL_OPEN)])
def opening(request: Request, uow: Work) -> Response:
    """Ask what is needed to open a cell."""
    return _opening(request, uow, BLANK, NOTHING)


@router.post("/cellules/nouvelle", dependencies=[acts(Action.CELL_OPEN)])
def opened(request: Request, uow: Work, form: PostedForm) -> Response:
    """Open a cell."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _opening(request, fresh, typed, errors)):
        cell = open_cell(uow, **dict(read(OpenForm, form)))
    return see(f"/cellules/{cell.reference}?fait=ouverte")


def _opening(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    require(uow, Cell(), Action.CELL_OPEN)
    options = tuple((sector.code, sector.label) for sector in sectors(uow.today()))
    return draw(request, "cells/open.html", "Ouvrir une cellule", FormView(None, options, typed), errors=errors)


@router.get("/cellules/{reference}", dependencies=[acts(Action.CELL_READ)])
def cell_page(request: Request, uow: Work, reference: str) -> Response:
    """Show a cell with all that the person may read of it."""
    return _cell(request, uow, reference, NOTHING)


def _cell(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    view = cell_view(uow, fetch(uow, Cell, reference, to=Action.CELL_READ))
    return draw(request, "cells/cell.html", view.name, view, errors=errors, notice=_notice(request))


def _cell_again(request: Request, reference: str) -> DrawWith:
    return lambda uow, errors: _cell(request, uow, reference, errors)


@router.post("/cellules/{reference}/nom", dependencies=[acts(Action.CELL_WRITE)])
def renamed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Change the name of a cell."""
    with drawn_again(_cell_again(request, reference)):
        rename_cell(uow, reference, version_of(form), name=read(NameForm, form).name)
    return see(f"/cellules/{reference}?fait=renommee")


@router.post("/cellules/{reference}/fermeture", dependencies=[acts(Action.CELL_WRITE)])
def closed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Close a cell to new signalements."""
    with drawn_again(_cell_again(request, reference)):
        close_cell(uow, reference, version_of(form), closed_on=read(CloseForm, form).closed_on)
    return see(f"/cellules/{reference}?fait=fermee")


@router.post("/cellules/{reference}/charte", dependencies=[acts(Action.CELL_WRITE)])
def charter_changed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Apply another version of the charter."""
    with drawn_again(_cell_again(request, reference)):
        chosen = read(CharterForm, form).charter_version
        set_charter_version(uow, reference, version_of(form), charter_version=chosen)
    return see(f"/cellules/{reference}?fait=charte")


@router.get("/cellules/{reference}/contacts", dependencies=[acts(Action.CELL_CONTACTS)])
def contact_form(request: Request, uow: Work, reference: str) -> Response:
    """Ask whom to add to the contacts of a cell."""
    return _about(request, uow, reference, Action.CELL_CONTACTS, BLANK, NOTHING)


@router.post("/cellules/{reference}/contacts", dependencies=[acts(Action.CELL_CONTACTS)])
def contact_added(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Add a contact."""
    with drawn_again(_about_again(request, reference, Action.CELL_CONTACTS, form)):
        add_contact(uow, reference, **dict(read(ContactForm, form)))
    return see(f"/cellules/{reference}?fait=contact")


@router.post("/contacts/{reference}/retrait", dependencies=[acts(Action.LOCAL_CONTACT_END)])
def contact_ended(uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that somebody is no longer a contact."""
    contact = end_contact(uow, reference, version_of(form))
    return see(f"/cellules/{cell_of(uow, contact.cell_id).reference}?fait=retrait")


@router.post("/cellules/{reference}/correspondants", dependencies=[acts(Action.CELL_CONTACTS)])
def education_contacts_confirmed(request: Request, uow: Work, _form: PostedForm, reference: str) -> Response:
    """Confirm the education contacts for the school year."""
    with drawn_again(_cell_again(request, reference)):
        confirm_education_contacts(uow, reference)
    return see(f"/cellules/{reference}?fait=correspondants")


@router.get("/cellules/{reference}/actes", dependencies=[acts(Action.CELL_RECORD_ACT)])
def act_form(request: Request, uow: Work, reference: str) -> Response:
    """Ask what an act says."""
    return _about(request, uow, reference, Action.CELL_RECORD_ACT, BLANK, NOTHING)


@router.post("/cellules/{reference}/actes", dependencies=[acts(Action.CELL_RECORD_ACT)])
def act_entered(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Enter an act, to be confirmed by the DPO."""
    with drawn_again(_about_again(request, reference, Action.CELL_RECORD_ACT, form)):
        enter_act(uow, reference, **dict(read(ActForm, form)))
    return see(f"/cellules/{reference}?fait=acte")


@router.get("/cellules/{reference}/accords", dependencies=[acts(Action.CELL_RECORD_AGREEMENT)])
def agreement_form(request: Request, uow: Work, reference: str) -> Response:
    """Ask what an elimination agreement says."""
    return _about(request, uow, reference, Action.CELL_RECORD_AGREEMENT, BLANK, NOTHING)


@router.post("/cellules/{reference}/accords", dependencies=[acts(Action.CELL_RECORD_AGREEMENT)])
def agreement_entered(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Enter an elimination agreement, to be confirmed by the DPO."""
    with drawn_again(_about_again(request, reference, Action.CELL_RECORD_AGREEMENT, form)):
        enter_agreement(uow, reference, **dict(read(AgreementForm, form)))
    return see(f"/cellules/{reference}?fait=accord")


_ABOUT: Mapping[Action, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    Action.CELL_CONTACTS: (
        "cells/contact.html",
        "Ajouter un contact",
        tuple((kind.value, kind.label) for kind in ContactKind),
    ),
    Action.CELL_RECORD_ACT: (
        "cells/act.html",
        "Enregistrer un acte",
        tuple((wanted.act.value, f"{wanted.act.label} ({wanted.source})") for wanted in OTHER_ACTS),
    ),
    Action.CELL_RECORD_AGREEMENT: (
        "cells/agreement.html",
        "Enregistrer un accord d'élimination",
        tuple((category.value, category.label) for category in RecordCategory),
    ),
}
"""What is added to a cell: template, title, and the kinds to choose from."""


def _about(
    request: Request,
    uow: UnitOfWork,
    reference: str,
    action: Action,
    typed: Mapping[str, object],
    errors: Mapping[str, str],
) -> Response:
    cell = fetch(uow, Cell, reference, to=Action.CELL_READ)
    require(uow, cell, action)
    template, title, options = _ABOUT[action]
    line = CellLine(cell.reference, cell.name, cell.territory, cell.closed_on)
    return draw(request, template, title, FormView(line, options, typed), errors=errors)


def _about_again(request: Request, reference: str, action: Action, form: Form) -> DrawWith:
    typed = form.typed()
    return lambda uow, errors: _about(request, uow, reference, action, typed, errors)


@router.get("/actes", dependencies=[acts(Action.RECORDED_ACT_DECIDE)])
def acts_waiting(request: Request, uow: Work) -> Response:
    """List the acts that await the DPO's word."""
    return _acts(request, uow, NOTHING)


def _acts(request: Request, uow: UnitOfWork, errors: Mapping[str, str]) -> Response:
    waiting: list[ActView] = []
    for act in acts_to_confirm(uow):
        deciding = permits(uow, act, Action.RECORDED_ACT_DECIDE)
        waiting.append(act_view(act, cell_of(uow, act.cell_id).name, uow.today(), deciding=deciding))
    view = tuple(waiting)
    return draw(request, "cells/acts.html", "Actes à confirmer", view, errors=errors, notice=_notice(request))


@router.post("/actes/{reference}", dependencies=[acts(Action.RECORDED_ACT_DECIDE)])
def act_decided(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Confirm, refuse or withdraw an act."""
    with drawn_again(lambda fresh, errors: _acts(request, fresh, errors)):
        act = decide_act(uow, reference, version_of(form), decision=read(DecisionForm, form).decision)
    return see(f"/cellules/{cell_of(uow, act.cell_id).reference}?fait=decision")
