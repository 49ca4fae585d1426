"""Pages of the registry: published charters with the source of each rule, and who signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.authorization.gate import permits
from backend.authorization.work import UnitOfWork
from backend.charters.actions import end_signature, record_signature
from backend.charters.forms import EndForm, SignatureForm
from backend.charters.models import CharterSignature
from backend.charters.queries import charter_of, signatures_of
from backend.charters.views import CharterView, SignatureView, charter_view, signature_view
from backend.institutions.queries import institution_of, institutions_of
from backend.kernel.errors import NotFound
from backend.web.forms import PostedForm, read, version_of
from backend.web.pages import NOTHING, draw, see
from backend.web.problems import drawn_again
from backend.web.requests import Work, acts
from policies.access import Action
from policies.charter import published

router = APIRouter(include_in_schema=False)

BLANK: Mapping[str, object] = MappingProxyType({})
NOTICES = {"signature": "La signature est enregistrée.", "fin": "La signature est terminée."}


@dataclass(frozen=True, slots=True)
class RegistryView:
    """The registry: versions, signatures, and what its form offers to who may record one."""

    charters: tuple[CharterView, ...]
    signatures: tuple[SignatureView, ...]
    recording: bool
    today: date
    institutions: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]


@router.get("/chartes", dependencies=[acts(Action.CHARTER_SIGNATURE_READ)])
def registry(request: Request, uow: Work) -> Response:
    """Show the published charters and who signed them."""
    return _registry(request, uow, BLANK, NOTHING)


@router.get("/chartes/{version}", dependencies=[acts(Action.CELL_READ)])
def charter_page(request: Request, _uow: Work, version: str) -> Response:
    """Show every rule of a version, with where it comes from."""
    if version not in published():
        raise NotFound
    view = charter_view(charter_of(version))
    return draw(request, "charters/charter.html", view.label, view)


@router.post("/chartes/signatures", dependencies=[acts(Action.CHARTER_SIGNATURE_RECORD)])
def signed(request: Request, uow: Work, form: PostedForm) -> Response:
    """Record that an institution signed."""
    typed = form.typed()
    with drawn_again(lambda fresh, errors: _registry(request, fresh, typed, errors)):
        record_signature(uow, **read(SignatureForm, form).model_dump())
    return see("/chartes?fait=signature")


@router.post("/chartes/signatures/{reference}/fin", dependencies=[acts(Action.CHARTER_SIGNATURE_END)])
def ended(request: Request, uow: Work, form: PostedForm, reference: str) -> Response:
    """Say that a signature no longer binds."""
    with drawn_again(lambda fresh, errors: _registry(request, fresh, BLANK, errors)):
        end_signature(uow, reference, version_of(form), ended_on=read(EndForm, form).ended_on)
    return see("/chartes?fait=fin")


def _registry(request: Request, uow: UnitOfWork, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    charters = published()
    recording = permits(uow, CharterSignature(), Action.CHARTER_SIGNATURE_RECORD)
    view = RegistryView(
        charters=tuple(charter_view(charter) for charter in charters.values()),
        signatures=tuple(
            signature_view(row, institution_of(uow, row.institution_id).name, charters[row.charter_version])
            for row in signatures_of(uow)
        ),
        recording=recording,
        today=uow.today(),
        institutions=tuple((row.reference, row.name) for row in institutions_of(uow)) if recording else (),
        versions=tuple((version, charter.label) for version, charter in charters.items()),
        typed=typed,
    )
    notice = NOTICES.get(request.query_params.get("fait", ""))
    return draw(request, "charters/registry.html", "Chartes et signatures", view, errors=errors, notice=notice)
