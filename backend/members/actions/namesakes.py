"""Whether somebody opens the situation of a minor of their own family name, for the DPO alone to learn (R14).

The comparison is made when the name is open anyway, and nothing of it stays. One row for each person and month, of one
size, written again at every opening, namesake or not: without the keys, neither the rows nor the instants at which they
change tell one opening from another. No job reads it; the DPO does, signed in.
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.crypto.names import share_family_name
from backend.crypto.wrapping import WrapBroken
from backend.kernel.identifiers import new_id
from backend.members.models import Account, NamesakeTally
from policies.months import month_of

LONGEST_MONTH = 31
"""Days of a tally: one byte each, how many openings of a namesake."""

MOST = 255
"""Openings of a namesake that one day can count."""


def notice_namesakes(uow: UnitOfWork, last_names: Collection[str]) -> None:
    """Count, among the family names that the person who acts just opened one by one, those that are their own."""
    account = uow.actor.account
    if account is None:
        return
    displayed = uow.session.scalar(sa.select(col(Account.display_name)).where(col(Account.id) == account)) or ""
    row = _locked(uow, account, month_of(uow.today()))
    counts = bytearray(counts_of(uow, row))
    day = uow.today().day - 1
    counts[day] = min(MOST, counts[day] + sum(share_family_name(displayed, name) for name in last_names))
    row.wrapped = uow.keyring.wrap_credential(row.id, bytes(counts))


def counts_of(uow: UnitOfWork, row: NamesakeTally) -> bytes:
    """Give the openings of a namesake of each day of a tally; none for one of a key that was replaced, or altered."""
    try:
        counts = uow.keyring.unwrap_credential(row.id, row.wrapped)
    except WrapBroken:
        counts = b""
    return counts if len(counts) == LONGEST_MONTH else bytes(LONGEST_MONTH)


def forget_tallies(uow: UnitOfWork, before: str) -> None:
    """Destroy the tallies of the months before one, written YYYY-MM: the journal no longer says who opened what."""
    uow.session.execute(sa.delete(NamesakeTally).where(col(NamesakeTally.month) < before))


def _locked(uow: UnitOfWork, account: UUID, month: str) -> NamesakeTally:
    """Give the tally of a person and a month, made when there is none: two openings at once do not lose one."""
    identifier = new_id()
    insert = sqlite.insert if uow.stores.main.embedded else postgresql.insert
    wrapped = uow.keyring.wrap_credential(identifier, bytes(LONGEST_MONTH))
    row = insert(NamesakeTally).values(id=identifier, account_id=account, month=month, wrapped=wrapped)
    uow.session.execute(row.on_conflict_do_nothing())
    statement = sa.select(NamesakeTally).where(
        col(NamesakeTally.account_id) == account, col(NamesakeTally.month) == month
    )
    return uow.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one()
