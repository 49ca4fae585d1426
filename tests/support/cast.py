"""The cast of functional tests: a whole house with two cells, and one real account per way of standing before it.

Built once per test process with the product's own migrations, then copied for each test; sessions and tokens are real,
habilitations are in force or not for a real reason, and the clock is driven.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import SecretStr
from sqlmodel import col
from starlette.testclient import TestClient

from backend.app import create_app, initialise, open_house
from backend.authorization.actor import Actor, Grant
from backend.authorization.timekeeping import trust_clock
from backend.authorization.work import House
from backend.cells.models import Cell
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_id
from backend.members.actions.exclusions import exclude_person
from backend.members.actions.sessions import end_sessions, open_token
from backend.members.models import Account
from backend.settings import Settings
from policies.charter_words import CharterKind
from policies.habilitation import ExclusionGround, HabilitationState
from policies.vocabulary import Origin, Role
from tests.support.house import MORNING
from tests.support.http import Browser, Program
from tests.support.people import CHARTER, Someone, enter, hold, new_institution, new_person, sign_charter
from tests.support.postgresql import Cluster
from tests.support.watched import watch

ADDRESS = "http://127.0.0.1:8000"
ENDED = ("excluded_13", "signed_out_13")
"""People who can open no session any more: they come back with the secret and the token that they had."""

ABSENT = ("former_13", "unsigned_13", "lapsed_13", *ENDED)
"""People who were coordinator of the 13e, or would be, and are not."""

WITHOUT_SITUATIONS = (
    "coordinator_18",
    "parquet_18",
    "town_hall_13",
    "police_13",
    "pjj_13",
    "education_13",
    "social_coordinator_13",
    "guest_13",
    "reporter",
    "field_agent",
    "recipient",
    "steering",
    "dpo",
    "archivist",
    "administrator",
    *ABSENT,
)
"""Everybody who may read no situation of the 13e at steps 1 and 2."""

_INSTITUTIONS: Mapping[str, tuple[str, Origin, bool]] = {
    "city": ("Ville de Paris", Origin.CITY_SERVICE, False),
    "dpmp": ("Direction de la police municipale", Origin.MUNICIPAL_POLICE, True),
    "tribunal": ("Tribunal judiciaire de Paris", Origin.PARQUET, True),
    "town_hall": ("Mairie du 13e", Origin.TOWN_HALL, True),
    "police": ("Commissariat du 13e", Origin.POLICE, True),
    "pjj": ("PJJ de Paris", Origin.PJJ, True),
    "education": ("Académie de Paris", Origin.EDUCATION, True),
    "social": ("Direction des solidarités", Origin.SOCIAL_SERVICES, True),
    "landlord": ("Bailleur du Sud", Origin.LANDLORD, False),
    "association": ("Association du quartier", Origin.ASSOCIATION, False),
    "crip": ("Cellule de recueil (CRIP 75)", Origin.SOCIAL_SERVICES, False),
    "success": ("Réussite éducative du 13e", Origin.CITY_SERVICE, False),
    "school": ("Collège des Peupliers", Origin.EDUCATION, False),
    "unsigned": ("Institution sans charte", Origin.MUNICIPAL_POLICE, False),
}
"""Name, category of origin, and whether the institution signed the charter."""

_PEOPLE: Mapping[str, tuple[str, Role, str | None]] = {
    "coordinator_13": ("dpmp", Role.COORDINATOR, "13"),
    "coordinator_18": ("dpmp", Role.COORDINATOR, "18"),
    "parquet_13": ("tribunal", Role.PARQUET, "13"),
    "parquet_18": ("tribunal", Role.PARQUET, "18"),
    "town_hall_13": ("town_hall", Role.TOWN_HALL, "13"),
    "police_13": ("police", Role.POLICE, "13"),
    "pjj_13": ("pjj", Role.PJJ, "13"),
    "education_13": ("education", Role.EDUCATION, "13"),
    "social_coordinator_13": ("social", Role.SOCIAL_COORDINATOR, "13"),
    "guest_13": ("education", Role.GUEST, "13"),
    "reporter": ("landlord", Role.REPORTER, None),
    "field_agent": ("dpmp", Role.REPORTER, "13"),
    "recipient": ("association", Role.RECIPIENT, None),
    "recipient_2": ("association", Role.RECIPIENT, "13"),
    "crip": ("crip", Role.RECIPIENT, None),
    "success_13": ("success", Role.RECIPIENT, "13"),
    "school_13": ("school", Role.RECIPIENT, "13"),
    "steering": ("city", Role.STEERING, None),
    "dpo": ("city", Role.DPO, None),
    "archivist": ("city", Role.ARCHIVIST, None),
    "administrator": ("city", Role.ADMINISTRATOR, None),
    "administrator_2": ("city", Role.ADMINISTRATOR, None),
    "former_13": ("dpmp", Role.COORDINATOR, "13"),
    "lapsed_13": ("dpmp", Role.COORDINATOR, "13"),
    "excluded_13": ("dpmp", Role.COORDINATOR, "13"),
    "signed_out_13": ("dpmp", Role.COORDINATOR, "13"),
    "unsigned_13": ("unsigned", Role.COORDINATOR, "13"),
}
"""Institution, role, and the cell in which it is held."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody kept from the day the house was built: the secret of a session, a bearer token."""

    secret: str
    token: str


