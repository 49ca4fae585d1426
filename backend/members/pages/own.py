"""One's own account: what to accept, open sessions, recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput
from backend.members.actions.accounts import renew_recovery_codes
from backend.members.actions.commitments import accept_charter, undertake
from backend.members.actions.sessions import end_own_sessions
from backend.members.models import Account
from backend.members.queries.listings import deeds, habilitations_of, own_sessions
from backend.members.views import Deed, HabilitationLine, SessionLine
from backend.web.forms import PostedForm
from backend.web.pages import draw, see
from backend.web.requests import Work, acts
from backend.web.session import take_secret
from policies.access import Action
from policies.habilitation import Commitment

router = APIRouter(include_in_schema=False)

NOTICES = {"accepte": "Votre acceptation est enregistrée."}


@dataclass(frozen=True, slots=True)
class OwnView:
    """A person's own account."""

    name: str
    function: str
    email: str
    last_sign_in_at: datetime | None
    habilitations: tuple[HabilitationLine, ...]
    sessions: tuple[SessionLine, ...]
    deeds: tuple[Deed, ...]


def own_account(uow: UnitOfWork) -> Account:
    """Give the account of the person who asks."""
    return fetch(uow, Account, uow.session.get_one(Account, uow.account()).reference, to=Action.ACCOUNT_READ)


@router.get("/compte", dependencies=[acts(Action.ACCOUNT_OWN)])
def own(request: Request, uow: Work) -> Response:
    """Show one's own account."""
    account = own_account(uow)
    view = OwnView(
        name=account.display_name,
        function=account.function,
        email=account.email,
        last_sign_in_at=account.last_sign_in_at,
        habilitations=habilitations_of(uow, account),
        sessions=own_sessions(uow),
        deeds=deeds(uow, account),
    )
    notice = NOTICES.get(request.query_params.get("fait", ""))
    return draw(request, "members/own.html", "Mon compte", view, notice=notice)


@router.get("/engagements", dependencies=[acts(Action.ACCOUNT_OWN)])
def to_accept(request: Request, uow: Work) -> Response:
    """Show what remains to be accepted."""
    return draw(request, "members/deeds.html", "Vos engagements", deeds(uow, own_account(uow)))


@router.post("/engagements", dependencies=[acts(Action.ACCOUNT_OWN)])
def accepted(_request: Request, uow: Work, form: PostedForm) -> Response:
    """Accept the charter and the règlement intérieur, an undertaking or a clause."""
    account = own_account(uow)
    if form.one("accepted") != "oui":
        raise InvalidInput({"accepted": "Cochez la case pour accepter."}, "Cochez la case pour accepter.")
    if form.one("kind") == "charter":
        accept_charter(uow, account.reference, form.one("value"))
    else:
        undertake(uow, account.reference, _commitment(form.one("value")))
    return see("/engagements" if deeds(uow, account) else "/compte?fait=accepte")


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
        return see("/confirmation?suite=/compte")
    codes = renew_recovery_codes(uow, own_account(uow).reference)
    return draw(request, "members/recovery_codes.html", "Vos codes de secours", codes)


def _commitment(value: str) -> Commitment:
    try:
        return Commitment.of(value)
    except ValueError:
        raise InvalidInput({}, "Rechargez la page, puis recommencez.") from None
