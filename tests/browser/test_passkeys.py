"""Passkeys in Chromium, with its virtual authenticator: make one, sign in with it, confirm with it, lose it.

The host is a name: no browser makes a passkey for an address. The provider is the certified one (test_proconnect).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, expect

from backend.app import open_house
from backend.authorization.work import House
from backend.kernel.clock import system_clock
from backend.settings import Settings
from policies.vocabulary import Role
from tests.support.axe import violations
from tests.support.cast import build
from tests.support.people import PASSWORD, Someone, code_of, hold, new_institution, new_person, sign_charter
from tests.support.proconnect import CLIENT, SECRET, SUB, certified
from tests.support.server import free_port, serving


@dataclass(slots=True)
class Desk:
    """A served house, somebody of it, and the provider at which the house is registered."""

    house: House
    address: str
    person: Someone
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    port = free_port()
    address = f"http://localhost:{port}"
    build(tmp_path).house.stores.dispose()
    settings = Settings(mode="demo", data=tmp_path / "data", public_url=address)
    house = open_house(settings, system_clock)
    institution = new_institution(house, "Commissariat du 20e")
    sign_charter(house, institution)
    person = new_person(house, institution, "agent@police.invalid")
    hold(house, person, Role.STEERING)
    with certified(address) as issuer:
        given = {
            "CENACLE_PUBLIC_URL": address,
            "CENACLE_PROCONNECT_ISSUER": issuer,
            "CENACLE_PROCONNECT_CLIENT_ID": CLIENT,
            "CENACLE_PROCONNECT_CLIENT_SECRET": SECRET,
        }
        with serving(settings.data, port, **given):
            yield Desk(house, address, person)
    house.stores.dispose()


@contextmanager
def key_of(page: Page, *, verified: bool = True) -> Iterator[tuple[CDPSession, str]]:
    """Plug a virtual authenticator in; it says that its holder gave the PIN, or did not."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield session, added["authenticatorId"]


def note(desk: Desk, message: ConsoleMessage) -> None:
    """Note what the browser complains of in a page of ours; the provider has no icon."""
    if message.type == "error" and message.location["url"].startswith(desk.address):
        desk.complaints.append(message.text)


