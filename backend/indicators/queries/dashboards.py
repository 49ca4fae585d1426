"""The indicators of a place over a span, as a page, a program or a balance reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import Meeting
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell, ContactKind, LocalContact
from backend.cells.queries import cells_of
from backend.indicators.queries.figures import (
    Reader,
    own_figures,
    own_years,
    published_figures,
    releases,
    shown,
    spans_of,
)
from backend.indicators.views import (
    BarView,
    ChartView,
    ChoiceView,
    DashboardView,
    DefinitionView,
    FigureView,
    TrendView,
    WatchView,
    YearView,
)
from backend.kernel.errors import NotFound
from policies.access import Action
from policies.indicator_words import Delay, Indicator
from policies.indicators import DECLARED, DELAYS, HEADLINES
from policies.meeting_words import MeetingStage, Quarter
from policies.suppression import PARIS, THRESHOLD
from policies.territories import sectors
from policies.vocabulary import Origin, Role

HOME = "/indicateurs"

_TREND = (
    Indicator.SIGNALEMENT_RECEIVED,
    Indicator.RETAINED,
    Indicator.NOT_RETAINED,
    Indicator.EXAMINED,
    Indicator.NOT_EXAMINED,
    Indicator.ORIENTED,
)
_HEADS = ("Signalements", "Retenues", "Non retenues", "Examinées", "Closes sans examen", "Orientations")
_BROKEN_DOWN = (
    (Indicator.NOT_EXAMINED, "Retenues et non examinées : pourquoi"),
    (Indicator.SIGNALEMENT_BY_ORIGIN, "Qui signale"),
    (Indicator.SIGNALEMENT_BY_MOTIVE, "Pour quels motifs"),
    (Indicator.ORIENTED, "Vers où la cellule oriente"),
    (Indicator.FEEDBACK, "Ce que répondent les services"),
    (Indicator.INADMISSIBLE, "Situations non recevables : pourquoi"),
    (Indicator.CLOSED, "Suivis terminés : pourquoi"),
    (Indicator.POSTPONED, "Examens reportés en séance : pourquoi"),
    (Indicator.CARRIED, "Retirées d'un ordre du jour : pourquoi"),
    (Indicator.DIVERTED, "Saisies réorientées avant signalement"),
    (Indicator.RAV_MEETINGS, "Réseaux d'aide aux victimes : réunions"),
    (Indicator.RAV_EVENTS, "Réseaux d'aide aux victimes : événements"),
)
_FACTS = (
    (Indicator.EMERGENCY_HELD, "Réunions d'urgence tenues"),
    (Indicator.PRESENTATION_HELD, "Présentations de rentrée tenues"),
    (Indicator.COPIL_HELD, "Réunions du comité de pilotage"),
    (Indicator.EXCLUDED, "Exclusions pour manquement à la charte"),
    (Indicator.SCHOOL_ORIENTED, "Élèves concernés par une orientation scolaire"),
    (Indicator.SET_ASIDE, "Situations écartées avant le parquet"),
    (Indicator.RAV_NETWORKS, "Réseaux d'aide aux victimes ouverts"),
    (Indicator.RAV_TOOLS, "Outils mis en service par les réseaux"),
)


def dashboard_view(uow: UnitOfWork, place: str, span: str) -> DashboardView | None:
    """Give the published indicators of a place over a span, the latest year that counted anything when none is named.

    None when nothing was ever published. Raises `NotFound` for a place or a span that was not.
    """
    published = spans_of(releases(uow))
    places = _places(uow)
    if place not in places:
        raise NotFound
    if not published:
        return None
    years = [name for name in reversed(published) if len(name) == len("2026")]
    readers = {year: published_figures(uow, place, year) for year in years}
    span = span or next((year for year in reversed(years) if _counted(_main(readers[year]))), next(iter(published)))
    if span not in published:
        raise NotFound
    read = published_figures(uow, place, span)
    return DashboardView(
        place=place,
        place_label=places[place],
        span=span,
        span_label=span_label(span),
        address=f"{HOME}/{place}/{span}",
        cell="",
        exact=False,
        published_on=published[span],
        places=tuple(ChoiceView(code, label, code == place) for code, label in places.items()),
        spans=tuple(ChoiceView(name, span_label(name), name == span) for name in published),
        summary=_summary(read),
        charts=_charts(read),
        facts=_facts(read),
        delays=_delays(read),
        trend=_trend(readers, f"{HOME}/{place}", local=place != PARIS),
        watch=watched(uow) if uow.actor.holds_for_city({Role.STEERING}) else (),
        own=_own(uow),
        balance_year=span[-4:] if "-T" not in span else "",
    )


def own_view(uow: UnitOfWork, reference: str, year: str) -> DashboardView:
    """Give the exact figures of a cell to its coordinator, live; the latest year when none is named.

    Raises `NotFound` for a year in which nothing was counted, `Forbidden` for another cell's.
    """
    cell = gate.fetch(uow, Cell, reference, to=Action.CELL_READ)
    gate.require(uow, cell, Action.CELL_FIGURES)
    years = own_years(uow, cell.id) or [uow.today().year]
    chosen = year or str(years[0])
    if chosen not in map(str, years):
        raise NotFound
    number = int(chosen)
    read = own_figures(uow, cell.id, number, number)
    return DashboardView(
        place=cell.territory,
        place_label=cell.name,
        span=chosen,
        span_label=chosen,
        address=f"{HOME}/cellules/{reference}",
        cell=reference,
        exact=True,
        published_on=None,
        places=(),
        spans=tuple(ChoiceView(str(name), str(name), name == number) for name in years),
        summary=_summary(read),
        charts=_charts(read),
        facts=_facts(read),
        delays=_delays(read),
        trend=_trend(
            {str(name): own_figures(uow, cell.id, name, name) for name in reversed(years)},
            f"{HOME}/cellules/{reference}",
            local=False,
        ),
        watch=(),
        own=_own(uow),
        balance_year="",
    )


def definitions() -> tuple[DefinitionView, ...]:
    """Give what every indicator is, from the declarations themselves."""
    return tuple(
        DefinitionView(
            name=declared.indicator.label,
            definition=declared.definition,
            unit=declared.unit.label,
            source=declared.source,
            limits=declared.limits,
            values=tuple(value.label for value in declared.values),
            hidden=f"1 à {THRESHOLD - 1} se lit « moins de {THRESHOLD} »" if declared.suppressed else "exact",
        )
        for declared in DECLARED.values()
    )


def span_label(span: str) -> str:
    """Word a span: « 2026 », « 1er trimestre 2026 », « 2024 à 2026 »."""
    year, _, rest = span.partition("-")
    if rest.startswith("T"):
        return f"{list(Quarter)[int(rest[1]) - 1].label} {year}"
    return f"{year} à {rest}" if rest else year


def _places(uow: UnitOfWork) -> dict[str, str]:
    """Give Paris, then the sectors that have or had a cell, in their order."""
    labels = {sector.code: sector.label for sector in sectors(uow.today())}
    codes = {cell.territory for cell in cells_of(uow)}
    ordered = sorted(codes, key=lambda code: (len(code), code))
    return {PARIS: "Paris", **{code: labels.get(code, code) for code in ordered}}


def _own(uow: UnitOfWork) -> tuple[ChoiceView, ...]:
    held = uow.actor.cells({Role.COORDINATOR})
    return tuple(ChoiceView(cell.reference, cell.name, current=False) for cell in cells_of(uow) if cell.id in held)


def _summary(read: Reader) -> tuple[str, ...]:
    """Say in sentences what is asked first: how many were examined, and why the others were not."""
    retained, examined, closed = (
        read(indicator, None) for indicator in (Indicator.RETAINED, Indicator.EXAMINED, Indicator.NOT_EXAMINED)
    )
    if retained is None or examined is None or closed is None:
        return ()
    lines = [
        f"Situations retenues par le parquet : {retained.words} ; examinées : {examined.words}.",
        f"Retenues et closes sans examen : {closed.words}.",
    ]
    reasons = [
        (figure.number or 0, f"{value.label} ({figure.words})")
        for value in DECLARED[Indicator.NOT_EXAMINED].values
        if (figure := read(Indicator.NOT_EXAMINED, value.value)) is not None and figure.number != 0
    ]
    if reasons:
        words = ", ".join(words for _, words in sorted(reasons, key=lambda item: -item[0]))
        lines.append(f"Pourquoi elles n'ont pas été examinées : {words}.")
    if retained.number is not None and examined.number is not None and closed.number is not None:
        waiting = retained.number - examined.number - closed.number
        if waiting >= THRESHOLD:
            lines.append(f"Retenues, et encore en attente à la fin de la période : {waiting}.")
    return tuple(lines)


def _charts(read: Reader) -> tuple[ChartView, ...]:
    funnel = [(indicator.label, read(indicator, None)) for indicator in HEADLINES]
    found = [_chart("parcours", "Du signalement au retour", "", "nombre", funnel)]
    for indicator, title in _BROKEN_DOWN:
        declared = DECLARED[indicator]
        known = [(value.label, figure) for value in declared.values if (figure := read(indicator, value.value))]
        happened = sorted((bar for bar in known if bar[1].number != 0), key=lambda bar: -(bar[1].number or 1))
        chart = _chart(indicator.value.replace("_", "-"), title, declared.definition, declared.unit.label, happened)
        found.append(chart if indicator is Indicator.SIGNALEMENT_BY_MOTIVE else _shared(chart))
    return tuple(chart for chart in found if chart.bars)


def _chart(key: str, title: str, lead: str, unit: str, bars: Iterable[tuple[str, FigureView | None]]) -> ChartView:
    """Build a chart of the figures that are published; one in which nothing happened has no bar."""
    known = [(label, figure) for label, figure in bars if figure is not None]
    highest = max((figure.number or 0 for _, figure in known), default=0)
    return ChartView(
        key,
        title,
        lead,
        unit,
        tuple(
            BarView(
                label[:1].upper() + label[1:],
                figure,
                None if figure.number is None else round(100 * figure.number / max(highest, 1)),
                "",
            )
            for label, figure in known
        ),
    )


def _shared(chart: ChartView) -> ChartView:
    """Add the share of each bar in the whole, when nothing is hidden."""
    numbers = [bar.figure.number for bar in chart.bars]
    total = sum(filter(None, numbers))
    if None in numbers or not total:
        return chart
    shares = (f"{round(100 * (number or 0) / total)} %" for number in numbers)
    return replace(chart, bars=tuple(replace(bar, share=share) for bar, share in zip(chart.bars, shares, strict=True)))


def _facts(read: Reader) -> tuple[tuple[str, str], ...]:
    facts = [("Calendrier respecté", words)] if (words := _calendar(read)) else []
    signed, expected = read(Indicator.CHARTER_SIGNED, None), read(Indicator.CHARTER_EXPECTED, None)
    if signed is not None and expected is not None and expected.number:
        facts.append(("Institutions membres qui ont signé la charte", f"{signed.words} sur {expected.words}"))
    facts += [(label, figure.words) for indicator, label in _FACTS if (figure := read(indicator, None)) is not None]
    return tuple(facts)


def _calendar(read: Reader) -> str:
    """Say how many of the planned ordinary meetings were held in their quarter (AMB-19)."""
    planned = kept = 0
    for quarter in Quarter:
        due, held = (read(one, quarter.value) for one in (Indicator.MEETING_PLANNED, Indicator.MEETING_HELD))
        if due is not None and held is not None:
            planned += due.number or 0
            kept += min(due.number or 0, held.number or 0)
    if not planned:
        return ""
    return f"{kept} {'réunions' if kept > 1 else 'réunion'} sur {planned} ({round(100 * kept / planned)} %)"


def _delays(read: Reader) -> tuple[tuple[str, str, str], ...]:
    found = []
    for indicator in DELAYS:
        median, ninth = (read(indicator, delay.value) for delay in Delay)
        if median is not None and ninth is not None:
            label = indicator.label
            found.append((label[:1].upper() + label[1:], f"{median.words} jours", f"{ninth.words} jours"))
    return tuple(found)


def _main(read: Reader) -> tuple[FigureView, ...]:
    return tuple(read(indicator, None) or shown(0) for indicator in _TREND)


def _counted(figures: tuple[FigureView, ...]) -> bool:
    return any(figure.number != 0 for figure in figures)


def _trend(readers: Mapping[str, Reader], base: str, *, local: bool) -> TrendView | None:
    years = []
    for year, read in readers.items():
        figures = _main(read)
        police = read(Indicator.SIGNALEMENT_BY_ORIGIN, Origin.POLICE.value)
        if _counted(figures):
            years.append(YearView(year, f"{base}/{year}", figures, "" if local else _share(police, figures[0])))
    received = [(year.span, year.figures[0]) for year in years]
    highest = max((figure.number or 0 for _, figure in received), default=0)
    columns = tuple(
        (year, round(100 * (figure.number or 0) / max(highest, 1)), figure.words) for year, figure in received
    )
    return TrendView(_HEADS, tuple(years), columns) if len(years) > 1 else None


def _share(part: FigureView | None, whole: FigureView) -> str:
    if part is None or part.number is None or not whole.number:
        return "non publiée"
    return f"{round(100 * part.number / whole.number)} %"


def watched(uow: UnitOfWork) -> tuple[WatchView, ...]:
    """Give the open cells without a référent de proximité, or without any meeting to come (CEN-21, CEN-49)."""
    today: date = uow.today()
    until = col(LocalContact.valid_until)
    named = set(
        uow.session.scalars(
            sa.select(col(LocalContact.cell_id)).where(
                col(LocalContact.kind) == ContactKind.LOCAL,
                col(LocalContact.valid_from) <= today,
                sa.or_(until.is_(None), until > today),
            )
        )
    )
    planned = set(
        uow.session.scalars(
            sa.select(col(Meeting.cell_id)).where(
                col(Meeting.stage).in_([MeetingStage.PLANNED, MeetingStage.CONVENED]),
                col(Meeting.starts_at) >= uow.now(),
            )
        )
    )
    return tuple(
        WatchView(cell.name, cell.id in named, cell.id in planned)
        for cell in cells_of(uow)
        if cell.closed_on is None and not (cell.id in named and cell.id in planned)
    )
