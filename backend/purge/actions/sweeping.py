"""What goes without an agreement or a notice: drafts, receipts, sessions, links, mail, evidence, tombstones, journal.

Each kind is one line of the table of domain.md section 6; the durations are those in force (`policies.retention`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import col

from backend.audit.expiry import DamagedError
from backend.audit.reading import UnreadableError
from backend.authorization.idempotency import IdempotencyKey
from backend.authorization.quota import HOUR, ListingQuota
from backend.authorization.vault import Ground, destroy
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell, LocalContact, RecordedAct
from backend.charters.models import CharterSignature
from backend.crypto.keyring import ServiceKey
from backend.kernel.clock import paris_instant
from backend.kernel.database import MainRow
from backend.mail.models import MailOutbox
from backend.mail.sending import GIVEN_UP_AFTER
from backend.members.actions.ageing import remove_unused, suspend_unused, to_remove, to_suspend
from backend.members.models import Account, AccountSession, EnrolmentLink, Habilitation
from backend.purge.actions.switching import require_running
from backend.purge.actions.tallying import tally
from backend.purge.events import RecordsExpired
from backend.purge.models import PurgeRun
from backend.purge.queries.rows import durations_on
from backend.signalements.models import Draft, Invitation, Receipt, Signalement
from policies.retention import Durations, Kind
from policies.retention_words import Verdict
from policies.terms import latest_start
from policies.vocabulary import ReceiptStatus

_LOG = logging.getLogger("cenacle")
UNUSED = (Kind.UNUSED_ACCOUNT, Kind.UNUSED_OCCASIONAL_ACCOUNT)
"""Rules by which an account is suspended."""


@dataclass(frozen=True, slots=True)
class PeopleDue:
    """How many accounts a run of today would suspend or empty, and how many habilitations it would destroy."""

    suspended: int
    removed: int
    habilitations: int


def people_due(house: House) -> PeopleDue:
    """Count what a run of today would do to accounts and habilitations, by its own conditions; changes nothing."""
    with house.transaction() as uow:
        removed = {account.id for account in to_remove(uow)}
        suspended = {account.id for kind in UNUSED for account in to_suspend(uow, kind)} - removed
        ended = sa.select(sa.func.count()).select_from(Habilitation).where(_ended(uow))
        return PeopleDue(len(suspended), len(removed), uow.session.scalar(ended) or 0)


def sweep(house: House, run: UUID) -> None:
    """Destroy what is over of every kind that needs neither agreement nor notice.

    Raises `StoppedError` between two kinds once somebody stopped the purge.
    """
    for account in _accounts(house):
        _each(house, run, Kind.DRAFT, partial(_drafts, account))
    for kind, delete in (*SWEEPS, *house.sweeps):
        _each(house, run, kind, delete)
    for kind in UNUSED:
        with house.transaction() as uow:
            require_running(uow)
            tally(uow, run, kind, Verdict.SUSPENDED, suspend_unused(uow, kind))
    forgotten = house.keyring.forget_tombstones(_started_by(house, Kind.TOMBSTONE))
    _each(house, run, Kind.TOMBSTONE, lambda _uow: forgotten)
    expired = _expire_journal(house)
    _each(house, run, Kind.JOURNAL, lambda _uow: expired)


def _expire_journal(house: House) -> int:
    """Expire what the journal says; a damaged journal stays as it is, `cenacle audit verify` then says where."""
    try:
        return house.journal.expire(_started_by(house, Kind.JOURNAL), house.keyring.public_key(ServiceKey.LOG))
    except (DamagedError, UnreadableError) as fault:
        _LOG.warning("the journal was not expired: %s", type(fault).__name__)
        return 0


def _each(house: House, run: UUID, kind: Kind, delete: Callable[[UnitOfWork], int]) -> None:
    with house.transaction() as uow:
        require_running(uow)
        number = delete(uow)
        if number:
            tally(uow, run, kind, Verdict.DESTROYED, number)
            uow.record(RecordsExpired(kind, number))


def _drafts(account: UUID, uow: UnitOfWork) -> int:
    """Destroy the old drafts of an account; an author who never completed one reads « traité » like the others."""
    with uow.reaching(account):
        over = col(Draft.account_id) == account, col(Draft.created_at) < _over(uow, Kind.DRAFT)
        old = sa.select(Draft).options(defer(Draft.content)).where(*over)  # type: ignore[arg-type]
        rows = uow.session.scalars(old.with_for_update()).all()
        for row in rows:
            destroy(uow, row.id, row.reference, Ground.ABANDONED)
            if row.receipt_id is not None:
                receipt = uow.session.get_one(Receipt, row.receipt_id, with_for_update=True)
                receipt.status, receipt.return_reason = ReceiptStatus.RECEIVED, None
                receipt.version += 1
            uow.session.delete(row)
    return len(rows)


def _receipts(uow: UnitOfWork) -> int:
    _reach_cells(uow)
    processed = col(Receipt.processed_at) < _over(uow, Kind.RECEIPT)
    return _delete(uow, Receipt, sa.or_(processed, col(Receipt.submitted_at) < _over(uow, Kind.RECEIPT_LIMIT)))


def _mail(uow: UnitOfWork) -> int:
    limit = _over(uow, Kind.MAIL)
    never_sent = sa.and_(col(MailOutbox.sent_at).is_(None), col(MailOutbox.queued_at) < limit - GIVEN_UP_AFTER)
    return _delete(uow, MailOutbox, sa.or_(col(MailOutbox.sent_at) < limit, never_sent))


def _sessions(uow: UnitOfWork) -> int:
    limit = uow.now() - timedelta(days=1)
    hour = int(uow.now().timestamp()) // HOUR
    return (
        _delete(uow, AccountSession, col(AccountSession.created_at) <= limit)
        + _delete(uow, IdempotencyKey, col(IdempotencyKey.made_at) <= limit)
        + _delete(uow, ListingQuota, col(ListingQuota.hour) < hour)
    )


def _links(uow: UnitOfWork) -> int:
    _reach_cells(uow)
    # Until the coordinator has confirmed who wrote it, a signalement keeps the invitation that it came by.
    awaited = sa.and_(col(Invitation.used_at).is_not(None), col(Invitation.author_confirmed_at).is_(None))
    standing = sa.exists(sa.select(col(Signalement.id)).where(col(Signalement.invitation_id) == col(Invitation.id)))
    over = sa.and_(col(Invitation.created_at) < _over(uow, Kind.LINK), ~sa.and_(awaited, standing))
    return _delete(uow, EnrolmentLink, col(EnrolmentLink.expires_at) <= uow.now()) + _delete(uow, Invitation, over)


def _habilitations(uow: UnitOfWork) -> int:
    return _delete(uow, Habilitation, _ended(uow))


def _ended(uow: UnitOfWork) -> sa.ColumnElement[bool]:
    ended = sa.func.coalesce(col(Habilitation.ended_on), col(Habilitation.valid_until))
    return ended <= _latest(uow, Kind.HABILITATION)


def _contacts(uow: UnitOfWork) -> int:
    _reach_cells(uow)
    return _delete(uow, LocalContact, col(LocalContact.valid_until) <= _latest(uow, Kind.LOCAL_CONTACT))


def _evidence(uow: UnitOfWork) -> int:
    day = _latest(uow, Kind.EVIDENCE)
    ended = sa.func.coalesce(col(RecordedAct.ends_on), col(RecordedAct.issued_on))
    acts = sa.and_(ended <= day, col(RecordedAct.ends_on).is_not(None))
    return (
        _delete(uow, RecordedAct, acts)
        + _delete(uow, PurgeRun, col(PurgeRun.day) <= day)
        + _delete(uow, CharterSignature, col(CharterSignature.ended_on) <= day)
    )


SWEEPS: tuple[tuple[Kind, Callable[[UnitOfWork], int]], ...] = (
    (Kind.RECEIPT, _receipts),
    (Kind.MAIL, _mail),
    (Kind.SESSION, _sessions),
    (Kind.LINK, _links),
    (Kind.REMOVED_ACCOUNT, remove_unused),
    (Kind.HABILITATION, _habilitations),
    (Kind.LOCAL_CONTACT, _contacts),
    (Kind.EVIDENCE, _evidence),
)
"""Each kind, and what deletes it; those of the features above come with the house."""


def _delete(uow: UnitOfWork, model: type[MainRow], condition: sa.ColumnElement[bool]) -> int:
    (key, *_) = MainRow.metadata.tables[str(model.__tablename__)].primary_key.columns
    return len(uow.session.scalars(sa.delete(model).where(condition).returning(key)).all())


def _over(uow: UnitOfWork, kind: Kind) -> datetime:
    """Give the instant before which a start must fall for a kind to be over today."""
    return paris_instant(_latest(uow, kind) + timedelta(days=1), time.min)


def _latest(uow: UnitOfWork, kind: Kind) -> date:
    return _latest_of(durations_on(uow.session, uow.today()), kind, uow.today())


def _latest_of(durations: Durations, kind: Kind, today: date) -> date:
    rule = durations.rule(kind)
    if rule.days is not None:
        return today - timedelta(days=rule.days)
    return latest_start(today, durations.months(kind))


def _started_by(house: House, kind: Kind) -> datetime:
    with house.transaction() as uow:
        require_running(uow)  # what it begins holds no transaction of `main`
        return _over(uow, kind)


def _accounts(house: House) -> list[UUID]:
    with house.transaction() as uow:
        return list(uow.session.scalars(sa.select(col(Account.id)).order_by(col(Account.id))))


def _reach_cells(uow: UnitOfWork) -> None:
    for cell in uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.id))).all():
        uow.hand_over(cell)
