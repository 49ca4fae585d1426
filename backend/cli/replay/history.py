"""What the replay records: invented minors, dealt over ten cells and twelve quarters, in the known proportions.

Only the totals are known (FIG-01): 184 recorded, mainly by the police, 130 retained, 61 examined. How they spread over
cells and quarters, and why 69 were never examined, is invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backend.cli.demonstration.stories import Concern, Minor
from backend.cli.demonstration.timeline import SATURDAY
from policies.orientation_words import Destination
from policies.vocabulary import (
    ClosingReason,
    Insufficiency,
    Motive,
    Necessity,
    Period,
    PlaceKind,
    Qualification,
    Role,
    SchoolLevel,
    Sex,
    StepTaken,
)

RECORDED, RETAINED, EXAMINED = 184, 130, 61
"""The figures of the Paris contract for 2015-2020, over three years (CEN-26, FIG-01)."""

YEARS = (2012, 2013, 2014)
ARRONDISSEMENTS = (10, 11, 12, 13, 14, 15, 17, 18, 19, 20)
"""Ten arrondissements had a cell; which ones is not said: these had one in 2024."""

QUARTERS = 12
SLOTS = QUARTERS * len(ARRONDISSEMENTS)

UNEXAMINED = (
    ClosingReason.NOT_EXAMINED_IN_TIME,
    ClosingReason.MOVED_AWAY,
    ClosingReason.NOT_EXAMINED_IN_TIME,
    ClosingReason.JUDICIAL_SINCE,
    ClosingReason.NOT_EXAMINED_IN_TIME,
    ClosingReason.WITHDRAWN,
    ClosingReason.OF_AGE,
)
ORIENTED = (Destination.LOCAL_ASSOCIATION, Destination.SOCIAL_SERVICES, Destination.CRIP)
AUTHORS = (Role.POLICE, Role.POLICE, Role.EDUCATION, Role.POLICE, Role.COORDINATOR, Role.POLICE, Role.POLICE)
POSTPONED_EVERY = 5
"""One in five of those that were never examined was first put off at a meeting."""

_FIRST, _SECOND = (
    ("Bel", "Cor", "Dan", "Fau", "Gir", "Har", "Lam", "Mer", "Nor"),
    (
        "vaux",
        "andier",
        "escal",
        "imont",
        "oreau",
        "ubrac",
        "ygnac",
    ),
)
_GIVEN = ("Ambre", "Basile", "Céleste", "Darius", "Elma", "Félix", "Gaïa", "Hugo", "Inès", "Jules", "Kenza", "Loris")

_INFRA = Concern(
    Qualification.INFRA_DELINQUENCY,
    (Motive.MOT_01, Motive.MOT_06),
    (Period.EVENING, Period.NIGHT),
    (PlaceKind.STREET, PlaceKind.BUILDING),
    (StepTaken.TALKED_FAMILY,),
    (Insufficiency.NO_SUPPORT,),
    Necessity.REPEATED,
)
_SCHOOL = Concern(
    Qualification.BOTH,
    (Motive.MOT_02, Motive.MOT_04, Motive.MOT_08),
    (Period.SCHOOL_HOURS,),
    (PlaceKind.SCHOOL_SURROUNDINGS,),
    (StepTaken.SCHOOL_MEETING, StepTaken.TALKED_FAMILY),
    (Insufficiency.NOT_SUITED,),
    Necessity.PREVENT_ESCALATION,
)
_DANGER = Concern(
    Qualification.DANGER,
    (Motive.MOT_04, Motive.MOT_09),
    (Period.NIGHT, Period.WEEKEND),
    (PlaceKind.TRANSPORT, PlaceKind.STREET),
    (StepTaken.SOCIAL_WORKER,),
    (Insufficiency.INTERRUPTED,),
)
_CONCERNS = (_INFRA, _SCHOOL, _INFRA, _DANGER)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a situation: filtered, examined and oriented, or why it was not examined and whether put off."""

    retained: bool
    oriented: Destination | None = None
    unexamined: ClosingReason | None = None
    postponed: bool = False

    @property
    def examined(self) -> bool:
        """Whether a meeting examined it: each that was examined was oriented (FIG-01)."""
        return self.oriented is not None


