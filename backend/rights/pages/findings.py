"""A recognised situation: its export prepared, signed off, taken away; rectified; the end of its limitation."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.documents.pdf import write_pdf
from backend.kernel.errors import StepUpRequired
from backend.rights.actions.exporting import give_back, prepare, sign, take
from backend.rights.actions.limiting import lift
from backend.rights.actions.rectifying import rectify
from backend.rights.forms import ExportForm, LiftForm, RectificationForm, ReturnForm, TakingForm
from backend.rights.queries.sheets import finding_sheet
from backend.web.fields import FieldView, FormView, options
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.vocabulary import SchoolLevel, Sex

router = APIRouter(include_in_schema=False)

TITLE = "Données d'une personne"

FIELDS = (
    FieldView("text", "last_name", "Nom", required=False, maxlength=80),
    FieldView("text", "first_name", "Prénom", required=False, maxlength=80),
    FieldView("date", "birth_date", "Date de naissance", required=False),
    FieldView("select", "sex", "Sexe", required=False, options=options(Sex)),
    FieldView("text", "address", "Adresse", required=False),
    FieldView("checkbox", "forget_address", "Effacer l'adresse enregistrée", required=False),
    FieldView("text", "school", "Établissement", required=False),
    FieldView("checkbox", "forget_school", "Effacer l'établissement enregistré", required=False),
    FieldView("select", "school_level", "Niveau scolaire", required=False, options=options(SchoolLevel)),
    FieldView("text", "representative_name", "Représentant légal", required=False, maxlength=80),
    FieldView("text", "representative_contact", "Contact du représentant légal", required=False),
    FieldView("checkbox", "forget_representative", "Effacer le représentant légal enregistré", required=False),
    FieldView("checkbox", "forget_facts", "Détruire le texte libre contesté", "Il n'est jamais récrit", required=False),
)

DONE = {
    "prepare": "L'export est préparé. Le délégué le relit, puis le valide ou vous le renvoie.",
    "valide": "L'export est validé.",
    "renvoye": "L'export est renvoyé au coordonnateur.",
    "rectifie": "La rectification est faite. Les destinataires sont prévenus.",
    "leve": "La limitation est levée.",
}
"""What the page says after a change; the address carries the word only."""


@router.get("/droits/reconnues/{reference}", dependencies=[acts(Action.RIGHTS_FINDING_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show a recognised situation and its export."""
    return _sheet(request, uow, reference, {}, NOTHING)


@router.post("/droits/reconnues/{reference}/export", dependencies=[acts(Action.RIGHTS_FINDING_PREPARE)])
def prepared(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Prepare an export, redacted."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, typed, errors)):
        prepare(uow, reference, read(ExportForm, form), version=version_of(form))
    return see(f"/droits/reconnues/{reference}?fait=prepare")


@router.post("/droits/reconnues/{reference}/validation", dependencies=[acts(Action.RIGHTS_FINDING_SIGN)])
def signed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Sign off an export; asks for a fresh second factor first."""
    try:
        with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, {}, errors)):
            sign(uow, reference, version=version_of(form))
    except StepUpRequired:
        return see(f"/confirmation?suite=/droits/reconnues/{reference}")
    return see(f"/droits/reconnues/{reference}?fait=valide")


@router.post("/droits/reconnues/{reference}/renvoi", dependencies=[acts(Action.RIGHTS_FINDING_SIGN)])
def returned(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Give an export back to its coordinator."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, typed, errors)):
        give_back(uow, reference, read(ReturnForm, form), version=version_of(form))
    return see(f"/droits/reconnues/{reference}?fait=renvoye")


@router.post("/droits/reconnues/{reference}/pdf", dependencies=[acts(Action.RIGHTS_FINDING_SIGN)])
def taken_as_pdf(uow: Work, form: PostedForm, reference: str) -> Response:
    """Give a signed export to hand over, as a tagged PDF; asks for a fresh second factor first."""
    read(TakingForm, form)
    try:
        export = take(uow, reference)
    except StepUpRequired:
        return see(f"/confirmation?suite=/droits/reconnues/{reference}")
    written = write_pdf("rights_export.typ", "Vos données dans Cénacle", export, uow.now())
    return _file(written, "application/pdf", f"export-{reference}.pdf")


@router.post("/droits/reconnues/{reference}/json", dependencies=[acts(Action.RIGHTS_FINDING_SIGN)])
def taken_as_json(uow: Work, form: PostedForm, reference: str) -> Response:
    """Give the same as JSON."""
    read(TakingForm, form)
    try:
        export = take(uow, reference)
    except StepUpRequired:
        return see(f"/confirmation?suite=/droits/reconnues/{reference}")
    written = json.dumps(asdict(export), ensure_ascii=False, indent=2, default=str).encode()
    return _file(written, "application/json", f"export-{reference}.json")


@router.get("/droits/reconnues/{reference}/rectification", dependencies=[acts(Action.RIGHTS_FINDING_RECTIFY)])
def rectifying(request: Request, uow: Work, reference: str) -> Response:
    """Ask what the person's data become."""
    return _rectifying(request, uow, reference, {}, NOTHING)


@router.post("/droits/reconnues/{reference}/rectification", dependencies=[acts(Action.RIGHTS_FINDING_RECTIFY)])
def rectified(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Rectify."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _rectifying(request, fresh, reference, typed, errors)):
        rectify(uow, reference, read(RectificationForm, form), version=version_of(form))
    return see(f"/droits/reconnues/{reference}?fait=rectifie")


@router.post("/droits/reconnues/{reference}/levee", dependencies=[acts(Action.RIGHTS_FINDING_LIFT)])
def lifted(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """End a limitation."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, typed, errors)):
        lift(uow, reference, read(LiftForm, form), version=version_of(form))
    return see(f"/droits/reconnues/{reference}?fait=leve")


def _sheet(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = finding_sheet(uow, reference, typed)
    return draw(request, "rights/finding.html", f"{TITLE} {reference}", view, errors=errors, notice=notice)


def _rectifying(
    request: Request, uow: UnitOfWork, reference: str, typed: Mapping[str, object], errors: Mapping[str, str]
) -> Response:
    view = finding_sheet(uow, reference, {})
    path = (
        ("Demandes de droits", "/droits/recherches"),
        (TITLE, f"/droits/reconnues/{reference}"),
        ("Rectifier", ""),
    )
    lead = "Ne remplissez que ce qui change. Chaque service qui a reçu la situation en est prévenu (RGPD, article 19)."
    action = f"/droits/reconnues/{reference}/rectification"
    form = FormView(path, lead, action, "Rectifier", FIELDS, typed, view.version)
    return draw(request, "layouts/form.html", "Rectifier", form, errors=errors)


def _file(content: bytes, media_type: str, name: str) -> Response:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=named)
