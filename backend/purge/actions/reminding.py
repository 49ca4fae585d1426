"""Tell the DPO and the archivist that elimination agreements come to their end, before anything is locked (R5)."""

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.mail.outbox import queue
from backend.members.queries.standing import holders
from backend.purge.queries.rows import agreements_on
from policies.precedence import AGREEMENT_REMINDER_DAYS
from policies.vocabulary import Role

TOLD = (Role.DPO, Role.ARCHIVIST)


def remind_agreements(uow: UnitOfWork) -> int:
    """Tell of the agreements that end in 90, 30 or 7 days and that no other prolongs; give how many.

    One message a day of end, whatever the number of cells: an agreement often covers them all.
    """
    today = uow.today()
    days = {today + timedelta(days=days) for days in AGREEMENT_REMINDER_DAYS}
    ending: dict[date, set[UUID]] = defaultdict(set)
    for cell in uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.id))).all():
        for act in agreements_on(uow.session, cell, today).values():
            if act.ends_on is not None and act.ends_on in days:
                ending[act.ends_on].add(act.id)
    for day, agreements in sorted(ending.items()):
        for address in sorted({person.email for role in TOLD for person in holders(uow, role)}):
            queue(uow, address, "agreement_ending", link="/purge", day=day, number=len(agreements))
    return sum(len(agreements) for agreements in ending.values())
