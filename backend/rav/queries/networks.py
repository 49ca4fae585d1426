"""Networks, their members, meetings, events, tools and points to improve, for who may read them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import permits, readable
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import cell_of, cells_of
from backend.kernel.database import MainRow
from backend.kernel.errors import Forbidden
from backend.rav.models.networks import Contact, Improvement, Member, Network, NetworkTheme, Tool
from backend.rav.models.works import AgendaTitle, Event, FollowUp, Meeting, Presence
from backend.rav.views import (
    ContactView,
    DayView,
    EventView,
    FollowUpView,
    ImprovementView,
    MeetingLine,
    MeetingView,
    MemberView,
    NetworkLine,
    NetworksView,
    NetworkView,
    ThemeView,
    ToolView,
)
from backend.web.fields import in_words
from policies.access import RULES, Action
from policies.rav_words import ORGANISERS, THEMATIC_DAYS, Theme
from policies.retention import Kind, due

Row = TypeVar("Row", bound=MainRow)


def organised(uow: UnitOfWork) -> Sequence[Cell]:
    """Give the cells from which the person organises networks; raise `Forbidden` when there is none."""
    own = uow.actor.cells(ORGANISERS)
    if not own:
        raise Forbidden(f"Pour {Action.RAV_NETWORK_OPEN.label}, il faut {RULES[Action.RAV_NETWORK_OPEN].sentence()}.")
    return [cell for cell in cells_of(uow) if cell.id in own and cell.closed_on is None]


def confirmation_due(confirmed_on: date) -> date:
    """Give the day by which a contact is to be confirmed again (`policies/retention.toml`)."""
    return due(Kind.RAV_CONFIRMATION, confirmed_on).day


def forgotten_on(confirmed_on: date) -> date:
    """Give the day from which a contact that nobody confirmed is shown no more, and destroyed."""
    return due(Kind.RAV_GRACE, confirmation_due(confirmed_on)).day


def networks_view(uow: UnitOfWork) -> NetworksView:
    """Give the networks by name, the open ones first, and the thematic days to come."""
    today = uow.today()
    networks = uow.session.scalars(readable(uow, Network).order_by(col(Network.name), col(Network.id))).all()
    themes = uow.session.scalars(readable(uow, NetworkTheme)).all()
    lines = tuple(
        NetworkLine(
            network.reference,
            network.name,
            in_words(network.arrondissements),
            tuple(
                theme
                for theme in Theme
                if any(row.theme is theme and row.network_id == network.id and _holds(row, today) for row in themes)
            ),
            network.closed_on,
        )
        for network in networks
    )
    return NetworksView(
        tuple(sorted(lines, key=lambda line: line.closed_on is not None)),
        _days(uow, today),
        bool(uow.actor.cells(ORGANISERS)),
    )


def _holds(theme: NetworkTheme, today: date) -> bool:
    return theme.valid_until is None or theme.valid_until > today


def _days(uow: UnitOfWork, today: date) -> tuple[DayView, ...]:
    events = uow.session.scalars(readable(uow, Event).order_by(col(Event.held_on))).all()
    views = []
    for day, (month, number) in THEMATIC_DAYS.items():
        on = date(today.year, month, number)
        on = on if on >= today else date(today.year + 1, month, number)
        near = [event.title for event in events if event.day is day and abs((event.held_on - on).days) <= 15]  # noqa: PLR2004
        views.append(DayView(day, on, near[0] if near else None))
    return tuple(sorted(views, key=lambda view: view.on))


def of_network(uow: UnitOfWork, model: type[Row], network: UUID, *order: sa.ColumnElement[object]) -> Sequence[Row]:
    """Give the readable rows of a model that hang from a network."""
    table = MainRow.metadata.tables[str(model.__tablename__)]
    statement = readable(uow, model).where(table.c.network_id == network)
    return uow.session.scalars(statement.order_by(*order, table.c.id)).all()


def members_of(uow: UnitOfWork, network: UUID) -> list[Member]:
    """Give the organisations that take part in a network today, by name."""
    rows = of_network(uow, Member, network, sa.column("organisation"))
    return [member for member in rows if member.left_on is None]


def network_view(uow: UnitOfWork, network: Network) -> NetworkView:
    """Give the sheet of a network already fetched."""
    return NetworkView(
        reference=network.reference,
        name=network.name,
        cell=cell_of(uow, network.cell_id).name,
        arrondissements=in_words(network.arrondissements),
        numbers=network.arrondissements,
        opened_on=network.opened_on,
        closed_on=network.closed_on,
        themes=tuple(
            ThemeView(row.reference, row.theme, row.valid_from, row.valid_until, row.version)
            for row in of_network(uow, NetworkTheme, network.id, sa.column("valid_from"))
        ),
        members=_members(uow, network),
        meetings=tuple(
            MeetingLine(row.reference, row.kind, row.title, row.starts_at, row.state)
            for row in of_network(uow, Meeting, network.id, sa.column("starts_at").desc())
        ),
        events=tuple(
            EventView(row.reference, row.day, row.title, row.held_on, row.place)
            for row in of_network(uow, Event, network.id, sa.column("held_on").desc())
        ),
        tools=tuple(
            ToolView(row.reference, row.title, row.state, row.version)
            for row in of_network(uow, Tool, network.id, sa.column("title"))
        ),
        improvements=tuple(
            ImprovementView(row.reference, row.step, row.title, row.state, row.version)
            for row in of_network(uow, Improvement, network.id, sa.column("noted_on").desc())
        ),
        organises=permits(uow, network, Action.RAV_NETWORK_WRITE) and network.closed_on is None,
        version=network.version,
    )


def _members(uow: UnitOfWork, network: Network) -> tuple[MemberView, ...]:
    today = uow.today()
    members = members_of(uow, network.id)
    statement = readable(uow, Contact).where(col(Contact.member_id).in_([member.id for member in members]))
    contacts = uow.session.scalars(statement.order_by(col(Contact.name), col(Contact.id))).all()
    return tuple(
        MemberView(
            member.reference,
            member.organisation,
            member.kind,
            tuple(
                ContactView(
                    contact.reference,
                    contact.name,
                    contact.function,
                    contact.phone,
                    contact.email,
                    confirmation_due(contact.confirmed_on),
                    confirmation_due(contact.confirmed_on) < today,
                    contact.version,
                )
                for contact in contacts
                if contact.member_id == member.id and forgotten_on(contact.confirmed_on) > today
            ),
            member.version,
        )
        for member in members
    )


def meeting_view(uow: UnitOfWork, meeting: Meeting, typed: Mapping[str, object]) -> MeetingView:
    """Give a meeting already fetched, with its agenda, who attended, what is to follow, and what was typed."""
    network = uow.session.get_one(Network, meeting.network_id)
    names = {member.id: member.organisation for member in of_network(uow, Member, network.id)}
    titles = sa.select(AgendaTitle).where(col(AgendaTitle.meeting_id) == meeting.id).order_by(col(AgendaTitle.rank))
    presences = sa.select(Presence).where(col(Presence.meeting_id) == meeting.id)
    followed = readable(uow, FollowUp).where(col(FollowUp.meeting_id) == meeting.id).order_by(col(FollowUp.due_on))
    return MeetingView(
        reference=meeting.reference,
        network=network.reference,
        network_name=network.name,
        kind=meeting.kind,
        title=meeting.title,
        starts_at=meeting.starts_at,
        place=meeting.place,
        state=meeting.state,
        agenda=tuple(row.title for row in uow.session.scalars(titles)),
        present=tuple(sorted(names[row.member_id] for row in uow.session.scalars(presences))),
        follow_ups=tuple(
            FollowUpView(row.reference, row.title, names[row.member_id], row.due_on, row.done_on, row.version)
            for row in uow.session.scalars(followed)
        ),
        members=tuple((member.reference, member.organisation) for member in members_of(uow, network.id)),
        organises=permits(uow, meeting, Action.RAV_MEETING_WRITE),
        version=meeting.version,
        typed=typed,
    )


def lapsed_contacts(uow: UnitOfWork) -> list[Contact]:
    """Give the contacts that nobody confirmed in time, whoever asks: a job destroys them."""
    horizon = uow.today() - timedelta(days=365)
    rows = uow.session.scalars(sa.select(Contact).where(col(Contact.confirmed_on) < horizon))
    return [row for row in rows if forgotten_on(row.confirmed_on) <= uow.today()]


def networks_open(uow: UnitOfWork, cell: UUID) -> int:
    """Count the networks organised from a cell that are open, whoever asks."""
    statement = sa.select(sa.func.count()).where(col(Network.cell_id) == cell, col(Network.closed_on).is_(None))
    return uow.session.scalar(statement) or 0
