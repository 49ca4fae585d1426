"""Puts the house together: the only place that wires stores, keys, journal, routers, middleware and error pages."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

import backend.tables  # noqa: F401  every model must be known before the first query
from backend.agenda import api as agenda_api
from backend.agenda import pages as agenda_pages
from backend.agenda.actions.preparing import on_answer_changed
from backend.agenda.events import AgendaFilled, MeetingClosed
from backend.archives import api as archives_api
from backend.archives import pages as archives_pages
from backend.audit.journal import Journal
from backend.authorization.actor import ANONYMOUS
from backend.authorization.roles import grant_rights
from backend.authorization.vault import finish_destructions
from backend.authorization.work import Handlers, House, Sweeps, UnitOfWork
from backend.boards import api as boards_api
from backend.boards import pages as boards_pages
from backend.breaches import api as breaches_api
from backend.breaches import pages as breaches_pages
from backend.breaches.actions import forget_breaches
from backend.cells import pages as cells_pages
from backend.charters import pages as charters_pages
from backend.crypto.keyring import Keyring, ServiceKey
from backend.crypto.keystore import JournalIdentity, MainIdentity, check_files, check_identity, check_restoration
from backend.crypto.roots import create_root, open_root
from backend.custody import pages as custody_pages
from backend.custody.actions.marking import on_institution_excluded, on_left, on_person_excluded
from backend.directory import api as directory_api
from backend.directory import pages as directory_pages
from backend.examination import api as examination_api
from backend.examination import pages as examination_pages
from backend.examination.events import SituationDecided
from backend.feedback import api as feedback_api
from backend.feedback import pages as feedback_pages
from backend.feedback.actions import on_agenda_filled
from backend.following import api as following_api
from backend.following import pages as following_pages
from backend.indicators import api as indicators_api
from backend.indicators import pages as indicators_pages
from backend.kernel.clock import Clock, system_clock
from backend.kernel.database import Stores, open_store
from backend.kernel.errors import Unavailable
from backend.kernel.migrations import current, upgrade
from backend.members import api as members_api
from backend.members import pages as members_pages
from backend.members.actions.sessions import touch
from backend.members.events import AccountRemoved, InstitutionExcluded, PersonExcluded, PersonLeft
from backend.members.models import Account, Habilitation
from backend.members.queries.people import author_of
from backend.members.queries.sessions import actor_of_session, actor_of_token
from backend.orientations import api as orientations_api
from backend.orientations import pages as orientations_pages
from backend.orientations.actions.carrying import on_merged, on_moved, on_returned
from backend.orientations.actions.deciding import on_decided, on_meeting_closed
from backend.oversight import api as oversight_api
from backend.oversight import pages as oversight_pages
from backend.parquet import api as parquet_api
from backend.parquet import pages as parquet_pages
from backend.parquet.events import SituationAnswered
from backend.purge import api as purge_api
from backend.purge import pages as purge_pages
from backend.rav import api as rav_api
from backend.rav import pages as rav_pages
from backend.rav.actions.networks import forget_lapsed_contacts
from backend.research import api as research_api
from backend.research import pages as research_pages
from backend.research.actions import close_research, dismiss_departed
from backend.rights import api as rights_api
from backend.rights import pages as rights_pages
from backend.rights.actions.deciding import forget_answered
from backend.rights.actions.limiting import on_merged as requests_on_merged
from backend.rights.actions.limiting import on_moved as requests_on_moved
from backend.rights.actions.limiting import on_returned as requests_on_returned
from backend.settings import Settings
from backend.signalements import api as signalements_api
from backend.signalements import pages as signalements_pages
from backend.signalements.actions.drafts import discard_all
from backend.signalements.events import SignalementReturned, SituationMerged, SituationMoved
from backend.situations import pages as situations_pages
from backend.situations.models import Situation
from backend.steering import api as steering_api
from backend.steering import pages as steering_pages
from backend.web import problems
from backend.web.boundary import Boundary
from backend.web.headers import Headers
from backend.web.metrics import Metrics
from backend.web.pages import STATIC, environment
from backend.web.requests import Identified, PersonView, open_to
from backend.web.session import csrf_token, read_secret
from policies.retention import Kind
from policies.vocabulary import Role, Stage

READY_LAG = timedelta(seconds=60)
"""Age of an event that waits to be sealed, from which the service is not ready (architecture.md section 5)."""


def open_house(
    settings: Settings, clock: Clock = system_clock, *, restoring: bool = False, destroying: bool = True
) -> House:
    """Open the stores and the keys of an installation; raise what says that they do not go together.

    `RootKeyError` for a missing or wrong root key, `IdentityError` for stores of another set or mode, or while a
    restoration is not finished, unless it is the one that opens them. What was being destroyed when the last process
    stopped is finished first, but by who seals or saves: their roles destroy no key (decision 0019).
    """
    stores = open_stores(settings)
    check_files(stores)
    check_identity(stores, settings.mode)
    if not restoring:
        check_restoration(stores.keys)
    keyring = Keyring.open(stores.keys, open_root(settings), clock)
    if destroying:
        finish_destructions(stores.main, keyring)
    return _house(settings, stores, clock, keyring)


def initialise(settings: Settings, clock: Clock = system_clock) -> House:
    """Create the tables, the root key and the keys of an empty installation, and write its identity in the stores.

    Raises `RootKeyError` when there is a root key or keys already: nothing is ever made over what exists.
    """
    if not settings.main_url:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for store in ("main", "keys", "journal"):
            # SQLite gives its journals the permissions of the file.
            (settings.data / f"{store}.sqlite").touch(mode=0o600)
    stores = open_stores(settings)
    migrate(stores)
    root = create_root(settings)
    register = settings.register_path()
    if register.exists():
        # Another installation's: kept, for its own backups may still need it.
        register.replace(register.with_name(f"{register.name}.precedent"))
    store_set = uuid4()
    keyring = Keyring.initialise(stores.keys, root, clock, settings.mode, store_set)
    with stores.main.transaction() as session:
        session.add(MainIdentity(mode=settings.mode, store_set=store_set, created_at=clock()))
    with stores.journal.transaction() as session:
        session.add(JournalIdentity(mode=settings.mode, store_set=store_set, created_at=clock()))
    return _house(settings, stores, clock, keyring)


def migrate(stores: Stores) -> None:
    """Bring the three stores to the head of their histories, in the order keys, main, journal, each with its rights.

    Raises `NotOwnerError` on PostgreSQL for another role than the owner of the tables.
    """
    upgrade(stores.keys, "keys")
    upgrade(stores.main, "main")
    upgrade(stores.journal, "journal")
    grant_every_right(stores)


def grant_every_right(stores: Stores) -> None:
    """Leave the roles of PostgreSQL with what is declared in each store; raises `NotOwnerError` as `migrate`."""
    grant_rights(stores.keys, "keys")
    grant_rights(stores.main, "main")
    grant_rights(stores.journal, "journal")


def migrate_stores(settings: Settings) -> None:
    """Bring the stores of an installation to the head of their histories; raise `IdentityError` when a file is gone."""
    stores = open_stores(settings)
    try:
        check_files(stores)
        migrate(stores)
    finally:
        stores.dispose()


def create_app(house: House) -> FastAPI:
    """Build the ASGI application of an open house."""
    app = FastAPI(
        title="Cénacle",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        exception_handlers={},
    )
    app.state.house = house
    app.state.jinja = environment()
    app.state.identify = identify
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(_health(house))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    problems.install(app)
    app.add_middleware(
        Boundary,
        slots=house.settings.pool_size,
        origins=_origins(house.settings),
        answer=problems.answer,
        on_fault=problems.on_fault,
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(house.settings), www_redirect=False)
    app.add_middleware(Headers)
    app.add_middleware(Metrics)
    return app


def identify(uow: UnitOfWork, request: Request) -> Identified:
    """Say who makes a request: by bearer token under `/api/`, where no cookie is read, by session elsewhere."""
    if request.url.path.startswith("/api/"):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return Identified(ANONYMOUS, None, "")
        return Identified(actor_of_token(uow, token.strip()), None, "")
    secret = read_secret(request)
    actor = actor_of_session(uow, secret) if secret else ANONYMOUS
    if actor.account is None or actor.session is None:
        return Identified(ANONYMOUS, None, csrf_token(secret))
    touch(uow, actor.session)
    person = author_of(uow, actor.account)
    roles = ", ".join(sorted(role.label for role in actor.roles))
    return Identified(actor, PersonView(person.name, person.institution, roles), csrf_token(secret))


def open_stores(settings: Settings) -> Stores:
    """Open the three stores that the settings name; nothing is read of them yet."""
    return Stores(
        main=open_store(settings.store_url("main"), settings.pool_size),
        keys=open_store(settings.store_url("keys"), settings.pool_size),
        journal=open_store(settings.store_url("journal"), settings.pool_size),
    )


def _house(settings: Settings, stores: Stores, clock: Clock, keyring: Keyring) -> House:
    journal = Journal(
        stores,
        mac_key=keyring.service_key(ServiceKey.JOURNAL_MAC),
        log_key=keyring.service_key(ServiceKey.LOG) if stores.main.embedded else None,
        clock=clock,
    )
    return House(settings, stores, clock, journal, keyring, HANDLERS, SWEEPS)


def _health(house: House) -> APIRouter:
    router = APIRouter()

    @router.get("/sante", dependencies=[open_to("la supervision")], include_in_schema=False)
    def alive() -> Response:
        return JSONResponse({"etat": "en vie"})

    @router.get("/pret", dependencies=[open_to("la supervision")], include_in_schema=False)
    def ready() -> Response:
        return JSONResponse({"etat": "prêt"}) if _is_ready(house) else JSONResponse({"etat": "pas prêt"}, 503)

    return router


def _is_ready(house: House) -> bool:
    try:
        stores = house.stores
        migrated = current(stores.keys, "keys") and current(stores.main, "main") and current(stores.journal, "journal")
        return migrated and house.journal.lag() < READY_LAG
    except (SQLAlchemyError, Unavailable):
        return False


def _origins(settings: Settings) -> frozenset[str]:
    address = urlsplit(settings.public_url)
    return frozenset({f"{address.scheme}://{address.netloc}"})


def _hosts(settings: Settings) -> list[str]:
    return [urlsplit(settings.public_url).hostname or "localhost"]


def _answered(uow: UnitOfWork, event: SituationAnswered) -> None:
    statement = sa.select(Situation).where(col(Situation.reference) == event.situation)
    situation = uow.session.scalars(statement).one()
    if situation.stage is Stage.NOT_RETAINED:
        close_research(uow, situation)
    on_answer_changed(uow, situation)


def _left(uow: UnitOfWork, event: PersonLeft | AccountRemoved) -> None:
    account = uow.session.scalars(sa.select(col(Account.id)).where(col(Account.reference) == event.subject)).one()
    discard_all(uow, account)
    held = sa.select(col(Habilitation.cell_id)).where(
        col(Habilitation.account_id) == account,
        col(Habilitation.role) == Role.GUEST,
        col(Habilitation.cell_id).is_not(None),
    )
    dismiss_departed(uow, account, {cell for cell in uow.session.scalars(held) if cell is not None})


HANDLERS: Handlers = {
    SituationAnswered: (_answered,),
    SituationDecided: (on_decided,),
    MeetingClosed: (on_meeting_closed,),
    AgendaFilled: (on_agenda_filled,),
    PersonLeft: (_left, on_left),
    PersonExcluded: (on_person_excluded,),
    InstitutionExcluded: (on_institution_excluded,),
    AccountRemoved: (_left,),
    SignalementReturned: (on_returned, requests_on_returned),
    SituationMerged: (on_merged, requests_on_merged),
    SituationMoved: (on_moved, requests_on_moved),
}
"""What an event makes a higher feature do, in the transaction of the verb that records it (decision 0010)."""

SWEEPS: Sweeps = (
    (Kind.RIGHTS_REQUEST, forget_answered),
    (Kind.BREACH, forget_breaches),
    (Kind.RAV_GRACE, forget_lapsed_contacts),
)
"""What a run of the purge destroys by its age alone in features above it or beside it, and counts."""

ROUTERS = (
    *boards_pages.ROUTERS,
    *members_pages.ROUTERS,
    research_pages.router,
    examination_pages.router,
    *orientations_pages.ROUTERS,
    feedback_pages.router,
    following_pages.router,
    *signalements_pages.ROUTERS,
    situations_pages.router,
    parquet_pages.router,
    *agenda_pages.ROUTERS,
    cells_pages.router,
    charters_pages.router,
    steering_pages.router,
    indicators_pages.router,
    directory_pages.router,
    *purge_pages.ROUTERS,
    *oversight_pages.ROUTERS,
    custody_pages.router,
    *rights_pages.ROUTERS,
    breaches_pages.router,
    archives_pages.router,
    *rav_pages.ROUTERS,
    members_api.router,
    research_api.router,
    examination_api.router,
    orientations_api.router,
    feedback_api.router,
    following_api.router,
    boards_api.router,
    signalements_api.router,
    parquet_api.router,
    agenda_api.router,
    steering_api.router,
    indicators_api.router,
    directory_api.router,
    purge_api.router,
    oversight_api.router,
    rights_api.router,
    breaches_api.router,
    archives_api.router,
    rav_api.router,
)
"""Every router of every feature; the tests of routes walk each one."""
