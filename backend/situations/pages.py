"""The two exits open at every stage to who can read a situation (R25)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import NotFound
from backend.situations.actions import acknowledge_exits, record_exit
from backend.situations.forms import ExitForm
from backend.situations.models import Situation
from backend.situations.queries import exits_of, shown
from backend.situations.views import ExitPageView, exit_view
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.disclosure import Field
from policies.vocabulary import ExitChannel, ExitKind

router = APIRouter(include_in_schema=False)


@router.get("/situations/{reference}/sortie/{kind}", dependencies=[acts(Action.SITUATION_EXIT)])
def exit_page(request: Request, uow: Work, reference: str, kind: str) -> Response:
    """Show how to make the exit, and ask what was done."""
    return _page(request, uow, reference, kind, {}, NOTHING)


@router.post("/situations/{reference}/sortie/{kind}", dependencies=[acts(Action.SITUATION_EXIT)])
def exited(request: Request, uow: Work, form: PostedForm, reference: str, kind: str) -> Response:
    """Record the exit."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _page(request, fresh, reference, kind, typed, errors)):
        record_exit(uow, reference, read(ExitForm, form, {"kind": kind}))
    return see(f"/situations/{reference}?fait=sortie")


@router.post("/situations/{reference}/sorties/lecture", dependencies=[acts(Action.SITUATION_ACKNOWLEDGE)])
def acknowledged(uow: Work, form: PostedForm, reference: str) -> Response:
    """Record that the exits were read."""
    acknowledge_exits(uow, reference, version=version_of(form))
    return see(f"/situations/{reference}?fait=sorties-lues")


def _page(
    request: Request, uow: UnitOfWork, reference: str, kind: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    if kind not in {member.value for member in ExitKind}:
        raise NotFound
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    view = ExitPageView(
        situation.reference,
        ExitKind.of(kind),
        typed,
        tuple((channel.value, channel.label) for channel in ExitChannel),
        tuple(exit_view(row) for row in exits_of(uow, situation)) if Field.EXITS in shown(uow, situation) else (),
        uow.today(),
    )
    return draw(request, "situations/exit.html", view.kind.label, view, errors=errors)
