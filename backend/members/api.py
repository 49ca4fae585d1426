"""JSON of members: a bearer token for both factors at once, and who one is."""

from dataclasses import dataclass

from fastapi import APIRouter, Request

from backend.members.actions.signing_in import sign_in_for_token
from backend.members.forms import TokenForm
from backend.members.models import Account
from backend.members.queries.listings import whoami
from backend.members.tokens import LIFE
from backend.members.views import Whoami
from backend.web.requests import Work, acts, house_of, open_to
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["comptes"])


@dataclass(frozen=True, slots=True)
class TokenView:
    """A bearer token; `duree` is in seconds."""

    jeton: str
    type: str
    duree: int


@router.post("/jetons", status_code=201, dependencies=[open_to("toute personne, avec ses deux facteurs")])
def token_given(request: Request, form: TokenForm) -> TokenView:
    """Give a bearer token of ten minutes."""
    host = request.client.host if request.client else "unknown"
    token = sign_in_for_token(house_of(request), form.email, form.mot_de_passe, form.code, host)
    return TokenView(token, "Bearer", int(LIFE.total_seconds()))


@router.get("/moi", dependencies=[acts(Action.ACCOUNT_OWN)])
def me(uow: Work) -> Whoami:
    """Say who the token belongs to, and which habilitations are in force."""
    return whoami(uow, uow.session.get_one(Account, uow.account()))
