"""« Violations de données »: anybody declares one, the DPO keeps the register and its 72 hours."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.work import UnitOfWork
from backend.breaches import actions as verbs
from backend.breaches.forms import CommunicationForm, DeclarationForm, NotificationForm, QualificationForm
from backend.breaches.queries import breach_page, breaches_view
from backend.web.fields import FieldView, FormView, options
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.breaches import (
    BreachCause,
    BreachData,
    BreachEffect,
    BreachMeasure,
    BreachNature,
    BreachRisk,
    BreachScale,
    Exemption,
    LateGround,
)

router = APIRouter(include_in_schema=False)

HOME = ("Violations de données", "/violations")

HOUR = "Heure de Paris, par exemple : 14 h 30"

DECLARATION = (
    FieldView("date", "known_on", "Jour où vous l'avez su"),
    FieldView("text", "known_hour", "Heure", HOUR, maxlength=8),
    FieldView("choice", "cause", "Ce qui s'est passé", options=options(BreachCause)),
    FieldView("text", "summary", "En une phrase", "200 caractères au plus. Ne nommez personne.", maxlength=200),
)

QUALIFICATION = (
    FieldView("choices", "natures", "Ce qui est atteint", options=options(BreachNature)),
    FieldView("choices", "concerned", "Données concernées", options=options(BreachData)),
    FieldView("choice", "scale", "Personnes concernées", options=options(BreachScale)),
    FieldView("choices", "effects", "Conséquences probables", options=options(BreachEffect)),
    FieldView("choices", "measures", "Mesures prises", required=False, options=options(BreachMeasure)),
    FieldView(
        "choice",
        "risk",
        "Risque pour les personnes",
        "Improbable : rien n'est dû. Risque : notification à la CNIL. Élevé : communication aux personnes aussi.",
        options=options(BreachRisk),
    ),
)

NOTIFICATION = (
    FieldView("date", "notified_on", "Jour de la notification"),
    FieldView("text", "notified_hour", "Heure", HOUR, maxlength=8),
    FieldView("text", "number", "Numéro donné par la CNIL", maxlength=64),
    FieldView(
        "select",
        "late_ground",
        "Motif du retard",
        "Seulement si plus de 72 heures ont passé",
        required=False,
        options=options(LateGround),
    ),
)

COMMUNICATION = (
    FieldView("date", "communicated_on", "Jour de la communication", "Vide si une dispense s'applique", required=False),
    FieldView("select", "exemption", "Dispense", "RGPD, article 34.3", required=False, options=options(Exemption)),
)

DONE = {
    "declaree": "La violation est déclarée. Le délégué à la protection des données est prévenu.",
    "qualification": "La qualification est enregistrée.",
    "notification": "La notification à la CNIL est enregistrée.",
    "communication": "La communication aux personnes est enregistrée.",
    "cloture": "L'inscription est close.",
}
"""What the page says after a change; the address carries the word only."""

STEPS: Mapping[str, tuple[str, str, tuple[FieldView, ...]]] = {
    "qualification": (
        "Qualifier la violation",
        "Ce que l'on sait aujourd'hui ; corrigible jusqu'à la clôture.",
        QUALIFICATION,
    ),
    "notification": (
        "Notification à la CNIL",
        "Notifiez d'abord par le téléservice de la CNIL (notifications.cnil.fr), puis enregistrez-le ici.",
        NOTIFICATION,
    ),
    "communication": (
        "Communication aux personnes",
        "Prévenez d'abord les personnes, en termes simples, hors de Cénacle ; ou dites pourquoi ce n'est pas dû.",
        COMMUNICATION,
    ),
}
"""What may be recorded: title, lead, fields, by the word of the address."""


@router.get("/violations", dependencies=[acts(Action.BREACH_READ)])
def register(request: Request, uow: Work) -> Response:
    """Show the register, or one's own declarations."""
    return draw(request, "breaches/list.html", HOME[0], breaches_view(uow))


@router.get("/violations/nouvelle", dependencies=[acts(Action.BREACH_DECLARE)])
def declaring(request: Request, _uow: Work) -> Response:
    """Ask what happened."""
    return _declaring(request, {}, NOTHING)


@router.post("/violations/nouvelle", dependencies=[acts(Action.BREACH_DECLARE)])
def declared(request: Request, uow: Work, form: PostedForm) -> Response:
    """Declare a breach."""
    typed = form.typed()
    with drawn_again(lambda _fresh, errors: _declaring(request, typed, errors)):
        row = verbs.declare(uow, read(DeclarationForm, form))
    return see(f"/violations/{row.reference}?fait=declaree")


