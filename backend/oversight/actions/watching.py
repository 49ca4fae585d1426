"""Each night: what was unusual in the accesses of the last days is written for the DPO, who is told that there is some.

The journal is read, nothing is opened; what was already found is not found again.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference, Refused
from backend.audit.models import JournalEntry
from backend.authorization.jobs import claim_day
from backend.authorization.vault import ONE_BY_ONE, Opened
from backend.authorization.work import House, UnitOfWork
from backend.kernel.clock import PARIS, paris_instant
from backend.mail.outbox import queue
from backend.members.actions.namesakes import forget_tallies
from backend.members.models import Account
from backend.members.queries.standing import holders
from backend.oversight.events import UnusualAccessFound
from backend.oversight.models import UnusualAccess
from backend.purge.queries.rows import durations_on
from policies.months import add_months, month_of
from policies.retention import Kind
from policies.unusual_access import PROBING, Opening, Unusual, unusual
from policies.vocabulary import Role

JOB = "watch"
"""Name of the daily job."""

LOOKED_BACK = 4
"""Days looked at each time: a service stopped for a weekend misses nothing."""


def watch_daily(house: House) -> None:
    """Look at the last days once a day, whatever the number of processes, and tell the DPO when something is found."""
    with house.transaction() as uow:
        if not claim_day(uow, JOB):
            return
        days = [uow.today() - timedelta(days=back) for back in range(LOOKED_BACK, 0, -1)]
        found = sum(_watch(uow, day) for day in days)
        _forget(uow)
        if found:
            for dpo in holders(uow, Role.DPO):
                queue(uow, dpo.email, "unusual_access", day=uow.today(), number=found)


def _watch(uow: UnitOfWork, day: date) -> int:
    openings, refusals = _recorded(uow, day)
    known = {
        (row.account_id, row.oddity)
        for row in uow.session.scalars(sa.select(UnusualAccess).where(col(UnusualAccess.day) == day))
    }
    accounts = set(uow.session.scalars(sa.select(col(Account.id))))
    new = [
        found
        for found in unusual(openings, refusals)
        if (found.account, found.oddity) not in known and found.account in accounts
    ]
    _write(uow, day, new)
    return len(new)


def _write(uow: UnitOfWork, day: date, found: Iterable[Unusual]) -> None:
    for each in found:
        row = UnusualAccess(
            account_id=each.account, day=day, oddity=each.oddity, number=each.number, found_at=uow.now()
        )
        uow.session.add(row)
        uow.record(UnusualAccessFound(Reference(row.reference), row.oddity))


def _recorded(uow: UnitOfWork, day: date) -> tuple[list[Opening], list[UUID]]:
    """Give what people opened one by one on a day of Paris, and the account of each refusal that looks like probing."""
    at = col(JournalEntry.recorded_at)
    wanted = sa.select(JournalEntry.account, JournalEntry.recorded_at, JournalEntry.name, JournalEntry.body).where(  # type: ignore[call-overload]
        at >= _start(day),
        at < _start(day + timedelta(days=1)),
        col(JournalEntry.account).is_not(None),
        col(JournalEntry.name).in_((Opened.name, Refused.name)),
    )
    openings: list[Opening] = []
    refusals: list[UUID] = []
    with uow.stores.journal.transaction() as session:
        for account, instant, name, body in session.execute(wanted):
            values = json.loads(body)["values"]
            if name == Refused.name:
                refusals += [account] if values["status"] in PROBING else []
            elif values["purpose"] in ONE_BY_ONE:
                openings.append(Opening(account, instant.astimezone(PARIS), frozenset(values["references"])))
    return openings, refusals


def _forget(uow: UnitOfWork) -> None:
    """Destroy what is older than what the journal still says."""
    months = durations_on(uow.session, uow.today()).months(Kind.JOURNAL)
    before = add_months(uow.today(), -months)
    uow.session.execute(sa.delete(UnusualAccess).where(col(UnusualAccess.day) < before))
    forget_tallies(uow, month_of(before))


def _start(day: date) -> datetime:
    return paris_instant(day, time.min)
