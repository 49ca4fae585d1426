"""Who reads the guide without an account: links of reception desks, and the decision to open it to the public."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import require
from backend.authorization.work import UnitOfWork
from backend.institutions.queries import habilitated
from backend.rav.actions.guide import decide_opening
from backend.rav.actions.links import give_link, revoke_link
from backend.rav.forms import DeskLinkForm, GuideDecisionForm
from backend.rav.models.guide import GuideDecision
from backend.rav.queries.guide import decisions_view, desk_links
from backend.rav.queries.networks import organised
from backend.rav.views import DesksView
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(include_in_schema=False)

DONE = {"revocation": "Le lien est révoqué : il n'ouvre plus rien.", "decision": "La décision est enregistrée."}
"""What was just done, by the word that the address carries."""


def _notice(request: Request) -> str | None:
    return DONE.get(request.query_params.get("fait", ""))


@router.get("/reseaux/guide/accueils", dependencies=[acts(Action.DESK_LINK_READ)])
def desks(request: Request, uow: Work) -> Response:
    """List the links of the desks, with the form of a new one."""
    return _desks(request, uow, {}, NOTHING)


@router.post("/reseaux/guide/accueils", dependencies=[acts(Action.DESK_LINK_WRITE)])
def given(request: Request, uow: Work, form: PostedForm) -> Response:
    """Give a link to a desk; it is shown once, on this very page."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _desks(request, fresh, typed, errors)):
        made = give_link(uow, read(DeskLinkForm, form))
        uow.session.flush()
    return _desks(request, uow, {}, NOTHING, made=f"{uow.settings.public_url}/accueil/{made.secret}")


def _desks(
    request: Request,
    uow: UnitOfWork,
    typed: Mapping[str, object],
    errors: Mapping[str, str],
    made: str | None = None,
) -> Response:
    cells = tuple((cell.reference, cell.name) for cell in organised(uow))
    institutions = tuple((institution.reference, institution.name) for institution in habilitated(uow))
    blank = {"cell": cells[0][0] if cells else "", "institution": "", "desk": ""}
    view = DesksView(desk_links(uow), cells, institutions, blank | dict(typed), made)
    return draw(request, "rav/desks.html", "Liens des accueils", view, errors=errors, notice=_notice(request))


@router.post("/reseaux/guide/accueils/{reference}/revocation", dependencies=[acts(Action.DESK_LINK_WRITE)])
def revoked(uow: Work, form: PostedForm, reference: str) -> Response:
    """Revoke a link."""
    revoke_link(uow, reference, version_of(form))
    return see("/reseaux/guide/accueils?fait=revocation")


@router.get("/reseaux/guide/ouverture", dependencies=[acts(Action.RAV_GUIDE_DECISION_RECORD)])
def opening(request: Request, uow: Work) -> Response:
    """Show whether the guide is public, and ask for the city's decision."""
    return _opening(request, uow, {}, NOTHING)


@router.post("/reseaux/guide/ouverture", dependencies=[acts(Action.RAV_GUIDE_DECISION_RECORD)])
def decided(request: Request, uow: Work, form: PostedForm) -> Response:
    """Record the city's decision."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _opening(request, fresh, typed, errors)):
        decide_opening(uow, read(GuideDecisionForm, form))
    return see("/reseaux/guide/ouverture?fait=decision")


def _opening(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    require(uow, GuideDecision(), Action.RAV_GUIDE_DECISION_RECORD)
    view = replace(decisions_view(uow), typed=typed)
    return draw(
        request, "rav/opening.html", "Ouverture du guide au public", view, errors=errors, notice=_notice(request)
    )
