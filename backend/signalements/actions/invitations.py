"""One-time forms: a named agent of a habilitated institution, without an account, signals once and reads nothing.

The link goes by e-mail, the code by phone: neither is enough. The link is consumed only by the POST that carries the
code, never by a GET, so a mail gateway that follows links spends nothing (architecture.md section 6).
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import cell_of, require_intake
from backend.institutions.models import Institution
from backend.kernel.errors import InvalidInput, NotFound, WrongMoment
from backend.kernel.identifiers import new_code, new_id, new_secret
from backend.signalements.actions.submission import Author, competent_cell, submit
from backend.signalements.events import (
    InvitationConfirmed,
    InvitationMade,
    InvitationOpened,
    InvitationWithdrawn,
)
from backend.signalements.forms import InvitationCodeForm, InvitationForm, SignalementForm
from backend.signalements.models import Invitation, Receipt
from policies.access import Action
from policies.habilitation import InstitutionStatus
from policies.vocabulary import Origin

LINK_LIFE = timedelta(days=7)
"""How long an invitation waits for its agent (domain.md section 6)."""

FORM_LIFE = timedelta(hours=2)
"""How long the agent has to fill the form once the code is given."""

ATTEMPTS = 5
"""Wrong codes after which an invitation is void."""


@dataclass(frozen=True, slots=True)
class Invited:
    """What the coordinator gives, once: the link by e-mail, the code by phone. Neither is stored."""

    invitation: Invitation
    secret: str
    code: str


def invite(uow: UnitOfWork, form: InvitationForm) -> Invited:
    """Invite a named agent to signal once to a cell of the coordinator's."""
    cell = gate.fetch(uow, Cell, form.cell, to=Action.CELL_READ)
    statement = sa.select(Institution).where(
        col(Institution.reference) == form.institution, col(Institution.status) == InstitutionStatus.ACTIVE
    )
    institution = uow.session.scalar(statement)
    if institution is None:
        raise InvalidInput({"institution": "Choisissez une institution habilitée de la liste."})
    secret, code = new_secret(), new_code()
    invitation = Invitation(
        id=new_id(),
        cell_id=cell.id,
        institution_id=institution.id,
        invited_by=uow.account(),
        agent_name=form.agent_name,
        agent_function=form.agent_function,
        link_hash=_hash(secret),
        code_hash=_hash(f"{secret}{code}"),
        created_at=uow.now(),
        expires_at=uow.now() + LINK_LIFE,
    )
    gate.require(uow, invitation, Action.INVITATION_WRITE)
    require_intake(uow, cell)
    uow.session.add(invitation)
    uow.record(InvitationMade(Reference(invitation.reference)))
    return Invited(invitation, secret, code)


def is_open(uow: UnitOfWork, secret: str) -> bool:
    """Tell whether a link still waits for its code; reads only, consumes nothing."""
    return uow.session.scalar(_waiting_clause(uow, col(Invitation.link_hash) == _hash(secret))) is not None


def enter(uow: UnitOfWork, secret: str, form: InvitationCodeForm) -> str | None:
    """Open the form with the code heard on the phone, once; give the secret of the form, or None for a wrong code.

    A wrong code is counted, and the fifth voids the link; so the caller commits in both cases. Raises `InvalidInput`
    without the undertaking, `NotFound` for a link that is void, used or over seven days old.
    """
    waiting = _waiting_clause(uow, col(Invitation.link_hash) == _hash(secret)).with_for_update()
    invitation = uow.session.scalar(waiting)
    if invitation is None or invitation.opened_at is not None:
        raise NotFound("Ce lien n'est plus valable. Demandez-en un autre à votre coordonnateur.")
    if not form.undertaking:
        raise InvalidInput({"undertaking": "Engagez-vous à la confidentialité pour continuer."})
    invitation.version += 1
    if not hmac.compare_digest(invitation.code_hash, _hash(f"{secret}{form.code.replace(' ', '')}")):
        invitation.attempts += 1
        return None
    opened = new_secret()
    invitation.opened_at = uow.now()
    invitation.session_hash = _hash(opened)
    uow.record(InvitationOpened(Reference(invitation.reference)))
    return opened


def opened_with(uow: UnitOfWork, opened: str) -> Invitation:
    """Give the invitation whose form is being filled; raise `NotFound` when it is used, withdrawn or too old.

    Its row is locked: two requests cannot spend one invitation.
    """
    statement = _waiting_clause(uow, col(Invitation.session_hash) == _hash(opened)).with_for_update()
    statement = statement.where(col(Invitation.opened_at) > uow.now() - FORM_LIFE)
    invitation = uow.session.scalar(statement.execution_options(populate_existing=True))
    if invitation is None:
        raise NotFound("Ce formulaire n'est plus ouvert. Demandez un autre lien à votre coordonnateur.")
    return invitation


def submit_invited(uow: UnitOfWork, opened: str, form: SignalementForm) -> Receipt:
    """Submit the one-time form: the invitation is spent, and its agent reads nothing more, not even a receipt page."""
    invitation = opened_with(uow, opened)
    institution = uow.session.get_one(Institution, invitation.institution_id)
    cell = competent_cell(uow, form.arrondissement)
    if cell.id != invitation.cell_id:
        invited_to = cell_of(uow, invitation.cell_id).name
        raise InvalidInput(
            {"arrondissement": f"Votre invitation vaut pour {invited_to} : appelez votre coordonnateur."}
        )
    author = Author(
        account=None,
        origin=Origin.of(institution.origin),
        name=invitation.agent_name,
        function=invitation.agent_function,
        institution=institution.name,
        invitation=invitation.id,
    )
    receipt = submit(uow, cell, form, author).receipt
    invitation.used_at = uow.now()
    invitation.version += 1
    return receipt


def withdraw(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Invitation:
    """Withdraw an invitation that was not used yet."""
    invitation = gate.fetch(uow, Invitation, reference, to=Action.INVITATION_WRITE, version=version)
    if invitation.used_at is not None or invitation.withdrawn_at is not None:
        raise WrongMoment("Cette invitation a déjà servi ou a déjà été retirée.")
    invitation.withdrawn_at = uow.now()
    uow.record(InvitationWithdrawn(Reference(invitation.reference)))
    return invitation


def confirm_author(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Invitation:
    """Record that the coordinator checked, by phone, that the invited agent is the author; due before qualification."""
    invitation = gate.fetch(uow, Invitation, reference, to=Action.INVITATION_WRITE, version=version)
    if invitation.used_at is None or invitation.author_confirmed_at is not None:
        raise WrongMoment("Il n'y a rien à confirmer pour cette invitation.")
    invitation.author_confirmed_at = uow.now()
    uow.record(InvitationConfirmed(Reference(invitation.reference)))
    return invitation


def _waiting_clause(uow: UnitOfWork, which: sa.ColumnElement[bool]) -> sa.Select[Invitation]:
    return sa.select(Invitation).where(
        which,
        col(Invitation.used_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
        col(Invitation.attempts) < ATTEMPTS,
        col(Invitation.expires_at) > uow.now(),
    )


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
