"""Whether the clock is to be believed: nothing is destroyed, published or claimed for a day on one that jumped.

Read in the order in which the journal was written, never by the latest date: an entry dated ten years ahead would
otherwise stand for ever. It stops an accident and a single jump; who holds the clock and walks it by less than
`CLOCK_TOLERANCE` at a time is not stopped, only journalled (`docs/threat-model.md`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Event
from backend.audit.models import JournalEntry
from backend.authorization.work import UnitOfWork
from backend.kernel.database import Stores
from policies.precedence import clock_is_far


@dataclass(frozen=True, slots=True)
class ClockTrusted(Event):
    """Horloge tenue pour juste."""

    name: ClassVar[str] = "house:clock:trusted"


def clock_is_refused(stores: Stores, now: datetime) -> bool:
    """Tell whether an instant stands too far from the last entry of the journal, or from the last trusted instant.

    The second one holds when somebody signed in on the wrong clock meanwhile: the last entry then agrees with it.
    """
    last = sa.select(col(JournalEntry.recorded_at)).order_by(col(JournalEntry.leaf).desc()).limit(1)
    with stores.journal.transaction() as session:
        known = [session.scalar(last), session.scalar(last.where(col(JournalEntry.name) == ClockTrusted.name))]
    return any(clock_is_far(now, instant) for instant in known)


def trust_clock(uow: UnitOfWork) -> None:
    """Write the present instant as one that was checked, by `clock_is_refused` or by a person who confirmed it."""
    uow.record(ClockTrusted())
