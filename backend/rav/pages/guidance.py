"""Somebody comes with an individual situation: guided kindly, and nothing of the answers is kept (RAV-06)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.rav.forms import GuidanceForm, Who
from backend.rav.queries.guide import search, structures
from backend.rav.views import GuidanceView, StructureView
from backend.web.fields import options
from backend.web.forms import PostedForm, read
from backend.web.pages import NOTHING, draw
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import SUBMITTERS, Action
from policies.rav_words import Theme

router = APIRouter(include_in_schema=False)

TITLE = "Une situation individuelle"

QUESTIONS = ("immediate_danger", "school_offence", "radicalisation")
"""The three diversion questions, which come before the CENOMED form (domain.md section 4)."""

SHOWN = 8
"""Structures shown to who looks for one."""


@router.get("/reseaux/situation-individuelle", dependencies=[acts(Action.RAV_STRUCTURE_READ)])
def asked(request: Request, uow: Work) -> Response:
    """Ask whom the situation is about."""
    return _page(request, uow, None, {}, NOTHING)


@router.post("/reseaux/situation-individuelle", dependencies=[acts(Action.RAV_STRUCTURE_READ)])
def guided(request: Request, uow: Work, form: PostedForm) -> Response:
    """Say where the situation goes; nothing is recorded, not even that the question was asked."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _page(request, fresh, None, typed, errors)):
        answers = read(GuidanceForm, form)
    return _page(request, uow, answers, typed, NOTHING)


def _page(
    request: Request,
    uow: UnitOfWork,
    answers: GuidanceForm | None,
    typed: Mapping[str, object],
    errors: Mapping[str, str],
) -> Response:
    given = {name: None if answers is None else getattr(answers, name) for name in QUESTIONS}
    asked_all = all(value is not None for value in given.values())
    diverted = tuple(name for name in QUESTIONS if given[name])
    minor = answers is not None and answers.who is Who.MINOR
    view = GuidanceView(
        who=None if answers is None else answers.who.value,
        asked=asked_all,
        diverted=diverted,
        found=() if answers is None or minor else _matching(uow, answers),
        may_submit=minor and asked_all and not diverted and uow.actor.holds_anywhere(SUBMITTERS),
        typed=typed,
        themes=options(Theme),
    )
    return draw(request, "rav/guidance.html", TITLE, view, errors=errors)


def _matching(uow: UnitOfWork, answers: GuidanceForm) -> tuple[StructureView, ...]:
    if answers.theme is None:
        return ()
    where = "" if answers.arrondissement is None else f" {answers.arrondissement}e"
    found = [view for view in search(structures(uow), where) if answers.theme in view.themes]
    return tuple(found[:SHOWN])
