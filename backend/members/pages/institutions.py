"""Institutions: their list, the sheet of one with its people and referents."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import fetch, permits
from backend.authorization.work import UnitOfWork
from backend.institutions.actions import close_institution, create_institution, rename_institution
from backend.institutions.models import Institution
from backend.institutions.queries import institutions_of
from backend.members.actions.accounts import appoint_referents
from backend.members.actions.exclusions import exclude_institution
from backend.members.forms import ExclusionForm, InstitutionForm, NameForm, ReferentsForm
from backend.members.queries.listings import account_line, colleagues
from backend.members.views import AccountLine
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import DrawWith, drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.habilitation import ExclusionGround, InstitutionStatus
from policies.vocabulary import Origin

router = APIRouter(include_in_schema=False)

BLANK: Mapping[str, object] = MappingProxyType({})

NOTICES = {
    "creee": "L'institution est créée. Invitez ses agents, puis nommez son référent.",
    "nom": "L'institution est renommée.",
    "referents": "Les référents sont nommés.",
    "fermeture": "L'institution est fermée.",
    "exclusion": "L'institution est exclue ; les sessions de ses agents ont pris fin.",
}


@dataclass(frozen=True, slots=True)
class ListView:
    """The institutions, and whether the reader may create one; `origins` are the categories."""

    institutions: tuple[tuple[str, str, str, str], ...]
    writing: bool
    origins: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class InstitutionView:
    """The sheet of an institution."""

    reference: str
    version: int
    name: str
    origin: str
    status: str
    people: tuple[AccountLine, ...]
    referent: str | None
    deputy: str | None
    choices: tuple[tuple[str, str], ...]
    writing: bool
    excluding: bool
    grounds: tuple[tuple[str, str], ...]


@router.get("/institutions", dependencies=[acts(Action.INSTITUTION_READ)])
def listed(request: Request, uow: Work) -> Response:
    """List the institutions that the person may read."""
    return _list(request, uow, BLANK, NOTHING)


@router.post("/institutions", dependencies=[acts(Action.INSTITUTION_WRITE)])
def created(request: Request, uow: Work, form: PostedForm) -> Response:
    """Create an institution."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _list(request, fresh, typed, errors)):
        institution = create_institution(uow, **dict(read(InstitutionForm, form)))
    return see(f"/institutions/{institution.reference}?fait=creee")


@router.get("/institutions/{reference}", dependencies=[acts(Action.INSTITUTION_READ)])
def sheet(request: Request, uow: Work, reference: str) -> Response:
    """Show an institution."""
    return _sheet(request, uow, reference, NOTHING)


@router.post("/institutions/{reference}/nom", dependencies=[acts(Action.INSTITUTION_WRITE)])
def renamed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Rename an institution."""
    with drawn_again(_again(request, reference)):
        rename_institution(uow, reference, version_of(form), name=read(NameForm, form).name)
    return see(f"/institutions/{reference}?fait=nom")


@router.post("/institutions/{reference}/referents", dependencies=[acts(Action.INSTITUTION_WRITE)])
def referents_named(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Name the referent and the deputy."""
    with drawn_again(_again(request, reference)):
        chosen = read(ReferentsForm, form)
        appoint_referents(uow, reference, version_of(form), referent=chosen.referent, deputy=chosen.deputy)
    return see(f"/institutions/{reference}?fait=referents")


@router.post("/institutions/{reference}/fermeture", dependencies=[acts(Action.INSTITUTION_EXCLUDE)])
def closed(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Close an institution."""
    with drawn_again(_again(request, reference)):
        close_institution(uow, reference, version_of(form))
    return see(f"/institutions/{reference}?fait=fermeture")


@router.post("/institutions/{reference}/exclusion", dependencies=[acts(Action.INSTITUTION_EXCLUDE)])
def excluded(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Exclude an institution for a breach."""
    with drawn_again(_again(request, reference)):
        exclude_institution(uow, reference, version_of(form), ground=read(ExclusionForm, form).ground)
    return see(f"/institutions/{reference}?fait=exclusion")


def _list(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    view = ListView(
        institutions=tuple(
            (row.reference, row.name, Origin.of(row.origin).label, InstitutionStatus.of(row.status).label)
            for row in institutions_of(uow)
        ),
        writing=permits(uow, Institution(), Action.INSTITUTION_WRITE),
        origins=tuple((origin.value, origin.label) for origin in Origin),
        typed=typed,
    )
    return draw(request, "institutions/list.html", "Institutions", view, errors=errors)


def _again(request: Request, reference: str) -> DrawWith:
    return lambda uow, errors: _sheet(request, uow, reference, errors)


def _sheet(request: Request, uow: UnitOfWork, reference: str, errors: Mapping[str, str]) -> Response:
    institution = fetch(uow, Institution, reference, to=Action.INSTITUTION_READ)
    people = colleagues(uow, institution)
    names = {person.id: person.display_name for person in people}
    references = {person.id: person.reference for person in people}
    active = institution.status == InstitutionStatus.ACTIVE
    writing = active and permits(uow, institution, Action.INSTITUTION_WRITE)
    view = InstitutionView(
        reference=institution.reference,
        version=institution.version,
        name=institution.name,
        origin=Origin.of(institution.origin).label,
        status=InstitutionStatus.of(institution.status).label,
        people=tuple(account_line(person, institution.name) for person in people),
        referent=references.get(institution.referent_id) if institution.referent_id else None,
        deputy=references.get(institution.deputy_id) if institution.deputy_id else None,
        choices=tuple((references[person], name) for person, name in names.items()),
        writing=writing,
        excluding=active and permits(uow, institution, Action.INSTITUTION_EXCLUDE),
        grounds=tuple((ground.value, ground.label) for ground in ExclusionGround),
    )
    notice = NOTICES.get(request.query_params.get("fait", ""))
    return draw(request, "institutions/sheet.html", institution.name, view, errors=errors, notice=notice)
