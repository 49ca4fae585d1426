"""Publish what each quarter owes, once and for good (architecture.md section 5).

A quarter publishes what is exact: meetings, calendar, signatures, networks. Minors, situations and signalements are
published with the last quarter of a year, for the year and for rolling years: quarters of small numbers would give
each other back. What was corrected since counts in the year that is published: an earlier figure never moves, or the
difference of two releases would be the correction. Works without anybody's session: counters hold no plaintext.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.charters.models import CharterSignature
from backend.counts.deltas import CITY, CountDelta
from backend.indicators.events import ReleasePublished
from backend.indicators.models import IndicatorCount, IndicatorFigure, IndicatorRelease
from backend.members.models import Account, Habilitation
from policies.access import MEMBERS
from policies.charter import accepted_versions, published
from policies.charter_words import CharterKind
from policies.habilitation import HabilitationState
from policies.indicator_sums import FAMILIES, TIED, filled, leaves_of, summed_up
from policies.indicator_words import Indicator
from policies.indicators import DECLARED, DELAYS, LEAST_FOR_DELAYS, ROLLING_YEARS, SETTLING_DAYS
from policies.months import add_months, first_day, month_of
from policies.suppression import PARIS, Figure, Mark, Population, Slot, suppress

MONTHS, QUARTERS = 3, 4

Counted = Mapping[tuple[str, Indicator, str | None], int]
"""Numbers by place, indicator and closed value."""

_REMEMBERED = 8
"""Years of published figures that a release of small figures reads again: the worlds of the last ones reach so far."""

_EXACT = tuple(declared for declared in DECLARED.values() if not declared.suppressed)
_SUPPRESSED = tuple(declared for declared in DECLARED.values() if declared.suppressed)
_WITHOUT_TOTAL = (Indicator.SIGNALEMENT_BY_ORIGIN, Indicator.SIGNALEMENT_BY_MOTIVE)
_ON_THE_DAY = (Indicator.CHARTER_SIGNED, Indicator.CHARTER_EXPECTED)


def publish_due(uow: UnitOfWork) -> list[str]:
    """Publish every quarter that is over and settled, oldest first; give their periods."""
    made: list[str] = []
    last = uow.session.scalar(sa.select(sa.func.max(col(IndicatorRelease.period))))
    if last is not None:
        begun = add_months(date(int(last[:4]), int(last[-1]) * MONTHS, 1), 1)
    else:
        first = uow.session.scalar(sa.select(sa.func.min(col(CountDelta.month))))
        if first is None:
            return made
        begun = date(first_day(first).year, 1, 1)
    while add_months(begun, MONTHS) + timedelta(days=SETTLING_DAYS) <= uow.today():
        made.append(_publish(uow, begun))
        begun = add_months(begun, MONTHS)
    return made


def _publish(uow: UnitOfWork, begun: date) -> str:
    year, quarter = begun.year, (begun.month - 1) // MONTHS + 1
    period = f"{year}-T{quarter}"
    rows = [*_exact(period, period, _deltas(uow, month_of(begun), month_of(add_months(begun, MONTHS - 1))))]
    if add_months(begun, 2 * MONTHS) + timedelta(days=SETTLING_DAYS) > uow.today():
        # What stands today says nothing of a quarter that is published long after it.
        rows += _signatures(uow, period)
    if quarter == QUARTERS:
        _freeze(uow, year)
        for span in _spans(year, _first(uow, year)):
            counted = _frozen(uow, span)
            rows += _exact(period, _name(span), counted)
            rows += _delays(period, span, counted)
        rows += _suppressed(uow, period, year)
    uow.session.add_all(rows)
    uow.session.add(IndicatorRelease(period=period, published_on=uow.today()))
    uow.session.flush()
    hidden = sum(row.mark is not Mark.SHOWN for row in rows)
    uow.record(ReleasePublished(year, quarter, len(rows), hidden))
    return period


def _first(uow: UnitOfWork, year: int) -> int:
    """Give the first year that was published, as the pages tell it, or the one that is; it may sum to nothing."""
    first = uow.session.scalar(sa.select(sa.func.min(col(IndicatorRelease.period))))
    return year if first is None else int(first[:4])


def _spans(year: int, first: int) -> Iterator[tuple[int, ...]]:
    """Give the year, and the rolling years that it ends when all of them were counted."""
    yield (year,)
    if year - ROLLING_YEARS + 1 >= first:
        yield tuple(range(year - ROLLING_YEARS + 1, year + 1))


def _name(span: tuple[int, ...]) -> str:
    return str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}"


def _deltas(uow: UnitOfWork, since: str | None, until: str) -> Counter[tuple[str, Indicator, str | None]]:
    """Sum the counters by place, from a month, or from the beginning, to another one included."""
    statement = (
        sa.select(
            sa.func.coalesce(col(Cell.territory), PARIS),
            col(CountDelta.indicator),
            col(CountDelta.value),
            sa.func.sum(col(CountDelta.delta)),
        )
        .outerjoin(Cell, col(Cell.id) == col(CountDelta.cell_id))
        .where(sa.or_(col(Cell.id).is_not(None), col(CountDelta.cell_id) == CITY), col(CountDelta.month) <= until)
        .group_by(col(Cell.territory), col(CountDelta.indicator), col(CountDelta.value))
    )
    if since is not None:
        statement = statement.where(col(CountDelta.month) >= since)
    found: Counter[tuple[str, Indicator, str | None]] = Counter()
    for place, indicator, value, number in uow.session.execute(statement):
        found[place, Indicator.of(indicator), value] += int(number)
    return found


def _freeze(uow: UnitOfWork, year: int) -> None:
    """Keep what a year counts: all that was counted up to its end, less what earlier years were given.

    A correction that takes away more than the year brought is carried to the next one.
    """
    given: Counter[tuple[str, Indicator, str | None]] = Counter()
    for row in uow.session.scalars(sa.select(IndicatorCount)):
        given[row.place, row.indicator, row.value] += row.number
    for (place, indicator, value), number in _deltas(uow, None, f"{year}-12").items():
        left = number - given[place, indicator, value]
        if left > 0:
            uow.session.add(IndicatorCount(place=place, year=year, indicator=indicator, value=value, number=left))
    uow.session.flush()


def _frozen(uow: UnitOfWork, span: Iterable[int]) -> Counter[tuple[str, Indicator, str | None]]:
    found: Counter[tuple[str, Indicator, str | None]] = Counter()
    for row in uow.session.scalars(sa.select(IndicatorCount).where(col(IndicatorCount.year).in_(sorted(span)))):
        found[row.place, row.indicator, row.value] += row.number
    return found


def _exact(period: str, span: str, counted: Counted) -> list[IndicatorFigure]:
    """Give what is never hidden, by place and for Paris, with its total where it is broken down."""
    found: Counter[tuple[str, Indicator, str | None]] = Counter()
    indicators = {declared.indicator for declared in _EXACT} - {*DELAYS}
    for (place, indicator, value), number in counted.items():
        if indicator in indicators:
            for where in dict.fromkeys((place, PARIS)):
                for what in dict.fromkeys((value, None)):
                    found[where, indicator, what] += number
    return [
        IndicatorFigure(
            period=period, place=place, span=span, indicator=indicator, value=value, mark=Mark.SHOWN, number=number
        )
        for (place, indicator, value), number in found.items()
        if number
    ]


def _delays(period: str, span: tuple[int, ...], counted: Counted) -> list[IndicatorFigure]:
    histograms: dict[Indicator, Counter[int]] = {indicator: Counter() for indicator in DELAYS}
    for (_, indicator, value), number in counted.items():
        if indicator in histograms and value is not None:
            histograms[indicator][int(value)] += number
    return [
        IndicatorFigure(
            period=period,
            place=PARIS,
            span=_name(span),
            indicator=indicator,
            value=delay.value,
            mark=Mark.SHOWN,
            number=days,
        )
        for indicator, histogram in histograms.items()
        if histogram.total() >= LEAST_FOR_DELAYS
        for delay, days in summed_up(histogram).items()
    ]


def _signatures(uow: UnitOfWork, period: str) -> list[IndicatorFigure]:
    """Count the institutions whose people sit in a cell today, and those bound by a charter in force."""
    today = uow.today()
    versions = accepted_versions(published(), CharterKind.CENOMED, today)
    ended, until = col(CharterSignature.ended_on), col(Habilitation.valid_until)
    members = set(
        uow.session.scalars(
            sa.select(col(Account.institution_id))
            .join(Habilitation, col(Habilitation.account_id) == col(Account.id))
            .where(
                col(Habilitation.role).in_(sorted(MEMBERS)),
                col(Habilitation.state) == HabilitationState.CONFIRMED,
                col(Habilitation.valid_from) <= today,
                sa.or_(until.is_(None), until > today),
            )
        )
    )
    signed = set(
        uow.session.scalars(
            sa.select(col(CharterSignature.institution_id)).where(
                col(CharterSignature.charter_version).in_(sorted(versions)),
                col(CharterSignature.signed_on) <= today,
                sa.or_(ended.is_(None), ended > today),
            )
        )
    )
    numbers = zip(_ON_THE_DAY, (len(members & signed), len(members)), strict=True)
    return [
        IndicatorFigure(period=period, place=PARIS, span=span, indicator=indicator, mark=Mark.SHOWN, number=number)
        for indicator, number in numbers
        for span in (period, *([period[:4]] if period.endswith(str(QUARTERS)) else []))
        if number
    ]


def _suppressed(uow: UnitOfWork, period: str, year: int) -> list[IndicatorFigure]:
    """Give the figures of minors, situations and signalements, of which the small ones are hidden (AMB-37)."""
    since = year - _REMEMBERED
    first = _first(uow, year)
    places = tuple(sorted(uow.session.scalars(sa.select(col(Cell.territory)).distinct())))
    population = Population(dict(_slots(uow, since, places)), FAMILIES, TIED)
    named = {
        published_one: (span, indicator, value)
        for earlier in range(max(first, since), year + 1)
        for span, published_one, indicator, value in _published(earlier, first, places)
    }
    marks = {
        (row.place, row.span, row.indicator, row.value): row.mark
        for row in uow.session.scalars(sa.select(IndicatorFigure).where(col(IndicatorFigure.period) >= f"{since}-T1"))
    }
    new = {figure for _, figure, _, _ in _published(year, first, places)}
    earlier_marks = {
        figure: marks.get((figure.place, span, indicator, value), Mark.SHOWN)
        for figure, (span, indicator, value) in named.items()
        if figure not in new
    }
    made = suppress(population, earlier_marks, [figure for figure in named if figure in new]).marks
    rows = []
    for figure in (figure for figure in named if figure in new):
        span, indicator, value = named[figure]
        mark, number = made[figure], population.value(figure)
        if mark is not Mark.SHOWN or number:
            rows.append(
                IndicatorFigure(
                    period=period,
                    place=figure.place,
                    span=span,
                    indicator=indicator,
                    value=value,
                    mark=mark,
                    number=number if mark is Mark.SHOWN else None,
                )
            )
    return rows


def _slots(uow: UnitOfWork, since: int, places: tuple[str, ...]) -> Iterator[tuple[Slot, int]]:
    counted: dict[tuple[str, int], dict[tuple[Indicator, str | None], int]] = {}
    for row in uow.session.scalars(sa.select(IndicatorCount).where(col(IndicatorCount.year) >= since)):
        counted.setdefault((row.place, row.year), {})[row.indicator, row.value] = row.number
    for place in places:
        yield (place, since, ""), 0  # a sector that counted nothing is a place all the same
    for (place, year), numbers in counted.items():
        if place in places:
            for leaf, number in filled(numbers).items():
                yield (place, year, leaf), number


def _published(year: int, first: int, places: tuple[str, ...]) -> Iterator[tuple[str, Figure, Indicator, str | None]]:
    """Give every figure that the release of a year publishes, hidden or not, with what it is called."""
    for span in _spans(year, first):
        rolling = len(span) > 1
        for declared in _SUPPRESSED:
            for place in (PARIS, *places):
                local = place != PARIS
                if local and not declared.local:
                    continue
                detailed = not local or (rolling and declared.detailed_locally)
                if declared.indicator not in _WITHOUT_TOTAL:
                    yield _name(span), Figure(place, span, leaves_of(declared.indicator)), declared.indicator, None
                for value in declared.values if detailed else ():
                    yield (
                        _name(span),
                        Figure(place, span, leaves_of(declared.indicator, value)),
                        declared.indicator,
                        value.value,
                    )
