"""What prepares an agenda: fill, list, withdraw, shift; each button leads back to the sheet."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.agenda.actions.preparing import fill, list_situation, shift, withdraw
from backend.agenda.forms import ListingForm, ShiftForm, WithdrawalForm
from backend.agenda.models import Meeting
from backend.agenda.pages.sheets import sheet_page
from backend.agenda.queries.sheets import withdrawal_view
from backend.authorization.work import UnitOfWork
from backend.web.forms import Form, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)


@router.post("/reunions/{reference}/ordre-du-jour/remplir", dependencies=[acts(Action.MEETING_PREPARE)])
def filled(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """List all that may be examined."""
    return _changed(request, form, reference, "remplie", lambda: fill(uow, reference, version_of(form)))


@router.post("/reunions/{reference}/ordre-du-jour", dependencies=[acts(Action.MEETING_PREPARE)])
def listed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """List one situation."""
    return _changed(
        request,
        form,
        reference,
        "inscrite",
        lambda: list_situation(uow, reference, version_of(form), read(ListingForm, form)),
    )


@router.get("/reunions/{reference}/ordre-du-jour/{item}/retrait", dependencies=[acts(Action.MEETING_PREPARE)])
def withdrawing(request: Request, uow: Work, reference: str, item: str) -> Response:
    """Ask why a point is taken off the agenda."""
    return _withdrawing(request, uow, (reference, item), NOTHING)


@router.post("/reunions/{reference}/ordre-du-jour/{item}/retrait", dependencies=[acts(Action.MEETING_PREPARE)])
def withdrawn(request: Request, uow: Work, form: PostedForm, reference: str, item: str) -> Response:
    """Take a point off the agenda, with its reason."""
    with drawn_again(lambda fresh, errors: _withdrawing(request, fresh, (reference, item), errors)):
        withdraw(uow, reference, version_of(form), item, read(WithdrawalForm, form))
    return see(f"/reunions/{reference}?fait=retiree#ordre-du-jour")


def _withdrawing(request: Request, uow: UnitOfWork, point: tuple[str, str], errors: Mapping[str, str]) -> Response:
    view = withdrawal_view(uow, *point)
    return draw(request, "agenda/withdrawal.html", "Retirer de l'ordre du jour", view, errors=errors)


@router.post("/reunions/{reference}/ordre-du-jour/{item}/rang", dependencies=[acts(Action.MEETING_PREPARE)])
def shifted(request: Request, uow: Work, form: PostedForm, reference: str, item: str) -> Response:
    """Move a point up or down."""
    return _changed(
        request,
        form,
        reference,
        "rang",
        lambda: shift(uow, reference, version_of(form), item, read(ShiftForm, form).direction),
    )


def _changed(request: Request, form: Form, reference: str, done: str, change: Callable[[], Meeting]) -> Response:
    typed = form.typed()
    with drawn_again(lambda fresh, errors: sheet_page(request, fresh, reference, typed, errors)):
        change()
    return see(f"/reunions/{reference}?fait={done}#ordre-du-jour")