@dataclass(slots=True)
class Cast:
    """A house open to people, and everybody who may knock."""

    house: House
    clock: DrivenClock
    cells: Mapping[str, Cell]
    institutions: Mapping[str, UUID]
    people: Mapping[str, Someone]
    kept: Mapping[str, Credentials]
    folder: Path
    purger: House | None = None
    app: FastAPI = field(init=False)
    _browsers: dict[tuple[str, datetime], Browser] = field(default_factory=dict)
    _programs: dict[tuple[str, datetime], Program] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Wire the application once: every browser stands before the same one."""
        self.app = create_app(self.house)

    @property
    def purging(self) -> House:
        """Give the house that purges: under a role of its own on PostgreSQL, the same one elsewhere."""
        return self.purger or self.house

    def browser(self, name: str) -> Browser:
        """Give somebody's browser, signed in."""
        if (name, self.clock()) not in self._browsers:
            browser = self.anonymous()
            secret = self.kept[name].secret if name in ENDED else enter(self.house, self.people[name])
            secure = self.house.settings.public_url.startswith("https:")
            browser.client.cookies.set("__Host-cenacle" if secure else "cenacle", secret)
            self._browsers[name, self.clock()] = browser
        return self._browsers[name, self.clock()]

    def another(self, name: str) -> Browser:
        """Give another browser of somebody, signed in at this moment, which stays theirs as time passes."""
        browser = self.anonymous()
        secure = self.house.settings.public_url.startswith("https:")
        browser.client.cookies.set("__Host-cenacle" if secure else "cenacle", enter(self.house, self.people[name]))
        return browser

    def program(self, name: str) -> Program:
        """Give a program that acts for somebody."""
        if (name, self.clock()) not in self._programs:
            token = self.kept[name].token if name in ENDED else _token(self.house, self.people[name])
            self._programs[name, self.clock()] = Program(self._client(), token)
        return self._programs[name, self.clock()]

    def anonymous(self) -> Browser:
        """Give a browser that nobody signed in with."""
        return Browser(self._client(), self.house.settings.public_url)

    def stranger(self) -> Program:
        """Give a program without a token."""
        return Program(self._client(), None)

    def actor(self, name: str) -> Actor:
        """Give somebody as the gate would see them if every habilitation of theirs were in force."""
        institution, role, cell = _PEOPLE[name]
        grant = Grant(role, None if cell is None else self.cells[cell].id)
        return Actor(self.people[name].id, self.institutions[institution], frozenset({grant}))

    def everywhere(self) -> Actor:
        """Give a coordinator of both cells, for what a test looks up itself under row-level security."""
        person = self.people["coordinator_13"]
        grants = frozenset(Grant(Role.COORDINATOR, cell.id) for cell in self.cells.values())
        return Actor(person.id, person.institution, grants)

    def pass_time(self, by: timedelta) -> None:
        """Let time pass; idle sessions lock, so browsers are opened again when asked for."""
        self.clock.advance(by)

    def pass_long(self, by: timedelta) -> None:
        """Let a long time pass in a service that was running all along: its clock is trusted."""
        self.pass_time(by)
        with self.house.transaction() as uow:
            trust_clock(uow)

    def _client(self) -> TestClient:
        client = TestClient(self.app, base_url=self.house.settings.public_url, follow_redirects=False)
        client.event_hooks = {"response": [watch]}
        return client


