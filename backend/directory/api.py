"""JSON of the directory: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.authorization.gate import fetch
from backend.directory.actions import add_entry, change_entry, revise_entry, withdraw_entry
from backend.directory.forms import DirectorySearchForm, EntryForm
from backend.directory.models import DirectoryEntry
from backend.directory.queries import directory_view, entry_sheet
from backend.directory.views import EntrySheet, EntryView
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["annuaire"])


@router.post("/annuaire/recherche", dependencies=[acts(Action.DIRECTORY_ENTRY_READ)])
def searched(uow: Work, form: DirectorySearchForm) -> tuple[EntryView, ...]:
    """Search the directory; what is looked for stands in the body, so that no log of addresses keeps it."""
    return directory_view(uow, form, {}).found


@router.post("/annuaire", status_code=201, dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def added(uow: Work, response: Response, form: EntryForm) -> Stamp:
    """Add a dispositif."""
    return _stamp(response, add_entry(uow, form))


@router.get("/annuaire/{reference}", dependencies=[acts(Action.DIRECTORY_ENTRY_READ)])
def sheet(uow: Work, response: Response, reference: str) -> EntrySheet:
    """Give a dispositif; its version is the entity tag to send back with a change."""
    row = fetch(uow, DirectoryEntry, reference, to=Action.DIRECTORY_ENTRY_READ)
    tag(response, row.version)
    return entry_sheet(uow, row)


@router.post("/annuaire/{reference}", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def changed(uow: Work, response: Response, reference: str, form: EntryForm, if_match: IfMatch = None) -> Stamp:
    """Change a dispositif; `If-Match` names the version that was read."""
    return _stamp(response, change_entry(uow, reference, version_in(if_match), form))


@router.post("/annuaire/{reference}/revision", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def revised(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Say that a sheet is still right."""
    return _stamp(response, revise_entry(uow, reference, version_in(if_match)))


@router.post("/annuaire/{reference}/retrait", dependencies=[acts(Action.DIRECTORY_ENTRY_WRITE)])
def withdrawn(uow: Work, response: Response, reference: str, if_match: IfMatch = None) -> Stamp:
    """Take a dispositif out of the directory."""
    return _stamp(response, withdraw_entry(uow, reference, version_in(if_match)))


def _stamp(response: Response, row: DirectoryEntry) -> Stamp:
    tag(response, row.version)
    return Stamp(row.reference, "listed" if row.withdrawn_on is None else "withdrawn", row.version)
