"""Steps 3 to 6 in Chromium: the members prepare, the meeting of the day is held, projected and closed (domain 3, 5)."""

import re

from playwright.sync_api import Browser, Page, expect

from policies.personas import DOMAIN
from tests.support.desk import seated

COORDINATOR, PARQUET, POLICE, EDUCATION = (
    f"{local}@{DOMAIN}" for local in ("coordinateur-13", "parquet-13", "commissariat-13", "education-13")
)
NETWORK = "net::ERR_INTERNET_DISCONNECTED"
"""What Chromium writes of a network that drops; here it is dropped on purpose."""


def open_the_meeting_of_the_day(page: Page) -> str:
    """Go from the first page to the meeting of the day and open it; give its address."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Prochaine réunion")).click()
    page.get_by_role("link", name=re.compile("séance", re.IGNORECASE)).click()
    page.get_by_role("button", name="Ouvrir la réunion").click()
    expect(page.get_by_role("status")).to_contain_text("La réunion est ouverte.")
    return page.url.partition("?")[0]


def examine(page: Page) -> str:
    """Begin the first examination that can be; give the reference of its situation."""
    page.get_by_role("button", name=re.compile("^Examiner")).first.click()
    heading = page.get_by_role("heading", name=re.compile("^Situation "))
    expect(heading).to_be_visible()
    return heading.inner_text().removeprefix("Situation ").strip()


def follow(page: Page) -> None:
    """Fill the decision: the seats that are held, following, why."""
    page.get_by_label("Référent du parquet").check()
    page.get_by_label("Poursuivre le suivi").check()
    page.get_by_label("Motif, si le suivi se poursuit").select_option(label="Accompagnement à construire")


def test_the_meeting_of_the_day_is_held_from_its_opening_to_its_record(chromium: Browser, fresh_demo: str) -> None:
    with seated(chromium, fresh_demo, COORDINATOR) as desk:
        page = desk.page
        seance = open_the_meeting_of_the_day(page)
        page.get_by_role("button", name=re.compile("^Présentée")).click()
        first = examine(page)
        with seated(chromium, fresh_demo, EDUCATION) as school:
            school.page.get_by_role("link", name=re.compile("Assiduité")).click()
            school.page.get_by_label("Non assidu").check()
            school.page.get_by_role("button", name="Enregistrer").click()
        page.goto(seance)
        expect(page.get_by_text("non assidu")).to_be_visible()
        follow(page)
        page.get_by_role("button", name="Enregistrer la décision").click()
        expect(page.get_by_role("status").first).to_contain_text("La décision est enregistrée.")
        page.get_by_role("button", name="Clore la réunion").click()
        expect(page.get_by_role("heading", name="Relevé de décisions")).to_be_visible()
        expect(page.get_by_role("row", name=re.compile(first))).to_contain_text("Poursuivre le suivi")
        expect(page.get_by_role("link", name="Télécharger le PDF")).to_be_visible()


def test_a_decision_taken_while_the_network_is_down_leaves_when_it_is_back(chromium: Browser, fresh_demo: str) -> None:
    with seated(chromium, fresh_demo, COORDINATOR) as desk:
        page = desk.page
        open_the_meeting_of_the_day(page)
        reference = examine(page)
        follow(page)
        page.context.set_offline(True)
        page.get_by_role("button", name="Enregistrer la décision").click()
        waiting = page.get_by_text("Le réseau ne répond plus.")
        expect(waiting).to_be_visible()
        expect(page.get_by_label("Poursuivre le suivi")).to_be_checked()
        page.context.set_offline(False)
        expect(page.get_by_text("La décision est enregistrée.")).to_be_visible(timeout=15_000)
        expect(page.get_by_role("row", name=re.compile(reference))).to_contain_text("poursuivre le suivi")
        desk.complaints[:] = [said for said in desk.complaints if NETWORK not in said]


def test_an_orientation_keeps_what_is_ticked_in_the_decision_even_without_the_network(
    chromium: Browser, fresh_demo: str
) -> None:
    with seated(chromium, fresh_demo, COORDINATOR) as desk:
        page = desk.page
        open_the_meeting_of_the_day(page)
        examine(page)
        follow(page)
        orientation = page.get_by_label("Orientation décidée par la cellule")
        orientation.select_option(label="Soutien à la parentalité")
        page.get_by_role("button", name="Ajouter l'orientation").click()
        expect(page.get_by_role("status").first).to_contain_text("L'orientation est enregistrée.")
        expect(page.get_by_text("Soutien à la parentalité").first).to_be_visible()
        expect(page.get_by_label("Poursuivre le suivi")).to_be_checked()
        page.context.set_offline(True)
        orientation.select_option(label="Médiation (équipe parisienne de médiation)")
        page.get_by_role("button", name="Ajouter l'orientation").click()
        page.get_by_role("button", name="Enregistrer la décision").click()
        expect(page.get_by_text("Le réseau ne répond plus.")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text("La décision est enregistrée.")).to_be_visible(timeout=20_000)
        desk.complaints[:] = [said for said in desk.complaints if NETWORK not in said]


def test_what_is_projected_follows_the_meeting_and_hides_the_name_unless_a_key_is_held(
    chromium: Browser, fresh_demo: str
) -> None:
    with seated(chromium, fresh_demo, COORDINATOR) as desk:
        page = desk.page
        seance = open_the_meeting_of_the_day(page)
        wall = page.context.new_page()
        wall.goto(seance.replace("/seance", "/projection"))
        expect(wall.get_by_role("heading", name="Aucune situation en cours")).to_be_visible()
        reference = examine(page)
        expect(wall.get_by_role("heading", name=f"Situation {reference}")).to_be_visible()
        name = wall.locator("[data-held]")
        expect(name).to_be_hidden()
        wall.bring_to_front()
        wall.locator("#contenu").focus()
        wall.keyboard.down("n")
        expect(name).to_be_hidden()
        wall.keyboard.up("n")
        wall.get_by_role("button", name=re.compile("^Maintenir")).focus()
        wall.keyboard.down("n")
        expect(name).to_be_visible()
        wall.keyboard.up("n")
        expect(name).to_be_hidden()
        page.bring_to_front()
        follow(page)
        page.get_by_role("button", name="Enregistrer la décision").click()
        expect(wall.get_by_role("heading", name="Aucune situation en cours")).to_be_visible()
        expect(wall.get_by_text(reference)).to_have_count(0)


def test_what_is_decided_is_sent_read_and_answered(chromium: Browser, fresh_demo: str) -> None:
    with seated(chromium, fresh_demo, COORDINATOR) as desk:
        page = desk.page
        page.goto("/situations?groupe=orientees")
        page.locator("main table a").first.click()
        page.get_by_role("link", name=re.compile("^Informer la famille")).click()
        page.get_by_role("link", name=re.compile("^Transmettre pour l'orientation")).click()
        expect(page.get_by_role("heading", name="Ce qui sera envoyé")).to_be_visible()
        page.get_by_role("button", name="Transmettre", exact=True).click()
        expect(page.get_by_role("status").first).to_be_visible()
    with seated(chromium, fresh_demo, f"cst-13@{DOMAIN}") as desk:
        page = desk.page
        page.get_by_role("link", name=re.compile("Transmission")).first.click()
        page.locator('main a[href^="/transmissions/"]').first.click()
        expect(page.get_by_text("Nom", exact=True)).to_have_count(0)
        page.get_by_role("checkbox").check()
        page.locator('form[action$="/engagement"] button').click()
        expect(page.get_by_text("Nom", exact=True)).to_be_visible()
        page.get_by_role("link", name=re.compile("retour", re.IGNORECASE)).first.click()
        page.get_by_role("radio").first.check()
        page.locator('form[action$="/retour"] button').first.click()
        expect(page.get_by_role("status").first).to_be_visible()


def test_the_data_protection_officer_finds_what_was_destroyed_and_why(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"dpo@{DOMAIN}") as desk:
        page = desk.page
        page.get_by_role("link", name="Purge", exact=True).first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.locator('main a[href^="/purge/passages/"]').first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
