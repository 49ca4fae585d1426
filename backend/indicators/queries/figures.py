"""The figures of a place over a span: published ones as they were frozen, or a cell's own, exact and live."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import readable
from backend.authorization.work import UnitOfWork
from backend.counts.deltas import CountDelta
from backend.indicators.models import IndicatorFigure, IndicatorRelease
from backend.indicators.views import FigureView
from policies.indicator_sums import summed_up
from policies.indicator_words import Indicator
from policies.indicators import DECLARED, DELAYS
from policies.suppression import PARIS

Reader = Callable[[Indicator, str | None], FigureView | None]
"""Gives a figure, or none when it is not published for this place and span."""

_SET_ASIDE = (Indicator.INADMISSIBLE, Indicator.REDIRECTED, Indicator.MERGED)


def shown(number: int) -> FigureView:
    """Give a figure that is not hidden."""
    return FigureView(number, f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"))


def releases(uow: UnitOfWork) -> Sequence[IndicatorRelease]:
    """Give the releases, latest first."""
    return uow.session.scalars(readable(uow, IndicatorRelease).order_by(col(IndicatorRelease.period).desc())).all()


def spans_of(found: Sequence[IndicatorRelease]) -> dict[str, date]:
    """Give the spans that the releases published, latest first: rolling years, years, quarters; and on which day."""
    years = {release.period[:4]: release.published_on for release in found if release.period.endswith("T4")}
    first = min((int(year) for year in years), default=0)
    rolling = {f"{int(year) - 2}-{year}": day for year, day in years.items() if int(year) - 2 >= first}
    return rolling | years | {release.period: release.published_on for release in found}


def published_figures(uow: UnitOfWork, place: str, span: str) -> Reader:
    """Read the published figures of a place over a span that was published."""
    statement = readable(uow, IndicatorFigure).where(
        col(IndicatorFigure.place) == place, col(IndicatorFigure.span) == span
    )
    rows = {(row.indicator, row.value): row for row in uow.session.scalars(statement)}

    def read(indicator: Indicator, value: str | None = None) -> FigureView | None:
        if not is_published(indicator, value, place, span):
            return None
        row = rows.get((indicator, value))
        if row is None:
            return None if indicator in DELAYS else shown(0)
        return FigureView(None, row.mark.label) if row.number is None else shown(row.number)

    return read


def is_published(indicator: Indicator, value: str | None, place: str, span: str) -> bool:
    """Tell whether a figure is published, hidden or not, for such a place and such a span."""
    declared = DECLARED[indicator]
    local, quarter, rolling = place != PARIS, "-T" in span, "-T" not in span and "-" in span
    if (
        declared.suppressed
        and value is None
        and indicator
        in {
            Indicator.SIGNALEMENT_BY_ORIGIN,
            Indicator.SIGNALEMENT_BY_MOTIVE,
        }
    ):
        return False
    if local and not declared.local:
        return False
    if quarter and (declared.suppressed or indicator in DELAYS):
        return False
    return not (local and declared.suppressed and value is not None) or (rolling and declared.detailed_locally)


def own_figures(uow: UnitOfWork, cell: UUID, since: int, until: int) -> Reader:
    """Read what a cell counted from a year to another one included: exact, as of now."""
    numbers, histograms = _counted(uow, cell, f"{since}-01", f"{until}-12")

    def read(indicator: Indicator, value: str | None = None) -> FigureView | None:
        if indicator in DELAYS:
            summary = {} if not histograms[indicator] else summed_up(histograms[indicator])
            return next((shown(days) for delay, days in summary.items() if delay == value), None)
        if indicator is Indicator.SET_ASIDE:
            return shown(sum(numbers[part, None] for part in _SET_ASIDE))
        return shown(numbers[indicator, value])

    return read


def own_years(uow: UnitOfWork, cell: UUID) -> Sequence[int]:
    """Give the years in which a cell counted anything, latest first."""
    year = sa.func.substr(col(CountDelta.month), 1, 4)
    found = uow.session.scalars(sa.select(year).where(col(CountDelta.cell_id) == cell).distinct())
    return sorted(map(int, found), reverse=True)


def _counted(
    uow: UnitOfWork, cell: UUID, since: str, until: str
) -> tuple[Counter[tuple[Indicator, str | None]], Mapping[Indicator, Counter[int]]]:
    statement = (
        sa.select(col(CountDelta.indicator), col(CountDelta.value), sa.func.sum(col(CountDelta.delta)))
        .where(col(CountDelta.cell_id) == cell, col(CountDelta.month) >= since, col(CountDelta.month) <= until)
        .group_by(col(CountDelta.indicator), col(CountDelta.value))
    )
    numbers: Counter[tuple[Indicator, str | None]] = Counter()
    histograms: dict[Indicator, Counter[int]] = {indicator: Counter() for indicator in DELAYS}
    for name, value, number in uow.session.execute(statement):
        indicator = Indicator.of(name)
        if indicator in histograms:
            histograms[indicator][int(value)] += int(number)
            continue
        for what in dict.fromkeys((value, None)):
            numbers[indicator, what] += int(number)
    return numbers, histograms
