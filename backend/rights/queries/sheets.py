"""The pages of the rights of persons: the DPO's register and requests, the coordinators' searches and exports."""

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Purpose, open_rows
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.crypto.names import score, tokens
from backend.institutions.queries import institution_of
from backend.kernel.clock import paris_day
from backend.kernel.errors import NotFound, WrongMoment
from backend.rights.events import PersonSearched
from backend.rights.models import RightsFinding, RightsNotice, RightsRequest, RightsSearch
from backend.rights.queries.exporting import held_of
from backend.rights.queries.rows import findings_of, late_notices, notices_of, reach_cells, searches_of, within_reach
from backend.rights.states import ANSWER, DECIDE, EXTEND, FINDING, GIVE_BACK, PREPARE, REQUEST, SIGN
from backend.rights.views import (
    CONSENTS,
    MASKABLES,
    RETURN_GROUNDS,
    AnswerView,
    ApartLine,
    ExportView,
    FindingLine,
    FindingSheet,
    LateNotices,
    NoticeLine,
    RequestSheet,
    RequestsView,
    SearchesView,
    SearchLine,
    SearchSheet,
    answer_view,
    decision_options,
    finding_line,
    request_line,
    search_line,
)
from backend.signalements.forms import warnings
from backend.signalements.queries.content import situation_views
from backend.situations.models import Situation
from policies.access import Action
from policies.retention_words import Custody
from policies.rights import GRANTING, GROUNDS, LIMITING, REFUSING, masked_from, remedies
from policies.rights_words import FindingState, RequestState, Right, SearchState
from policies.vocabulary import Role

LATEST = 50
"""Answered requests, or searches, that a page shows."""

OPEN = (RequestState.OPEN, RequestState.DECIDED)

CANDIDATES = 20
"""Situations that a search shows, the surest first."""


def requests_view(uow: UnitOfWork) -> RequestsView:
    """Give the register: what is under way by deadline, then the last answers; raise `Forbidden` for anybody else."""
    gate.require(uow, RightsRequest(), Action.RIGHTS_REQUEST_READ)
    statement = gate.readable(uow, RightsRequest)
    awaiting = statement.where(col(RightsRequest.state).in_(OPEN))
    over = statement.where(col(RightsRequest.state) == RequestState.ANSWERED)
    by_deadline = (col(RightsRequest.due_on), col(RightsRequest.id))
    latest = (col(RightsRequest.answered_on).desc(), col(RightsRequest.id))
    today = uow.today()
    return RequestsView(
        tuple(request_line(row, today) for row in uow.session.scalars(awaiting.order_by(*by_deadline))),
        tuple(request_line(row, today) for row in uow.session.scalars(over.order_by(*latest).limit(LATEST))),
        tuple(LateNotices(cell.name, number) for cell, number in late_notices(uow)),
    )


