"""Links of reception desks: read the guide without an account, for a year at most, revoked at once (RAV-13).

The link is stored as a hash and shown once. It opens the guide, which holds nothing about a person concerned: no code
goes with it, and opening it consumes nothing. How often it may be opened in an hour is bounded.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.institutions.models import Institution
from backend.institutions.queries import habilitated
from backend.kernel.errors import InvalidInput, NotFound, Throttled, WrongMoment
from backend.kernel.identifiers import new_secret
from backend.rav.events import DeskLinkMade, DeskLinkRevoked
from backend.rav.forms import DeskLinkForm
from backend.rav.models.guide import DeskLink
from backend.rav.queries.guide import link_hash
from policies.access import Action
from policies.habilitation import InstitutionStatus
from policies.months import add_months

LIFE_MONTHS = 12
"""How long a link lives: until the next yearly diffusion."""

OPENED_PER_HOUR = 120
"""Pages that one desk may open in an hour."""

HOUR = 3600

VOID = "Ce lien n'est plus valable. Demandez-en un autre au coordonnateur de votre arrondissement."


@dataclass(frozen=True, slots=True)
class Made:
    """What is given to the desk, once."""

    link: DeskLink
    secret: str


def give_link(uow: UnitOfWork, form: DeskLinkForm) -> Made:
    """Give a link to the reception desk of a habilitated institution; raise `InvalidInput` for another one."""
    cell = gate.fetch(uow, Cell, form.cell, to=Action.CELL_READ)
    institutions = {institution.reference: institution for institution in habilitated(uow)}
    if form.institution not in institutions:
        raise InvalidInput({"institution": "Choisissez une institution qui participe au service."})
    institution = institutions[form.institution]
    secret = new_secret()
    link = DeskLink(
        cell_id=cell.id,
        institution_id=institution.id,
        desk=form.desk,
        link_hash=link_hash(secret),
        made_on=uow.today(),
        ends_on=add_months(uow.today(), LIFE_MONTHS),
    )
    gate.require(uow, link, Action.DESK_LINK_WRITE)
    uow.session.add(link)
    uow.record(DeskLinkMade(Reference(link.reference), Reference(institution.reference)))
    return Made(link, secret)


def revoke_link(uow: UnitOfWork, reference: str, version: int) -> DeskLink:
    """Revoke a link: it opens nothing from now on."""
    link = gate.fetch(uow, DeskLink, reference, to=Action.DESK_LINK_WRITE, version=version)
    if link.revoked_at is not None:
        raise WrongMoment("Ce lien est déjà révoqué.")
    link.revoked_at = uow.now()
    uow.record(DeskLinkRevoked(Reference(link.reference)))
    return link


def enter_by_link(uow: UnitOfWork, secret: str) -> DeskLink:
    """Let a desk in and count it.

    Raises `NotFound` for a link that is unknown, revoked or past, or of an institution that left; `Throttled` past
    `OPENED_PER_HOUR`, until the hour ends.
    """
    statement = (
        sa.select(DeskLink)
        .join(Institution, col(Institution.id) == col(DeskLink.institution_id))
        .where(
            col(DeskLink.link_hash) == link_hash(secret),
            col(DeskLink.revoked_at).is_(None),
            col(DeskLink.ends_on) > uow.today(),
            col(Institution.status) == InstitutionStatus.ACTIVE,
        )
        .with_for_update(of=DeskLink)
    )
    link = uow.session.scalar(statement)
    if link is None:
        raise NotFound(VOID)
    second = int(uow.now().timestamp())
    if link.hour != second // HOUR:
        link.hour, link.opened = second // HOUR, 0
    if link.opened >= OPENED_PER_HOUR:
        raise Throttled((link.hour + 1) * HOUR - second)
    link.opened += 1
    return link
