"""The verbs of a cell: its life, its contacts, the acts of its go-live gate (domain.md sections 1, 2 and 10)."""

from datetime import date
from types import MappingProxyType
from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.cells.events import (
    ActDecided,
    ActEntered,
    CellCharterChanged,
    CellClosed,
    CellOpened,
    CellRenamed,
    ContactAdded,
    ContactEnded,
    EducationContactsConfirmed,
)
from backend.cells.models import Cell, ContactKind, EducationConfirmation, LocalContact, RecordedAct
from backend.cells.queries import contacts_on, education_confirmed
from backend.cells.states import ACT, ActDecision
from backend.charters.queries import charter_in_force, charters_of
from backend.kernel.errors import InvalidInput, WrongMoment
from policies.access import Action
from policies.charter_words import CharterKind
from policies.go_live import RequiredAct
from policies.retention_words import RecordCategory
from policies.school_years import school_year, school_year_label
from policies.territories import sectors

TAKEN = MappingProxyType({"territory": "Ce secteur a déjà une cellule à cette date."})
"""What is said of a sector that has a cell, even when another administrator opened it an instant before."""


def open_cell(uow: UnitOfWork, *, kind: CharterKind, territory: str, name: str, opened_on: date) -> Cell:
    """Open a cell on a sector, with its own keys, under the charter in force on its first day.

    Raises `Forbidden`, or `InvalidInput` for a sector that does not exist on that day or has a cell already.
    """
    cell = Cell(kind=kind, territory=territory, name=name, charter_version="", opened_on=opened_on)
    require(uow, cell, Action.CELL_OPEN)
    if territory not in {sector.code for sector in sectors(opened_on)}:
        raise InvalidInput({"territory": "Ce secteur n'existe pas à cette date : choisissez-en un autre."})
    if uow.session.scalar(sa.select(sa.exists().where(*_overlapping(cell)))):
        raise InvalidInput(TAKEN)
    try:
        cell.charter_version = charter_in_force(kind, opened_on).version
    except LookupError:
        raise InvalidInput({"opened_on": "Aucune charte n'est en vigueur à cette date."}) from None
    uow.keyring.create_cell(cell.id)
    uow.session.add(cell)
    try:
        uow.session.flush()  # habilitations of the same transaction lead to it without a relationship
    except sa.exc.IntegrityError:
        raise InvalidInput(TAKEN) from None
    uow.record(CellOpened(Reference(cell.reference)))
    return cell


def _overlapping(cell: Cell) -> tuple[sa.ColumnElement[bool], ...]:
    closed = col(Cell.closed_on)
    return (
        col(Cell.kind) == cell.kind,
        col(Cell.territory) == cell.territory,
        sa.or_(closed.is_(None), closed > cell.opened_on),
    )


def rename_cell(uow: UnitOfWork, reference: str, version: int, *, name: str) -> Cell:
    """Change the name under which people know a cell."""
    cell = fetch(uow, Cell, reference, to=Action.CELL_WRITE, version=version)
    cell.name = name
    uow.record(CellRenamed(Reference(cell.reference)))
    return cell


def close_cell(uow: UnitOfWork, reference: str, version: int, *, closed_on: date) -> Cell:
    """Close a cell to new signalements from a day on; what it holds goes on to its end."""
    cell = fetch(uow, Cell, reference, to=Action.CELL_WRITE, version=version)
    if cell.closed_on is not None:
        raise WrongMoment("Cette cellule est déjà fermée.")
    if closed_on < max(cell.opened_on, uow.today()):
        raise InvalidInput({"closed_on": "Une cellule se ferme aujourd'hui ou plus tard, et après son ouverture."})
    cell.closed_on = closed_on
    uow.record(CellClosed(Reference(cell.reference)))
    return cell


def set_charter_version(uow: UnitOfWork, reference: str, version: int, *, charter_version: str) -> Cell:
    """Apply another published version of the charter to what the cell receives from now on.

    Situations keep the version they pinned. Raises `InvalidInput` for a version that is not published for this kind
    of cell or has not taken effect.
    """
    cell = fetch(uow, Cell, reference, to=Action.CELL_WRITE, version=version)
    if charter_version not in {charter.version for charter in charters_of(cell.kind, uow.today())}:
        raise InvalidInput({"charter_version": "Choisissez une version publiée et déjà en vigueur."})
    cell.charter_version = charter_version
    uow.record(CellCharterChanged(Reference(cell.reference)))
    return cell


def add_contact(
    uow: UnitOfWork,
    reference: str,
    *,
    kind: ContactKind,
    name: str,
    function: str,
    phone: str,
    email: str,
) -> LocalContact:
    """Name a contact of a cell, from today on; no right comes with it (CEN-21)."""
    cell = fetch(uow, Cell, reference, to=Action.CELL_CONTACTS)
    contact = LocalContact(
        cell_id=cell.id,
        kind=kind,
        name=name,
        function=function,
        phone=phone,
        email=email,
        valid_from=uow.today(),
    )
    uow.session.add(contact)
    uow.record(ContactAdded(Reference(cell.reference), Reference(contact.reference), kind))
    return contact


