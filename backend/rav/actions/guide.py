"""The resource guide: structures, yearly editions, their diffusion, and its opening to the public."""

from typing import Any
from uuid import UUID

from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.kernel.errors import InvalidInput, SignInRequired, WrongMoment
from backend.rav.events import (
    EditionPublished,
    EditionSent,
    GuideDecided,
    StructureChange,
    StructureSet,
)
from backend.rav.forms import DiffusionForm, EditionForm, GuideDecisionForm, StructureForm
from backend.rav.models.guide import Diffusion, Edition, EditionEntry, GuideDecision, Structure
from backend.rav.queries.guide import COMPARED, structures
from policies.access import Action

AHEAD = 1
"""Years ahead of the present one whose edition may be published."""

HIDDEN = "Une adresse confidentielle ne s'enregistre pas : laissez l'adresse et les transports vides."


def add_structure(uow: UnitOfWork, form: StructureForm) -> Structure:
    """Add a structure to the guide, revised today; raise `InvalidInput` for a confidential one with its address."""
    if form.cell is None:
        raise InvalidInput({"cell": "Choisissez la cellule qui tient cette fiche."})
    cell = gate.fetch(uow, Cell, form.cell, to=Action.CELL_READ)
    structure = Structure(cell_id=cell.id, revised_on=uow.today(), revised_by=_institution(uow), **_facts(form))
    gate.require(uow, structure, Action.RAV_STRUCTURE_WRITE)
    uow.session.add(structure)
    uow.record(StructureSet(Reference(structure.reference), StructureChange.ADDED))
    return structure


def change_structure(uow: UnitOfWork, reference: str, version: int, form: StructureForm) -> Structure:
    """Change what the guide says of a structure; it is revised today."""
    structure = _structure(uow, reference, version)
    for name, value in _facts(form).items():
        setattr(structure, name, value)
    _revised(uow, structure)
    uow.record(StructureSet(Reference(structure.reference), StructureChange.CHANGED))
    return structure


def revise_structure(uow: UnitOfWork, reference: str, version: int) -> Structure:
    """Say that what the guide says of a structure was checked today and is still right."""
    structure = _structure(uow, reference, version)
    _revised(uow, structure)
    uow.record(StructureSet(Reference(structure.reference), StructureChange.REVISED))
    return structure


def withdraw_structure(uow: UnitOfWork, reference: str, version: int) -> Structure:
    """Take a structure out of the guide; past editions keep it."""
    structure = _structure(uow, reference, version)
    structure.withdrawn_on = uow.today()
    uow.record(StructureSet(Reference(structure.reference), StructureChange.WITHDRAWN))
    return structure


def publish(uow: UnitOfWork, form: EditionForm) -> Edition:
    """Publish the guide of a year, as it stands now (RAV-13); an edition once published never changes.

    Raises `InvalidInput` for a year that is published already or neither this one nor the next.
    """
    cell = gate.fetch(uow, Cell, form.cell, to=Action.CELL_READ)
    edition = Edition(cell_id=cell.id, year=form.year, published_at=uow.now(), published_by=uow.account())
    gate.require(uow, edition, Action.RAV_EDITION_WRITE)
    if not 0 <= form.year - uow.today().year <= AHEAD:
        raise InvalidInput({"year": "Une édition est celle de cette année ou de la suivante."})
    if gate.count(uow, Edition, col(Edition.cell_id) == cell.id, col(Edition.year) == form.year):
        raise InvalidInput({"year": "L'édition de cette année est déjà publiée."})
    rows = structures(uow)
    if not rows:
        raise WrongMoment("Le guide est vide : ajoutez d'abord une structure.")
    uow.session.add(edition)
    uow.session.flush()  # its entries lead to it without a relationship
    for row in rows:
        facts = {name: getattr(row, name) for name in (*COMPARED, "revised_on")}
        uow.session.add(EditionEntry(edition_id=edition.id, structure_id=row.id, **facts))
    uow.record(EditionPublished(Reference(edition.reference), form.year, len(rows)))
    return edition


def record_diffusion(uow: UnitOfWork, reference: str, form: DiffusionForm) -> Edition:
    """Record that an edition was sent out: how, when, to how many."""
    edition = gate.fetch(uow, Edition, reference, to=Action.RAV_EDITION_WRITE)
    if form.sent_on > uow.today():
        raise InvalidInput({"sent_on": "Une diffusion s'enregistre une fois faite."})
    uow.session.add(Diffusion(edition_id=edition.id, **dict(form)))
    uow.record(EditionSent(Reference(edition.reference), form.medium, form.recipients))
    return edition


def decide_opening(uow: UnitOfWork, form: GuideDecisionForm) -> GuideDecision:
    """Record the city's decision to open the guide to the public, or to close it; it holds at once."""
    decision = GuideDecision(**dict(form), recorded_by=uow.account(), recorded_at=uow.now())
    gate.require(uow, decision, Action.RAV_GUIDE_DECISION_RECORD)
    if form.decided_on > uow.today():
        raise InvalidInput({"decided_on": "Une décision ne peut pas être datée dans l'avenir."})
    uow.session.add(decision)
    uow.record(GuideDecided(Reference(decision.reference), form.opens))
    return decision


def _structure(uow: UnitOfWork, reference: str, version: int) -> Structure:
    structure = gate.fetch(uow, Structure, reference, to=Action.RAV_STRUCTURE_WRITE, version=version)
    if structure.withdrawn_on is not None:
        raise WrongMoment("Cette structure est déjà retirée du guide.")
    return structure


def _revised(uow: UnitOfWork, structure: Structure) -> None:
    structure.revised_on = uow.today()
    structure.revised_by = _institution(uow)


def _institution(uow: UnitOfWork) -> UUID:
    """Give the institution that answers for a revision: an account may go, its institution stays."""
    if uow.actor.institution is None:
        raise SignInRequired
    return uow.actor.institution


def _facts(form: StructureForm) -> dict[str, Any]:
    if form.confidential and (form.address or form.transport):
        # Refused rather than dropped: what was typed was about to be stored, and somebody must know.
        raise InvalidInput({"address" if form.address else "transport": HIDDEN})
    return {name: value for name, value in form if name != "cell"}
