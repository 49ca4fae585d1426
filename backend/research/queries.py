"""What is read of prior research: one's own preparation, and who has prepared, never what others keep."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.vault import Purpose, open_rows
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.kernel.errors import CharterRefusal, WrongMoment
from backend.members.models import Account
from backend.members.queries.standing import holders
from backend.research.models import PriorResearch
from backend.research.views import GuestView, LineView, PreparationView, SeatView, TableView
from backend.signalements.queries.content import content_view, situation_views
from backend.signalements.views.intake import choices
from backend.situations.models import Situation
from policies.access import Action
from policies.charter import in_force, published
from policies.charter_words import Activity, CharterKind, ResearchValue
from policies.vocabulary import SEATS, Role, Sharing

PAGE = 50


def require_researcher(uow: UnitOfWork) -> None:
    """Raise `CharterRefusal`, with the rule, for who the charter keeps out of prior research: the CST (CEN-29).

    Asked before any situation is looked up, so that the refusal says nothing of whether one exists.
    """
    if uow.actor.holds_anywhere(SEATS) or not uow.actor.holds_anywhere({Role.SOCIAL_COORDINATOR}):
        return
    charter = in_force(published(), CharterKind.CENOMED, uow.today())
    if rule := charter.exclusion(Role.SOCIAL_COORDINATOR, None, Activity.RESEARCH):
        raise CharterRefusal(rule.statement, rule.origin)


def require_open(situation: Situation) -> None:
    """Raise `WrongMoment` for a situation that is not open to the seats."""
    if situation.sharing is not Sharing.SEATS:
        raise WrongMoment("Ouvrez d'abord la recherche préalable : l'invité lira la situation pendant qu'elle dure.")


def own_research(uow: UnitOfWork, situations: Sequence[Situation]) -> dict[UUID, PriorResearch]:
    """Give what the person who acts prepared on some situations already fetched, by situation."""
    wanted = sorted(situation.id for situation in situations)
    statement = gate.readable(uow, PriorResearch).where(col(PriorResearch.situation_id).in_(wanted))
    return {row.situation_id: row for row in uow.session.scalars(statement)}


def research_of(uow: UnitOfWork, situation: Situation) -> Sequence[PriorResearch]:
    """Give every preparation on a situation already fetched, to destroy them; nobody opens another's."""
    unread = defer(PriorResearch.value), defer(PriorResearch.note)  # type: ignore[arg-type]
    statement = sa.select(PriorResearch).options(*unread).where(col(PriorResearch.situation_id) == situation.id)
    return uow.session.scalars(statement.order_by(col(PriorResearch.id))).all()


def table_view(uow: UnitOfWork, after: str | None) -> TableView:
    """Give the situations open to the seats in the cells of the person who acts, and whether each one is prepared."""
    require_researcher(uow)
    page = gate.page(
        uow,
        Situation,
        cells=uow.actor.cells(SEATS),
        instant="received_at",
        where=[col(Situation.sharing) == Sharing.SEATS],
        after=Cursor.of(after),
        size=PAGE,
    )
    own = own_research(uow, page.rows)
    views = situation_views(uow, page.rows)
    lines = tuple(LineView(view, row.id in own) for view, row in zip(views, page.rows, strict=True))
    return TableView(lines, None if page.following is None else page.following.text())


def to_prepare(uow: UnitOfWork) -> int:
    """Count the situations open to the person who acts as a seat, and not prepared by them yet."""
    mine = sa.select(col(PriorResearch.situation_id)).where(col(PriorResearch.account_id) == uow.actor.account)
    return gate.count(
        uow,
        Situation,
        col(Situation.sharing) == Sharing.SEATS,
        col(Situation.id).not_in(mine),
        to=Action.SITUATION_PREPARE,
    )


def preparation_view(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> PreparationView:
    """Show a situation and what the person who acts prepared on it, to complete or correct.

    Raises `CharterRefusal` for who is kept out of research, `NotFound` and `Forbidden` as the gate does.
    """
    require_researcher(uow)
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_PREPARE)
    row = own_research(uow, [situation]).get(situation.id)
    kept: dict[str, object] = {"value": "", "note": ""}
    if row is not None:
        opened = open_rows(uow, [row], ["value", "note"], Purpose.PREPARE, [situation.reference])[row.id]
        kept = {"value": opened["value"] or "", "note": opened["note"] or ""}
    return PreparationView(content_view(uow, situation), {**kept, **typed}, choices(ResearchValue), row is not None)


def seats_of(uow: UnitOfWork, situation: Situation) -> tuple[SeatView, ...]:
    """Say of each seat whether it prepared a situation already fetched: « préparé » or « pas encore », nothing else."""
    statement = sa.select(col(PriorResearch.role)).where(col(PriorResearch.situation_id) == situation.id)
    prepared = set(uow.session.scalars(statement))
    roles = charter_of(situation.charter_version).rules.research.roles
    return tuple(SeatView(role, role in prepared) for role in roles)


def guest_view(uow: UnitOfWork, situation: Situation) -> GuestView:
    """Say who is invited to a situation already fetched, and who may be: heads of schools habilitated in its cell.

    Raises `WrongMoment` unless research is open: a guest reads while it lasts.
    """
    require_open(situation)
    known = {account.id: account for account in holders(uow, Role.GUEST, situation.cell_id)}
    invited = known.get(situation.guest_id) if situation.guest_id else None
    return GuestView(
        situation.reference,
        situation.version,
        None if invited is None else _named(invited),
        tuple((account.reference, _named(account)) for account in known.values()),
    )


def _named(account: Account) -> str:
    return f"{account.display_name}, {account.function}"