@router.get("/violations/registre", dependencies=[acts(Action.BREACH_HANDLE)])
def exported(uow: Work) -> Response:
    """Give the whole register as CSV."""
    named = {"Content-Disposition": 'attachment; filename="registre-des-violations.csv"'}
    return Response(verbs.export_register(uow), media_type="text/csv; charset=utf-8", headers=named)


@router.get("/violations/{reference}", dependencies=[acts(Action.BREACH_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show a breach."""
    return _sheet(request, uow, reference)


@router.get("/violations/{reference}/qualification", dependencies=[acts(Action.BREACH_HANDLE)])
def qualifying(request: Request, uow: Work, reference: str) -> Response:
    """Ask what is known of a breach."""
    return _step(request, uow, reference, "qualification", {}, NOTHING)


@router.post("/violations/{reference}/qualification", dependencies=[acts(Action.BREACH_HANDLE)])
def qualified(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Qualify a breach."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _step(request, fresh, reference, "qualification", typed, errors)):
        verbs.qualify(uow, reference, read(QualificationForm, form), version=version_of(form))
    return see(f"/violations/{reference}?fait=qualification")


@router.get("/violations/{reference}/notification", dependencies=[acts(Action.BREACH_HANDLE)])
def notifying(request: Request, uow: Work, reference: str) -> Response:
    """Ask when the CNIL was notified."""
    return _step(request, uow, reference, "notification", {}, NOTHING)


@router.post("/violations/{reference}/notification", dependencies=[acts(Action.BREACH_HANDLE)])
def notified(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record the notification to the CNIL."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _step(request, fresh, reference, "notification", typed, errors)):
        verbs.notify(uow, reference, read(NotificationForm, form), version=version_of(form))
    return see(f"/violations/{reference}?fait=notification")


@router.get("/violations/{reference}/communication", dependencies=[acts(Action.BREACH_HANDLE)])
def communicating(request: Request, uow: Work, reference: str) -> Response:
    """Ask when the persons were told."""
    return _step(request, uow, reference, "communication", {}, NOTHING)


@router.post("/violations/{reference}/communication", dependencies=[acts(Action.BREACH_HANDLE)])
def communicated(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Record the communication to the persons."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _step(request, fresh, reference, "communication", typed, errors)):
        verbs.communicate(uow, reference, read(CommunicationForm, form), version=version_of(form))
    return see(f"/violations/{reference}?fait=communication")


@router.post("/violations/{reference}/cloture", dependencies=[acts(Action.BREACH_HANDLE)])
def closed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Close an entry."""
    with drawn_again(lambda fresh, errors: _sheet(request, fresh, reference, errors)):
        verbs.close(uow, reference, version=version_of(form))
    return see(f"/violations/{reference}?fait=cloture")


def _declaring(request: Request, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    lead = (
        "Une donnée a été lue, perdue, modifiée ou envoyée par erreur, ou aurait pu l'être : dites-le tout de suite. "
        "Le délégué à la protection des données a 72 heures pour prévenir la CNIL."
    )
    path = (HOME, ("Déclarer une violation", ""))
    view = FormView(path, lead, "/violations/nouvelle", "Déclarer", DECLARATION, typed)
    return draw(request, "layouts/form.html", "Déclarer une violation", view, errors=errors)


def _sheet(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str] = NOTHING) -> Response:
    notice = DONE.get(request.query_params.get("fait", ""))
    view = breach_page(uow, reference, {})
    return draw(request, "breaches/sheet.html", f"Violation {reference}", view, errors=errors, notice=notice)


def _step(
    request: Request,
    uow: UnitOfWork,
    reference: str,
    step: str,
    typed: Mapping[str, object],
    errors: Mapping[str, str],
) -> Response:
    view = breach_page(uow, reference, {})
    title, lead, fields = STEPS[step]
    path = (HOME, (f"Violation {reference}", f"/violations/{reference}"), (title, ""))
    action = f"/violations/{reference}/{step}"
    known: dict[str, Any] = {
        "natures": view.natures,
        "concerned": view.concerned,
        "scale": view.scale,
        "effects": view.effects,
        "measures": view.measures,
        "risk": view.line.risk,
    }
    form = FormView(path, lead, action, "Enregistrer", fields, typed or known, view.version)
    return draw(request, "layouts/form.html", title, form, errors=errors)
