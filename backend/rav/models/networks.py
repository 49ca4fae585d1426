"""A network, its themes, its members with their professional contacts, its tools and points to improve."""

from datetime import date
from uuid import UUID

from backend.crypto.columns import identifier, organisational, professional
from backend.kernel.database import MainRow, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.kernel.lists import NumbersType
from policies.rav_words import ImprovementState, OrganisationKind, PathStep, Theme, ToolState


class Network(MainRow, table=True):
    """A network of professionals over one or several arrondissements, organised from the cell of one of them."""

    __tablename__ = "rav_network"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    cell_id: UUID = identifier(foreign_key="cell.id", index=True)
    name: str = organisational(max_length=120)
    arrondissements: tuple[int, ...] = organisational(sa_type=NumbersType)
    opened_on: date = organisational()
    closed_on: date | None = organisational(default=None)
    version: int = organisational(default=1)


class NetworkTheme(MainRow, table=True):
    """A theme that a network works on, from a day to another."""

    __tablename__ = "rav_network_theme"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    network_id: UUID = identifier(foreign_key="rav_network.id", ondelete="CASCADE", index=True)
    theme: Theme = organisational(sa_type=WordType(Theme))
    valid_from: date = organisational()
    valid_until: date | None = organisational(default=None)
    version: int = organisational(default=1)


class Member(MainRow, table=True):
    """An organisation that takes part in a network."""

    __tablename__ = "rav_member"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    network_id: UUID = identifier(foreign_key="rav_network.id", ondelete="CASCADE", index=True)
    organisation: str = organisational(max_length=120)
    kind: OrganisationKind = organisational(sa_type=WordType(OrganisationKind))
    joined_on: date = organisational()
    left_on: date | None = organisational(default=None)
    version: int = organisational(default=1)


class Contact(MainRow, table=True):
    """Somebody to call at work in a member organisation, confirmed every year or forgotten."""

    __tablename__ = "rav_contact"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    member_id: UUID = identifier(foreign_key="rav_member.id", ondelete="CASCADE", index=True)
    name: str = professional(max_length=120)
    function: str = professional(max_length=120)
    phone: str = professional(max_length=32)
    email: str = professional(max_length=254)
    confirmed_on: date = organisational()
    version: int = organisational(default=1)


class Tool(MainRow, table=True):
    """A tool that the professionals of a network made (RAV-20)."""

    __tablename__ = "rav_tool"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    network_id: UUID = identifier(foreign_key="rav_network.id", ondelete="CASCADE", index=True)
    title: str = organisational(max_length=120)
    state: ToolState = organisational(default=ToolState.PROJECT, sa_type=WordType(ToolState))
    changed_on: date = organisational()
    version: int = organisational(default=1)


class Improvement(MainRow, table=True):
    """A point to improve in the path of those who were harmed: a step of the list, and a title."""

    __tablename__ = "rav_improvement"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    network_id: UUID = identifier(foreign_key="rav_network.id", ondelete="CASCADE", index=True)
    step: PathStep = organisational(sa_type=WordType(PathStep))
    title: str = organisational(max_length=120)
    state: ImprovementState = organisational(default=ImprovementState.NOTED, sa_type=WordType(ImprovementState))
    noted_on: date = organisational()
    version: int = organisational(default=1)