def build(folder: Path, urls: Mapping[str, str] | None = None, mode: Literal["demo", "production"] = "demo") -> Cast:
    """Build a house and its cast in an empty folder; on three given stores rather than SQLite when `urls` says so.

    In production mode the public address is HTTPS, and no act is recorded: the cells take no nominative input.
    """
    clock = DrivenClock(MORNING)
    stores = {f"{name}_url": SecretStr(url) for name, url in (urls or {}).items()}
    settings = Settings(
        mode=mode,
        data=folder / "data",
        public_url=ADDRESS if mode == "demo" else "https://cenacle.invalid",
        pool_size=3,
        main_url=stores.get("main_url"),
        keys_url=stores.get("keys_url"),
        journal_url=stores.get("journal_url"),
    )
    if urls:
        settings.data.mkdir(parents=True)
    house = initialise(settings, clock)
    cells = {code: open_cell(house, code) for code in ("13", "18")}
    institutions = {}
    for code, (name, origin, signs) in _INSTITUTIONS.items():
        institutions[code] = new_institution(house, name, origin)
        if signs:
            sign_charter(house, institutions[code])
    people, kept = {}, {}
    for name, (institution, role, cell) in _PEOPLE.items():
        person = new_person(house, institutions[institution], f"{name.replace('_', '-')}@demo.invalid")
        hold(house, person, role, None if cell is None else cells[cell].id, **_changes(name))
        people[name] = person
        kept[name] = Credentials(enter(house, person), _token(house, person))
    cast = Cast(house, clock, cells, institutions, people, kept, folder)
    _put_out(cast)
    return cast


def copied(cast: Cast, folder: Path) -> Cast:
    """Give a copy of an SQLite house, whose stores were disposed of, in another folder."""
    shutil.copytree(cast.folder, folder, dirs_exist_ok=True)
    clock = DrivenClock(MORNING)
    settings = cast.house.settings.model_copy(update={"data": folder / "data"})
    house = open_house(settings, clock)
    return Cast(house, clock, cast.cells, cast.institutions, cast.people, cast.kept, folder)


def as_application(cast: Cast, names: Mapping[str, str], postgresql: Cluster) -> Cast:
    """Give the same house on PostgreSQL, served and purged under two roles that row-level security binds.

    `names` are those of its databases; neither role owns anything.
    """
    cast.house.stores.dispose()
    served, purged = (
        open_house(under(cast.house.settings, names, postgresql, role), cast.clock)
        for role in ("application", "purger")
    )
    return Cast(served, cast.clock, cast.cells, cast.institutions, cast.people, cast.kept, cast.folder, purged)


def under(settings: Settings, names: Mapping[str, str], postgresql: Cluster, role: str) -> Settings:
    """Give the settings of a process that signs in to three databases of a cluster under a role."""
    urls = {f"{store}_url": SecretStr(postgresql.url(name, role)) for store, name in names.items()}
    return settings.model_copy(update=urls)


def open_cell(house: House, code: str) -> Cell:
    """Open a cell, without any act."""
    cell = Cell(
        id=new_id(),
        kind=CharterKind.CENOMED,
        territory=code,
        name=f"CENOMED du {code}e",
        charter_version=CHARTER,
        opened_on=date(2024, 1, 1),
    )
    house.keyring.create_cell(cell.id)
    with house.transaction() as uow:
        uow.session.add(cell)
    return cell


def _changes(name: str) -> dict[str, object]:
    """Give what keeps a habilitation from being in force."""
    match name:
        case "former_13":
            ended = {"valid_from": date(2026, 1, 5), "valid_until": date(2026, 11, 22)}
            return {"state": HabilitationState.ENDED, **ended}
        case "lapsed_13":
            return {"valid_from": date(2025, 11, 23), "reviewed_on": date(2025, 11, 23)}
        case _:
            return {}


def _put_out(cast: Cast) -> None:
    """Exclude who is excluded, sign out who signed out: the sessions that they had are ended, not forgotten."""
    with cast.house.transaction(cast.actor("administrator")) as uow:
        account = uow.session.scalars(sa.select(Account).where(col(Account.id) == cast.people["excluded_13"].id)).one()
        exclude_person(uow, account.reference, account.version, ground=ExclusionGround.CONFIDENTIALITY)
    with cast.house.transaction() as uow:
        end_sessions(uow, uow.session.get_one(Account, cast.people["signed_out_13"].id))


def _token(house: House, person: Someone) -> str:
    with house.transaction() as uow:
        return open_token(uow, uow.session.get_one(Account, person.id))
