"""What the coordinator decides on a situation that was received: one page per decision, the content under the eyes."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.signalements.actions.giving_back import give_back
from backend.signalements.actions.merging import merge, suggestions
from backend.signalements.actions.moving import move
from backend.signalements.actions.qualification import qualify
from backend.signalements.actions.review import review
from backend.signalements.forms import MergeForm, MoveForm, QualificationForm, ReturnForm, ReviewForm
from backend.signalements.queries.content import decision_view
from backend.situations.models import Situation
from backend.web.forms import Form, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import DrawWith, drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

TITLES: dict[str, tuple[Action, str]] = {
    "qualification": (Action.SITUATION_QUALIFY, "Qualifier la situation"),
    "renvoi": (Action.SITUATION_RETURN, "Renvoyer pour complément"),
    "rattachement": (Action.SITUATION_MERGE, "Rattacher à une autre situation"),
    "transfert": (Action.SITUATION_MOVE, "Transmettre à la cellule compétente"),
    "relecture": (Action.SITUATION_REVIEW, "Relire le texte libre"),
}
"""The decisions: last part of the address, action and title."""

MATCHING = frozenset({"qualification", "rattachement"})
"""Decisions before which the situations that may be about the same minor are looked for."""


def _page(
    request: Request, uow: UnitOfWork, reference: str, name: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    action, title = TITLES[name]
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, action)
    matches = suggestions(uow, reference) if name in MATCHING else []
    view = decision_view(uow, situation, typed, matches)
    return draw(request, f"signalements/{name}.html", title, view, errors=errors)


def _again(request: Request, reference: str, name: str, form: Form) -> DrawWith:
    typed = form.typed()
    return lambda uow, errors: _page(request, uow, reference, name, typed, errors)


def _show(name: str) -> Callable[[Request, UnitOfWork, str], Response]:
    def show(request: Request, uow: Work, reference: str) -> Response:
        return _page(request, uow, reference, name, {}, NOTHING)

    return show


for _name, (_action, _title) in TITLES.items():
    router.add_api_route(
        f"/situations/{{reference}}/{_name}", _show(_name), methods=["GET"], dependencies=[acts(_action)], name=_title
    )


@router.post("/situations/{reference}/qualification", dependencies=[acts(Action.SITUATION_QUALIFY)])
def qualified(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Admit, refuse or redirect."""
    with drawn_again(_again(request, reference, "qualification", form)):
        qualify(uow, reference, read(QualificationForm, form), version=version_of(form))
    return see(f"/situations/{reference}?fait=qualifiee")


@router.post("/situations/{reference}/renvoi", dependencies=[acts(Action.SITUATION_RETURN)])
def returned(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Give the signalement back to its author."""
    with drawn_again(_again(request, reference, "renvoi", form)):
        give_back(uow, reference, read(ReturnForm, form), version=version_of(form))
    return see("/situations?fait=renvoyee")


@router.post("/situations/{reference}/rattachement", dependencies=[acts(Action.SITUATION_MERGE)])
def merged(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Merge into another situation."""
    with drawn_again(_again(request, reference, "rattachement", form)):
        absorbing = merge(uow, reference, read(MergeForm, form), version=version_of(form))
    return see(f"/situations/{absorbing.reference}?fait=rattachee")


@router.post("/situations/{reference}/transfert", dependencies=[acts(Action.SITUATION_MOVE)])
def moved(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Send to the competent cell."""
    with drawn_again(_again(request, reference, "transfert", form)):
        move(uow, reference, read(MoveForm, form), version=version_of(form))
    return see("/situations?fait=transmise")


@router.post("/situations/{reference}/relecture", dependencies=[acts(Action.SITUATION_REVIEW)])
def reviewed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Keep, mask or drop a free text."""
    with drawn_again(_again(request, reference, "relecture", form)):
        decision = read(ReviewForm, form)
        review(uow, reference, decision, version=version_of(form))
    return see(f"/situations/{reference}?fait=relue")
