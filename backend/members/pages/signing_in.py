"""Sign-in, second factor, lock, confirmation, sign-out; in demonstration, personas in one click.

These endpoints open their own transactions: what checks a credential must not run inside the request's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.audit.events import refused
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import Refusal, SignInRequired, Throttled
from backend.members.actions.passkeys import PasskeyAnswer, ask_passkey
from backend.members.actions.sessions import lock, sign_in_as_persona, sign_out
from backend.members.actions.signing_in import (
    Proof,
    WrongCredentials,
    give_second_factor,
    sign_in,
    step_up,
    unlock,
)
from backend.members.models import SessionKind
from backend.members.pages.devices import remember, visit_of
from backend.members.queries.listings import personas
from backend.members.queries.people import author_of
from backend.members.queries.sessions import actor_of_session, is_locked, session_of
from backend.members.views import PersonaView
from backend.web.forms import Form, OpenForm, PostedForm
from backend.web.pages import draw, see
from backend.web.requests import Work, acts, house_of, open_to
from backend.web.session import give_secret, read_secret, take_secret
from policies.access import Action

router = APIRouter(include_in_schema=False)

ANYBODY = "toute personne qui se connecte"
BLANK: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SignInView:
    """The first step: what was typed, where to go afterwards, who can be entered in demonstration."""

    email: str
    next: str
    personas: tuple[PersonaView, ...]
    provider: str | None
    """Where ProConnect's button leads; None when the service is not registered there."""


@dataclass(frozen=True, slots=True)
class CodeView:
    """A page that asks for one proof; `person` names who is locked out, `passkey` is what a browser may be asked."""

    next: str
    person: str | None = None
    passkey: str | None = None


def local_path(text: str) -> str:
    """Give a path of ours to go to; the first page for anything else."""
    inside = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if inside and len(text) < 200 else "/"  # noqa: PLR2004


@router.get("/connexion", dependencies=[open_to(ANYBODY)])
def asked(request: Request) -> Response:
    """Ask for the address and the password, or for one proof when the session is only locked."""
    following = local_path(request.query_params.get("suite", "/"))
    secret = read_secret(request)
    with house_of(request).transaction() as uow:
        session = session_of(uow, secret, SessionKind.FULL) if secret else None
        if session is not None and is_locked(session, uow.now()):
            return _locked(request, CodeView(following, author_of(uow, session.account_id).name), BLANK)
        if session is not None and actor_of_session(uow, secret).account is not None:
            return see(following)
    left = request.query_params.get("fait") == "deconnexion"
    notice = "Vous êtes déconnecté de Cénacle et de ProConnect." if left else None
    return _sign_in(request, "", following, BLANK, notice)


@router.post("/connexion", dependencies=[open_to(ANYBODY)])
def first_step(request: Request, form: OpenForm) -> Response:
    """Check the address and the password."""
    email, following = form.one("email"), local_path(form.one("next"))
    try:
        secret = sign_in(house_of(request), email, form.one("password"), _host(request))
    except (WrongCredentials, Throttled) as refusal:
        return _again(request, _sign_in(request, email, following, {"": refusal.detail}), refusal)
    answer = see(f"/connexion/code?suite={quote(following)}")
    give_secret(request, answer, secret)
    return answer


@router.get("/connexion/code", dependencies=[open_to(ANYBODY)])
def code_asked(request: Request) -> Response:
    """Ask for the second factor."""
    return _code(request, local_path(request.query_params.get("suite", "/")), BLANK)


@router.post("/connexion/code", dependencies=[open_to(ANYBODY)])
def second_step(request: Request, form: OpenForm) -> Response:
    """Check the second factor and open the session, under a fresh secret."""
    following, visit = local_path(form.one("next")), visit_of(request)
    try:
        secret = give_second_factor(house_of(request), read_secret(request), _proof(form), visit)
    except SignInRequired as refusal:
        return _again(request, _sign_in(request, "", following, {"": refusal.detail}), refusal)
    except (WrongCredentials, Throttled) as refusal:
        return _again(request, _code(request, following, {"code": refusal.detail}), refusal)
    answer = see(following)
    give_secret(request, answer, secret)
    remember(request, answer, visit)
    return answer


@router.post("/connexion/reprise", dependencies=[open_to("la personne dont la session est verrouillée")])
def resumed(request: Request, form: OpenForm) -> Response:
    """Take a locked session up again."""
    following = local_path(form.one("next"))
    secret = read_secret(request)
    try:
        unlock(house_of(request), secret, form.one("proof"))
    except SignInRequired as refusal:
        return _again(request, _sign_in(request, "", following, {"": refusal.detail}), refusal)
    except (WrongCredentials, Throttled) as refusal:
        return _again(request, _locked(request, CodeView(following), {"proof": refusal.detail}), refusal)
    return see(following)


