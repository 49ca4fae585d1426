"""How much somebody may list in an hour: a list serves the work, it is no copy of the file (domain.md 2)."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.crypto.columns import operational, reference
from backend.kernel.database import MainRow
from backend.kernel.errors import Throttled
from policies.disclosure import LISTED_PER_HOUR

HOUR = 3600
"""Seconds of an hour."""


class ListingQuota(MainRow, table=True):
    """How many rows an account listed in the present hour, counted from the epoch."""

    __tablename__ = "listing_quota"

    account_id: UUID = reference(primary_key=True)
    hour: int = operational()
    listed: int = operational()


def charge_listing(uow: UnitOfWork, rows: int) -> None:
    """Count rows listed by who acts; raise `Throttled` past `LISTED_PER_HOUR`, until the hour ends."""
    second = int(uow.now().timestamp())
    hour = second // HOUR
    account = uow.account()
    statement = sa.select(ListingQuota).where(col(ListingQuota.account_id) == account).with_for_update()
    quota = uow.session.scalar(statement)
    if quota is None:
        quota = ListingQuota(account_id=account, hour=hour, listed=0)
        uow.session.add(quota)
    if quota.hour != hour:
        quota.hour, quota.listed = hour, 0
    quota.listed += rows
    if quota.listed > LISTED_PER_HOUR:
        raise Throttled((hour + 1) * HOUR - second)
