"""A network: its life, its themes, its members and their contacts, its tools and points to improve."""

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.rav.events import (
    ImprovementSet,
    NetworkChange,
    NetworkChanged,
    NetworkOpened,
    ThemeSet,
    ToolSet,
)
from backend.rav.forms import (
    ContactForm,
    ImprovementForm,
    MemberForm,
    NetworkForm,
    NetworkNameForm,
    ThemeForm,
    ToolForm,
)
from backend.rav.models.networks import Contact, Improvement, Member, Network, NetworkTheme, Tool
from backend.rav.queries.networks import lapsed_contacts
from backend.rav.states import ADDRESS, IMPROVEMENT, PUT_IN_USE, RETIRE, TOOL
from policies.access import Action
from policies.indicator_words import Indicator
from policies.rav_words import ToolState
from policies.territories import sectors

ELSEWHERE = "Choisissez au moins un arrondissement de la cellule qui organise le réseau."
CLOSED = "Ce réseau est fermé : il ne reçoit plus rien."


def open_network(uow: UnitOfWork, form: NetworkForm) -> Network:
    """Create a network over one or several arrondissements, organised from one of the person's cells (RAV-07, RAV-14).

    Raises `Forbidden` for who does not organise there, `InvalidInput` when no arrondissement is the cell's.
    """
    cell = gate.fetch(uow, Cell, form.cell, to=Action.CELL_READ)
    network = Network(cell_id=cell.id, name=form.name, arrondissements=form.arrondissements, opened_on=uow.today())
    gate.require(uow, network, Action.RAV_NETWORK_OPEN)
    _require_own(uow, cell, form.arrondissements)
    uow.session.add(network)
    uow.session.flush()  # themes lead to it without a relationship
    for theme in dict.fromkeys(form.themes):
        uow.session.add(NetworkTheme(network_id=network.id, theme=theme, valid_from=uow.today()))
    uow.count(Indicator.RAV_NETWORKS, cell.id)
    uow.record(NetworkOpened(Reference(network.reference), len(set(form.arrondissements))))
    return network


def rename_network(uow: UnitOfWork, reference: str, version: int, form: NetworkNameForm) -> Network:
    """Change the name and the arrondissements of a network."""
    network = _network(uow, reference, version)
    _require_own(uow, uow.session.get_one(Cell, network.cell_id), form.arrondissements)
    network.name = form.name
    network.arrondissements = form.arrondissements
    uow.record(NetworkChanged(Reference(network.reference), NetworkChange.NAME))
    return network


def close_network(uow: UnitOfWork, reference: str, version: int) -> Network:
    """Close a network; what it did stays, and it is no longer counted."""
    network = _network(uow, reference, version)
    network.closed_on = uow.today()
    uow.count(Indicator.RAV_NETWORKS, network.cell_id, by=-1)
    uow.record(NetworkChanged(Reference(network.reference), NetworkChange.CLOSED))
    return network


def add_theme(uow: UnitOfWork, reference: str, form: ThemeForm) -> NetworkTheme:
    """Give a network a theme, from a day to another."""
    network = _network(uow, reference)
    if form.valid_until is not None and form.valid_until <= form.valid_from:
        raise InvalidInput({"valid_until": "La fin vient après le début : corrigez l'une des deux dates."})
    theme = NetworkTheme(
        network_id=network.id, theme=form.theme, valid_from=form.valid_from, valid_until=form.valid_until
    )
    uow.session.add(theme)
    uow.record(ThemeSet(Reference(network.reference), form.theme))
    return theme


def end_theme(uow: UnitOfWork, reference: str, version: int) -> Network:
    """Say that a network no longer works on a theme, from today on."""
    theme = gate.fetch(uow, NetworkTheme, reference, to=Action.RAV_NETWORK_THEME_END, version=version)
    if theme.valid_until is not None and theme.valid_until <= uow.today():
        raise WrongMoment("Ce thème est déjà terminé.")
    theme.valid_until = uow.today()
    uow.record(NetworkChanged(Reference(theme.reference), NetworkChange.THEME_ENDED))
    return uow.session.get_one(Network, theme.network_id)


def add_member(uow: UnitOfWork, reference: str, form: MemberForm) -> Member:
    """Add an organisation to a network."""
    network = _network(uow, reference)
    member = Member(network_id=network.id, organisation=form.organisation, kind=form.kind, joined_on=uow.today())
    uow.session.add(member)
    uow.record(NetworkChanged(Reference(member.reference), NetworkChange.MEMBER_ADDED))
    return member


def end_member(uow: UnitOfWork, reference: str, version: int) -> Network:
    """Say that an organisation left a network: its contacts are destroyed."""
    member = gate.fetch(uow, Member, reference, to=Action.RAV_MEMBER_WRITE, version=version)
    if member.left_on is not None:
        raise WrongMoment("Cette organisation a déjà quitté le réseau.")
    member.left_on = uow.today()
    uow.session.execute(sa.delete(Contact).where(col(Contact.member_id) == member.id))
    uow.record(NetworkChanged(Reference(member.reference), NetworkChange.MEMBER_LEFT))
    return uow.session.get_one(Network, member.network_id)