@dataclass(frozen=True, slots=True)
class Past:
    """One situation of the past: who signalled it, when, about whom, and what became of it."""

    number: int
    quarter: int
    received_on: date
    author: Role
    minor: Minor
    concern: Concern
    outcome: Outcome

    @property
    def arrondissement(self) -> int:
        """The arrondissement whose cell receives it."""
        return self.minor.arrondissement


def history(scale: int) -> tuple[Past, ...]:
    """Give the situations of the three years, in the order of their reception; `scale` times the known figures."""
    outcomes = list(_outcomes(scale))
    rows = [_past(number, number * SLOTS // len(outcomes), outcome) for number, outcome in enumerate(outcomes)]
    return tuple(sorted(rows, key=lambda row: (row.received_on, row.number)))


def month_of(quarter: int, rank: int) -> date:
    """Give the first day of a month of a quarter, counted from 2012; rank 0, 1 or 2."""
    year, within = divmod(quarter, 4)
    return date(YEARS[0] + year, within * 3 + rank + 1, 1)


def meeting_day(quarter: int, arrondissement: int) -> date:
    """Give the working day on which a cell meets in a quarter: in its third month, each cell on its own."""
    day = month_of(quarter, 2) + timedelta(days=9 + ARRONDISSEMENTS.index(arrondissement))
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def _outcomes(scale: int) -> Iterator[Outcome]:
    """Spread the outcomes evenly, so that each year has its share of each."""
    recorded, retained, examined = RECORDED * scale, RETAINED * scale, EXAMINED * scale
    kept = left = 0
    for number in range(recorded):
        if not _falls(number, retained, recorded):
            yield Outcome(retained=False)
            continue
        if _falls(kept, examined, retained):
            yield Outcome(retained=True, oriented=ORIENTED[kept % len(ORIENTED)])
        else:
            reason = UNEXAMINED[left % len(UNEXAMINED)]
            yield Outcome(retained=True, unexamined=reason, postponed=left % POSTPONED_EVERY == 0)
            left += 1
        kept += 1


def _falls(number: int, part: int, whole: int) -> bool:
    """Tell whether an element is one of the `part` that are spread evenly over the `whole`."""
    return (number + 1) * part // whole > number * part // whole


def _past(number: int, slot: int, outcome: Outcome) -> Past:
    quarter, rank = divmod(slot, len(ARRONDISSEMENTS))
    arrondissement = ARRONDISSEMENTS[(rank + quarter) % len(ARRONDISSEMENTS)]
    return Past(
        number=number,
        quarter=quarter,
        received_on=month_of(quarter, 0) + timedelta(days=7 + number % 14),
        author=AUTHORS[number % len(AUTHORS)],
        minor=_minor(number, arrondissement),
        concern=_CONCERNS[number % len(_CONCERNS)],
        outcome=_of_the_last_quarter(outcome) if quarter == QUARTERS - 1 else outcome,
    )


def _of_the_last_quarter(outcome: Outcome) -> Outcome:
    """Leave nothing to a meeting that is not replayed: nothing is put off, and only the CRIP is oriented to."""
    return replace(outcome, postponed=False, oriented=Destination.CRIP if outcome.examined else None)


def _minor(number: int, arrondissement: int) -> Minor:
    first = _FIRST[number % len(_FIRST)]
    second = _SECOND[number // len(_FIRST) % len(_SECOND)]
    return Minor(
        last_name=f"{first}{second}",
        first_name=_GIVEN[number * 5 % len(_GIVEN)],
        sex=Sex.FEMALE if number % 3 == 0 else Sex.MALE,
        age=11 + number % 7,
        since_birthday=20 + number * 11 % 320,
        arrondissement=arrondissement,
        quartier=(arrondissement - 1) * 4 + 1 + number % 4,
        school=None,
        level=SchoolLevel.MIDDLE if number % 7 < len(_CONCERNS) else SchoolLevel.HIGH,
    )
