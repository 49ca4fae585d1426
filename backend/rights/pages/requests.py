"""The DPO's register of requests: register, extend, decide, say that the answer left (domain.md section 9)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cells_of
from backend.documents.pdf import write_pdf
from backend.kernel.errors import StepUpRequired
from backend.rights.actions.deciding import answer, decide
from backend.rights.actions.registering import extend, register
from backend.rights.forms import AnswerForm, DecisionForm, ExtensionForm, RequestForm
from backend.rights.models import RightsRequest
from backend.rights.queries.sheets import answer_of, request_sheet, requests_view
from backend.rights.views import EXTENSIONS
from backend.web.fields import FieldView, FormView, options
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.rights_words import AuthorityCheck, IdentityCheck, Requester, Right

router = APIRouter(include_in_schema=False)

HOME = ("Droits des personnes", "/droits")

FIELDS = (
    FieldView("choice", "claim", "Ce qui est demandé", options=options(Right)),
    FieldView("choice", "requester", "Par qui", options=options(Requester)),
    FieldView(
        "choice",
        "identity_check",
        "Comment l'identité a été vérifiée",
        "Ne gardez aucune copie : seul le fait est enregistré",
        options=options(IdentityCheck),
    ),
    FieldView(
        "select",
        "authority_check",
        "Comment l'autorité parentale a été vérifiée",
        "Seulement pour un titulaire de l'autorité parentale",
        required=False,
        options=options(AuthorityCheck),
    ),
    FieldView("date", "received_on", "Jour où la demande est arrivée"),
    FieldView("text", "last_name", "Nom de la personne concernée", "Celle dont on cherche les données", maxlength=80),
    FieldView("text", "first_name", "Prénom", maxlength=80),
    FieldView(
        "date", "birth_date", "Date de naissance", "Si elle est connue : la recherche est plus sûre", required=False
    ),
)

EXTENSION = (
    FieldView("choice", "extension", "Pourquoi deux mois de plus", options=EXTENSIONS),
    FieldView("date", "told_on", "Jour où la personne a été prévenue", "Dans le mois qui suit la demande"),
)

DONE = {
    "enregistree": "La demande est enregistrée. Les coordonnateurs sont prévenus ; vous ne relirez pas le nom cherché.",
    "prolongation": "Le délai est prolongé de deux mois.",
    "decision": "La décision est enregistrée. Envoyez la réponse, puis enregistrez son envoi.",
    "reponse": "L'envoi est enregistré. Le nom cherché et les exports sont détruits.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/droits", dependencies=[acts(Action.RIGHTS_REQUEST_READ)])
def listed(request: Request, uow: Work) -> Response:
    """Show the register."""
    return draw(request, "rights/list.html", HOME[0], requests_view(uow))


@router.get("/droits/nouvelle", dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def registering(request: Request, uow: Work) -> Response:
    """Ask what is asked, by whom and about whom."""
    return _registering(request, uow, {}, NOTHING)


@router.post("/droits/nouvelle", dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def registered(request: Request, uow: Work, form: PostedForm) -> Response:
    """Register a request."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _registering(request, fresh, typed, errors)):
        row = register(uow, read(RequestForm, form))
    return see(f"/droits/{row.reference}?fait=enregistree")


@router.get("/droits/{reference}", dependencies=[acts(Action.RIGHTS_REQUEST_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show a request."""
    return _sheet(request, uow, reference, {}, NOTHING)


@router.get("/droits/{reference}/prolongation", dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def extending(request: Request, uow: Work, reference: str) -> Response:
    """Ask why two months more are needed."""
    return _extending(request, uow, reference, {}, NOTHING)


@router.post("/droits/{reference}/prolongation", dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def extended(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Extend the deadline."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _extending(request, fresh, reference, typed, errors)):
        extend(uow, reference, read(ExtensionForm, form), version=version_of(form))
    return see(f"/droits/{reference}?fait=prolongation")


@router.post("/droits/{reference}/decision", dependencies=[acts(Action.RIGHTS_REQUEST_DECIDE)])
def decided(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Decide a request; an erasure asks for a fresh second factor first."""
    typed = form.typed()
    try:
        with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, typed, errors)):
            decide(uow, reference, read(DecisionForm, form), version=version_of(form))
    except StepUpRequired:
        return see(f"/confirmation?suite=/droits/{reference}")
    return see(f"/droits/{reference}?fait=decision")


@router.post("/droits/{reference}/reponse", dependencies=[acts(Action.RIGHTS_REQUEST_WRITE)])
def answered(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record that the answer left."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, typed, errors)):
        answer(uow, reference, read(AnswerForm, form), version=version_of(form))
    return see(f"/droits/{reference}?fait=reponse")


@router.get("/droits/{reference}/pdf", dependencies=[acts(Action.RIGHTS_REQUEST_READ)])
def letter(uow: Work, reference: str) -> Response:
    """Give the answer to send, as a tagged PDF: the decision, its ground and the remedies, nobody's name."""
    written = write_pdf("rights_answer.typ", "Réponse à votre demande", answer_of(uow, reference), uow.now())
    named = {"Content-Disposition": f'attachment; filename="reponse-{reference}.pdf"'}
    return Response(written, media_type="application/pdf", headers=named)


def _registering(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    require(uow, RightsRequest(), Action.RIGHTS_REQUEST_WRITE)
    cells = tuple((cell.reference, cell.name) for cell in cells_of(uow))
    hint = "Aucune : toutes les cellules cherchent"
    fields = (*FIELDS, FieldView("choices", "cells", "Cellules nommées", hint, required=False, options=cells))
    lead = (
        "Le nom n'est lu que des coordonnateurs qui le cherchent, chacun dans sa cellule, et détruit avec la réponse. "
        "Gardez l'adresse du demandeur hors de Cénacle, avec la référence de la demande."
    )
    path = (HOME, ("Enregistrer une demande", ""))
    view = FormView(path, lead, "/droits/nouvelle", "Enregistrer la demande", fields, typed)
    return draw(request, "layouts/form.html", "Enregistrer une demande", view, errors=errors)


def _extending(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    row = fetch(uow, RightsRequest, reference, to=Action.RIGHTS_REQUEST_READ)
    lead = "Une seule fois, et la personne doit l'apprendre dans le mois qui suit sa demande (RGPD, article 12.3)."
    path = (HOME, (f"Demande {reference}", f"/droits/{reference}"), ("Prolonger le délai", ""))
    view = FormView(
        path, lead, f"/droits/{reference}/prolongation", "Prolonger de deux mois", EXTENSION, typed, row.version
    )
    return draw(request, "layouts/form.html", "Prolonger le délai", view, errors=errors)


def _sheet(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = request_sheet(uow, reference, typed)
    return draw(request, "rights/sheet.html", f"Demande {reference}", view, errors=errors, notice=notice)
