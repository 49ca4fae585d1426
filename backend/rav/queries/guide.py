"""The resource guide: what is found in it, its editions and what changed between two, links and decisions."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import permits, readable
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.institutions.queries import institution_of
from backend.kernel.clock import paris_day
from backend.rav.models.guide import DeskLink, Diffusion, Edition, EditionEntry, GuideDecision, Structure
from backend.rav.views import (
    DecisionsView,
    DecisionView,
    DeskLinkView,
    DifferenceView,
    DiffusionView,
    EditionLine,
    EditionView,
    GuideView,
    StructureSheet,
    StructureView,
)
from backend.web.fields import in_words
from policies.access import Action
from policies.guide import REVISION_MONTHS, indexed, score
from policies.months import add_months
from policies.rav_words import ORGANISERS
from policies.vocabulary import Role

FOUND = 30
"""Structures shown of a search."""

COMPARED = {
    "name": "nom",
    "kind": "nature",
    "publics": "publics",
    "themes": "thèmes",
    "arrondissements": "arrondissements",
    "confidential": "caractère confidentiel de l'adresse",
    "address": "adresse",
    "transport": "transports",
    "hours": "horaires",
    "phones": "téléphones",
    "languages": "langues",
    "accessibility": "accessibilité",
    "approach": "comment orienter",
}
"""What is compared between two editions, and how it is named."""


def structures(uow: UnitOfWork) -> Sequence[Structure]:
    """Give the structures of the guide, by name, whoever asks: who may read it is decided before.

    A desk and the public read it without an account; the gate decides for everybody else.
    """
    statement = sa.select(Structure).where(col(Structure.withdrawn_on).is_(None))
    return uow.session.scalars(statement.order_by(col(Structure.name), col(Structure.id))).all()


def structure_view(row: Structure | EditionEntry) -> StructureView:
    """Show a structure; the address of a confidential one is left out whatever the row holds."""
    return StructureView(
        reference=row.reference if isinstance(row, Structure) else "",
        name=row.name,
        kind=row.kind,
        publics=row.publics,
        themes=row.themes,
        arrondissements=in_words(row.arrondissements),
        numbers=row.arrondissements,
        confidential=row.confidential,
        address=None if row.confidential else row.address,
        transport=None if row.confidential else row.transport,
        hours=row.hours,
        phones=row.phones,
        languages=row.languages,
        accessibility=row.accessibility,
        approach=row.approach,
        revised_on=row.revised_on,
    )


def search(rows: Iterable[Structure], text: str) -> tuple[StructureView, ...]:
    """Give the structures that answer a search, the best first; nothing of the search is kept."""
    views = [structure_view(row) for row in rows]
    scored = [(score(text, indexed(_texts(view), view.numbers)), view) for view in views]
    ranked = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].name))
    return tuple(view for _, view in ranked)


def _texts(view: StructureView) -> tuple[str, ...]:
    words = (view.kind, *view.publics, *view.themes, *view.accessibility)
    shown = (view.name, view.address, view.transport, view.languages, view.phones, view.approach)
    return (*(word.label for word in words), *(text for text in shown if text))


def guide_view(uow: UnitOfWork, text: str, action: str) -> GuideView:
    """Give the guide, or what a search found in it, for whoever may read it."""
    rows = structures(uow)
    found = search(rows, text)
    keeps = bool(uow.actor.cells(ORGANISERS))
    late = sum(to_revise(uow, row) for row in rows if permits(uow, row, Action.RAV_STRUCTURE_WRITE)) if keeps else 0
    administers = uow.actor.holds_for_city({Role.ADMINISTRATOR})
    return GuideView(text, found[:FOUND], len(found), late, keeps, administers, action)


def to_revise(uow: UnitOfWork, row: Structure) -> bool:
    """Tell whether a structure was not revised for a year."""
    return add_months(row.revised_on, REVISION_MONTHS) <= uow.today()


def structure_sheet(uow: UnitOfWork, row: Structure) -> StructureSheet:
    """Give a structure already fetched, with who revised it."""
    return StructureSheet(
        structure_view(row),
        institution_of(uow, row.revised_by).name,
        to_revise(uow, row),
        permits(uow, row, Action.RAV_STRUCTURE_WRITE),
        row.version,
    )


def editions(uow: UnitOfWork) -> tuple[EditionLine, ...]:
    """Give the editions, the latest first."""
    rows = uow.session.scalars(readable(uow, Edition).order_by(col(Edition.year).desc(), col(Edition.id))).all()
    return tuple(
        EditionLine(
            row.reference,
            cell_of(uow, row.cell_id).name,
            row.year,
            paris_day(row.published_at),
            sent=bool(_diffusions(uow, row.id)),
        )
        for row in rows
    )


def edition_view(uow: UnitOfWork, edition: Edition) -> EditionView:
    """Give an edition already fetched, what changed since the one before, and how it was sent."""
    entries = _entries(uow, edition.id)
    earlier = uow.session.scalar(
        sa.select(Edition)
        .where(col(Edition.cell_id) == edition.cell_id, col(Edition.year) < edition.year)
        .order_by(col(Edition.year).desc())
        .limit(1)
    )
    return EditionView(
        reference=edition.reference,
        cell=cell_of(uow, edition.cell_id).name,
        year=edition.year,
        published_on=paris_day(edition.published_at),
        structures=tuple(structure_view(entry) for entry in entries),
        previous=None if earlier is None else earlier.year,
        differences=() if earlier is None else differences(_entries(uow, earlier.id), entries),
        diffusions=tuple(
            DiffusionView(row.medium, row.sent_on, row.recipients) for row in _diffusions(uow, edition.id)
        ),
        keeps=permits(uow, edition, Action.RAV_EDITION_WRITE),
        typed={},
    )


def differences(before: Sequence[EditionEntry], after: Sequence[EditionEntry]) -> tuple[DifferenceView, ...]:
    """Tell what was added, withdrawn or changed between two editions, by name of structure."""
    old = {entry.structure_id: entry for entry in before}
    new = {entry.structure_id: entry for entry in after}
    found = [DifferenceView(new[key].name, "ajoutée", ()) for key in new.keys() - old.keys()]
    found += [DifferenceView(old[key].name, "retirée", ()) for key in old.keys() - new.keys()]
    for key in new.keys() & old.keys():
        changed = tuple(
            label for field, label in COMPARED.items() if getattr(old[key], field) != getattr(new[key], field)
        )
        if changed:
            found.append(DifferenceView(new[key].name, "modifiée", changed))
    return tuple(sorted(found, key=lambda difference: (difference.name, difference.change)))


def _entries(uow: UnitOfWork, edition: UUID) -> Sequence[EditionEntry]:
    statement = sa.select(EditionEntry).where(col(EditionEntry.edition_id) == edition)
    return uow.session.scalars(statement.order_by(col(EditionEntry.name), col(EditionEntry.id))).all()


def _diffusions(uow: UnitOfWork, edition: UUID) -> Sequence[Diffusion]:
    statement = sa.select(Diffusion).where(col(Diffusion.edition_id) == edition)
    return uow.session.scalars(statement.order_by(col(Diffusion.sent_on).desc(), col(Diffusion.id))).all()


def desk_links(uow: UnitOfWork) -> tuple[DeskLinkView, ...]:
    """Give the links that the person follows, the latest first."""
    rows = uow.session.scalars(readable(uow, DeskLink).order_by(col(DeskLink.made_on).desc(), col(DeskLink.id))).all()
    return tuple(
        DeskLinkView(
            row.reference,
            institution_of(uow, row.institution_id).name,
            row.desk,
            row.made_on,
            row.ends_on,
            row.revoked_at is not None,
            row.version,
        )
        for row in rows
    )


def link_hash(secret: str) -> bytes:
    """Give what is stored of a link."""
    return sha256(secret.encode()).digest()


def is_public(uow: UnitOfWork) -> bool:
    """Tell whether the city opened the guide to the public: closed until a decision says otherwise."""
    statement = sa.select(GuideDecision).order_by(col(GuideDecision.recorded_at).desc(), col(GuideDecision.id).desc())
    last = uow.session.scalar(statement.limit(1))
    return last is not None and last.opens


def decisions_view(uow: UnitOfWork) -> DecisionsView:
    """Give the decisions on the public page, the last one first."""
    rows = uow.session.scalars(readable(uow, GuideDecision).order_by(col(GuideDecision.recorded_at).desc()))
    return DecisionsView(
        is_public(uow), tuple(DecisionView(row.opens, row.act, row.decided_on, row.recorded_at) for row in rows), {}
    )


def links_open(uow: UnitOfWork, cell: UUID) -> int:
    """Count the desk links that a cell gave and that still open the guide, whoever asks."""
    statement = sa.select(sa.func.count()).where(
        col(DeskLink.cell_id) == cell, col(DeskLink.revoked_at).is_(None), col(DeskLink.ends_on) > uow.today()
    )
    return uow.session.scalar(statement) or 0
