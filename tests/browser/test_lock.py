"""A page locked after a long absence is taken up again where it is: what was typed stays, and is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from backend.app import open_house
from backend.authorization.work import House
from backend.kernel.clock import system_clock
from backend.members.models import AccountSession
from backend.settings import Settings
from policies.vocabulary import Origin, Role
from tests.support.cast import build
from tests.support.people import PASSWORD, Someone, code_of, enter, hold, new_institution, new_person, sign_charter
from tests.support.server import free_port, serving

TYPED = "Commissariat fictif"
OPENED = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    build(tmp_path).house.stores.dispose()
    opened = open_house(Settings(mode="demo", data=tmp_path / "data"), system_clock)
    yield opened
    opened.stores.dispose()


def lock(house: House) -> None:
    """Lock every session, as the service does after a quarter of an hour without a request."""
    with house.stores.main.transaction() as session:
        session.execute(sa.update(AccountSession).values(locked_at=house.clock()))


def resume(page: Page, proof: str) -> None:
    page.get_by_label("Mot de passe, ou code de votre application").fill(proof)
    page.get_by_role("button", name="Reprendre").click()


@contextmanager
def at_a_form(chromium: Browser, house: House) -> Iterator[tuple[Page, Someone]]:
    """Open a page with a form, as an administrator who has just signed in, with the clock of the browser held."""
    institution = new_institution(house, "Mairie du 20e")
    sign_charter(house, institution)
    person = new_person(house, institution, "admin@mairie.invalid")
    hold(house, person, Role.ADMINISTRATOR)
    port = free_port()
    with serving(house.settings.data, port) as server:
        page = chromium.new_page(base_url=server.address)
        page.context.add_cookies([{"name": "cenacle", "value": enter(house, person), "url": server.address}])
        page.clock.install(time=OPENED)
        page.goto("/institutions")
        page.clock.pause_at(OPENED + timedelta(minutes=1))
        yield page, person
        page.close()


def test_what_was_typed_before_the_lock_is_there_after_it_and_is_sent(chromium: Browser, house: House) -> None:
    with at_a_form(chromium, house) as (page, person):
        name = page.get_by_label("Nom")
        name.fill(TYPED)
        page.clock.fast_forward("15:10")
        lock(house)
        expect(name).to_be_hidden()
        page.get_by_role("link", name="Reprendre").click()
        resume(page, "un autre mot de passe")
        expect(page.get_by_role("alert").filter(has_text="ne correspond pas")).to_be_visible()
        expect(name).to_be_hidden()
        resume(page, PASSWORD)
        expect(name).to_be_visible()
        expect(name).to_have_value(TYPED)
        page.clock.fast_forward("15:10")
        lock(house)
        page.get_by_role("link", name="Reprendre").click()
        resume(page, code_of(house, person))
        expect(name).to_have_value(TYPED)
        page.get_by_label("Catégorie").select_option(Origin.POLICE.value)
        page.get_by_role("button", name="Créer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(TYPED)


def test_who_types_for_a_long_time_is_neither_warned_nor_locked(chromium: Browser, house: House) -> None:
    with at_a_form(chromium, house) as (page, _person):
        name = page.get_by_label("Nom")
        for part in TYPED.partition(" "):
            page.clock.fast_forward("12:00")
            name.press_sequentially(part)
            with page.expect_response("**/compte"):
                page.clock.fast_forward("01:10")
            expect(page.get_by_text("se verrouille dans deux minutes")).to_be_hidden()
        expect(name).to_have_value(TYPED)
