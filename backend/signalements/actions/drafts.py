"""Drafts: begun once the diversion questions are answered, saved as typed, submitted or abandoned by their author."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.idempotency import Sending, made_before, remember
from backend.authorization.vault import Ground, Purpose, destroy, key_of, new_subject, open_rows, seal_into, supersede
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.charters.queries import charter_of
from backend.kernel.errors import NotFound, WrongMoment
from backend.kernel.identifiers import new_id
from backend.signalements.actions.submission import (
    ROUTE,
    Completion,
    competent_cell,
    signed_in_author,
    submit,
)
from backend.signalements.events import DraftAbandoned, DraftSaved
from backend.signalements.forms import SignalementForm, StartForm
from backend.signalements.models import Draft, Receipt
from policies.access import Action
from policies.vocabulary import ReceiptStatus

DRAFTS_AT_ONCE = 20
"""Drafts that one account may keep: far above a day's work, far under what would fill a store."""

Typed = Mapping[str, object]
"""What a person typed, field by field, whether it can be accepted or not."""


def begin(uow: UnitOfWork, form: StartForm) -> Draft:
    """Begin a draft for the cell that the answers lead to.

    Raises `InvalidInput` where there is no cell, `WrongMoment` for who keeps too many drafts already.
    """
    if gate.count(uow, Draft) >= DRAFTS_AT_ONCE:
        raise WrongMoment(
            f"Vous avez déjà {DRAFTS_AT_ONCE} brouillons : envoyez ou supprimez-en un avant d'en commencer un autre."
        )
    cell = competent_cell(uow, form.arrondissement)
    gate.fetch(uow, Cell, cell.reference, to=Action.CELL_SUBMIT)
    signed_in_author(uow, charter_of(cell.charter_version))
    now = uow.now()
    draft = Draft(id=new_id(), cell_id=cell.id, account_id=uow.account(), created_at=now, saved_at=now)
    content: dict[str, object] = {"residence": str(form.residence), "arrondissement": str(form.arrondissement)}
    seal_into(draft, new_subject(uow, draft.id, cell.id), {"content": content})
    uow.session.add(draft)
    uow.record(DraftSaved(Reference(draft.reference)))
    return draft


def save(uow: UnitOfWork, reference: str, typed: Typed) -> Draft:
    """Keep what was typed, complete or not, right or wrong."""
    draft = gate.fetch(uow, Draft, reference, to=Action.DRAFT_WRITE)
    kept = {**_content(uow, draft), **typed}
    seal_into(draft, key_of(uow, draft), {"content": dict(kept)})
    draft.saved_at = uow.now()
    uow.record(DraftSaved(Reference(draft.reference)))
    return draft


def resume(uow: UnitOfWork, reference: str) -> tuple[Draft, Typed]:
    """Give back a draft and what was typed in it."""
    draft = gate.fetch(uow, Draft, reference, to=Action.DRAFT_READ)
    return draft, _content(uow, draft)


def send(uow: UnitOfWork, reference: str, form: SignalementForm) -> Receipt:
    """Submit a draft, once: sent twice, it gives the same receipt. The draft's key is replaced after the commit."""
    if known := sent_before(uow, reference):
        return known
    try:
        draft = gate.fetch(uow, Draft, reference, to=Action.DRAFT_WRITE)
    except NotFound:
        # A second click waited here for the first one, which has just sent the draft.
        if known := sent_before(uow, reference):
            return known
        raise
    cell = competent_cell(uow, form.arrondissement)
    completion = None
    if draft.receipt_id is not None and draft.received_at is not None:
        receipt = uow.session.get_one(Receipt, draft.receipt_id)
        completion = Completion(receipt, draft.received_at)
    submitted = submit(uow, cell, form, signed_in_author(uow, charter_of(cell.charter_version)), completion)
    supersede(uow, draft.id, draft.reference, Ground.SUBMITTED, submitted.keys)
    uow.session.delete(draft)
    remember(uow, uow.account(), ROUTE, _sending(reference), submitted.receipt.reference)
    return submitted.receipt


def sent_before(uow: UnitOfWork, reference: str) -> Receipt | None:
    """Give the receipt of a draft that was already submitted in the last 24 hours."""
    known = made_before(uow, uow.account(), ROUTE, _sending(reference))
    return None if known is None else gate.fetch(uow, Receipt, known, to=Action.RECEIPT_READ)


def _sending(reference: str) -> Sending:
    """Give the sending of a draft: it is sent once, so its reference is its key."""
    return Sending(reference, reference.encode())


def abandon(uow: UnitOfWork, reference: str) -> None:
    """Destroy a draft at its author's request; the receipt of one that came back no longer asks for it."""
    _give_up(uow, gate.fetch(uow, Draft, reference, to=Action.DRAFT_WRITE))


def discard_all(uow: UnitOfWork, account: UUID) -> None:
    """Destroy the drafts of somebody who left: they are their author's alone, and nobody can finish them."""
    with uow.reaching(account):
        drafts = uow.session.scalars(
            sa.select(Draft)
            .options(defer(Draft.content))  # type: ignore[arg-type]
            .where(col(Draft.account_id) == account)
            .order_by(col(Draft.id))
            .with_for_update()
        ).all()
        for draft in drafts:
            _give_up(uow, draft)


def _give_up(uow: UnitOfWork, draft: Draft) -> None:
    if draft.receipt_id is not None:
        receipt = uow.session.get_one(Receipt, draft.receipt_id)
        receipt.status = ReceiptStatus.RECEIVED
        receipt.return_reason = None
    uow.record(DraftAbandoned(Reference(draft.reference)))
    destroy(uow, draft.id, draft.reference, Ground.ABANDONED)
    uow.session.delete(draft)


def _content(uow: UnitOfWork, draft: Draft) -> Typed:
    content = open_rows(uow, [draft], ["content"], Purpose.DRAFT, [draft.reference])[draft.id]["content"]
    if not isinstance(content, Mapping):
        raise NotFound
    return content