def add_contact(uow: UnitOfWork, reference: str, form: ContactForm) -> Network:
    """Name a professional to call in a member organisation, confirmed from today."""
    member = gate.fetch(uow, Member, reference, to=Action.RAV_MEMBER_WRITE)
    if member.left_on is not None:
        raise WrongMoment("Cette organisation a quitté le réseau.")
    contact = Contact(member_id=member.id, confirmed_on=uow.today(), **dict(form))
    uow.session.add(contact)
    uow.record(NetworkChanged(Reference(contact.reference), NetworkChange.CONTACT_ADDED))
    return uow.session.get_one(Network, member.network_id)


def confirm_contact(uow: UnitOfWork, reference: str, version: int) -> Network:
    """Confirm that a contact is still the one to call, for a year."""
    contact = gate.fetch(uow, Contact, reference, to=Action.RAV_CONTACT_WRITE, version=version)
    contact.confirmed_on = uow.today()
    uow.record(NetworkChanged(Reference(contact.reference), NetworkChange.CONTACT_CONFIRMED))
    return _network_of(uow, contact)


def remove_contact(uow: UnitOfWork, reference: str, version: int) -> Network:
    """Destroy a contact."""
    contact = gate.fetch(uow, Contact, reference, to=Action.RAV_CONTACT_WRITE, version=version)
    network = _network_of(uow, contact)
    uow.session.delete(contact)
    uow.record(NetworkChanged(Reference(contact.reference), NetworkChange.CONTACT_REMOVED))
    return network


def forget_lapsed_contacts(uow: UnitOfWork) -> int:
    """Destroy the contacts that nobody confirmed within the year and its grace (domain.md section 6); give how many.

    A sweep of the purge (`SWEEPS` of `app`), which counts and attests it.
    """
    lapsed = lapsed_contacts(uow)
    for contact in lapsed:
        uow.session.delete(contact)
    return len(lapsed)


def add_tool(uow: UnitOfWork, reference: str, form: ToolForm) -> Tool:
    """Add a tool that the professionals of a network are making."""
    network = _network(uow, reference)
    tool = Tool(network_id=network.id, title=form.title, changed_on=uow.today())
    uow.session.add(tool)
    uow.record(ToolSet(Reference(tool.reference), ToolState.PROJECT))
    return tool


def step_tool(uow: UnitOfWork, reference: str, version: int, *, retire: bool) -> Network:
    """Put a tool in use, which counts it (RAV-20), or retire it."""
    tool = gate.fetch(uow, Tool, reference, to=Action.RAV_TOOL_WRITE, version=version)
    network = uow.session.get_one(Network, tool.network_id)
    tool.state = TOOL.step(tool.state, RETIRE if retire else PUT_IN_USE)
    tool.changed_on = uow.today()
    if tool.state is ToolState.IN_USE:
        uow.count(Indicator.RAV_TOOLS, network.cell_id)
    uow.record(ToolSet(Reference(tool.reference), tool.state))
    return network


def add_improvement(uow: UnitOfWork, reference: str, form: ImprovementForm) -> Improvement:
    """Note a point to improve in the path of those who were harmed (RAV-10)."""
    network = _network(uow, reference)
    improvement = Improvement(network_id=network.id, step=form.step, title=form.title, noted_on=uow.today())
    uow.session.add(improvement)
    uow.session.flush()
    uow.record(ImprovementSet(Reference(improvement.reference), improvement.state))
    return improvement


def address_improvement(uow: UnitOfWork, reference: str, version: int) -> Network:
    """Say that a point was dealt with."""
    improvement = gate.fetch(uow, Improvement, reference, to=Action.RAV_IMPROVEMENT_CLOSE, version=version)
    improvement.state = IMPROVEMENT.step(improvement.state, ADDRESS)
    uow.record(ImprovementSet(Reference(improvement.reference), improvement.state))
    return uow.session.get_one(Network, improvement.network_id)


def _network(uow: UnitOfWork, reference: str, version: int | None = None) -> Network:
    network = gate.fetch(uow, Network, reference, to=Action.RAV_NETWORK_WRITE, version=version)
    if network.closed_on is not None:
        raise WrongMoment(CLOSED)
    return network


def _network_of(uow: UnitOfWork, contact: Contact) -> Network:
    member = uow.session.get_one(Member, contact.member_id)
    return uow.session.get_one(Network, member.network_id)


def _require_own(uow: UnitOfWork, cell: Cell, arrondissements: tuple[int, ...]) -> None:
    own = {
        number for sector in sectors(uow.today()) if sector.code == cell.territory for number in sector.arrondissements
    }
    if own.isdisjoint(arrondissements):
        raise InvalidInput({"arrondissements": ELSEWHERE})
