"""The living page in Chromium, under the product's policy, with and without script: RGAA 4.1 AA (legal.md R26)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from backend.web.pages import environment
from tests.support.axe import violations
from tests.support.screenshots import SAMPLE, render, served

Scheme = Literal["light", "dark"]

NARROWEST, ZOOMED, DESK, PROJECTOR = 320, 640, 1280, 1920


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(render()) as origin:
        yield f"{origin}/aide/composants"


@pytest.fixture(scope="module")
def plain_address() -> Iterator[str]:
    source = """{% extends "layouts/plain.html" %}{% import "components/surfaces.html" as surfaces %}
    {% block main %}{{ surfaces.heading(page.title) }}<p>Une page sans personne ni navigation.</p>{% endblock %}"""
    sample = replace(SAMPLE, title="Se connecter", person=None, navigation=(), notice=None)
    with served(environment().from_string(source).render(page=sample)) as origin:
        yield origin


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": DESK, "height": 900})
    tab.goto(address)
    yield tab
    tab.close()


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROWEST, DESK, PROJECTOR])
def test_axe_finds_nothing_and_the_browser_complains_of_nothing(
    browser: Browser, address: str, width: int, scheme: Scheme
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(address)
    found = violations(page)
    page.close()
    assert found == []
    assert complaints == []
    assert hosts == {address.split("/")[2]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page_without_navigation(browser: Browser, plain_address: str, scheme: Scheme) -> None:
    page = browser.new_page(viewport={"width": NARROWEST, "height": 700}, color_scheme=scheme)
    page.goto(plain_address)
    assert violations(page) == []
    page.close()


def test_axe_finds_nothing_in_an_open_dialogue_nor_on_the_masked_page(page: Page) -> None:
    page.get_by_role("link", name="Retirer la situation").click()
    expect(page.get_by_role("dialog", name="Retirer cette situation ?")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("button", name="Masquer l'écran").click()
    assert violations(page) == []


def test_axe_sees_a_fault_when_there_is_one(page: Page) -> None:
    page.evaluate("document.getElementById('champ-town').previousElementSibling.previousElementSibling.remove()")
    assert any(line.startswith("label: #champ-town") for line in violations(page))


@pytest.mark.parametrize("width", [NARROWEST, ZOOMED, DESK, PROJECTOR])
def test_no_width_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    assert overflow(page) == 0
    page.close()


def test_text_at_twice_its_size_does_not_scroll_sideways(page: Page) -> None:
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")
    assert overflow(page) == 0


@pytest.mark.parametrize("width", [NARROWEST, DESK])
def test_every_control_is_44_pixels_high_at_least(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    small = page.evaluate(
        """[...document.querySelectorAll(".button, .input, .choice label, .toggle, .persona, .navigation a, .exits a")]
          .filter((control) => control.checkVisibility() && control.getBoundingClientRect().height < 44)
          .map((control) => control.outerHTML.slice(0, 80))"""
    )
    assert small == []
    page.close()


def test_the_forced_theme_and_the_theme_of_the_system_have_the_same_colours(browser: Browser, address: str) -> None:
    colours = {}
    for scheme, forced in (("dark", None), ("light", "dark"), ("light", None), ("dark", "light")):
        page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]  # the pairs above are literals
        page.goto(address)
        if forced:
            page.evaluate("(theme) => document.documentElement.dataset.theme = theme", forced)
        read = "(names) => names.map((name) => getComputedStyle(document.body).getPropertyValue(name))"
        colours[scheme, forced] = tuple(page.evaluate(read, ["--paper", "--ink", "--danger", "--focus"]))
        page.close()
    assert colours["dark", None] == colours["light", "dark"]
    assert colours["light", None] == colours["dark", "light"]
    assert colours["dark", None] != colours["light", None]


def test_screen_readers_get_names_hints_errors_and_states(page: Page) -> None:
    expect(page.get_by_role("textbox", name="Date de naissance (obligatoire)")).to_have_accessible_description(
        "Jour, mois et année, par exemple 16/03/2010"
    )
    town = page.get_by_role("textbox", name="Quartier (obligatoire)")
    assert town.get_attribute("required") is not None
    faulty = page.get_by_role("textbox", name="Date des faits")
    expect(faulty).to_have_attribute("aria-invalid", "true")
    expect(faulty).to_have_accessible_description(
        "Jour, mois et année, par exemple 16/03/2010 Erreur : Le 31 février n'existe pas : vérifiez le jour et le mois."
    )
    expect(
        page.get_by_role("radiogroup", name="La personne est-elle en danger immédiat ? (obligatoire)")
    ).to_be_visible()
    expect(page.get_by_role("group", name="Motifs (obligatoire)")).to_be_visible()
    current = page.get_by_role("navigation", name="Étapes de la charte", exact=True).locator("[aria-current=step]")
    expect(current).to_have_text("2 Filtre du parquet, étape en cours")
    expect(page.get_by_role("navigation", name="Issues ouvertes à tout moment").get_by_role("link")).to_have_count(2)


def test_the_table_is_still_a_table_for_screen_readers_on_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": NARROWEST, "height": 700})
    page.goto(address)
    table = page.get_by_role("table", name="Situations à qualifier")
    expect(table.get_by_role("rowheader")).to_have_text(["S-4F7K-92QD", "S-8XN2-31LM", "S-1C9T-77WB"])
    expect(table.get_by_role("columnheader")).to_have_count(5)
    expect(table.get_by_role("cell")).to_have_count(12)
    page.close()


def test_the_error_summary_takes_the_focus_and_leads_to_each_field(page: Page) -> None:
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="Retirez ce qui concerne la santé.").click()
    expect(page.get_by_role("textbox", name="Faits observés")).to_be_focused()


def test_the_first_tab_skips_to_the_content(browser: Browser, plain_address: str) -> None:
    page = browser.new_page()
    page.goto(plain_address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    page.close()


def test_escape_twice_hides_everything_and_another_key_gives_it_back(page: Page) -> None:
    note = page.get_by_role("textbox", name="Note", exact=True)
    note.fill("Texte en cours")
    page.keyboard.press("Escape")
    expect(page.locator("#cover")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#cover")).to_be_visible()
    expect(page.locator("h1")).to_be_hidden()
    expect(note).to_be_hidden()
    assert page.locator("body").aria_snapshot().count("Composants") == 0
    page.keyboard.press("Escape")
    expect(page.locator("#cover")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator("#cover")).to_be_hidden()
    expect(note).to_have_value("Texte en cours")
    expect(note).to_be_focused()


def test_escape_twice_hides_an_open_dialogue_too_and_a_click_gives_the_page_back(page: Page) -> None:
    page.get_by_role("link", name="Aide du clavier").click()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Retirer la situation").click()
    page.keyboard.press("Escape")
    expect(page.locator("#cover")).to_be_visible()
    page.mouse.click(400, 400)
    expect(page.locator("#cover")).to_be_hidden()
    page.get_by_role("link", name="Aide du clavier").click()
    page.evaluate("document.querySelector('[data-hide-screen]').click()")
    expect(page.locator("#aide-clavier")).to_be_hidden()
    expect(page.locator("#cover")).to_be_visible()


def test_an_absence_warns_then_locks_and_a_key_does_not_unlock(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.clock.install()
    page.goto(address)
    warning = page.get_by_text("Votre session se verrouille dans deux minutes.")
    note = page.get_by_role("textbox", name="Note", exact=True)
    # By one gesture, as often as asked (RGAA 13.1): time starts again, and what is typed is where it was.
    for _ in range(2):
        page.clock.fast_forward("12:30")
        expect(warning).to_be_hidden()
        page.clock.fast_forward("00:45")
        expect(warning).to_be_visible()
        note.fill("Texte en cours")
        page.get_by_role("button", name="Prolonger la session").focus()
        page.keyboard.press("Enter")
        expect(warning).to_be_hidden()
        expect(note).to_be_focused()
        expect(note).to_have_value("Texte en cours")
    page.clock.fast_forward("13:15")
    expect(warning).to_be_visible()
    assert violations(page) == []
    page.clock.fast_forward("02:00")
    expect(page.get_by_text("Écran verrouillé après une longue absence.")).to_be_visible()
    page.keyboard.press("x")
    page.mouse.click(5, 5)
    expect(page.locator("h1")).to_be_hidden()
    page.get_by_role("link", name="Reprendre").click()
    expect(page.get_by_label("Mot de passe, ou code de votre application")).to_be_focused()
    assert violations(page) == []
    page.close()


def test_the_counter_tells_what_is_left_and_a_long_paste_is_not_cut(page: Page) -> None:
    area, counter = page.get_by_role("textbox", name="Faits observés"), page.locator("#champ-facts-compte")
    area.fill("é" * 1199)
    expect(counter).to_have_text("Il reste 1 caractère")
    area.fill("\N{GRINNING FACE}" * 1202)
    expect(counter).to_have_text("2 caractères en trop")
    assert len(area.input_value()) == 1202
    expect(page.get_by_role("status").filter(has_text="2 caractères en trop")).to_be_attached()


def test_leaving_unsaved_work_asks_first_and_sending_it_does_not(page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    note = page.get_by_role("textbox", name="Note", exact=True)
    note.fill("Texte")
    page.get_by_role("link", name="Situations", exact=True).click()
    expect(note).to_have_value("Texte")
    assert asked == ["beforeunload"]
    with page.expect_navigation():
        page.get_by_role("button", name="Continuer").click()
    assert asked == ["beforeunload"]


def test_a_form_sent_twice_leaves_once(page: Page) -> None:
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    with page.expect_navigation():
        page.evaluate(
            """() => {
              const form = document.getElementById("champ-note").form;
              const button = form.querySelector("button");
              button.click();
              button.click();
            }"""
        )
    expect(page.locator("h1")).to_be_visible()
    assert len(posts) == 1


def answers(page: Page) -> list[str]:
    """Give the answers ticked in the list, « reference value »."""
    ticked: list[str] = page.evaluate(
        "[...document.querySelectorAll('[data-row] :checked')].map((input) => input.name.slice(7) + ' ' + input.value)"
    )
    return ticked


def test_the_parquet_list_is_cleared_with_the_keyboard_alone(page: Page) -> None:
    page.get_by_role("link", name="Aide du clavier").focus()
    page.keyboard.press("Tab")
    for key in ("r", "n", "ArrowUp", "k", "j", "r", "n"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Valider les réponses")).to_be_focused()
    assert answers(page) == ["S-4F7K-92QD retained", "S-8XN2-31LM retained", "S-1C9T-77WB not_retained"]
    expect(page.locator("[data-progress]")).to_have_text("3 sur 3 avec une réponse")
    page.keyboard.press("Shift+Tab")
    with page.expect_navigation(), page.expect_request(lambda request: request.method == "POST") as sent:
        page.keyboard.press("Enter")
    assert sent.value.post_data
    assert "answer-S-4F7K-92QD=retained" in sent.value.post_data
    assert "version-S-8XN2-31LM=2" in sent.value.post_data


def test_the_keys_of_the_list_do_nothing_outside_it(page: Page) -> None:
    before = answers(page)
    page.locator("#contenu").focus()
    for key in ("r", "n", "j", "?"):
        page.keyboard.press(key)
    assert answers(page) == before
    expect(page.locator("#aide-clavier")).to_be_hidden()


def test_a_question_mark_in_the_list_opens_its_help(page: Page) -> None:
    page.get_by_role("radio", name="Non retenue").last.focus()
    page.keyboard.press("?")
    dialogue = page.get_by_role("dialog", name="Aide du clavier")
    expect(dialogue.get_by_text("Valider les réponses")).to_be_visible()
    dialogue.get_by_role("link", name="Fermer").click()
    expect(dialogue).to_be_hidden()
    expect(page.get_by_role("radio", name="Non retenue").last).to_be_focused()


def test_the_copy_button_copies_a_reference_and_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Copier la référence").click()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "S-4F7K-92QD"
    context.close()


def test_without_javascript_nothing_is_lost(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("button", name="Masquer l'écran")).to_be_hidden()
    expect(page.get_by_text("1 200 caractères au plus")).to_be_visible()
    expect(page.get_by_role("textbox", name="Faits observés")).to_have_attribute("maxlength", "1200")
    page.get_by_role("link", name="Retirer la situation").click()
    expect(page.get_by_role("button", name="Retirer de l'ordre du jour")).to_be_visible()
    page.get_by_role("link", name="Annuler").click()
    expect(page.get_by_role("button", name="Retirer de l'ordre du jour")).to_be_hidden()
    page.get_by_role("radio", name="Non retenue").first.check()
    with page.expect_navigation(), page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Valider les réponses").click()
    assert "answer-S-4F7K-92QD=not_retained" in (sent.value.post_data or "")
    context.close()


def test_reduced_motion_moves_nothing(browser: Browser, address: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.goto(address)
    moving = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration !== '0s').length"
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0
    page.close()


def test_paper_gets_the_content_and_none_of_the_controls(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    for selector in (".navigation", ".person", ".exits", ".button", ".skip"):
        expect(page.locator(selector).first).to_be_hidden()
