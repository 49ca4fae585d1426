"""What makes the accesses of a day unusual, for the DPO to look at: never a proof, never a sanction (R14, R15).

CNIL, deliberation 2021-122, asks that logs be analysed; it gives no threshold: each one below is a « hypothèse ».
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from policies.days_off import SATURDAY, public_holiday
from policies.oversight_words import Oddity

HYPOTHESIS = "hypothèse"

MANY = 40
"""Distinct situations opened one by one in a day, from which it is unusual: a meeting has about twenty. Hypothèse."""

FIRST_HOUR = 7
"""Hour of Paris from which people work. Hypothèse."""

LAST_HOUR = 21
"""Hour of Paris from which people no longer work: meetings may end late. Hypothèse."""

LATE = 3
"""Distinct situations opened out of hours in a day, from which it is unusual. Hypothèse."""

REFUSALS = 10
"""Refusals in a day, of what is not the person's or does not exist for them, from which it is unusual. Hypothèse."""

THRESHOLDS = {
    Oddity.MANY: f"{MANY} situations en un jour",
    Oddity.LATE: f"{LATE} situations en un jour, avant {FIRST_HOUR} h, après {LAST_HOUR} h ou un jour non ouvré",
    Oddity.REFUSALS: f"{REFUSALS} refus en un jour",
}
"""Each threshold, as the DPO reads it."""

PROBING = frozenset({403, 404, 429})
"""Statuses of the refusals that are counted: what is not permitted, does not exist for the person, or is too much."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Situations opened one by one: by whom, when in Paris, which."""

    account: UUID
    at: datetime
    references: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unusual:
    """What somebody did more than usual in a day, and how many times."""

    account: UUID
    oddity: Oddity
    number: int


def unusual(openings: Sequence[Opening], refusals: Collection[UUID]) -> tuple[Unusual, ...]:
    """Give what is unusual among the openings of a day, and its refusals, one account for each of them."""
    opened: defaultdict[UUID, set[str]] = defaultdict(set)
    late: defaultdict[UUID, set[str]] = defaultdict(set)
    refused: defaultdict[UUID, int] = defaultdict(int)
    for opening in openings:
        opened[opening.account] |= opening.references
        if is_out_of_hours(opening.at):
            late[opening.account] |= opening.references
    for account in refusals:
        refused[account] += 1
    counted = [
        *((account, Oddity.MANY, len(found), MANY) for account, found in opened.items()),
        *((account, Oddity.LATE, len(found), LATE) for account, found in late.items()),
        *((account, Oddity.REFUSALS, number, REFUSALS) for account, number in refused.items()),
    ]
    return tuple(Unusual(account, oddity, number) for account, oddity, number, least in counted if number >= least)


def is_out_of_hours(at: datetime) -> bool:
    """Tell whether an instant of Paris falls outside the hours in which people work."""
    working = at.weekday() < SATURDAY and public_holiday(at.date()) is None
    return not working or not FIRST_HOUR <= at.hour < LAST_HOUR
