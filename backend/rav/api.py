"""JSON of the networks and of their guide: the same verbs and views as the pages."""

from fastapi import APIRouter
from starlette.responses import Response

from backend.authorization.gate import fetch
from backend.rav.actions.guide import add_structure, change_structure, publish
from backend.rav.actions.networks import open_network, rename_network
from backend.rav.actions.works import convene, record_event
from backend.rav.forms import (
    EditionForm,
    EventForm,
    MeetingForm,
    NetworkForm,
    NetworkNameForm,
    SearchForm,
    StructureForm,
)
from backend.rav.models.guide import Edition, Structure
from backend.rav.models.networks import Network
from backend.rav.queries.guide import edition_view, guide_view, structure_sheet
from backend.rav.queries.networks import network_view, networks_view
from backend.rav.views import EditionView, NetworkLine, NetworkView, StructureSheet, StructureView
from backend.web.json import IfMatch, Stamp, tag, version_in
from backend.web.requests import Work, acts
from policies.access import Action

router = APIRouter(prefix="/api/v1", tags=["réseaux d'aide aux victimes"])


@router.get("/reseaux", dependencies=[acts(Action.RAV_NETWORK_READ)])
def networks(uow: Work) -> tuple[NetworkLine, ...]:
    """Give the networks that the person may read."""
    return networks_view(uow).networks


@router.post("/reseaux", status_code=201, dependencies=[acts(Action.RAV_NETWORK_OPEN)])
def opened(uow: Work, response: Response, form: NetworkForm) -> Stamp:
    """Create a network."""
    network = open_network(uow, form)
    tag(response, network.version)
    return Stamp(network.reference, "open", network.version)


@router.get("/reseaux/{reference}", dependencies=[acts(Action.RAV_NETWORK_READ)])
def network_sheet(uow: Work, response: Response, reference: str) -> NetworkView:
    """Give the sheet of a network; its version is the entity tag to send back with a change."""
    network = fetch(uow, Network, reference, to=Action.RAV_NETWORK_READ)
    tag(response, network.version)
    return network_view(uow, network)


@router.post("/reseaux/{reference}", dependencies=[acts(Action.RAV_NETWORK_WRITE)])
def renamed(uow: Work, response: Response, reference: str, form: NetworkNameForm, if_match: IfMatch = None) -> Stamp:
    """Change the name and the arrondissements of a network; `If-Match` names the version that was read."""
    network = rename_network(uow, reference, version_in(if_match), form)
    tag(response, network.version)
    return Stamp(network.reference, "open", network.version)


@router.post("/reseaux/{reference}/reunions", status_code=201, dependencies=[acts(Action.RAV_NETWORK_WRITE)])
def convened(uow: Work, reference: str, form: MeetingForm) -> Stamp:
    """Convene a meeting of a network."""
    meeting = convene(uow, reference, form)
    return Stamp(meeting.reference, meeting.state, meeting.version)


@router.post("/reseaux/{reference}/evenements", status_code=201, dependencies=[acts(Action.RAV_NETWORK_WRITE)])
def event_recorded(uow: Work, reference: str, form: EventForm) -> Stamp:
    """Record an event of a network."""
    event = record_event(uow, reference, form)
    return Stamp(event.reference, event.day, event.version)


@router.post("/guide/recherche", dependencies=[acts(Action.RAV_STRUCTURE_READ)])
def searched(uow: Work, form: SearchForm) -> tuple[StructureView, ...]:
    """Search the guide; the words stand in the body, so that no log of addresses keeps them."""
    return guide_view(uow, form.search, "").found


@router.post("/guide/structures", status_code=201, dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def structure_added(uow: Work, response: Response, form: StructureForm) -> Stamp:
    """Add a structure to the guide."""
    structure = add_structure(uow, form)
    tag(response, structure.version)
    return Stamp(structure.reference, "listed", structure.version)


@router.get("/guide/structures/{reference}", dependencies=[acts(Action.RAV_STRUCTURE_READ)])
def structure(uow: Work, response: Response, reference: str) -> StructureSheet:
    """Give the sheet of a structure; its version is the entity tag to send back with a change."""
    row = fetch(uow, Structure, reference, to=Action.RAV_STRUCTURE_READ)
    tag(response, row.version)
    return structure_sheet(uow, row)


@router.post("/guide/structures/{reference}", dependencies=[acts(Action.RAV_STRUCTURE_WRITE)])
def structure_changed(
    uow: Work, response: Response, reference: str, form: StructureForm, if_match: IfMatch = None
) -> Stamp:
    """Change the sheet of a structure; `If-Match` names the version that was read."""
    row = change_structure(uow, reference, version_in(if_match), form)
    tag(response, row.version)
    return Stamp(row.reference, "listed", row.version)


@router.post("/guide/editions", status_code=201, dependencies=[acts(Action.RAV_EDITION_WRITE)])
def published(uow: Work, form: EditionForm) -> Stamp:
    """Publish the edition of a year."""
    edition = publish(uow, form)
    return Stamp(edition.reference, "published", edition.version)


@router.get("/guide/editions/{reference}", dependencies=[acts(Action.RAV_EDITION_READ)])
def edition(uow: Work, reference: str) -> EditionView:
    """Give an edition, and what changed since the one before."""
    return edition_view(uow, fetch(uow, Edition, reference, to=Action.RAV_EDITION_READ))
