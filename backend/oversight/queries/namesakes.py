"""What the DPO reads of openings of a namesake: how many, on which day, and by whom once they said why (R14).

It is opened here, for the DPO who is signed in: written anywhere else, the day beside an account would name the minor.
"""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.members.actions.namesakes import counts_of
from backend.members.models import NamesakeTally
from backend.members.queries.people import author_of
from backend.oversight.models import UnusualAccess
from backend.oversight.views import NamesakeLine, NamesakesView
from policies.access import Action
from policies.oversight_words import LiftGround


def namesakes_view(uow: UnitOfWork) -> NamesakesView:
    """Give the openings of a namesake, without their person; raises `Forbidden` for who does not oversee them."""
    gate.require(uow, UnusualAccess(), Action.UNUSUAL_ACCESS_READ)
    lines = tuple(NamesakeLine(day, number, None) for _row, day, number in _found(uow))
    return NamesakesView(lines, tuple((ground.value, ground.label) for ground in LiftGround))


def namesakes_known(uow: UnitOfWork) -> NamesakesView:
    """Give the same with their persons, for who just said why; `actions.looking.lift_namesakes` has journalled it."""
    lines = []
    for row, day, number in _found(uow):
        author = author_of(uow, row.account_id)
        lines.append(NamesakeLine(day, number, f"{author.name}, {author.function}, {author.institution}"))
    return NamesakesView(tuple(lines), ())


def _found(uow: UnitOfWork) -> Iterator[tuple[NamesakeTally, date, int]]:
    """Give each day on which somebody else than the person who acts opened a namesake, the latest first."""
    found = [
        (row, date(int(row.month[:4]), int(row.month[5:]), day), number)
        for row in uow.session.scalars(sa.select(NamesakeTally).where(col(NamesakeTally.account_id) != uow.account()))
        for day, number in enumerate(counts_of(uow, row), start=1)
        if number
    ]
    yield from sorted(found, key=lambda each: (each[1], each[0].id), reverse=True)
