"""How indicators are shown: each figure with its words, each chart with its table, each balance with its texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policies.indicator_words import TextKind


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure: its number, or none when it is hidden, and what people read."""

    number: int | None
    words: str


@dataclass(frozen=True, slots=True)
class BarView:
    """One line of a chart: `width` goes from 0 to 100, none when the figure is hidden; `share` is of the total."""

    label: str
    figure: FigureView
    width: int | None
    share: str


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart, which is its own table: what it counts, in which unit, and what it does not say."""

    key: str
    title: str
    lead: str
    unit: str
    bars: tuple[BarView, ...]


@dataclass(frozen=True, slots=True)
class YearView:
    """The main figures of one year, where its page is, the share of the police, where it is published."""

    span: str
    address: str
    figures: tuple[FigureView, ...]
    police: str


@dataclass(frozen=True, slots=True)
class TrendView:
    """The main figures, year after year; `columns` of the chart: a year, a height from 0 to 100, its words."""

    heads: tuple[str, ...]
    years: tuple[YearView, ...]
    columns: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A place or a span to choose: its code in addresses, its label, whether it is shown."""

    code: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class WatchView:
    """A cell that lacks something: a référent de proximité, a planned meeting."""

    cell: str
    contact: bool
    meeting: bool


@dataclass(frozen=True, slots=True)
class DashboardView:
    """The indicators of a place over a span; `exact` for the coordinator's own cell: live, without suppression."""

    place: str
    place_label: str
    span: str
    span_label: str
    address: str
    cell: str
    exact: bool
    published_on: date | None
    places: tuple[ChoiceView, ...]
    spans: tuple[ChoiceView, ...]
    summary: tuple[str, ...]
    charts: tuple[ChartView, ...]
    facts: tuple[tuple[str, str], ...]
    delays: tuple[tuple[str, str, str], ...]
    trend: TrendView | None
    watch: tuple[WatchView, ...]
    own: tuple[ChoiceView, ...]
    balance_year: str


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """What one indicator is, as its declaration says."""

    name: str
    definition: str
    unit: str
    source: str
    limits: str
    values: tuple[str, ...]
    hidden: str


@dataclass(frozen=True, slots=True)
class TextView:
    """A text of a balance; `version` is 0 for one that is not written yet, `writes` tells whether the reader may."""

    kind: TextKind
    paragraphs: tuple[str, ...]
    written_on: date | None
    version: int
    writes: bool


@dataclass(frozen=True, slots=True)
class BalanceView:
    """The balance of a year: its figures, over the year and over rolling years, and its texts."""

    place: str
    place_label: str
    year: int
    dashboard: DashboardView
    rolling: DashboardView | None
    texts: tuple[TextView, ...]


@dataclass(frozen=True, slots=True)
class BalanceTextView:
    """A text of a balance to write, and what was typed."""

    address: str
    back: str
    kind: TextKind
    lead: str
    typed: Mapping[str, object]
    version: int
