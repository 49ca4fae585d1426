"""One's own account: who one is at work, and what to accept."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput
from backend.members.actions.commitments import accept_charter, undertake
from backend.members.models import Account
from backend.members.queries.listings import deeds, habilitations_of
from backend.members.views import Deed, HabilitationLine
from backend.web.forms import PostedForm
from backend.web.pages import draw, see
from backend.web.requests import Work, acts
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


def _commitment(value: str) -> Commitment:
    try:
        return Commitment.of(value)
    except ValueError:
        raise InvalidInput({}, "Rechargez la page, puis recommencez.") from None
