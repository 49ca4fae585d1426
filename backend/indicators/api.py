"""JSON of the indicators: the same verbs and views as the pages."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from backend.authorization.gate import require
from backend.indicators.actions.writing import write_text
from backend.indicators.forms import BalanceTextForm
from backend.indicators.models import IndicatorRelease
from backend.indicators.queries.balances import balance_view
from backend.indicators.queries.dashboards import dashboard_view, definitions, own_view
from backend.indicators.views import BalanceView, DashboardView, DefinitionView
from backend.kernel.errors import NotFound
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action
from policies.indicator_words import TextKind
from policies.suppression import PARIS

router = APIRouter(prefix="/api/v1", tags=["indicateurs"])


@router.get("/indicateurs", dependencies=[acts(Action.INDICATOR_RELEASE_READ)])
def shown(
    uow: Work,
    lieu: Annotated[str, Query(max_length=16)] = PARIS,
    periode: Annotated[str, Query(max_length=9)] = "",
) -> DashboardView:
    """Give the published indicators of a place (« paris » or a sector) over a span (2026, 2024-2026, 2026-T1)."""
    require(uow, IndicatorRelease(), Action.INDICATOR_RELEASE_READ)
    view = dashboard_view(uow, lieu, periode)
    if view is None:
        raise NotFound
    return view


@router.get("/indicateurs/definitions", dependencies=[acts(Action.INDICATOR_RELEASE_READ)])
def defined(uow: Work) -> tuple[DefinitionView, ...]:
    """Give what each indicator is: definition, unit, source, limits."""
    require(uow, IndicatorRelease(), Action.INDICATOR_RELEASE_READ)
    return definitions()


@router.get("/indicateurs/cellules/{reference}", dependencies=[acts(Action.CELL_FIGURES)])
def own(uow: Work, reference: str, annee: Annotated[str, Query(max_length=4)] = "") -> DashboardView:
    """Give a coordinator the exact figures of the cell."""
    return own_view(uow, reference, annee)


@router.get("/indicateurs/bilan/{place}/{year}", dependencies=[acts(Action.BALANCE_TEXT_READ)])
def balance(uow: Work, place: str, year: str) -> BalanceView:
    """Give the balance of a year; the version of a text, 0 for one not written, is the entity tag to send back."""
    return balance_view(uow, place, year)


@router.post("/indicateurs/bilan/{place}/{year}/{kind}", dependencies=[acts(Action.BALANCE_TEXT_WRITE)])
def written(
    uow: Work,
    response: Response,
    form: BalanceTextForm,
    place: str,
    year: str,
    kind: TextKind,
    if_match: IfMatch = None,
) -> Stamp:
    """Write a text of a balance; `If-Match` names the version that was read."""
    view = balance_view(uow, place, year)
    row = write_text(uow, place, view.year, kind, form, version_in(if_match))
    tag(response, row.version)
    return Stamp(row.reference, row.kind, row.version)
