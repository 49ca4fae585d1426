"""Freeze a situation while a request on it is decided, and free it once nothing holds it (RGPD, article 18).

Frozen, it is used for nothing and destroyed by nothing, caps included (`policies.precedence`): the coordinator alone
reads it, to answer. Several requests may hold one situation.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Ground, destroy
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput, NotFound, WrongMoment
from backend.orientations.actions.transmitting import limit_transmissions
from backend.rights.events import FindingSetAside, SituationFreed, SituationFrozen
from backend.rights.forms import LiftForm
from backend.rights.models import RightsFinding
from backend.rights.queries.rows import findings_on, is_limited, reach_cells, request_of, unanswered_on
from backend.rights.states import FINDING, SET_ASIDE
from backend.signalements.events import SignalementReturned, SituationMerged, SituationMoved
from backend.situations.models import Situation
from policies.access import Action
from policies.rights_words import RequestState

ASKED_FOR = "Une demande de droits porte sur cette situation : elle ne quitte pas la cellule avant la réponse."


def freeze(uow: UnitOfWork, situation: Situation) -> None:
    """Put a situation fetched for a change under limitation; one that is already stays since its first day."""
    if situation.limited_at is None:
        situation.limited_at = uow.now()
        limit_transmissions(uow, situation.id, situation.limited_at)
        uow.record(SituationFrozen(Reference(situation.reference)))


def release(uow: UnitOfWork, finding: RightsFinding) -> None:
    """Take a request's hold off its situation, which is free once no other request holds it."""
    if not finding.limiting:
        return
    finding.limiting, finding.lifted_at = False, uow.now()
    uow.session.flush()
    # Locked before it is asked who else holds it: of two requests decided at once, the second sees the first.
    situation = locked_situation(uow, finding.situation_id)
    if situation.limited_at is not None and not is_limited(uow, situation.id):
        situation.limited_at = None
        limit_transmissions(uow, situation.id, None)
        situation.version += 1
        uow.record(SituationFreed(Reference(situation.reference)))


def set_aside(uow: UnitOfWork, finding: RightsFinding, situation: Situation) -> None:
    """Note that nothing is left to do on a situation that left the active base, and take the request's hold off it."""
    if FINDING.allows(finding.state, SET_ASIDE):
        finding.state = FINDING.step(finding.state, SET_ASIDE)
        uow.record(FindingSetAside(Reference(finding.reference), Reference(situation.reference)))
    release(uow, finding)


def lift(uow: UnitOfWork, reference: str, form: LiftForm, *, version: int | None = None) -> RightsFinding:
    """End a limitation that was granted, the person having been told before (RGPD, article 18.3).

    Raises `WrongMoment` when nothing is limited, or while the request awaits its answer.
    """
    reach_cells(uow)
    row = gate.fetch(uow, RightsFinding, reference, to=Action.RIGHTS_FINDING_LIFT, version=version)
    request = request_of(uow, row.search_id)
    if not row.limiting or request.state is not RequestState.ANSWERED:
        raise WrongMoment("Aucune limitation accordée n'est à lever ici.")
    if form.told_on > uow.today() or (request.answered_on is not None and form.told_on < request.answered_on):
        raise InvalidInput({"told_on": "Indiquez le jour où la personne a été prévenue de la levée, après la réponse."})
    row.lifting_told_on = form.told_on
    release(uow, row)
    return row


def locked_situation(uow: UnitOfWork, situation: UUID) -> Situation:
    """Give a situation of a finding already fetched, locked; raise `NotFound` once it was destroyed."""
    found = uow.session.get(Situation, situation, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def on_moved(uow: UnitOfWork, event: SituationMoved) -> None:
    """Refuse to move a situation that an unanswered request is about: its export would be lost."""
    _refuse_while_asked_for(uow, event.situation)


def on_returned(uow: UnitOfWork, event: SignalementReturned) -> None:
    """Refuse to return a situation that an unanswered request is about."""
    _refuse_while_asked_for(uow, event.situation)


def on_merged(uow: UnitOfWork, event: SituationMerged) -> None:
    """Hand the requests about a situation to the one that absorbs it; what both had is kept once."""
    absorbed, absorbing = _named(uow, event.absorbed), _named(uow, event.situation)
    known = {finding.search_id for finding in findings_on(uow, absorbing.id)}
    for finding in findings_on(uow, absorbed.id):
        if finding.search_id not in known:
            finding.situation_id = absorbing.id
            continue
        if finding.content is not None:
            destroy(uow, finding.id, finding.reference, Ground.MERGED)
        uow.session.delete(finding)


def _refuse_while_asked_for(uow: UnitOfWork, reference: str) -> None:
    if unanswered_on(uow, _named(uow, reference).id):
        raise WrongMoment(ASKED_FOR)


def _named(uow: UnitOfWork, reference: str) -> Situation:
    return uow.session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()