@pytest.fixture
def page(chromium: Browser, desk: Desk) -> Iterator[Page]:
    context = chromium.new_context(base_url=desk.address, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.on("console", lambda message: note(desk, message))
    yield opened
    context.close()


def give_password(page: Page, desk: Desk) -> None:
    page.goto("/connexion?suite=/compte/connexion")
    page.get_by_label(re.compile("^Adresse de courriel")).fill(desk.person.email)
    page.get_by_label(re.compile("^Mot de passe")).fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second facteur")


def sign_in_with_code(page: Page, desk: Desk) -> None:
    give_password(page, desk)
    page.get_by_label(re.compile("^Code à six chiffres")).fill(code_of(desk.house, desk.person))
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion et sécurité")


def make_passkey(page: Page) -> None:
    page.get_by_role("link", name="Ajouter une clé d'accès").click()
    page.get_by_role("button", name="Créer la clé d'accès").click()
    expect(page.get_by_role("status").filter(has_text="La clé d'accès est enregistrée")).to_be_visible()


def test_a_passkey_is_made_opens_the_session_and_is_removed_when_lost(page: Page, desk: Desk) -> None:
    with key_of(page) as (session, authenticator):
        sign_in_with_code(page, desk)
        make_passkey(page)
        expect(page.get_by_role("table", name="Vos clés d'accès")).to_contain_text("Clé matérielle")
        page.get_by_role("button", name="Se déconnecter").click()

        give_password(page, desk)
        page.get_by_role("button", name="Utiliser une clé d'accès").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion et sécurité")
        expect(page.get_by_role("table", name="Dernières sessions")).to_contain_text("Mot de passe et clé d'accès")

        page.get_by_role("button", name="Retirer la clé").click()
        expect(page.get_by_role("status").filter(has_text="La clé d'accès est retirée")).to_be_visible()
        expect(page.get_by_role("table", name="Vos clés d'accès")).to_have_count(0)
        page.get_by_role("button", name="Se déconnecter").click()
        give_password(page, desk)
        expect(page.get_by_role("button", name="Utiliser une clé d'accès")).to_have_count(0)
        session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    assert desk.complaints == []


def test_a_key_that_does_not_answer_is_said_and_the_code_still_works(page: Page, desk: Desk) -> None:
    with key_of(page) as (session, authenticator):
        sign_in_with_code(page, desk)
        make_passkey(page)
        page.get_by_role("button", name="Se déconnecter").click()
        give_password(page, desk)
        session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    with key_of(page, verified=False):
        page.get_by_role("button", name="Utiliser une clé d'accès").click()
        expect(page.get_by_role("alert").filter(has_text="Aucune clé d'accès n'a répondu")).to_be_visible()
        page.get_by_label(re.compile("^Code à six chiffres")).wait_for()


def test_an_agent_comes_by_the_provider_and_confirms_with_a_passkey(page: Page, desk: Desk) -> None:
    with key_of(page):
        sign_in_with_code(page, desk)
        make_passkey(page)
        page.get_by_role("button", name="Associer mon identité ProConnect").click()
        page.get_by_label("Compte").fill(SUB)
        page.get_by_label("Garantie").select_option("eidas2")
        page.get_by_role("button", name="Continuer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion et sécurité")
        expect(page.get_by_text("Votre identité ProConnect est associée à ce compte")).to_be_visible()
        page.get_by_role("button", name="Se déconnecter").click()

        page.goto("/connexion?suite=/compte/connexion")
        page.get_by_role("link", name="S'identifier avec ProConnect").click()
        # The provider's own session lasts: nothing is asked again there, and nothing of ours is confirmed by it.
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion et sécurité")
        expect(page.get_by_role("table", name="Dernières sessions")).to_contain_text("ProConnect")
        page.get_by_role("button", name="Obtenir de nouveaux codes de secours").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez votre identité")
        page.get_by_role("button", name="Utiliser une clé d'accès").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion et sécurité")
        page.get_by_role("button", name="Obtenir de nouveaux codes de secours").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    assert desk.complaints == []


def test_axe_finds_nothing_on_the_pages_that_no_address_shows(chromium: Browser, page: Page, desk: Desk) -> None:
    """The crawl of test_accessibility serves an address and no provider: these pages show elsewhere only."""
    found: dict[str, list[str]] = {}

    def look(shown: Page, name: str) -> None:
        for width in (1280, 320):
            shown.set_viewport_size({"width": width, "height": 900})
            assert shown.evaluate("document.documentElement.scrollWidth") <= width, name
            found[f"{name} at {width}"] = violations(shown)
        shown.set_viewport_size({"width": 1280, "height": 900})

    with key_of(page):
        page.goto("/connexion")
        look(page, "sign-in")
        sign_in_with_code(page, desk)
        page.get_by_role("link", name="Ajouter une clé d'accès").click()
        look(page, "new passkey")
        page.goto("/compte/connexion")
        make_passkey(page)
        look(page, "security")
        page.get_by_role("button", name="Se déconnecter").click()
        give_password(page, desk)
        look(page, "second factor")
    context = chromium.new_context(base_url=desk.address, java_script_enabled=False)
    quiet = context.new_page()
    quiet.goto("/connexion")
    quiet.get_by_role("link", name="S'identifier avec ProConnect").click()
    quiet.get_by_label("Compte").fill(SUB)
    quiet.get_by_label("Garantie").select_option("eidas2")
    quiet.get_by_role("button", name="Continuer").click()
    # Without a script the page goes on by its link; here nobody linked this identity.
    expect(quiet.get_by_role("heading", level=1)).to_have_text("ProConnect vous connaît, Cénacle pas encore")
    expect(quiet.get_by_role("link", name="Revenir à la connexion")).to_be_visible()
    context.close()
    assert {name: lines for name, lines in found.items() if lines} == {}
