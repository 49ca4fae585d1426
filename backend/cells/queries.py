"""Which cells there are, which one is competent, who to call in it (domain.md sections 1 to 3).

A cell is an organisational fact: what intake and transfers ask of it does not depend on who asks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import permits, readable
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell, ContactKind, EducationConfirmation, LocalContact, RecordedAct
from backend.cells.states import ActState
from backend.cells.views import CellLine, CellView, EducationView, act_view, contact_view
from backend.charters.queries import charter_of, charters_of, signatures_of
from backend.charters.views import charter_view, signature_view
from backend.institutions.queries import institution_of
from backend.kernel.errors import NotFound, WrongMoment
from policies import go_live
from policies.access import Action
from policies.charter_words import CharterKind
from policies.go_live import RequiredAct
from policies.retention_words import RecordCategory
from policies.school_years import school_year, school_year_label
from policies.territories import sector_on, sectors


def by_name(cells: Iterable[Cell]) -> Sequence[Cell]:
    """Give cells in the order of their names, numbers read as numbers: the 9e before the 10e."""

    def place(cell: Cell) -> tuple[list[str | int], UUID]:
        parts = re.split(r"(\d+)", cell.name.casefold())
        return [int(part) if part.isdecimal() else part for part in parts], cell.id

    return sorted(cells, key=place)


def cells_of(uow: UnitOfWork) -> Sequence[Cell]:
    """Give the cells that the person may read, by name."""
    return by_name(uow.session.scalars(readable(uow, Cell)))


def cell_of(uow: UnitOfWork, cell: UUID) -> Cell:
    """Give a cell by its identifier, whoever asks; raises `NotFound`."""
    found = uow.session.get(Cell, cell)
    if found is None:
        raise NotFound
    return found


def cell_for(uow: UnitOfWork, arrondissement: int, day: date, kind: CharterKind = CharterKind.CENOMED) -> Cell | None:
    """Give the cell that is competent for an arrondissement on a day, or None where there is none (CEN-08).

    Raises LookupError outside Paris.
    """
    closed = col(Cell.closed_on)
    return uow.session.scalar(
        sa.select(Cell).where(
            col(Cell.kind) == kind,
            col(Cell.territory) == sector_on(day, arrondissement).code,
            col(Cell.opened_on) <= day,
            sa.or_(closed.is_(None), closed > day),
        )
    )


def contacts_on(uow: UnitOfWork, cell: Cell, day: date) -> Sequence[LocalContact]:
    """Give the contacts of a cell on a day, as far as the person may read them, in the order in which to call them."""
    until = col(LocalContact.valid_until)
    order = sa.case({kind.value: place for place, kind in enumerate(ContactKind)}, value=col(LocalContact.kind))
    statement = readable(uow, LocalContact).where(
        col(LocalContact.cell_id) == cell.id,
        col(LocalContact.valid_from) <= day,
        sa.or_(until.is_(None), until > day),
    )
    return uow.session.scalars(statement.order_by(order, col(LocalContact.name), col(LocalContact.id))).all()


def education_confirmed(uow: UnitOfWork, cell: Cell, school_year: int) -> EducationConfirmation | None:
    """Give the confirmation of the education contacts of a cell for a school year, or None while it is awaited."""
    return uow.session.scalar(
        sa.select(EducationConfirmation).where(
            col(EducationConfirmation.cell_id) == cell.id,
            col(EducationConfirmation.school_year) == school_year,
        )
    )


def acts_of(uow: UnitOfWork, cell: Cell) -> Sequence[RecordedAct]:
    """Give the acts of a cell that the person may read, latest first."""
    statement = readable(uow, RecordedAct).where(col(RecordedAct.cell_id) == cell.id)
    return uow.session.scalars(statement.order_by(col(RecordedAct.entered_at).desc(), col(RecordedAct.id))).all()


def acts_to_confirm(uow: UnitOfWork) -> Sequence[RecordedAct]:
    """Give the acts that await the DPO's word, oldest first."""
    statement = readable(uow, RecordedAct).where(col(RecordedAct.state) == ActState.ENTERED)
    return uow.session.scalars(statement.order_by(col(RecordedAct.entered_at), col(RecordedAct.id))).all()


def missing_acts(uow: UnitOfWork, cell: Cell, day: date) -> tuple[go_live.Requirement, ...]:
    """Give the acts that a cell lacks on a day, whoever asks: neither confirmed, nor begun, nor expired."""
    acts = uow.session.scalars(sa.select(RecordedAct).where(col(RecordedAct.cell_id) == cell.id))
    recorded = (
        go_live.RecordedAct(
            act=act.kind,
            starts=act.issued_on,
            ends=act.ends_on,
            confirmed=act.state == ActState.CONFIRMED,
        )
        for act in acts
    )
    return go_live.missing(recorded, day)


@dataclass(frozen=True, slots=True)
class IntakeRefusal:
    """Why a cell takes no nominative input today: the acts it lacks, and the sentence that people read."""

    missing: tuple[go_live.Requirement, ...]
    sentence: str


