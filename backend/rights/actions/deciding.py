"""Decide a request, record that its answer left, and forget the register's old lines (RGPD, articles 12, 17 to 21).

What is granted is carried out here, or given to the coordinator; an erasure goes by the path of the purge: locked at
once, announced, destroyed under an agreement, with a tombstone and a line of an attestation.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Ground, destroy
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput, StepUpRequired, WrongMoment
from backend.purge.actions.announcing import lock
from backend.purge.actions.lapsing import leave_agenda
from backend.purge.queries.rows import durations_on
from backend.rights.actions.letters import tell_coordinators, tell_recipients
from backend.rights.actions.limiting import locked_situation, release, set_aside
from backend.rights.events import ErasureDecided, RequestAnswered, RequestDecided
from backend.rights.forms import AnswerForm, DecisionForm
from backend.rights.models import RightsFinding, RightsRequest, RightsSearch
from backend.rights.queries.rows import (
    asked_otherwise,
    every_cell,
    findings_of,
    reach_cells,
    searches_of,
    within_reach,
)
from backend.rights.queries.sheets import lacking
from backend.rights.states import ANSWER, DECIDE, REQUEST
from policies.access import Action
from policies.retention import Kind
from policies.retention_words import Custody
from policies.rights import DUTIES, ERASING, GRANTING, REFUSING, decisions_for, grounds_for
from policies.rights_words import Decision, RequestState, Right, RightsTask
from policies.terms import latest_start


def decide(uow: UnitOfWork, reference: str, form: DecisionForm, *, version: int | None = None) -> RightsRequest:
    """Decide a request once every cell answered and every export is signed; a refusal waits for neither.

    Granted: a rectification goes to the coordinators, a limitation stays, an erasure or an objection destroys. Refused:
    what froze the situation is taken off. Raises `InvalidInput` for a decision or a ground that does not fit,
    `WrongMoment` while something is awaited, or another request that an erasure would leave without an answer;
    `StepUpRequired` for an erasure without a fresh second factor.
    """
    reach_cells(uow)
    row = gate.fetch(uow, RightsRequest, reference, to=Action.RIGHTS_REQUEST_DECIDE, version=version)
    searches = searches_of(uow, row.id)
    findings = findings_of(uow, searches)
    _check(row, form, lacking(row, searches, within_reach(uow, findings)), _options(row, searches, findings))
    erasing = row.claim in ERASING and form.decision in GRANTING
    if erasing and not uow.actor.stepped_up:
        raise StepUpRequired
    if erasing:
        _make_way(uow, row, findings)
    row.state = REQUEST.step(row.state, DECIDE)
    row.decision, row.ground = form.decision, form.ground
    row.decided_by, row.decided_at = uow.account(), uow.now()
    for finding in findings:
        _carry_out(uow, row, finding)
    uow.record(RequestDecided(Reference(row.reference), form.decision, form.ground))
    return row


def answer(uow: UnitOfWork, reference: str, form: AnswerForm, *, version: int | None = None) -> RightsRequest:
    """Record the day on which the answer left: who was looked for and every export are destroyed with their keys.

    A rectification that nobody can make any more, its situation having left the active base, is set aside.

    Raises `WrongMoment` before the decision, or while a rectification that was granted is not made.
    """
    reach_cells(uow)
    row = gate.fetch(uow, RightsRequest, reference, to=Action.RIGHTS_REQUEST_WRITE, version=version)
    searches = searches_of(uow, row.id)
    findings = findings_of(uow, searches)
    state = REQUEST.step(row.state, ANSWER)
    reached = within_reach(uow, findings)
    if awaited := lacking(row, searches, reached):
        raise WrongMoment(f"La réponse ne peut pas encore partir : {', '.join(awaited)}.")
    if form.answered_on > uow.today() or form.answered_on < row.received_on:
        raise InvalidInput({"answered_on": "Indiquez le jour où la réponse est partie, après la demande."})
    row.state, row.answered_on = state, form.answered_on
    destroyed = 0
    for search in searches:
        if search.person is not None:
            destroy(uow, search.id, search.reference, Ground.ANSWERED)
            search.person = None
            destroyed += 1
    for finding in findings:
        if finding not in reached and _is_undone(row, finding):
            set_aside(uow, finding, locked_situation(uow, finding.situation_id))
        if finding.content is not None:
            destroy(uow, finding.id, finding.reference, Ground.ANSWERED)
            finding.content = None
            destroyed += 1
    uow.record(RequestAnswered(Reference(row.reference), destroyed))
    return row


def forget_answered(uow: UnitOfWork) -> int:
    """Destroy the lines of the register that are over, and give how many; a limitation that still holds keeps its own.

    A sweep of the purge (`SWEEPS` of `app`), which counts and attests it.
    """
    day = latest_start(uow.today(), durations_on(uow.session, uow.today()).months(Kind.RIGHTS_REQUEST))
    for cell in every_cell(uow):
        uow.hand_over(cell.id)
    holding = (
        sa.select(col(RightsSearch.request_id))
        .join(RightsFinding, col(RightsFinding.search_id) == col(RightsSearch.id))
        .where(col(RightsFinding.limiting) == sa.true())
    )
    gone = sa.delete(RightsRequest).where(
        col(RightsRequest.state) == RequestState.ANSWERED,
        col(RightsRequest.answered_on) <= day,
        col(RightsRequest.id).not_in(holding),
    )
    return len(uow.session.scalars(gone.returning(col(RightsRequest.id))).all())


def _options(
    row: RightsRequest, searches: Sequence[RightsSearch], findings: Sequence[RightsFinding]
) -> tuple[Decision, ...]:
    return decisions_for(row.claim, known=bool(findings), apart=any(search.apart for search in searches))


def _check(row: RightsRequest, form: DecisionForm, awaited: Sequence[str], options: Sequence[Decision]) -> None:
    if not REQUEST.allows(row.state, DECIDE):
        raise WrongMoment("Cette demande est déjà décidée.")
    if form.decision not in options:
        raise InvalidInput({"decision": "Cette décision ne convient pas à cette demande : choisissez-en une autre."})
    if (form.decision in REFUSING) != (form.ground is not None):
        sentence = "Dites pourquoi : la personne doit le savoir." if form.ground is None else "Rien n'est refusé ici."
        raise InvalidInput({"ground": sentence})
    if form.ground is not None and form.ground not in grounds_for(row.claim):
        raise InvalidInput({"ground": "Ce motif ne vaut pas pour ce droit : choisissez-en un autre."})
    if awaited and form.decision is not Decision.REFUSED:
        raise WrongMoment(f"Il est trop tôt pour décider : {', '.join(awaited)}.")


def _make_way(uow: UnitOfWork, row: RightsRequest, findings: Sequence[RightsFinding]) -> None:
    """Take what an erasure destroys off its agenda; refuse while something else than an erasure is asked about it."""
    for finding in sorted(findings, key=lambda found: found.situation_id):
        # Locked before it is asked, as who recognises a situation locks it; its meeting first, as a closing does.
        leave_agenda(uow, finding.situation_id)
        locked_situation(uow, finding.situation_id)
        other = asked_otherwise(uow, finding.situation_id, row.id)
        if other is not None:
            raise WrongMoment(
                f"La demande {other}, sans réponse à ce jour, porte sur la même situation : décidez-la et enregistrez "
                "l'envoi de sa réponse d'abord. Effacée, la situation ne se communique ni ne se rectifie plus."
            )


def _is_undone(row: RightsRequest, finding: RightsFinding) -> bool:
    """Tell whether a granted request still asks its coordinator for something: an export, a rectification."""
    rectifying = row.claim is Right.RECTIFICATION and finding.rectified_at is None
    return row.decision in GRANTING and (rectifying or row.claim is Right.ACCESS)


def _carry_out(uow: UnitOfWork, row: RightsRequest, finding: RightsFinding) -> None:
    granted = row.decision in GRANTING
    situation = locked_situation(uow, finding.situation_id)
    if situation.custody is not Custody.ACTIVE and _is_undone(row, finding):
        set_aside(uow, finding, situation)
        return
    if granted and row.claim is Right.RECTIFICATION:
        tell_coordinators(uow, finding.cell_id, RightsTask.RECTIFY, row.due_on)
        return
    if granted and row.claim is Right.LIMITATION:
        tell_recipients(uow, row, situation, DUTIES[row.claim])
        return
    release(uow, finding)
    if granted and row.claim in ERASING and situation.erased_at is None:
        tell_recipients(uow, row, situation, DUTIES[row.claim])
        situation.erased_at = uow.now()
        lock(uow, situation)
        uow.record(ErasureDecided(Reference(situation.reference)))
