"""What a run does with a situation when rules meet: tested pairwise (domain.md section 6; R1 to R7, R21).

In this order: nothing goes without an elimination agreement for its category, past its day it is locked; a limitation
(RGPD, article 18) blocks destruction, the caps included; the twenty-fifth birthday ends reading; then the durations.
Nothing postpones: only a reopening decided before the day, or a limitation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from policies.retention_words import RecordCategory, Verdict
from policies.vocabulary import Stage

NOTICE_DAYS = 7
"""Days of notice at least, and daily runs on distinct days that must have seen it."""

CLOCK_TOLERANCE = timedelta(hours=48)
"""How far the clock may stand from the last run and from the last entry of the journal, forward or back."""

SHARE_PERCENT = 20
"""Beyond this part of a cell's situations, a run asks a person first."""

CATEGORIES: Mapping[Stage, RecordCategory] = MappingProxyType(
    dict.fromkeys(
        (
            Stage.RECEIVED,
            Stage.ADMISSIBLE,
            Stage.WITH_PARQUET,
            Stage.INADMISSIBLE,
            Stage.REDIRECTED,
            Stage.MOVED,
        ),
        RecordCategory.NOT_ADMITTED,
    )
    | {Stage.NOT_RETAINED: RecordCategory.NOT_RETAINED}
    | dict.fromkeys(
        (Stage.RETAINED, Stage.UNDER_EXAMINATION, Stage.FOLLOWED, Stage.CLOSED),
        RecordCategory.RETAINED,
    )
)
"""The category of a situation, by its stage; what was merged has that of the situation that absorbed it."""

AGREEMENT_WARNING_DAYS = 90
"""Days before an elimination agreement ends from which it is shown to end soon."""

AGREEMENT_REMINDER_DAYS = (AGREEMENT_WARNING_DAYS, 30, 7)
"""Days before an elimination agreement ends on which the DPO and the archivist are told by e-mail."""

DECISION_DAYS = 7
"""Days after the DPO's opinion from which a duration decided by the Ville may apply."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An announced destruction: for which day, since when, and on how many distinct days a run has seen it."""

    due_on: date
    opened_on: date
    seen: int

    def is_served(self, today: date) -> bool:
        """Tell whether the notice has run its course on a day."""
        return self.seen >= NOTICE_DAYS and today >= self.opened_on + timedelta(days=NOTICE_DAYS)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides of a situation on a day: when it ends, when it is too old to be read, what holds it back."""

    ends_on: date
    unreadable_on: date
    agreed: bool
    limited: bool
    notice: Notice | None = None


def verdict(standing: Standing, today: date) -> Verdict:
    """Say what a run of this day does with a situation."""
    if today < standing.ends_on:
        near = today >= standing.ends_on - timedelta(days=NOTICE_DAYS)
        return Verdict.ANNOUNCED if near else Verdict.KEPT
    closed_to_all = Verdict.LOCKED if today >= standing.unreadable_on else None
    if not standing.agreed:
        return Verdict.LOCKED
    if standing.limited:
        return closed_to_all or Verdict.LIMITED
    notice = standing.notice
    if notice is None or notice.due_on != standing.ends_on or not notice.is_served(today):
        return closed_to_all or Verdict.ANNOUNCED
    return Verdict.DESTROYED


def clock_is_far(now: datetime, known: datetime | None) -> bool:
    """Tell whether the clock stands too far from an instant that was written, before it or after it."""
    return known is not None and abs(now - known) > CLOCK_TOLERANCE


def is_too_many(destroyed: int, held: int) -> bool:
    """Tell whether so many of the situations that a cell holds need a person's word."""
    return destroyed * 100 > held * SHARE_PERCENT