@router.post("/connexion/demo/{email}", dependencies=[open_to("la démonstration seulement")])
def persona(request: Request, email: str, _form: OpenForm) -> Response:
    """Become a persona of the demonstration."""
    with house_of(request).transaction() as uow:
        secret = sign_in_as_persona(uow, email)
    answer = see("/")
    give_secret(request, answer, secret)
    return answer


@router.post("/deconnexion", dependencies=[open_to("toute personne connectée")])
def signed_out(request: Request, _form: OpenForm) -> Response:
    """End the session, locked or not; who came through ProConnect is led to leave it too."""
    with house_of(request).transaction() as uow:
        elsewhere = sign_out(uow, read_secret(request))
    if elsewhere:
        # A form may not lead to another site (form-action): the page goes on from here.
        return draw(request, "members/leaving.html", "Vous êtes déconnecté de Cénacle")
    answer = see("/connexion")
    take_secret(request, answer)
    return answer


@router.post("/verrouillage", dependencies=[acts(Action.ACCOUNT_OWN)])
def locked(_request: Request, uow: Work, _form: PostedForm) -> Response:
    """Lock the session."""
    lock(uow)
    return see("/connexion")


@router.get("/confirmation", dependencies=[acts(Action.ACCOUNT_OWN)])
def confirmation_asked(request: Request, uow: Work) -> Response:
    """Ask for a fresh second factor before a sensitive act."""
    following = local_path(request.query_params.get("suite", "/"))
    return _confirmation(request, following, BLANK, _passkey(uow, read_secret(request), SessionKind.FULL))


@router.post("/confirmation", dependencies=[open_to("la personne connectée, dont le code est vérifié")])
def confirmed(request: Request, form: OpenForm) -> Response:
    """Check a fresh second factor."""
    following = local_path(form.one("next"))
    house, secret = house_of(request), read_secret(request)
    with house.transaction() as uow:
        session = actor_of_session(uow, secret).session
    if session is None:
        raise SignInRequired
    try:
        step_up(house, session, _proof(form))
    except (WrongCredentials, Throttled) as refusal:
        with house.transaction() as uow:
            passkey = _passkey(uow, secret, SessionKind.FULL)
        return _again(request, _confirmation(request, following, {"code": refusal.detail}, passkey), refusal)
    return see(following)


def _proof(form: Form) -> Proof:
    answer = form.one("passkey")
    return PasskeyAnswer(answer) if answer else form.one("code")


def _passkey(uow: UnitOfWork, secret: str, kind: SessionKind) -> str | None:
    session = session_of(uow, secret, kind)
    return None if session is None else ask_passkey(uow, session)


def _sign_in(
    request: Request, email: str, following: str, errors: Mapping[str, str], notice: str | None = None
) -> Response:
    house = house_of(request)
    with house.transaction() as uow:
        people = personas(uow)
    provider = None if house.settings.provider is None else f"/connexion/proconnect?suite={quote(following)}"
    view = SignInView(email, following, people, provider)
    return draw(request, "members/sign_in.html", "Connexion", view, errors=errors, notice=notice)


def _code(request: Request, following: str, errors: Mapping[str, str]) -> Response:
    with house_of(request).transaction() as uow:
        passkey = _passkey(uow, read_secret(request), SessionKind.SECOND_FACTOR)
    view = CodeView(following, passkey=passkey)
    return draw(request, "members/code.html", "Second facteur", view, errors=errors)


def _locked(request: Request, view: CodeView, errors: Mapping[str, str]) -> Response:
    return draw(request, "members/locked.html", "Session verrouillée", view, errors=errors)


def _confirmation(request: Request, following: str, errors: Mapping[str, str], passkey: str | None) -> Response:
    view = CodeView(following, passkey=passkey)
    return draw(request, "members/confirmation.html", "Confirmez votre identité", view, errors=errors)


def _again(request: Request, page: Response, refusal: Refusal) -> Response:
    """Journal a refusal and answer it with its page, with what was typed but the secrets."""
    house_of(request).journal.record_refusal(refused(refusal), None)
    page.status_code = refusal.status
    if isinstance(refusal, Throttled):
        page.headers["Retry-After"] = str(refusal.retry_after)
    return page


def _host(request: Request) -> str:
    return request.client.host if request.client else "unknown"
