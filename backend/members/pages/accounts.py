"""Accounts: their list, the invitation of somebody, the sheet of one with what may be done to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, permits, require
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cells_of
from backend.institutions.queries import habilitated, institution_of
from backend.members.actions.accounts import Person, change_email, invite, reset_credentials
from backend.members.actions.exclusions import exclude_person
from backend.members.actions.habilitations import Proposal, propose
from backend.members.forms import EmailForm, ExclusionForm, InvitationForm, ProposalForm
from backend.members.models import Account
from backend.members.queries.listings import account_line, accounts, habilitations_of
from backend.members.views import AccountLine, HabilitationLine
from backend.web.forms import Form, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import DrawWith, drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.habilitation import ENDED_ACCOUNTS, AccountStatus, ExclusionGround
from policies.vocabulary import Role

router = APIRouter(include_in_schema=False)

BLANK: Mapping[str, object] = MappingProxyType({})

NOTICES = {
    "adresse": "L'adresse est changée. Les habilitations sont suspendues jusqu'à leur confirmation.",
    "depart": "Le départ est réglé : le compte est fermé, ses sessions et ses habilitations ont pris fin.",
    "exclusion": "La personne est exclue ; ses sessions et ses jetons ont pris fin.",
    "proposition": "L'habilitation est proposée. Un administrateur doit maintenant l'accorder.",
}


@dataclass(frozen=True, slots=True)
class ListView:
    """A page of accounts, whether the reader may invite, and where the next page starts."""

    accounts: tuple[AccountLine, ...]
    inviting: bool
    following: str | None


@dataclass(frozen=True, slots=True)
class InvitationView:
    """The form of an invitation."""

    institutions: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A code to give by telephone, shown this once; the link left by e-mail."""

    name: str
    reference: str
    code: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """The sheet of an account, with what the reader may do to it."""

    line: AccountLine
    email: str
    version: int
    habilitations: tuple[HabilitationLine, ...]
    may_reset: bool
    may_close: bool
    may_exclude: bool
    may_propose: bool
    roles: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, str], ...]
    grounds: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]


@router.get("/comptes", dependencies=[acts(Action.ACCOUNT_READ)])
def listed(request: Request, uow: Work) -> Response:
    """List the accounts that the person may read."""
    lines, following = accounts(uow, request.query_params.get("apres"))
    view = ListView(lines, permits(uow, Account(), Action.ACCOUNT_INVITE), following)
    return draw(request, "members/accounts.html", "Comptes", view)


@router.get("/comptes/nouveau", dependencies=[acts(Action.ACCOUNT_INVITE)])
def inviting(request: Request, uow: Work) -> Response:
    """Ask who is invited."""
    return _inviting(request, uow, BLANK, NOTHING)


@router.post("/comptes/nouveau", dependencies=[acts(Action.ACCOUNT_INVITE)])
def invited(request: Request, uow: Work, form: PostedForm) -> Response:
    """Invite somebody, and show the code to give by telephone."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _inviting(request, fresh, typed, errors)):
        wanted = read(InvitationForm, form)
        person = Person(wanted.display_name, wanted.function, wanted.email)
        account, handover = invite(uow, wanted.institution, person)
    view = HandoverView(account.display_name, account.reference, handover.code)
    return draw(request, "members/handover.html", "Code à donner par téléphone", view)


@router.get("/comptes/{reference}", dependencies=[acts(Action.ACCOUNT_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show an account."""
    return _sheet(request, uow, reference, BLANK, NOTHING)


@router.post("/comptes/{reference}/identifiants", dependencies=[acts(Action.ACCOUNT_RESET)])
def reset(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Renew somebody's credentials, and show the code to give by telephone."""
    with drawn_again(_again(request, reference, form)):
        account, handover = reset_credentials(uow, reference, version_of(form))
    view = HandoverView(account.display_name, account.reference, handover.code)
    return draw(request, "members/handover.html", "Code à donner par téléphone", view)


@router.post("/comptes/{reference}/adresse", dependencies=[acts(Action.ACCOUNT_RESET)])
def readdressed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Change somebody's address."""
    with drawn_again(_again(request, reference, form)):
        change_email(uow, reference, version_of(form), email=read(EmailForm, form).email)
    return see(f"/comptes/{reference}?fait=adresse")


@router.post("/comptes/{reference}/exclusion", dependencies=[acts(Action.ACCOUNT_EXCLUDE)])
def excluded(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Exclude somebody for a breach."""
    with drawn_again(_again(request, reference, form)):
        exclude_person(uow, reference, version_of(form), ground=read(ExclusionForm, form).ground)
    return see(f"/comptes/{reference}?fait=exclusion")


@router.post("/comptes/{reference}/habilitations", dependencies=[acts(Action.ACCOUNT_PROPOSE)])
def proposed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Propose a habilitation."""
    with drawn_again(_again(request, reference, form)):
        wanted = read(ProposalForm, form)
        propose(uow, reference, Proposal(wanted.role, wanted.cell, wanted.valid_from, wanted.valid_until))
    return see(f"/comptes/{reference}?fait=proposition")


def _inviting(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    require(uow, Account(), Action.ACCOUNT_INVITE)
    institutions = tuple((institution.reference, institution.name) for institution in habilitated(uow))
    view = InvitationView(institutions, typed)
    return draw(request, "members/invitation.html", "Inviter une personne", view, errors=errors)


def _again(request: Request, reference: str, form: Form) -> DrawWith:
    typed = form.typed()
    return lambda uow, errors: _sheet(request, uow, reference, typed, errors)


def _sheet(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_READ)
    standing = account.status not in ENDED_ACCOUNTS
    proposing = standing and permits(uow, account, Action.ACCOUNT_PROPOSE)
    view = AccountView(
        line=account_line(account, institution_of(uow, account.institution_id).name),
        email=account.email,
        version=account.version,
        habilitations=habilitations_of(uow, account),
        may_reset=account.status not in {AccountStatus.EXCLUDED, AccountStatus.REMOVED}
        and permits(uow, account, Action.ACCOUNT_RESET),
        may_close=standing and permits(uow, account, Action.ACCOUNT_CLOSE),
        may_exclude=account.status not in {AccountStatus.EXCLUDED, AccountStatus.REMOVED}
        and permits(uow, account, Action.ACCOUNT_EXCLUDE),
        may_propose=proposing,
        roles=tuple((role.value, role.label) for role in Role),
        cells=tuple((cell.reference, cell.name) for cell in cells_of(uow)) if proposing else (),
        grounds=tuple((ground.value, ground.label) for ground in ExclusionGround),
        typed=typed,
    )
    notice = NOTICES.get(request.query_params.get("fait", ""))
    return draw(request, "members/account.html", "Compte", view, errors=errors, notice=notice)