def request_sheet(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> RequestSheet:
    """Give a request with what the cells answered, what is still awaited, and the decisions open now."""
    row = gate.fetch(uow, RightsRequest, reference, to=Action.RIGHTS_REQUEST_READ)
    reach_cells(uow)
    searches = searches_of(uow, row.id)
    findings = findings_of(uow, searches)
    awaited = lacking(row, searches, within_reach(uow, findings))
    open_now = REQUEST.allows(row.state, DECIDE)
    apart_too = any(search.apart for search in searches)
    decisions, grounds = decision_options(row, known=bool(findings), apart=apart_too, awaiting=bool(awaited))
    return RequestSheet(
        line=request_line(row, uow.today()),
        version=row.version,
        identity_check=row.identity_check,
        authority_check=row.authority_check,
        extension=row.extension,
        extension_told_on=row.extension_told_on,
        ground=row.ground,
        article=None if row.ground is None else GROUNDS[row.ground][0],
        remedies=remedies(row.claim) if row.decision in REFUSING else (),
        searches=tuple(_search_line(uow, search, findings) for search in searches),
        notices=tuple(_notice_line(uow, notice) for notice in notices_of(uow, row.id)),
        awaited=awaited,
        can_extend=row.extension is None and REQUEST.allows(row.state, EXTEND),
        can_decide=open_now,
        can_answer=REQUEST.allows(row.state, ANSWER) and not awaited,
        decisions=decisions,
        grounds=grounds,
        typed=typed,
    )


def lacking(row: RightsRequest, searches: Sequence[RightsSearch], findings: Sequence[RightsFinding]) -> tuple[str, ...]:
    """Say what a request still awaits before its next step, of the situations within reach: cells, exports, changes."""
    if row.state is RequestState.OPEN:
        silent = sum(search.state is SearchState.ASKED for search in searches)
        exporting = row.claim is Right.ACCESS
        unsigned = sum(finding.state is not FindingState.SIGNED for finding in findings) if exporting else 0
        return _awaited((silent, "réponse", " de cellule"), (unsigned, "export", " à valider"))
    rectifying = row.state is RequestState.DECIDED and row.claim is Right.RECTIFICATION and row.decision in GRANTING
    undone = sum(finding.rectified_at is None for finding in findings) if rectifying else 0
    return _awaited((undone, "situation", " à rectifier"))


def _awaited(*counts: tuple[int, str, str]) -> tuple[str, ...]:
    return tuple(f"{number} {noun}{'s' if number > 1 else ''}{rest}" for number, noun, rest in counts if number)


def answer_of(uow: UnitOfWork, reference: str) -> AnswerView:
    """Give the answer to a decided request; raise `WrongMoment` before its decision."""
    row = gate.fetch(uow, RightsRequest, reference, to=Action.RIGHTS_REQUEST_READ)
    if row.decision is None:
        raise WrongMoment("Cette demande n'est pas encore décidée.")
    return answer_view(row, row.decision, uow.today())


def searches_view(uow: UnitOfWork) -> SearchesView:
    """Give a coordinator what is to be searched, prepared and rectified; raise `NotFound` for anybody else."""
    if not uow.actor.holds_anywhere({Role.COORDINATOR}):
        raise NotFound
    own = gate.readable(uow, RightsSearch).where(
        col(RightsSearch.cell_id).in_(sorted(uow.actor.cells({Role.COORDINATOR})))
    )
    asked = own.where(col(RightsSearch.state) == SearchState.ASKED, col(RightsSearch.person).is_not(None))
    over = own.where(sa.or_(col(RightsSearch.state) != SearchState.ASKED, col(RightsSearch.person).is_(None)))
    first = (col(RightsSearch.due_on), col(RightsSearch.id))
    latest = (col(RightsSearch.asked_at).desc(), col(RightsSearch.id))
    answered = uow.session.scalars(over.order_by(*latest).limit(LATEST)).all()
    findings = findings_of(uow, answered)
    return SearchesView(
        asked=tuple(_search_line(uow, row, ()) for row in uow.session.scalars(asked.order_by(*first))),
        to_do=tuple(_finding_line(uow, row) for row in to_do(uow)),
        answered=tuple(_search_line(uow, row, findings) for row in answered),
    )


def search_sheet(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> SearchSheet:
    """Give a search to who makes it: who is looked for, and what the blind indexes of the cell find, the surest first.

    Raises `Forbidden` for the DPO, who registered it and reads no cell. Journalled as a reading.
    """
    row = gate.fetch(uow, RightsSearch, reference, to=Action.RIGHTS_SEARCH_READ)
    gate.require(uow, row, Action.RIGHTS_SEARCH_ANSWER)
    request = uow.session.get_one(RightsRequest, row.request_id)
    line = _search_line(uow, row, findings_of(uow, [row]))
    limiting = request.claim in LIMITING
    if row.person is None:
        return SearchSheet(line, row.version, request.claim, limiting, typed=typed)
    last_name, first_name, birth = looked_for(uow, row)
    found = _candidates(uow, row, last_name, first_name, birth)
    uow.record(PersonSearched(Reference(row.reference), len(found)))
    candidates = situation_views(uow, found)
    open_now = request.state is RequestState.OPEN
    return SearchSheet(
        line=line,
        version=row.version,
        claim=request.claim,
        limiting=limiting,
        person=f"{first_name} {last_name}",
        birth=birth,
        candidates=candidates,
        apart=tuple(ApartLine(situation.reference, situation.custody) for situation in apart(uow, row)),
        can_answer=open_now,
        can_deny=open_now and (row.state is SearchState.ASKED or (row.state is SearchState.UNKNOWN and row.apart > 0)),
        typed=typed,
    )


def looked_for(uow: UnitOfWork, row: RightsSearch) -> tuple[str, str, date | None]:
    """Open who a search looks for: last name, first name, birth date; raise `NotFound` once it was destroyed."""
    value = open_rows(uow, [row], ["person"], Purpose.RIGHTS, [row.reference])[row.id]["person"]
    if not isinstance(value, dict):
        raise NotFound
    birth = value["birth"]
    return str(value["last_name"]), str(value["first_name"]), date.fromisoformat(str(birth)) if birth else None


def finding_sheet(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> FindingSheet:
    """Give a recognised situation: the DPO reads the export alone, the coordinator also what it is made from."""
    reach_cells(uow)
    row = gate.fetch(uow, RightsFinding, reference, to=Action.RIGHTS_FINDING_READ)
    search = uow.session.get_one(RightsSearch, row.search_id)
    request = uow.session.get_one(RightsRequest, search.request_id)
    situation = uow.session.get_one(Situation, row.situation_id)
    prepares = gate.permits(uow, row, Action.RIGHTS_FINDING_PREPARE)
    readable = prepares and gate.permits(uow, situation, Action.SITUATION_READ)
    open_now = request.state is RequestState.OPEN
    preparing = open_now and request.claim is Right.ACCESS and readable and FINDING.allows(row.state, PREPARE)
    signing = open_now and gate.permits(uow, row, Action.RIGHTS_FINDING_SIGN)
    granted = request.decision in GRANTING and request.state is RequestState.DECIDED
    texts = held_of(uow, situation).texts if preparing else ()
    rectifying = granted and request.claim is Right.RECTIFICATION and row.rectified_at is None
    return FindingSheet(
        line=_finding_line(uow, row),
        version=row.version,
        claim=request.claim,
        requester=request.requester,
        situation=situation.reference if readable else None,
        export=_export(uow, row),
        return_ground=row.return_ground if row.state is FindingState.RETURNED else None,
        texts=texts,
        to_check=tuple(dict.fromkeys(sentence for text in texts for sentence in warnings(text))),
        can_prepare=preparing,
        can_sign=signing and FINDING.allows(row.state, SIGN),
        can_return=signing and FINDING.allows(row.state, GIVE_BACK),
        can_take=row.state is FindingState.SIGNED
        and request.decision in {None, *GRANTING}
        and gate.permits(uow, row, Action.RIGHTS_FINDING_SIGN),
        can_rectify=rectifying and readable and gate.permits(uow, row, Action.RIGHTS_FINDING_RECTIFY),
        can_lift=row.limiting
        and request.state is RequestState.ANSWERED
        and gate.permits(uow, row, Action.RIGHTS_FINDING_LIFT),
        maskables=MASKABLES,
        consents=CONSENTS,
        return_grounds=RETURN_GROUNDS,
        typed=typed
        or {"masked": [item.value for item in row.masked or masked_from(request.requester)], "parquet": row.parquet},
    )


def to_do(uow: UnitOfWork) -> Sequence[RightsFinding]:
    """Give the coordinator the exports to prepare or take up again, and the rectifications to make."""
    statement = _open_findings(uow).where(
        sa.or_(
            sa.and_(
                col(RightsRequest.claim) == Right.ACCESS,
                col(RightsRequest.state) == RequestState.OPEN,
                col(RightsFinding.state).in_((FindingState.FOUND, FindingState.RETURNED)),
            ),
            sa.and_(
                col(RightsRequest.claim) == Right.RECTIFICATION,
                col(RightsRequest.state) == RequestState.DECIDED,
                col(RightsRequest.decision).in_(sorted(GRANTING)),
                col(RightsFinding.rectified_at).is_(None),
            ),
        )
    )
    return uow.session.scalars(statement.order_by(col(RightsRequest.due_on), col(RightsFinding.id))).all()


def to_sign(uow: UnitOfWork) -> Sequence[RightsFinding]:
    """Give the DPO the exports to read again."""
    reach_cells(uow)
    statement = _open_findings(uow).where(col(RightsFinding.state) == FindingState.PREPARED)
    return uow.session.scalars(statement.order_by(col(RightsRequest.due_on), col(RightsFinding.id))).all()


def _open_findings(uow: UnitOfWork) -> sa.Select[RightsFinding]:
    return (
        gate.readable(uow, RightsFinding)
        .join(RightsSearch, col(RightsSearch.id) == col(RightsFinding.search_id))
        .join(RightsRequest, col(RightsRequest.id) == col(RightsSearch.request_id))
        .join(Situation, col(Situation.id) == col(RightsFinding.situation_id))
        .where(col(RightsRequest.state).in_(OPEN), col(Situation.custody) == Custody.ACTIVE)
    )


def _candidates(
    uow: UnitOfWork, row: RightsSearch, last_name: str, first_name: str, birth: date | None
) -> Sequence[Situation]:
    matches = uow.keyring.search(row.cell_id, tokens(last_name, first_name, birth))
    readable = gate.readable(uow, Situation).where(col(Situation.id).in_(sorted(matches)))
    rows = {situation.id: situation for situation in uow.session.scalars(readable)}
    judged = {key: score(matches[key], dated=birth is not None) for key in rows}
    sure = sorted(
        (key for key, found in judged.items() if found), key=lambda key: (judged[key] or ("", 0))[1], reverse=True
    )
    return [rows[key] for key in sure[:CANDIDATES]]


def apart(uow: UnitOfWork, row: RightsSearch) -> Sequence[Situation]:
    """Give the archived or locked situations of a cell that resemble who is looked for, by their search tokens alone.

    Nothing of them is opened; but « inconnue » alone would be untrue. What needs no reading recognises them as they
    stand, an erasure or a limitation.
    """
    last_name, first_name, birth = looked_for(uow, row)
    matches = uow.keyring.search_apart(row.cell_id, tokens(last_name, first_name, birth))
    sure = sorted(key for key, found in matches.items() if score(found, dated=birth is not None))
    kept = sa.select(Situation).where(
        col(Situation.id).in_(sure), col(Situation.cell_id) == row.cell_id, col(Situation.custody) != Custody.ACTIVE
    )
    return uow.session.scalars(kept.order_by(col(Situation.reference))).all()


def _search_line(uow: UnitOfWork, row: RightsSearch, findings: Sequence[RightsFinding]) -> SearchLine:
    own = tuple(_finding_line(uow, finding) for finding in findings if finding.search_id == row.id)
    return search_line(row, cell_of(uow, row.cell_id).name, uow.today(), own)


def _finding_line(uow: UnitOfWork, row: RightsFinding) -> FindingLine:
    situation = uow.session.get_one(Situation, row.situation_id)
    return finding_line(row, cell_of(uow, row.cell_id).name, destroyed=situation.erased_at is not None)


def _notice_line(uow: UnitOfWork, row: RightsNotice) -> NoticeLine:
    return NoticeLine(institution_of(uow, row.institution_id).name, row.duty, paris_day(row.told_at), row.people)


def _export(uow: UnitOfWork, row: RightsFinding) -> ExportView | None:
    if row.content is None:
        return None
    return ExportView.of(open_rows(uow, [row], ["content"], Purpose.RIGHTS, [row.reference])[row.id]["content"])
