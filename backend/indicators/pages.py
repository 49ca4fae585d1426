"""« Indicateurs »: published figures with their charts, files and definitions, own exact figures, yearly balances."""

import json
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import require
from backend.authorization.work import UnitOfWork
from backend.documents.pdf import write_pdf
from backend.documents.sheets import MEDIA_TYPES, write_sheet
from backend.indicators.actions.writing import write_text
from backend.indicators.forms import LENGTH, BalanceTextForm, ChoiceForm
from backend.indicators.models import BalanceText, IndicatorRelease
from backend.indicators.queries.balances import balance_view, cell_at, text_of, text_view
from backend.indicators.queries.dashboards import HOME, dashboard_view, definitions, own_view
from backend.indicators.queries.files import sheet_of
from backend.indicators.views import BalanceTextView
from backend.kernel.errors import NotFound
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.indicator_words import TextKind
from policies.suppression import PARIS

router = APIRouter(include_in_schema=False)

TITLE = "Indicateurs"

TEXTS = {"application": TextKind.COORDINATION, "suites-sociales": TextKind.SOCIAL, "paris": TextKind.CITY}
"""The texts of a balance, as addresses name them."""

NAMES = {kind: name for name, kind in TEXTS.items()}

DONE = {"texte": "Le texte est enregistré. Il paraît dans le bilan et dans son PDF."}
"""What was just done, by the word that the address carries."""

LEAD = (
    f"{LENGTH} caractères au plus. Parlez de la cellule, des services et des nombres publiés ; ne nommez et ne "
    "décrivez personne. Le texte est lu par tous ceux qui lisent les indicateurs."
)


@router.get(HOME, dependencies=[acts(Action.INDICATOR_RELEASE_READ)])
def home(request: Request, uow: Work) -> Response:
    """Show the published indicators of Paris for the latest year."""
    return _dashboard(request, uow, PARIS, "")


@router.post(f"{HOME}/choix", dependencies=[acts(Action.INDICATOR_RELEASE_READ)])
def chosen(uow: Work, form: PostedForm) -> Response:
    """Go to the place and the span that were chosen."""
    require(uow, IndicatorRelease(), Action.INDICATOR_RELEASE_READ)
    choice = read(ChoiceForm, form)
    if choice.cell is not None:
        return see(f"{HOME}/cellules/{choice.cell}/{choice.span}")
    return see(f"{HOME}/{choice.place or PARIS}/{choice.span}")


@router.get(f"{HOME}/definitions", dependencies=[acts(Action.INDICATOR_RELEASE_READ)])
def defined(request: Request, uow: Work) -> Response:
    """Show what each indicator is."""
    require(uow, IndicatorRelease(), Action.INDICATOR_RELEASE_READ)
    return draw(request, "indicators/definitions.html", "Définitions des indicateurs", definitions())


@router.get(f"{HOME}/cellules/{{reference}}", dependencies=[acts(Action.CELL_FIGURES)])
def own(request: Request, uow: Work, reference: str) -> Response:
    """Show a coordinator the exact figures of the cell, for the latest year."""
    return _own(request, uow, reference, "")


@router.get(f"{HOME}/cellules/{{reference}}/{{year}}", dependencies=[acts(Action.CELL_FIGURES)])
def own_of_year(request: Request, uow: Work, reference: str, year: str) -> Response:
    """Show a coordinator the exact figures of the cell for a year."""
    return _own(request, uow, reference, year)


@router.get(f"{HOME}/bilan/{{place}}/{{year}}", dependencies=[acts(Action.BALANCE_TEXT_READ)])
def balance(request: Request, uow: Work, place: str, year: str) -> Response:
    """Show the balance of a year."""
    view = balance_view(uow, place, year)
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "indicators/balance.html", f"Bilan {view.year}, {view.place_label}", view, notice=notice)


@router.get(f"{HOME}/bilan/{{place}}/{{year}}/pdf", dependencies=[acts(Action.BALANCE_TEXT_READ)])
def balance_pdf(uow: Work, place: str, year: str) -> Response:
    """Give the balance of a year as a tagged PDF."""
    view = balance_view(uow, place, year)
    written = write_pdf("balance.typ", f"Bilan {view.year} des CENOMED, {view.place_label}", view, uow.now())
    named = {"Content-Disposition": f'inline; filename="bilan-{view.place}-{view.year}.pdf"'}
    return Response(written, media_type="application/pdf", headers=named)


