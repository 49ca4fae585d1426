"""The published figures of a place over a span, as the rows of a file: the very figures of the page."""

from backend.authorization.work import UnitOfWork
from backend.documents.sheets import Sheet, Value
from backend.indicators.queries.dashboards import dashboard_view, span_label
from backend.indicators.queries.figures import is_published, published_figures
from backend.kernel.errors import NotFound
from policies.indicator_words import Delay
from policies.indicators import DECLARED, DELAYS

HEADER = ("Lieu", "Période", "Indicateur", "Détail", "Nombre", "Mention", "Unité")


def sheet_of(uow: UnitOfWork, place: str, span: str) -> Sheet:
    """Give every figure that is published for a place and a span, hidden ones by their mention.

    Raises `NotFound` for a place or a span that was not published.
    """
    view = dashboard_view(uow, place, span)
    if view is None:
        raise NotFound
    read = published_figures(uow, place, view.span)
    rows: list[tuple[Value, ...]] = []
    for declared in DECLARED.values():
        indicator = declared.indicator
        values = tuple(Delay) if indicator in DELAYS else declared.values
        for value in (None, *values):
            if not is_published(indicator, value, place, view.span):
                continue
            figure = read(indicator, value)
            if figure is None:
                continue
            mention = "" if figure.number is not None else figure.words
            rows.append(
                (
                    view.place_label,
                    span_label(view.span),
                    indicator.label,
                    "total" if value is None else value.label,
                    figure.number,
                    mention,
                    declared.unit.label,
                )
            )
    return Sheet("Indicateurs", HEADER, tuple(rows))
