"""Enrolment pages: a neutral page behind the link of the e-mail, then a password, an application, recovery codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.audit.events import refused
from backend.kernel.errors import InvalidInput, Refusal
from backend.members.actions.enrolment import check_link, choose_password, confirm_totp, open_link, provisioning
from backend.members.actions.signing_in import WrongCredentials
from backend.members.pages.devices import remember, visit_of
from backend.web.forms import OpenForm
from backend.web.pages import draw, see
from backend.web.requests import house_of, open_to
from backend.web.session import give_secret, read_secret

router = APIRouter(include_in_schema=False)

ENROLLING = "la personne qui s'inscrit, avec son lien et son code"
QUIET = 4
"""Light modules that a square needs around it (ISO/IEC 18004)."""

BLANK: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LinkView:
    """Where the form of a link goes."""

    action: str


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """What the application must be told: a square to scan, drawn as one path, and the same secret in letters."""

    square: str
    side: int
    secret: str


@router.get("/inscription/{token}", dependencies=[open_to(ENROLLING)])
def link(request: Request, token: str) -> Response:
    """Ask for the code given by telephone; opening the link consumes nothing, mail scanners open links."""
    with house_of(request).transaction() as uow:
        check_link(uow, token)
    return _link(request, token, BLANK)


@router.post("/inscription/{token}", dependencies=[open_to(ENROLLING)])
def link_opened(request: Request, token: str, form: OpenForm) -> Response:
    """Consume the link with its code."""
    try:
        secret = open_link(house_of(request), token, form.one("code"))
    except WrongCredentials as refusal:
        return _again(request, _link(request, token, {"code": refusal.detail}), refusal)
    answer = see("/mon-inscription/mot-de-passe")
    give_secret(request, answer, secret)
    return answer


@router.get("/mon-inscription/mot-de-passe", dependencies=[open_to(ENROLLING)])
def password(request: Request) -> Response:
    """Ask for a password."""
    return draw(request, "members/password.html", "Votre mot de passe")


@router.post("/mon-inscription/mot-de-passe", dependencies=[open_to(ENROLLING)])
def password_chosen(request: Request, form: OpenForm) -> Response:
    """Set the password."""
    chosen = form.one("password")
    try:
        _check_typed_twice(chosen, form.one("again"))
        choose_password(house_of(request), read_secret(request), chosen)
    except InvalidInput as refusal:
        page = draw(request, "members/password.html", "Votre mot de passe", errors=refusal.errors)
        return _again(request, page, refusal)
    return see("/mon-inscription/application")


@router.get("/mon-inscription/application", dependencies=[open_to(ENROLLING)])
def application(request: Request) -> Response:
    """Show what the application must scan."""
    return _application(request, BLANK)


@router.post("/mon-inscription/application", dependencies=[open_to(ENROLLING)])
def application_confirmed(request: Request, form: OpenForm) -> Response:
    """Check the first code, open the session and show the recovery codes, this once."""
    visit = visit_of(request)
    try:
        with house_of(request).transaction() as uow:
            enrolled = confirm_totp(uow, read_secret(request), form.one("code"), visit)
    except InvalidInput as refusal:
        return _again(request, _application(request, refusal.errors), refusal)
    answer = draw(request, "members/recovery_codes.html", "Vos codes de secours", enrolled.recovery_codes)
    give_secret(request, answer, enrolled.secret)
    remember(request, answer, visit)
    return answer


def _check_typed_twice(chosen: str, again: str) -> None:
    if chosen != again:
        raise InvalidInput({"again": "Les deux saisies diffèrent : recommencez."})


def _link(request: Request, token: str, errors: Mapping[str, str]) -> Response:
    return draw(
        request, "members/link.html", "Bienvenue dans Cénacle", LinkView(f"/inscription/{token}"), errors=errors
    )


def _application(request: Request, errors: Mapping[str, str]) -> Response:
    import segno  # noqa: PLC0415  only who enrols a member holds it

    with house_of(request).transaction() as uow:
        told = provisioning(uow, read_secret(request))
    code = segno.make(told.uri, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(border=QUIET)]
    square = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    letters = " ".join(told.secret[start : start + 4] for start in range(0, len(told.secret), 4))
    view = ApplicationView(square, len(rows), letters)
    return draw(request, "members/application.html", "Votre application de codes", view, errors=errors)


def _again(request: Request, page: Response, refusal: Refusal) -> Response:
    house_of(request).journal.record_refusal(refused(refusal), None)
    page.status_code = refusal.status
    return page
