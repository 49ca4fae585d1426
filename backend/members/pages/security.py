"""How one signs in: ProConnect, passkeys, recovery codes, devices and sessions."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.kernel.errors import InvalidInput
from backend.members.actions.accounts import renew_recovery_codes
from backend.members.actions.passkeys import PasskeyAnswer, add_passkey, ask_new_passkey, remove_passkey
from backend.members.actions.sessions import end_own_sessions
from backend.members.pages.own import own_account
from backend.members.passkeys import site_of
from backend.members.queries.listings import own_devices, own_identity, own_passkeys, own_sessions
from backend.members.views import DeviceLine, IdentityView, PasskeyLine, SessionLine
from backend.web.forms import PostedForm
from backend.web.pages import draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from backend.web.session import take_secret
from policies.access import Action

router = APIRouter(include_in_schema=False)

NEW_PASSKEY = "/compte/cles/nouvelle"
NOTICES = {
    "identite": "L'identité ProConnect est retirée.",
    "cle": "La clé d'accès est enregistrée : elle vous sera proposée à la prochaine connexion.",
    "retrait": "La clé d'accès est retirée : elle n'ouvre plus rien.",
}


@dataclass(frozen=True, slots=True)
class SecurityView:
    """How a person signs in; `identity` is None where ProConnect is not set up, `passkeys` where no browser can."""

    identity: IdentityView | None
    passkeys: tuple[PasskeyLine, ...] | None
    devices: tuple[DeviceLine, ...]
    sessions: tuple[SessionLine, ...]


@dataclass(frozen=True, slots=True)
class NewPasskeyView:
    """What the browser is asked to make a passkey, as JSON for its script."""

    asked: str


@router.get("/compte/connexion", dependencies=[acts(Action.ACCOUNT_OWN)])
def security(request: Request, uow: Work) -> Response:
    """Show how one signs in, from where, and since when."""
    settings = uow.settings
    view = SecurityView(
        identity=None if settings.provider is None else own_identity(uow),
        passkeys=None if site_of(settings.public_url) is None else own_passkeys(uow),
        devices=own_devices(uow),
        sessions=own_sessions(uow),
    )
    notice = NOTICES.get(request.query_params.get("fait", ""))
    return draw(request, "members/security.html", "Connexion et sécurité", view, notice=notice)


@router.get(NEW_PASSKEY, dependencies=[acts(Action.ACCOUNT_OWN)])
def passkey_asked(request: Request, uow: Work) -> Response:
    """Ask the browser for a new passkey, after a fresh second factor."""
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite={NEW_PASSKEY}")
    view = NewPasskeyView(ask_new_passkey(uow, own_account(uow).reference))
    return draw(request, "members/passkey.html", "Nouvelle clé d'accès", view)


@router.post("/compte/cles", dependencies=[acts(Action.ACCOUNT_OWN)])
def passkey_made(request: Request, uow: Work, form: PostedForm) -> Response:
    """Keep the passkey that the browser made."""
    if not uow.actor.stepped_up:
        return see(f"/confirmation?suite={NEW_PASSKEY}")
    reference = own_account(uow).reference
    with drawn_again(
        lambda fresh, errors: draw(
            request,
            "members/passkey.html",
            "Nouvelle clé d'accès",
            NewPasskeyView(ask_new_passkey(fresh, reference)),
            errors=errors,
        )
    ):
        if not form.one("passkey"):
            raise InvalidInput({}, "Votre navigateur n'a créé aucune clé d'accès. Recommencez.")
        add_passkey(uow, reference, PasskeyAnswer(form.one("passkey")))
    return see("/compte/connexion?fait=cle")


@router.post("/compte/cles/{reference}/retrait", dependencies=[acts(Action.ACCOUNT_OWN)])
def passkey_removed(_request: Request, uow: Work, reference: str, _form: PostedForm) -> Response:
    """Remove a passkey, lost or replaced; asks for a fresh second factor first."""
    if not uow.actor.stepped_up:
        return see("/confirmation?suite=/compte/connexion")
    remove_passkey(uow, own_account(uow).reference, reference)
    return see("/compte/connexion?fait=retrait")


@router.post("/compte/sessions", dependencies=[acts(Action.ACCOUNT_OWN)])
def sessions_ended(request: Request, uow: Work, _form: PostedForm) -> Response:
    """End every session and token of the person."""
    end_own_sessions(uow, own_account(uow).reference)
    answer = see("/connexion")
    take_secret(request, answer)
    return answer


@router.post("/compte/codes", dependencies=[acts(Action.ACCOUNT_OWN)])
def codes_renewed(request: Request, uow: Work, _form: PostedForm) -> Response:
    """Replace the recovery codes and show them, this once; asks for a fresh second factor first."""
    if not uow.actor.stepped_up:
        return see("/confirmation?suite=/compte/connexion")
    codes = renew_recovery_codes(uow, own_account(uow).reference)
    return draw(request, "members/recovery_codes.html", "Vos codes de secours", codes)
