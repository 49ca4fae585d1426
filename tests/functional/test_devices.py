"""Devices and sessions: a sign-in from a new device is told, the person sees the last ones and ends them everywhere."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.app import open_house
from backend.authorization.timekeeping import trust_clock
from backend.authorization.work import House
from backend.cli.loops import go_round
from backend.kernel.clock import DrivenClock
from backend.mail.models import MailOutbox
from backend.members.actions.accounts import reset_credentials
from backend.members.actions.departures import Departure, settle_departure
from backend.members.models import AccountSession, KnownDevice
from policies.sign_in import DEVICE_DAYS, DEVICES
from policies.vocabulary import Role
from tests.support.browsing import Browser, browser, entered
from tests.support.cast import Cast
from tests.support.house import MORNING, new_house
from tests.support.http import words_of
from tests.support.people import (
    PASSWORD,
    Someone,
    acting,
    code_of,
    hold,
    new_cell,
    new_institution,
    new_person,
    row,
    sign_charter,
)

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


@pytest.fixture
def member(house: House) -> Someone:
    institution = new_institution(house)
    sign_charter(house, institution)
    person = new_person(house, institution, "membre@police.invalid")
    hold(house, person, Role.POLICE, new_cell(house).id)
    return person


@pytest.fixture
def administrator(house: House) -> Someone:
    person = new_person(house, new_institution(house, "Ville de Paris"), "admin@paris.invalid")
    hold(house, person, Role.ADMINISTRATOR)
    return person


def signs_in(house: House, person: Someone, clock: DrivenClock, somebody: Browser | None = None) -> Browser:
    """Sign somebody in, from a new device unless one is given; a code serves once, so time passes."""
    clock.advance(timedelta(seconds=60))
    opened = somebody or browser(house)
    opened.client.headers["User-Agent"] = FIREFOX
    opened.post("/connexion", email=person.email, password=PASSWORD, next="/compte")
    answer = opened.post("/connexion/code", code=code_of(house, person), next="/compte")
    assert answer.headers["Location"] == "/compte"
    return opened


def told(house: House) -> list[tuple[str, str]]:
    with house.transaction() as uow:
        return [(mail.template, mail.content) for mail in uow.session.scalars(sa.select(MailOutbox))]


def devices(house: House) -> int:
    with house.transaction() as uow:
        return uow.session.scalar(sa.select(sa.func.count()).select_from(KnownDevice)) or 0


def test_a_new_device_is_told_by_e_mail_and_the_first_and_the_known_ones_are_not(
    house: House, member: Someone, clock: DrivenClock
) -> None:
    first = signs_in(house, member, clock)
    assert told(house) == []
    first.post("/deconnexion")
    signs_in(house, member, clock, first)
    assert (told(house), devices(house)) == ([], 1)
    signs_in(house, member, clock)
    [(template, content)] = told(house)
    assert template == "new_device"
    for word in ("Firefox", "Windows", "23/11/2026"):
        assert word in content
    assert devices(house) == 2


def test_the_cookie_of_a_device_opens_nothing_and_is_kept_hashed(
    house: House, member: Someone, clock: DrivenClock
) -> None:
    somebody = signs_in(house, member, clock)
    cookie = somebody.client.cookies["cenacle-appareil"]
    with house.transaction() as uow:
        [device] = uow.session.scalars(sa.select(KnownDevice))
        assert cookie.encode() not in device.secret_hash
    other = browser(house)
    other.client.cookies.set("cenacle-appareil", cookie)
    other.client.cookies.set("cenacle", cookie)
    assert other.get("/compte").status_code == 303


def test_a_failed_sign_in_makes_no_device_known(house: House, member: Someone) -> None:
    somebody = browser(house)
    somebody.post("/connexion", email=member.email, password=PASSWORD)
    assert somebody.post("/connexion/code", code="000000").status_code == 401
    assert devices(house) == 0
    assert "cenacle-appareil" not in somebody.client.cookies


def test_the_page_shows_devices_and_the_last_sign_ins_open_or_not(
    house: House, member: Someone, clock: DrivenClock
) -> None:
    old = signs_in(house, member, clock)
    old.post("/deconnexion")
    left = signs_in(house, member, clock)
    clock.advance(timedelta(minutes=16))
    somebody = signs_in(house, member, clock)
    words = words_of(somebody.get("/compte/connexion"))
    assert words.count("Firefox, sur Windows") == 6
    for state in ("Terminée", "Verrouillée", "Ouverte : celle-ci", "(celui-ci)", "Mot de passe et code"):
        assert state in words
    assert somebody.post("/compte/sessions").headers["Location"] == "/connexion"
    assert left.get("/compte").status_code == 303
    assert "Session verrouillée" not in left.get("/connexion").text


def test_nobody_sees_the_devices_of_another(house: House, member: Someone, clock: DrivenClock) -> None:
    other = new_person(house, member.institution, "autre@police.invalid")
    signs_in(house, member, clock)
    words = words_of(entered(house, other).get("/compte/connexion"))
    assert "Aucun appareil connu" in words
    assert "Firefox" not in words


def test_a_person_has_so_many_devices_and_no_more(house: House, member: Someone, clock: DrivenClock) -> None:
    for _ in range(DEVICES + 2):
        signs_in(house, member, clock)
    assert devices(house) == DEVICES


def test_a_device_away_for_long_is_forgotten_and_told_as_new(house: House, member: Someone, clock: DrivenClock) -> None:
    somebody = signs_in(house, member, clock)
    clock.advance(timedelta(days=DEVICE_DAYS))
    with house.transaction() as uow:
        trust_clock(uow)
    go_round(house)
    assert devices(house) == 0
    before = len(told(house))
    signs_in(house, member, clock, somebody)
    assert [template for template, _ in told(house)][before:] == ["new_device"]


def test_a_reset_forgets_the_devices(house: House, member: Someone, administrator: Someone, clock: DrivenClock) -> None:
    signs_in(house, member, clock)
    seen = row(house, member).version
    with house.transaction(acting(house, administrator)) as uow:
        reset_credentials(uow, member.reference, seen)
    with house.transaction() as uow:
        assert uow.session.scalars(sa.select(KnownDevice).where(col(KnownDevice.account_id) == member.id)).all() == []
        sessions = uow.session.scalars(sa.select(AccountSession).where(col(AccountSession.account_id) == member.id))
        assert all(session.ended_at is not None for session in sessions)


def test_somebody_who_leaves_is_out_at_once_on_every_worker(guarded: Cast) -> None:
    """Two workers serve the same stores; a session that one of them ends is ended for the other at its next request."""
    here = guarded.house
    there = open_house(here.settings, guarded.clock)
    try:
        member = guarded.people["police_13"]
        first, second = entered(here, member), entered(there, member)
        bearer = {"Authorization": f"Bearer {guarded.program('police_13').token}"}
        assert second.client.get("/api/v1/moi", headers=bearer).status_code == 200
        assert (first.get("/compte").status_code, second.get("/compte").status_code) == (200, 200)
        seen = row(here, member).version
        with here.transaction(acting(here, guarded.people["administrator"])) as uow:
            settle_departure(uow, member.reference, seen, Departure(uow.today(), acknowledged=True))
        assert (first.get("/compte").status_code, second.get("/compte").status_code) == (303, 303)
        assert second.client.get("/api/v1/moi", headers=bearer).status_code == 401
        assert browser(there).sign_in(member.email, "000000").status_code == 401
    finally:
        there.stores.dispose()
