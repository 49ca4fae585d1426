"""Register a request, extend its deadline (RGPD, article 12; domain.md section 9)."""

from collections.abc import Sequence

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import new_subject, seal_into
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.kernel.identifiers import new_id
from backend.rights.actions.letters import tell_coordinators
from backend.rights.events import RequestExtended, RequestRegistered
from backend.rights.forms import ExtensionForm, RequestForm
from backend.rights.models import RightsRequest, RightsSearch
from backend.rights.queries.rows import every_cell, reach_cells
from backend.rights.states import EXTEND, REQUEST
from policies.access import Action
from policies.rights import due_on, search_due_on
from policies.rights_words import RightsTask


def register(uow: UnitOfWork, form: RequestForm) -> RightsRequest:
    """Register a request and ask its cells, all of them when none is named; nobody's name stays in the register.

    Who is looked for is sealed once for each cell, under that cell's key: the DPO reads it no more. Raises `Forbidden`,
    or `InvalidInput` for a day to come.
    """
    row = RightsRequest(
        id=new_id(),
        claim=form.claim,
        requester=form.requester,
        identity_check=form.identity_check,
        authority_check=form.authority_check,
        received_on=form.received_on,
        due_on=due_on(form.received_on),
        registered_by=uow.account(),
        registered_at=uow.now(),
    )
    gate.require(uow, row, Action.RIGHTS_REQUEST_WRITE)
    if form.received_on > uow.today():
        raise InvalidInput({"received_on": "Indiquez le jour où la demande est arrivée, pas un jour à venir."})
    if form.birth_date is not None and form.birth_date > uow.today():
        raise InvalidInput({"birth_date": "Cette date est à venir : vérifiez l'année."})
    cells = _cells(uow, form)
    reach_cells(uow)
    uow.session.add(row)
    uow.session.flush()
    birth = None if form.birth_date is None else form.birth_date.isoformat()
    for cell in cells:
        search = RightsSearch(
            id=new_id(),
            request_id=row.id,
            cell_id=cell.id,
            asked_at=uow.now(),
            due_on=search_due_on(uow.today()),
        )
        person = {"last_name": form.last_name, "first_name": form.first_name, "birth": birth}
        seal_into(search, new_subject(uow, search.id, cell.id), {"person": person})
        uow.session.add(search)
        tell_coordinators(uow, cell.id, RightsTask.SEARCH, search.due_on)
    uow.record(RequestRegistered(Reference(row.reference), row.claim, len(cells)))
    return row


def extend(uow: UnitOfWork, reference: str, form: ExtensionForm, *, version: int | None = None) -> RightsRequest:
    """Give a request two months more, once, the person having been told within the first month.

    Raises `WrongMoment` once it was extended or decided, `InvalidInput` when the person was told too late.
    """
    row = gate.fetch(uow, RightsRequest, reference, to=Action.RIGHTS_REQUEST_WRITE, version=version)
    row.state = REQUEST.step(row.state, EXTEND)
    if row.extension is not None:
        raise WrongMoment("Le délai de cette demande a déjà été prolongé.")
    if form.told_on > uow.today() or form.told_on < row.received_on:
        raise InvalidInput({"told_on": "Indiquez le jour où la personne a été prévenue, après sa demande."})
    if form.told_on > row.due_on:
        raise InvalidInput(
            {"told_on": "La prolongation s'annonce dans le mois qui suit la demande (RGPD, article 12.3)."}
        )
    row.extension, row.extension_told_on = form.extension, form.told_on
    row.due_on = due_on(row.received_on, extended=True)
    uow.record(RequestExtended(Reference(row.reference), form.extension))
    return row


def _cells(uow: UnitOfWork, form: RequestForm) -> Sequence[Cell]:
    if not form.cells:
        return every_cell(uow)
    return gate.fetch_all(uow, Cell, list(dict.fromkeys(form.cells)), to=Action.CELL_READ)
