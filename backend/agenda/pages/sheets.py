"""The sheet of a meeting and what is done with its date: poll, answer, keep, convene, move, cancel, agree."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.agenda.actions.convening import cancel, convene, move
from backend.agenda.actions.emergency import agree
from backend.agenda.actions.planning import answer, propose, set_date
from backend.agenda.forms import AnswerForm, ChosenDateForm, MoveForm, ProposalForm
from backend.agenda.models import Meeting
from backend.agenda.queries.sheets import form_view, meeting_view
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.clock import PARIS
from backend.web.forms import Form, PostedForm, fill, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.meeting_words import AvailabilityAnswer

router = APIRouter(include_in_schema=False)

DONE = {
    "demandee": "La demande est enregistrée. La mairie d'arrondissement est prévenue : son accord est attendu.",
    "accord": "Votre accord est enregistré. Le coordonnateur peut convoquer la réunion.",
    "proposees": "Les dates sont proposées. Les membres sont prévenus.",
    "disponibilites": "Vos disponibilités sont enregistrées. Vous pouvez les changer tant que la date n'est pas fixée.",
    "date": "La date est fixée.",
    "convoquee": "La réunion est convoquée. Les membres sont prévenus.",
    "deplacee": "La réunion est déplacée.",
    "remplie": "L'ordre du jour est complété.",
    "inscrite": "La situation est inscrite.",
    "retiree": "La situation est retirée de cet ordre du jour.",
    "rang": "L'ordre est enregistré.",
}
"""What the page says after a change."""

_BLANK: Mapping[str, object] = MappingProxyType({})


@router.get("/reunions/{reference}", dependencies=[acts(Action.MEETING_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show a meeting and its agenda."""
    return sheet_page(request, uow, reference, _BLANK, NOTHING)


def sheet_page(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    """Draw the sheet of a meeting, after a refusal too."""
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    view = (meeting_view(uow, meeting), form_view(uow, meeting, typed))
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "agenda/sheet.html", "Réunion", view, errors=errors, notice=notice)


@router.get("/reunions/{reference}/convocation", dependencies=[acts(Action.MEETING_READ)])
def convocation(request: Request, uow: Work, reference: str) -> Response:
    """Show the convocation, ready to print."""
    return _printed(request, uow, reference, "convocation", "Convocation")


@router.get("/reunions/{reference}/ordre-du-jour", dependencies=[acts(Action.MEETING_READ)])
def agenda(request: Request, uow: Work, reference: str) -> Response:
    """Show the agenda by references, ready to print."""
    return _printed(request, uow, reference, "agenda", "Ordre du jour")


def _printed(request: Request, uow: UnitOfWork, reference: str, name: str, title: str) -> Response:
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    return draw(request, f"agenda/{name}.html", title, meeting_view(uow, meeting, named=False))


@router.post("/reunions/{reference}/convocation", dependencies=[acts(Action.MEETING_CONVENE)])
def convened(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Convene the members."""
    return _changed(request, form, reference, "convoquee", lambda: convene(uow, reference, version_of(form)))


@router.post("/reunions/{reference}/accord", dependencies=[acts(Action.MEETING_AGREE)])
def agreed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record the town hall's agreement."""
    return _changed(request, form, reference, "accord", lambda: agree(uow, reference, version_of(form)))


@router.post("/reunions/{reference}/date", dependencies=[acts(Action.MEETING_SET_DATE)])
def date_set(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Keep one of the proposed dates."""
    return _changed(
        request, form, reference, "date", lambda: set_date(uow, reference, version_of(form), read(ChosenDateForm, form))
    )


@router.post("/reunions/{reference}/annulation", dependencies=[acts(Action.MEETING_CANCEL)])
def cancelled(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Cancel the meeting."""
    with drawn_again(lambda fresh, errors: sheet_page(request, fresh, reference, _BLANK, errors)):
        cancel(uow, reference, version_of(form))
    return see("/reunions?fait=annulee")


def _changed(request: Request, form: Form, reference: str, done: str, change: Callable[[], Meeting]) -> Response:
    typed = form.typed()
    with drawn_again(lambda fresh, errors: sheet_page(request, fresh, reference, typed, errors)):
        change()
    return see(f"/reunions/{reference}?fait={done}")


@router.get("/reunions/{reference}/deplacement", dependencies=[acts(Action.MEETING_MOVE)])
def moving(request: Request, uow: Work, reference: str) -> Response:
    """Ask where and when to move a meeting."""
    return _form(request, uow, reference, "move", None, NOTHING)


@router.post("/reunions/{reference}/deplacement", dependencies=[acts(Action.MEETING_MOVE)])
def moved(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Move a meeting."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _form(request, fresh, reference, "move", typed, errors)):
        move(uow, reference, version_of(form), read(MoveForm, form))
    return see(f"/reunions/{reference}?fait=deplacee")


@router.get("/reunions/{reference}/dates", dependencies=[acts(Action.MEETING_PROPOSE)])
def proposing(request: Request, uow: Work, reference: str) -> Response:
    """Ask which dates to propose."""
    return _form(request, uow, reference, "dates", None, NOTHING)


@router.post("/reunions/{reference}/dates", dependencies=[acts(Action.MEETING_PROPOSE)])
def proposed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Propose dates to the members."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _form(request, fresh, reference, "dates", typed, errors)):
        propose(uow, reference, version_of(form), read(ProposalForm, form))
    return see(f"/reunions/{reference}?fait=proposees")


_TITLES = {"move": "Déplacer la réunion", "dates": "Proposer des dates"}
_ACTIONS = {"move": Action.MEETING_MOVE, "dates": Action.MEETING_PROPOSE}


def _form(
    request: Request,
    uow: UnitOfWork,
    reference: str,
    name: str,
    typed: Mapping[str, object] | None,
    errors: Mapping[str, str],
) -> Response:
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    gate.require(uow, meeting, _ACTIONS[name])
    starts = meeting.starts_at.astimezone(PARIS)
    hour = f"{starts.hour} h {starts.minute:02}"
    shown = {"day": f"{starts:%d/%m/%Y}", "place": meeting.place} if name == "move" else {}
    view = form_view(uow, meeting, {"hour": hour, **shown} if typed is None else typed)
    return draw(request, f"agenda/{name}.html", _TITLES[name], view, errors=errors)


@router.get("/reunions/{reference}/disponibilites", dependencies=[acts(Action.AVAILABILITY_ANSWER)])
def answering(request: Request, uow: Work, reference: str) -> Response:
    """Ask for a member's availability."""
    return _answers(request, uow, reference, _BLANK, NOTHING)


@router.post("/reunions/{reference}/disponibilites", dependencies=[acts(Action.AVAILABILITY_ANSWER)])
def answered(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record a member's availability."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _answers(request, fresh, reference, typed, errors)):
        answer(uow, reference, _given(form))
    return see(f"/reunions/{reference}?fait=disponibilites")


def _answers(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    meeting = gate.fetch(uow, Meeting, reference, to=Action.MEETING_READ)
    view = (meeting_view(uow, meeting, named=False), form_view(uow, meeting, typed))
    return draw(request, "agenda/availability.html", "Vos disponibilités", view, errors=errors)


def _given(form: Form) -> dict[str, AvailabilityAnswer]:
    return {
        name.removeprefix("reponse-"): fill(AnswerForm, {"answer": value}).answer
        for name, value in form.fields
        if name.startswith("reponse-") and value
    }
