"""JSON of the archive: what awaits whom, and its end. Asking, signing and reading need a second factor: pages only."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.archives.actions import end_opening
from backend.archives.queries import archives_view, opening_view
from backend.archives.views import ArchivesView, OpeningView
from backend.web.json import IfMatch, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["archives"])


@router.get("/archives", dependencies=[acts(Action.ARCHIVE_OPENING_READ)])
def listed(uow: Work, apres: str | None = None) -> ArchivesView:
    """Give what is archived in the person's cells, by reference, and the openings."""
    return archives_view(uow, apres)


@router.get("/archives/ouvertures/{reference}", dependencies=[acts(Action.ARCHIVE_OPENING_READ)])
def opening(uow: Work, response: Response, reference: str) -> OpeningView:
    """Give an opening; its version is the entity tag to send back to end it."""
    view = opening_view(uow, reference)
    tag(response, view.version)
    return view


@router.post("/archives/ouvertures/{reference}/fin", dependencies=[acts(Action.ARCHIVE_OPENING_END)], status_code=204)
def ended(uow: Work, reference: str, if_match: IfMatch = None) -> None:
    """Withdraw a request, or end an opening before its hour."""
    end_opening(uow, reference, version=version_in(if_match))
