"""Habilitations: those that await a step first, each with what the reader may do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.members.actions.habilitations import confirm, end, grant, review, suspend
from backend.members.forms import ConfirmationForm
from backend.members.models import Habilitation
from backend.members.queries.listings import VERBS, habilitation_lines, habilitations
from backend.members.views import HabilitationLine
from backend.web.forms import Form, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

NOTICES = {
    "accord": "L'habilitation est accordée. Elle doit encore être confirmée.",
    "confirmation": "L'habilitation est confirmée.",
    "revue": "La revue est faite pour douze mois.",
    "suspension": "L'habilitation est suspendue.",
    "fin": "L'habilitation est terminée.",
}

Verb = Callable[[UnitOfWork, str, Form], Habilitation]

_DONE: Mapping[str, Verb] = MappingProxyType(
    {
        "accord": lambda uow, reference, form: grant(uow, reference, version_of(form)),
        "confirmation": lambda uow, reference, form: confirm(
            uow, reference, version_of(form), designation=read(ConfirmationForm, form).designation
        ),
        "revue": lambda uow, reference, form: review(uow, reference, version_of(form)),
        "suspension": lambda uow, reference, form: suspend(uow, reference, version_of(form)),
        "fin": lambda uow, reference, form: end(uow, reference, version_of(form)),
    }
)


@dataclass(frozen=True, slots=True)
class ListView:
    """A page of habilitations, and where the next one starts."""

    habilitations: tuple[HabilitationLine, ...]
    following: str | None


@router.get("/habilitations", dependencies=[acts(Action.HABILITATION_READ)])
def listed(request: Request, uow: Work) -> Response:
    """List the open habilitations that the person may read."""
    view = ListView(*habilitations(uow, request.query_params.get("apres")))
    return draw(request, "members/habilitations.html", "Habilitations", view)


@router.get("/habilitations/{reference}", dependencies=[acts(Action.HABILITATION_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show a habilitation."""
    return _sheet(request, uow, reference, NOTHING)


def _sheet(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    habilitation = fetch(uow, Habilitation, reference, to=Action.HABILITATION_READ)
    (view,) = habilitation_lines(uow, [habilitation])
    notice = NOTICES.get(request.query_params.get("fait", ""))
    return draw(request, "members/habilitation.html", "Habilitation", view, errors=errors, notice=notice)


def _done(name: str) -> Callable[[Request, UnitOfWork, Form, str], Response]:
    def done(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
        with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, errors)):
            _DONE[name](uow, reference, form)
        return see(f"/habilitations/{reference}?fait={name}")

    return done


for _, _path, _action, _words in VERBS:
    router.add_api_route(
        f"/habilitations/{{reference}}/{_path}",
        _done(_path),
        methods=["POST"],
        dependencies=[acts(_action)],
        name=_words,
    )