def end_contact(uow: UnitOfWork, reference: str, version: int) -> LocalContact:
    """Say that somebody is no longer a contact of the cell, from today on."""
    contact = fetch(uow, LocalContact, reference, to=Action.LOCAL_CONTACT_END, version=version)
    if contact.valid_until is not None:
        raise WrongMoment("Ce contact est déjà retiré.")
    contact.valid_until = uow.today()
    uow.record(ContactEnded(Reference(contact.reference)))
    return contact


def confirm_education_contacts(uow: UnitOfWork, reference: str) -> EducationConfirmation:
    """Confirm, once a school year, that the education contacts of a cell are up to date (CEN-22)."""
    cell = fetch(uow, Cell, reference, to=Action.CELL_CONTACTS)
    year = school_year(uow.today())
    if education_confirmed(uow, cell, year) is not None:
        raise WrongMoment(f"La liste est déjà confirmée pour l'année scolaire {school_year_label(year)}.")
    contacts = [c for c in contacts_on(uow, cell, uow.today()) if c.kind == ContactKind.EDUCATION]
    if not contacts:
        raise WrongMoment("Ajoutez d'abord au moins un correspondant de l'Éducation nationale.")
    confirmation = EducationConfirmation(
        cell_id=cell.id,
        school_year=year,
        contacts=len(contacts),
        confirmed_on=uow.today(),
        confirmed_by=uow.account(),
    )
    uow.session.add(confirmation)
    uow.record(EducationContactsConfirmed(Reference(cell.reference), year, len(contacts)))
    return confirmation


class ActFields(TypedDict):
    """What every act says; `file_sha256` is the hash of the signed file, in hexadecimal: the file stays where it is."""

    number: str
    issued_on: date
    authority: str
    ends_on: date | None
    file_sha256: str


def enter_act(uow: UnitOfWork, reference: str, *, kind: RequiredAct, **said: Unpack[ActFields]) -> RecordedAct:
    """Enter an act of the go-live gate; it counts for nothing until the DPO has confirmed it (domain.md section 10).

    Raises `InvalidInput` for a date that cannot be, and for an elimination agreement: `enter_agreement` takes its
    categories.
    """
    cell = fetch(uow, Cell, reference, to=Action.CELL_RECORD_ACT)
    if kind is RequiredAct.ELIMINATION:
        raise InvalidInput({"kind": "Un accord d'élimination s'enregistre à part, avec les catégories qu'il couvre."})
    return _entered(uow, cell, kind, (), said)


def enter_agreement(
    uow: UnitOfWork, reference: str, *, categories: tuple[RecordCategory, ...], **said: Unpack[ActFields]
) -> RecordedAct:
    """Enter an elimination agreement, as the archivist or an administrator; the DPO confirms it (R5, L.212-2).

    Nothing outside its `categories` goes under it. Raises `InvalidInput` for a date that cannot be.
    """
    cell = fetch(uow, Cell, reference, to=Action.CELL_RECORD_AGREEMENT)
    return _entered(uow, cell, RequiredAct.ELIMINATION, categories, said)


def _entered(
    uow: UnitOfWork, cell: Cell, kind: RequiredAct, categories: tuple[RecordCategory, ...], said: ActFields
) -> RecordedAct:
    issued_on, ends_on = said["issued_on"], said["ends_on"]
    if issued_on > uow.today():
        raise InvalidInput({"issued_on": "Un acte ne peut pas être daté dans l'avenir."})
    if ends_on is not None and ends_on < max(issued_on, uow.today()):
        raise InvalidInput({"ends_on": "Cet acte est déjà expiré : enregistrez celui qui le remplace."})
    act = RecordedAct(
        cell_id=cell.id,
        kind=kind,
        categories=categories,
        entered_by=uow.account(),
        entered_at=uow.now(),
        **said,
    )
    uow.session.add(act)
    uow.record(ActEntered(Reference(cell.reference), Reference(act.reference), kind))
    return act


def decide_act(uow: UnitOfWork, reference: str, version: int, *, decision: ActDecision) -> RecordedAct:
    """Confirm, refuse or withdraw an act, as the DPO and never as the person who entered it.

    Raises `Forbidden` for anybody else, `WrongMoment` when the act was decided already or has expired meanwhile.
    """
    act = fetch(uow, RecordedAct, reference, to=Action.RECORDED_ACT_DECIDE, version=version)
    state = ACT.step(act.state, decision)
    if decision is ActDecision.CONFIRM and act.ends_on is not None and act.ends_on < uow.today():
        raise WrongMoment("Cet acte a expiré avant d'être confirmé : demandez celui qui le remplace.")
    act.state = state
    act.decided_by = uow.account()
    act.decided_at = uow.now()
    uow.record(ActDecided(Reference(act.reference), act.kind, decision))
    return act
