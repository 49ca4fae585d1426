"""To ProConnect and back: sign in, link one's identity, sign out there too.

A browser that comes back from another site brings no Strict cookie: the answer is checked at once, for its code lives
thirty seconds, then a page of ours goes on. Nothing of this is answered unless the service is registered.
"""

import hmac
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from backend.audit.events import refused
from backend.kernel.errors import Refusal
from backend.kernel.identifiers import new_secret
from backend.members.actions.proconnect import (
    IdentityUnknown,
    ProviderAnswerRefused,
    ask_link,
    ask_sign_in,
    come_back,
    leave_for_provider,
    leave_provider,
    remove_identity,
)
from backend.members.pages.devices import remember, visit_of
from backend.members.pages.own import own_account
from backend.members.pages.signing_in import local_path
from backend.web.forms import PostedForm
from backend.web.pages import draw, see
from backend.web.requests import Work, acts, house_of, open_to
from backend.web.session import give_secret, read_secret, take_secret
from policies.access import Action
from policies.habilitation import Minutes

router = APIRouter(include_in_schema=False)

ANYBODY = "toute personne qui se connecte par ProConnect"
REQUEST_COOKIE = "cenacle-proconnect"
LEAVING_COOKIE = "cenacle-depart"
HERE = "/compte/connexion"


@dataclass(frozen=True, slots=True)
class StepView:
    """A page of ours that goes on to another one: what was done, and where the link leads."""

    lead: str
    label: str
    href: str


@router.get("/connexion/proconnect", dependencies=[open_to(ANYBODY)])
def asked(request: Request) -> Response:
    """Send the browser to the provider, to sign in."""
    house = house_of(request)
    secret = ask_sign_in(house, local_path(request.query_params.get("suite", "/")))
    answer = RedirectResponse(leave_for_provider(house, secret), 303)
    _give(request, answer, secret)
    return answer


@router.get("/connexion/proconnect/depart", dependencies=[open_to("la personne qui associe son identité ProConnect")])
def left(request: Request) -> Response:
    """Send the browser of somebody who asked to link an identity to the provider."""
    return RedirectResponse(leave_for_provider(house_of(request), read_secret(request, REQUEST_COOKIE)), 303)


@router.get("/connexion/proconnect/retour", dependencies=[open_to(ANYBODY)])
def came_back(request: Request) -> Response:
    """Check what the provider answered, once, then go on from a page of ours."""
    visit = visit_of(request)
    try:
        arrival = come_back(house_of(request), read_secret(request, REQUEST_COOKIE), request.query_params, visit)
    except (ProviderAnswerRefused, IdentityUnknown) as refusal:
        return _refused(request, refusal)
    if arrival.secret is None:
        view = StepView(
            "Votre identité ProConnect est associée. Vos habilitations sont suspendues jusqu'à leur confirmation.",
            "Revenir à mon compte",
            arrival.following,
        )
    elif arrival.second_factor:
        view = StepView(
            "ProConnect vous a reconnu. Il reste à donner un second facteur.",
            "Continuer",
            f"/connexion/code?suite={quote(arrival.following)}",
        )
    else:
        view = StepView("ProConnect vous a reconnu.", "Continuer", arrival.following)
    answer = draw(request, "members/arrived.html", "Retour de ProConnect", view)
    take_secret(request, answer, name=REQUEST_COOKIE)
    if arrival.secret is not None:
        give_secret(request, answer, arrival.secret)
        remember(request, answer, visit)
    return answer


@router.post("/compte/proconnect", dependencies=[acts(Action.ACCOUNT_OWN)])
def link_asked(request: Request, uow: Work, _form: PostedForm) -> Response:
    """Let somebody go to the provider to link an identity; asks for a fresh second factor first."""
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite={HERE}")
    secret = ask_link(uow, HERE)
    view = StepView(
        "ProConnect va vous identifier, puis vous ramener ici.",
        "Continuer vers ProConnect",
        "/connexion/proconnect/depart",
    )
    answer = draw(request, "members/arrived.html", "Vers ProConnect", view)
    _give(request, answer, secret)
    return answer


@router.post("/compte/proconnect/retrait", dependencies=[acts(Action.ACCOUNT_OWN)])
def removed(_request: Request, uow: Work, _form: PostedForm) -> Response:
    """Forget one's identity at the provider; asks for a fresh second factor first."""
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite={HERE}")
    remove_identity(uow, own_account(uow).reference)
    return see(f"{HERE}?fait=identite")


@router.get("/deconnexion/proconnect", dependencies=[open_to("toute personne qui vient de se déconnecter")])
def leaving(request: Request) -> Response:
    """Send the browser of somebody who has just signed out to the provider, to sign out there too."""
    state = new_secret()
    address = leave_provider(house_of(request), read_secret(request), state)
    if address is None:  # another site may lead here: a session that is open stays so
        return see("/connexion")
    answer = RedirectResponse(address, 303)
    take_secret(request, answer)
    give_secret(request, answer, state, name=LEAVING_COOKIE, life=60 * Minutes.PROVIDER, samesite="lax")
    return answer


@router.get("/deconnexion/proconnect/retour", dependencies=[open_to("toute personne qui a quitté ProConnect")])
def gone(request: Request) -> Response:
    """Welcome back somebody who signed out at the provider."""
    state, given = read_secret(request, LEAVING_COOKIE), request.query_params.get("state", "")
    if not state or not hmac.compare_digest(state.encode(), given.encode()):
        return see("/connexion")
    answer = see("/connexion?fait=deconnexion")
    take_secret(request, answer, name=LEAVING_COOKIE)
    return answer


def _give(request: Request, answer: Response, secret: str) -> None:
    give_secret(request, answer, secret, name=REQUEST_COOKIE, life=60 * Minutes.PROVIDER, samesite="lax")


def _refused(request: Request, refusal: Refusal) -> Response:
    house_of(request).journal.record_refusal(refused(refusal), None)
    page = draw(request, "members/provider_refused.html", refusal.title, refusal, status=refusal.status)
    take_secret(request, page, name=REQUEST_COOKIE)
    return page
