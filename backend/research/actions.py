"""Open, prepare and close prior research; invite the head of a school to one situation (step 3)."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.actor import Grant
from backend.authorization.vault import Ground, destroy, key_of, new_subject, seal_into
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.kernel.errors import CharterRefusal, InvalidInput, WrongMoment
from backend.kernel.identifiers import new_id
from backend.mail.outbox import queue
from backend.members.queries.standing import grants_of, holders
from backend.research.events import (
    GuestDismissed,
    GuestInvited,
    ResearchClosed,
    ResearchOpened,
    ResearchPrepared,
)
from backend.research.forms import GuestForm, OpenForm, PrepareForm
from backend.research.models import PriorResearch
from backend.research.queries import own_research, require_open, require_researcher, research_of
from backend.research.states import CLOSE, OPEN, SHARING
from backend.situations.models import Situation
from policies.access import AT_THE_TABLE, Action
from policies.vocabulary import SEATS, Role, Sharing


def open_research(uow: UnitOfWork, form: OpenForm) -> list[Situation]:
    """Open situations to the seats, all or none, and tell each seat once by an e-mail that says nothing of them.

    Raises `WrongMoment` for one that is not retained or open already.
    """
    references = list(dict.fromkeys(form.references))
    situations = gate.fetch_all(uow, Situation, references, to=Action.SITUATION_OPEN_RESEARCH)
    for situation in situations:
        if situation.stage not in AT_THE_TABLE:
            raise WrongMoment("La recherche préalable ne s'ouvre que sur une situation que le parquet a retenue.")
        situation.sharing = SHARING.step(situation.sharing, OPEN)
    uow.record(ResearchOpened(tuple(Reference(situation.reference) for situation in situations)))
    for cell in sorted({situation.cell_id for situation in situations}):
        _tell_seats(uow, cell)
    return situations


def prepare(uow: UnitOfWork, reference: str, form: PrepareForm) -> PriorResearch:
    """Keep what a member prepares on a situation: an answer, and a note that nobody else reads.

    Raises `CharterRefusal` for who the charter keeps out of research (CEN-29, CEN-38).
    """
    require_researcher(uow)
    # Locked: a meeting that closes at this instant must find the note, or come first and refuse it.
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_PREPARE, moves=False)
    row = own_research(uow, [situation]).get(situation.id)
    if row is None:
        row = PriorResearch(
            id=new_id(),
            situation_id=situation.id,
            cell_id=situation.cell_id,
            account_id=uow.account(),
            role=_research_role(uow, situation),
            prepared_at=uow.now(),
        )
        key = new_subject(uow, row.id, situation.cell_id)
    else:
        key = key_of(uow, row)
        row.prepared_at = uow.now()
        row.version += 1
    seal_into(row, key, {"value": form.value.value, "note": form.note})
    uow.session.add(row)
    uow.record(ResearchPrepared(Reference(situation.reference)))
    return row


def close_research(uow: UnitOfWork, situation: Situation) -> None:
    """Close a situation to the seats and to its guest, and destroy every note; nothing is done to one not open.

    The situation was fetched for a change by the verb that closes it: a meeting, or the parquet's correction.
    """
    if situation.sharing is Sharing.WITHHELD:
        return
    situation.sharing = SHARING.step(situation.sharing, CLOSE)
    situation.guest_id = None
    notes = research_of(uow, situation)
    for note in notes:
        destroy(uow, note.id, situation.reference, Ground.RESEARCH_CLOSED)
        uow.session.delete(note)
    uow.record(ResearchClosed(Reference(situation.reference), len(notes)))


def invite_guest(uow: UnitOfWork, reference: str, form: GuestForm, *, version: int | None = None) -> Situation:
    """Invite the head of a school to the examination of one situation, and to nothing else (CEN-18, AMB-30)."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_INVITE, version=version)
    require_open(situation)
    guest = next((one for one in holders(uow, Role.GUEST, situation.cell_id) if one.reference == form.guest), None)
    if guest is None:
        raise InvalidInput({"guest": "Choisissez un chef d'établissement habilité de la liste."})
    situation.guest_id = guest.id
    uow.record(GuestInvited(Reference(situation.reference)))
    return situation


def dismiss_guest(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Situation:
    """Withdraw the invitation of a guest, who reads nothing more at once."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_INVITE, version=version)
    if situation.guest_id is None:
        raise WrongMoment("Personne n'est invité à l'examen de cette situation.")
    situation.guest_id = None
    uow.record(GuestDismissed(Reference(situation.reference)))
    return situation


def _tell_seats(uow: UnitOfWork, cell: UUID) -> None:
    people = {
        person.email
        for role in sorted(SEATS)
        for person in holders(uow, role, cell)
        if Grant(role, cell) in grants_of(uow, person)
    }
    for email in sorted(people):
        queue(uow, email, "research_opened", link="/recherche")


def dismiss_departed(uow: UnitOfWork, account: UUID, cells: Collection[UUID]) -> None:
    """Withdraw what somebody who left was invited to, in the cells where they were a guest."""
    for cell in sorted(cells):
        uow.hand_over(cell)
        invited = sa.select(Situation).where(col(Situation.cell_id) == cell, col(Situation.guest_id) == account)
        for situation in uow.session.scalars(invited.order_by(col(Situation.id)).with_for_update()).all():
            situation.guest_id = None
            situation.version += 1
            uow.record(GuestDismissed(Reference(situation.reference)))


def _research_role(uow: UnitOfWork, situation: Situation) -> Role:
    rule = charter_of(situation.charter_version).rules.research
    held = uow.actor.roles_in(situation.cell_id)
    for role in rule.roles:
        if role in held:
            return role
    raise CharterRefusal(rule.statement, rule.origin)
