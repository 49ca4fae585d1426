"""Answer for a cell: the situations in which it recognises the person, or that it knows nobody (domain.md 9)."""

from collections.abc import Sequence
from uuid import UUID

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput, NotFound, WrongMoment
from backend.kernel.identifiers import new_id
from backend.rights.actions.letters import tell_dpo
from backend.rights.actions.limiting import freeze, locked_situation
from backend.rights.events import SearchAnswered
from backend.rights.forms import SearchForm
from backend.rights.models import RightsFinding, RightsSearch
from backend.rights.queries.rows import every_cell, findings_of, request_of, searches_of
from backend.rights.queries.sheets import apart
from backend.rights.states import DENY, RECOGNISE, SEARCH
from backend.situations.models import Situation
from policies.access import Action
from policies.rights import ALL_OR_NOTHING, LIMITING
from policies.rights_words import RequestState, Right, RightsTask, SearchState


def answer_search(uow: UnitOfWork, reference: str, form: SearchForm, *, version: int | None = None) -> RightsSearch:
    """Record what a cell answers; what the request contests or opposes is frozen at once.

    A cell that had answered « inconnue » may still recognise the person until the request is decided. Raises
    `WrongMoment` afterwards, `InvalidInput` for a situation that is not the cell's.
    """
    row = gate.fetch(uow, RightsSearch, reference, to=Action.RIGHTS_SEARCH_ANSWER, version=version)
    request = request_of(uow, row.id)
    if request.state is not RequestState.OPEN:
        raise WrongMoment("Cette demande est déjà décidée.")
    references = form.references()
    if form.known != bool(references):
        sentence = (
            "Cochez au moins une situation, ou indiquez sa référence."
            if form.known
            else "Une personne inconnue n'a pas de situation : décochez-les."
        )
        raise InvalidInput({"situations": sentence})
    row.state = SEARCH.step(row.state, RECOGNISE if form.known else DENY)
    row.answered_by, row.answered_at = uow.account(), uow.now()
    kept = apart(uow, row)
    recognised = _recognise(uow, row, references, request.claim, kept)
    uow.session.flush()
    known = {finding.situation_id for finding in findings_of(uow, [row])}
    row.apart = 0 if form.checked else sum(situation.id not in known for situation in kept)
    uow.record(SearchAnswered(Reference(row.reference), row.state, tuple(recognised)))
    uow.session.flush()
    if not _silent(uow, request.id):
        tell_dpo(uow, RightsTask.DECIDE, request.due_on)
    return row


def _recognise(
    uow: UnitOfWork, row: RightsSearch, references: list[str], claim: Right, kept: Sequence[Situation]
) -> list[Reference]:
    known = {finding.situation_id for finding in findings_of(uow, [row])}
    limiting = claim in LIMITING
    # An erasure or a limitation reads nothing: what resembles the person is recognised out of the active base too.
    unread = [item for item in kept if item.reference in references] if claim in ALL_OR_NOTHING else []
    readable = [reference for reference in references if reference not in {item.reference for item in unread}]
    situations = [locked_situation(uow, item.id) for item in unread]
    try:
        situations += gate.fetch_all(uow, Situation, readable, to=Action.SITUATION_LIMIT) if readable else []
    except NotFound:
        raise InvalidInput({"other": "Aucune situation lisible de cette cellule ne porte cette référence."}) from None
    recognised = []
    for situation in situations:
        if situation.cell_id != row.cell_id:
            raise InvalidInput({"other": "Aucune situation lisible de cette cellule ne porte cette référence."})
        if situation.id in known:
            continue
        if limiting:
            freeze(uow, situation)
        uow.session.add(
            RightsFinding(
                id=new_id(),
                search_id=row.id,
                situation_id=situation.id,
                cell_id=situation.cell_id,
                limiting=limiting,
            )
        )
        recognised.append(Reference(situation.reference))
    return recognised


def _silent(uow: UnitOfWork, request: UUID) -> bool:
    """Tell whether a cell of a request has not answered yet, whoever asks: nothing of it is read."""
    for cell in every_cell(uow):
        uow.hand_over(cell.id)
    return any(search.state is SearchState.ASKED for search in searches_of(uow, request))
