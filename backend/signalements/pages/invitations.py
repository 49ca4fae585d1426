"""One-time forms: the coordinator's follow-up, and the two pages that the invited agent sees."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of, cells_of
from backend.institutions.queries import habilitated
from backend.kernel.errors import NotFound
from backend.signalements.actions import invitations
from backend.signalements.actions.submission import divert
from backend.signalements.forms import InvitationCodeForm, InvitationForm, SignalementForm, StartForm
from backend.signalements.queries.rows import invitations as listed
from backend.signalements.views.intake import form_view, start_view
from backend.signalements.views.invitations import InvitationsView, InvitedView, invitation_view
from backend.web.forms import Form, OpenForm, PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts, open_to
from backend.web.session import give_secret, read_secret, take_secret
from policies.access import Action
from policies.territories import arrondissements
from policies.vocabulary import Residence, Role

router = APIRouter(include_in_schema=False)

DONE = {"retiree": "L'invitation est retirée.", "confirmee": "L'auteur est confirmé."}
"""What the page says after a change; the address carries the word only."""

COOKIE = "cenacle-formulaire"
"""Cookie of an opened form."""

VOID = "Ce lien n'est plus valable. Demandez-en un autre à votre coordonnateur."
"""What the page of a link says when it waits for nobody."""

AGENT = "l'agent nommé qui a reçu un lien et un code"


@router.get("/invitations", dependencies=[acts(Action.INVITATION_READ)])
def follow(request: Request, uow: Work) -> Response:
    """Show the invitations and the form of a new one."""
    return _list(request, uow, {}, NOTHING)


@router.post("/invitations", dependencies=[acts(Action.INVITATION_WRITE)])
def invited(request: Request, uow: Work, form: PostedForm) -> Response:
    """Invite an agent; the link and the code are shown once, on this very page."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _list(request, fresh, typed, errors)):
        made = invitations.invite(uow, read(InvitationForm, form))
    address = f"{uow.settings.public_url}/formulaire/{made.secret}"
    view = InvitedView(invitation_view(made.invitation, uow.now()), address, f"{made.code[:4]} {made.code[4:]}")
    return draw(request, "invitations/made.html", "Invitation créée", view)


@router.post("/invitations/{reference}/retrait", dependencies=[acts(Action.INVITATION_WRITE)])
def withdrawn(uow: Work, form: PostedForm, reference: str) -> Response:
    """Withdraw an invitation."""
    invitations.withdraw(uow, reference, version=version_of(form))
    return see("/invitations?fait=retiree")


@router.post("/invitations/{reference}/confirmation", dependencies=[acts(Action.INVITATION_WRITE)])
def confirmed(uow: Work, form: PostedForm, reference: str) -> Response:
    """Confirm that the agent is the author."""
    invitations.confirm_author(uow, reference, version=version_of(form))
    return see("/invitations?fait=confirmee")


@router.get("/formulaire/{secret}", dependencies=[open_to(AGENT)])
def link(request: Request, uow: Work, secret: str) -> Response:
    """Ask for the code; opening the link consumes nothing."""
    return _code(request, uow, secret, NOTHING)


@router.post("/formulaire/{secret}", dependencies=[open_to(AGENT)])
def coded(request: Request, uow: Work, form: OpenForm, secret: str) -> Response:
    """Open the form with the code; a wrong code is counted, and the fifth voids the link."""
    with drawn_again(lambda fresh, errors: _code(request, fresh, secret, errors)):
        opened = invitations.enter(uow, secret, read(InvitationCodeForm, form))
    if opened is None:
        if not invitations.is_open(uow, secret):
            # Drawn, not raised: a refusal would roll back the attempt that was just counted.
            return draw(request, "error.html", NotFound.title, NotFound(VOID), status=NotFound.status)
        wrong = {"code": "Ce code n'est pas le bon. Vérifiez-le auprès de votre coordonnateur."}
        return _code(request, uow, secret, wrong, status=422)
    response = see("/formulaire")
    give_secret(request, response, opened, name=COOKIE, life=int(invitations.FORM_LIFE.total_seconds()))
    return response


@router.get("/formulaire", dependencies=[open_to(AGENT)])
def blank(request: Request, uow: Work) -> Response:
    """Show the form to fill once."""
    return _form(request, uow, {}, NOTHING)


@router.post("/formulaire", dependencies=[open_to(AGENT)])
def filled(request: Request, uow: Work, form: OpenForm) -> Response:
    """Submit the form: what is refused is shown again as typed, what is accepted is never shown again."""
    typed = form.typed()
    if form.one("act") == "start":
        return _started(request, uow, form)
    with drawn_again(lambda fresh, errors: _form(request, fresh, typed, errors)):
        complete = read(SignalementForm, form)
        if diversion := _diverted(request, uow, complete):
            return diversion
        invitations.submit_invited(uow, read_secret(request, COOKIE), complete)
    response = draw(request, "invitations/sent.html", "Signalement envoyé")
    take_secret(request, response, name=COOKIE)
    return response


def _started(request: Request, uow: UnitOfWork, form: Form) -> Response:
    typed = form.typed()
    with drawn_again(lambda _fresh, errors: _start(request, typed, errors)):
        answers = read(StartForm, form)
        if diversion := _diverted(request, uow, answers):
            return diversion
    return _form(request, uow, typed, NOTHING)


def _diverted(request: Request, uow: UnitOfWork, answers: StartForm) -> Response | None:
    """Send elsewhere what belongs elsewhere: asked first, and again of who would skip the question."""
    invitations.opened_with(uow, read_secret(request, COOKIE))
    diversion = divert(uow, answers)
    if diversion is None:
        return None
    return draw(request, "signalements/diverted.html", "Une autre voie est nécessaire", diversion)


def _list(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    own = uow.actor.cells({Role.COORDINATOR})
    view = InvitationsView(
        tuple(invitation_view(row, uow.now()) for row in listed(uow)),
        {"cell": "", "institution": "", "agent_name": "", "agent_function": ""} | dict(typed),
        tuple((cell.reference, cell.name) for cell in cells_of(uow) if cell.id in own),
        tuple((institution.reference, institution.name) for institution in habilitated(uow)),
    )
    notice = DONE.get(request.query_params.get("fait", ""))
    return draw(request, "invitations/list.html", "Formulaires à usage unique", view, errors=errors, notice=notice)


def _code(request: Request, uow: UnitOfWork, secret: str, errors: Mapping[str, str], status: int = 200) -> Response:
    if not invitations.is_open(uow, secret):
        raise NotFound(VOID)
    return draw(request, "invitations/code.html", "Signaler une situation", secret, errors=errors, status=status)


def _form(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    invitation = invitations.opened_with(uow, read_secret(request, COOKIE))
    cell = cell_of(uow, invitation.cell_id)
    if not _says_where(typed):
        return _start(request, typed, errors)
    view = form_view("/formulaire", cell.name, typed, draft=False)
    return draw(request, "invitations/form.html", "Signalement", view, errors=errors)


def _start(request: Request, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    return draw(request, "invitations/start.html", "Signaler une situation", start_view(typed), errors=errors)


def _says_where(typed: Mapping[str, object]) -> bool:
    """Tell whether the first questions were answered: who posts to this address may have skipped or forged them."""
    residences = {word.value for word in Residence}
    return typed.get("residence") in residences and typed.get("arrondissement") in {str(n) for n in arrondissements()}