def intake_refusal(uow: UnitOfWork, cell: Cell) -> IntakeRefusal | None:
    """Tell why a cell takes no nominative input today, or None when it does (domain.md section 10).

    A demonstration holds fictitious data only: its cells are open without acts.
    """
    today = uow.today()
    if today < cell.opened_on or (cell.closed_on is not None and cell.closed_on <= today):
        return IntakeRefusal((), f"La cellule « {cell.name} » n'est pas ouverte aujourd'hui.")
    if uow.settings.mode == "demo":
        return None
    lacking = missing_acts(uow, cell, today)
    if not lacking:
        return None
    acts = ", ".join(requirement.act.label for requirement in lacking)
    return IntakeRefusal(
        lacking, f"La cellule « {cell.name} » ne peut recevoir aucune donnée nominative : il lui manque {acts}."
    )


def require_intake(uow: UnitOfWork, cell: Cell) -> None:
    """Raise `WrongMoment`, with the names of the missing acts, when a cell takes no nominative input today."""
    refusal = intake_refusal(uow, cell)
    if refusal is not None:
        raise WrongMoment(refusal.sentence)


def acts_to_enter(uow: UnitOfWork, cells: Sequence[Cell]) -> dict[UUID, tuple[RequiredAct, ...]]:
    """Give the acts that the person may enter and nobody has, by cell: neither in force today nor awaiting the DPO.

    An elimination agreement counts once every category is covered. A closed cell awaits nothing more.
    """
    today = uow.today()
    wanted = {
        cell.id: kinds
        for cell in cells
        if (cell.closed_on is None or cell.closed_on > today) and (kinds := _enters(uow, cell))
    }
    if not wanted:
        return {}
    recorded: defaultdict[UUID, list[RecordedAct]] = defaultdict(list)
    for act in uow.session.scalars(
        readable(uow, RecordedAct).where(col(RecordedAct.state).in_([ActState.ENTERED, ActState.CONFIRMED]))
    ):
        if act.ends_on is None or act.ends_on >= today:
            recorded[act.cell_id].append(act)
    absent = {
        cell: tuple(kind for kind in kinds if not _covered(recorded[cell], kind)) for cell, kinds in wanted.items()
    }
    return {cell: kinds for cell, kinds in absent.items() if kinds}


def _enters(uow: UnitOfWork, cell: Cell) -> tuple[RequiredAct, ...]:
    """Give the kinds of acts that the person may enter for a cell."""
    if permits(uow, cell, Action.CELL_RECORD_ACT):
        return tuple(RequiredAct)
    return (RequiredAct.ELIMINATION,) if permits(uow, cell, Action.CELL_RECORD_AGREEMENT) else ()


def _covered(acts: Iterable[RecordedAct], kind: RequiredAct) -> bool:
    found = [act for act in acts if act.kind is kind]
    if kind is RequiredAct.ELIMINATION:
        return {category for act in found for category in act.categories} == set(RecordCategory)
    return bool(found)


def cell_lines(uow: UnitOfWork) -> tuple[CellLine, ...]:
    """Give the list of the cells that the person may read, with the acts that they are to enter."""
    cells = cells_of(uow)
    awaited = acts_to_enter(uow, cells)
    return tuple(
        CellLine(cell.reference, cell.name, _territory(cell), cell.closed_on, awaited.get(cell.id, ()))
        for cell in cells
    )


def _territory(cell: Cell) -> str:
    return next(sector.label for sector in sectors(cell.opened_on) if sector.code == cell.territory)


def cell_view(uow: UnitOfWork, cell: Cell) -> CellView:
    """Give the sheet of a cell: what the person may read of its contacts, acts and signatures, and what they hold."""
    today = uow.today()
    refusal = intake_refusal(uow, cell)
    contacts = tuple(contact_view(contact) for contact in contacts_on(uow, cell, today))
    year = school_year(today)
    confirmation = education_confirmed(uow, cell, year)
    return CellView(
        reference=cell.reference,
        version=cell.version,
        name=cell.name,
        territory=_territory(cell),
        opened_on=cell.opened_on,
        closed_on=cell.closed_on,
        charter=charter_view(charter_of(cell.charter_version)),
        charters=tuple((charter.version, charter.label) for charter in charters_of(cell.kind, today)),
        intake_closed=refusal.sentence if refusal else None,
        missing=refusal.missing if refusal else (),
        contacts=contacts,
        education=EducationView(
            school_year=school_year_label(year),
            confirmed_on=confirmation.confirmed_on if confirmation else None,
            contacts=sum(contact.kind is ContactKind.EDUCATION for contact in contacts),
        ),
        acts=tuple(
            act_view(act, cell.name, today, deciding=permits(uow, act, Action.RECORDED_ACT_DECIDE))
            for act in acts_of(uow, cell)
        ),
        signatures=tuple(
            signature_view(row, institution_of(uow, row.institution_id).name, charter_of(row.charter_version))
            for row in signatures_of(uow)
            if row.ended_on is None and row.kind is cell.kind
        ),
        administers=permits(uow, cell, Action.CELL_WRITE),
        holds_contacts=permits(uow, cell, Action.CELL_CONTACTS),
        records_acts=permits(uow, cell, Action.CELL_RECORD_ACT),
        records_agreements=permits(uow, cell, Action.CELL_RECORD_AGREEMENT),
        sees_keys=permits(uow, cell, Action.CELL_KEYS),
    )
