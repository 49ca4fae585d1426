"""A situation with its minor and its signalements, as the person who acts may read it now."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.authorization.vault import Purpose
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of, cells_of
from backend.signalements.models import Invitation, Signalement
from backend.signalements.queries.rows import Suggestion, open_signalements, signalements_of
from backend.signalements.views.content import (
    ContentView,
    DecisionView,
    MatchView,
    SignalementView,
    decision,
    signalement_view,
)
from backend.signalements.views.invitations import InvitationView, invitation_view
from backend.situations.models import Situation
from backend.situations.queries import open_people, shown
from backend.situations.views import SituationView, minor_view, situation_view
from policies.disclosure import Field


def situation_views(uow: UnitOfWork, situations: Sequence[Situation]) -> tuple[SituationView, ...]:
    """Show some situations with their minors: names opened in one batch, one journal line for the list."""
    names = {cell.id: cell.name for cell in cells_of(uow)}
    people = open_people(uow, situations, Purpose.LIST)
    today = uow.today()
    return tuple(
        situation_view(
            situation,
            names[situation.cell_id],
            minor_view(people.get(situation.id, {}), today),
            fields=shown(uow, situation),
        )
        for situation in situations
    )


def content_of(
    uow: UnitOfWork, situations: Sequence[Situation], purpose: Purpose
) -> dict[UUID, tuple[SignalementView, ...]]:
    """Show the signalements of some situations, by situation: opened in one batch for each set of disclosed fields."""
    wanted = {situation.id: shown(uow, situation) for situation in situations}
    references = {situation.id: situation.reference for situation in situations}
    rows = signalements_of(uow, situations)
    views: dict[UUID, tuple[SignalementView, ...]] = {}
    for fields in dict.fromkeys(wanted.values()):
        alike = [row for row in rows if wanted[row.situation_id] == fields]
        opened = open_signalements(uow, alike, fields, purpose, [references[row.situation_id] for row in alike])
        invitations = _invitations(uow, alike) if Field.REPORTER in fields else {}
        for row in alike:
            invitation = invitations.get(row.invitation_id) if row.invitation_id else None
            view = signalement_view(row, opened[row.id], fields=fields, invitation=invitation)
            views[row.situation_id] = (*views.get(row.situation_id, ()), view)
    return views


def content_view(uow: UnitOfWork, situation: Situation) -> ContentView:
    """Show a situation, its minor and its signalements."""
    people = open_people(uow, [situation], Purpose.READ)
    minor = minor_view(people.get(situation.id, {}), uow.today())
    view = situation_view(situation, cell_of(uow, situation.cell_id).name, minor, fields=shown(uow, situation))
    return ContentView(view, content_of(uow, [situation], Purpose.READ).get(situation.id, ()))


def decision_view(
    uow: UnitOfWork, situation: Situation, typed: Mapping[str, object], matches: Sequence[Suggestion]
) -> DecisionView:
    """Show what a decision needs: the content, what was typed, and the situations that may be about the same minor."""
    seen = situation_views(uow, [match.situation for match in matches])
    suggested = tuple(MatchView(view, match.confidence) for view, match in zip(seen, matches, strict=True))
    return decision(content_view(uow, situation), typed, suggested)


def _invitations(uow: UnitOfWork, rows: Sequence[Signalement]) -> dict[UUID, InvitationView]:
    wanted = {row.invitation_id for row in rows if row.invitation_id is not None}
    found = (uow.session.get_one(Invitation, invitation) for invitation in wanted)
    return {invitation.id: invitation_view(invitation, uow.now()) for invitation in found}