@router.get(f"{HOME}/bilan/{{place}}/{{year}}/{{kind}}", dependencies=[acts(Action.BALANCE_TEXT_WRITE)])
def writing(request: Request, uow: Work, place: str, year: str, kind: str) -> Response:
    """Ask for a text of a balance."""
    return _writing(request, uow, (place, year, kind), {}, NOTHING)


@router.post(f"{HOME}/bilan/{{place}}/{{year}}/{{kind}}", dependencies=[acts(Action.BALANCE_TEXT_WRITE)])
def written(request: Request, uow: Work, form: PostedForm, place: str, year: str, kind: str) -> Response:
    """Write a text of a balance."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _writing(request, fresh, (place, year, kind), typed, errors)):
        view = balance_view(uow, place, year)
        write_text(uow, place, view.year, _kind(kind), read(BalanceTextForm, form), version_of(form))
    return see(f"{HOME}/bilan/{place}/{year}?fait=texte")


@router.get(f"{HOME}/{{place}}/{{span}}", dependencies=[acts(Action.INDICATOR_FIGURE_READ)])
def shown(request: Request, uow: Work, place: str, span: str) -> Response:
    """Show the published indicators of a place over a span."""
    return _dashboard(request, uow, place, span)


@router.get(f"{HOME}/{{place}}/{{span}}/{{kind}}", dependencies=[acts(Action.INDICATOR_FIGURE_READ)])
def file(uow: Work, place: str, span: str, kind: str) -> Response:
    """Give the published figures as a file: `csv`, `ods`, `xlsx` or `json`."""
    require(uow, IndicatorRelease(), Action.INDICATOR_RELEASE_READ)
    if kind != "json" and kind not in MEDIA_TYPES:
        raise NotFound
    sheet = sheet_of(uow, place, span)
    named = {"Content-Disposition": f'attachment; filename="indicateurs-{place}-{span}.{kind}"'}
    if kind == "json":
        lines = [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]
        return Response(json.dumps(lines, ensure_ascii=False), media_type="application/json", headers=named)
    return Response(write_sheet(sheet, kind, uow.now()), media_type=MEDIA_TYPES[kind], headers=named)


def _dashboard(request: Request, uow: UnitOfWork, place: str, span: str) -> Response:
    require(uow, IndicatorRelease(), Action.INDICATOR_RELEASE_READ)
    view = dashboard_view(uow, place, span)
    title = TITLE if view is None else f"{TITLE}, {view.place_label}, {view.span_label}"
    return draw(request, "indicators/dashboard.html", title, view)


def _own(request: Request, uow: UnitOfWork, reference: str, year: str) -> Response:
    view = own_view(uow, reference, year)
    return draw(request, "indicators/dashboard.html", f"Chiffres exacts, {view.place_label}, {view.span_label}", view)


def _kind(kind: str) -> TextKind:
    if kind not in TEXTS:
        raise NotFound
    return TEXTS[kind]


def _writing(
    request: Request,
    uow: UnitOfWork,
    asked: tuple[str, str, str],
    typed: Mapping[str, object],
    errors: Mapping[str, str],
) -> Response:
    place, year, kind = asked
    text_kind = _kind(kind)
    view = balance_view(uow, place, year)
    cell = cell_at(uow, place)
    row = text_of(uow, cell, view.year, text_kind)
    blank = BalanceText(cell_id=None if cell is None else cell.id, year=view.year, kind=text_kind)
    require(uow, row or blank, Action.BALANCE_TEXT_WRITE)
    back = f"{HOME}/bilan/{place}/{year}"
    version = text_view(uow, cell, view.year, text_kind).version
    given = typed or {"text": "" if row is None else row.text}
    text = BalanceTextView(f"{back}/{kind}", back, text_kind, LEAD, given, version)
    return draw(request, "indicators/text.html", f"Bilan {view.year}, {view.place_label} : texte", text, errors=errors)
