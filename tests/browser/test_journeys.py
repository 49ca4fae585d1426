"""The journeys of the first two steps of the charter, in Chromium, on the data of the demonstration (domain section 3).

Each person works as they do: the landlord's agent with a mouse, the coordinator and the magistrate with the keyboard
alone, and somebody whose browser runs no script.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.parquet.queries import BATCH
from policies.personas import DOMAIN
from policies.vocabulary import ExitKind
from tests.support.desk import seated

COORDINATOR, PARQUET, LANDLORD = (f"{local}@{DOMAIN}" for local in ("coordinateur-13", "parquet-13", "bailleur"))
DECISIONS = ("qualification", "renvoi", "rattachement", "transfert")
REFERENCE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")


def answer_first_questions(page: Page) -> None:
    """Say that nothing calls for another way, and that the minor lives in the 13th."""
    for question in ("danger immédiat", "infraction commise", "radicalisation"):
        page.get_by_role("radiogroup", name=re.compile(question)).get_by_label("Non", exact=True).check()
    page.get_by_role("radiogroup", name=re.compile("Où habite")).get_by_role("radio").first.check()
    page.get_by_label(re.compile("^Arrondissement")).select_option(value="13")
    page.get_by_role("button", name="Continuer").click()


def fill_signalement(page: Page, last_name: str, birth_date: str) -> None:
    """Fill what is obligatory, and a place."""
    page.get_by_label(re.compile(r"^Nom \(")).fill(last_name)
    page.get_by_label(re.compile(r"^Prénom \(")).fill("Ondine")
    page.get_by_label("Date de naissance").fill(birth_date)
    page.get_by_label("Féminin").check()
    page.get_by_label(re.compile("^Scolarité")).select_option(index=1)
    page.get_by_role("radiogroup", name=re.compile("^Qualification")).get_by_label(
        "Infra-délinquance", exact=True
    ).check()
    page.get_by_label("Absentéisme").check()
    page.get_by_label("Précision sur le lieu").fill("Rue du Dessous-des-Berges")
    page.get_by_label("Échange avec la famille").check()
    page.get_by_label("Accompagnement interrompu").check()


def test_a_landlord_corrects_what_was_refused_and_types_nothing_again(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, LANDLORD) as desk:
        page = desk.page
        page.get_by_role("link", name="Signaler", exact=True).first.click()
        answer_first_questions(page)
        fill_signalement(page, "Sylvestrel", "31/02/2012")
        page.get_by_role("button", name="Envoyer au coordonnateur").click()

        summary = page.get_by_role("alert").filter(has_text="Un point est à corriger")
        expect(summary).to_be_focused()
        assert page.title().startswith("Erreur : ")
        expect(page.get_by_label(re.compile(r"^Nom \("))).to_have_value("Sylvestrel")
        expect(page.get_by_label("Absentéisme")).to_be_checked()
        expect(page.get_by_label("Féminin")).to_be_checked()
        summary.get_by_role("link").click()
        date = page.get_by_label("Date de naissance")
        expect(date).to_be_focused()
        expect(date).to_have_value("31/02/2012")
        date.fill("28/02/2012")
        page.get_by_role("button", name="Envoyer au coordonnateur").click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("Récépissé")
        assert "Sylvestrel" not in page.url + page.title() + page.locator("main").inner_text()


def test_a_draft_is_kept_and_taken_up_again(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, LANDLORD) as desk:
        page = desk.page
        page.goto("/signalements/nouveau")
        answer_first_questions(page)
        page.get_by_label(re.compile(r"^Nom \(")).fill("Quintefeuille")
        page.get_by_role("button", name="Enregistrer le brouillon").click()
        expect(page.get_by_role("status").filter(has_text="Le brouillon est enregistré")).to_be_visible()
        reference = page.url.split("/")[-1].partition("?")[0]
        page.get_by_role("navigation", name="Fil d'Ariane").get_by_role("link", name="Mes signalements").click()
        page.get_by_role("link", name=re.compile(reference)).click()
        expect(page.get_by_label(re.compile(r"^Nom \("))).to_have_value("Quintefeuille")
        fill_signalement(page, "Quintefeuille", "28/02/2012")
        page.get_by_role("button", name="Envoyer au coordonnateur").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Récépissé")
        receipt = page.url
        page.go_back()
        # What was sent cannot be sent again: the form leads to its receipt.
        expect(page.get_by_role("heading", level=1)).to_contain_text("Récépissé")
        assert page.url == receipt


def test_a_coordinator_reviews_qualifies_and_transmits_with_the_keyboard_alone(
    chromium: Browser, fresh_demo: str
) -> None:
    with seated(chromium, fresh_demo, COORDINATOR) as desk:
        page = desk.page
        desk.enter(page.get_by_role("link", name=re.compile("^À qualifier")).first)
        desk.enter(page.get_by_role("link", name="Ismaël Halvorsen-Diop"))
        desk.enter(page.get_by_role("link", name="Relire le texte libre"))
        desk.tab_to(page.get_by_role("radio", name="Conserver"))
        desk.press("ArrowDown")
        expect(page.get_by_role("radio", name=re.compile("^Masquer"))).to_be_checked()
        desk.tab_to(page.get_by_label("Passages à masquer"))
        page.keyboard.type("Dylan Morvanec")
        desk.enter(page.get_by_role("button", name="Enregistrer la relecture"))
        assert "Morvanec" not in page.locator("main").inner_text()

        desk.enter(page.get_by_role("link", name="Qualifier", exact=False).first)
        desk.tab_to(page.get_by_role("radio", name="Recevable", exact=True))
        desk.press("Space")
        desk.enter(page.get_by_role("button", name="Enregistrer la décision"))
        expect(page.get_by_role("status").filter(has_text="La décision est enregistrée")).to_be_visible()

        desk.enter(page.get_by_role("link", name="Situations", exact=True).first)
        desk.enter(page.get_by_role("link", name="À transmettre au parquet"))
        rows = page.get_by_role("row").filter(has=page.get_by_role("checkbox"))
        expect(rows.filter(has_text="Halvorsen-Diop")).to_have_count(1)
        ticked = rows.count()
        desk.tab_to(page.get_by_role("checkbox").first)
        desk.press("Space")
        desk.enter(page.get_by_role("button", name=re.compile("^Transmettre au parquet")))
        expect(page.get_by_role("status").filter(has_text="transmises au parquet")).to_be_visible()
        page.goto("/situations?groupe=a-transmettre")
        expect(page.get_by_role("row").filter(has=page.get_by_role("checkbox"))).to_have_count(1)
        assert ticked > 2


def test_a_magistrate_clears_the_list_with_two_keys_a_situation_at_most(chromium: Browser, fresh_demo: str) -> None:
    with seated(chromium, fresh_demo, PARQUET) as desk:
        page = desk.page
        desk.enter(
            page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Filtre du parquet")
        )
        waiting = page.locator("[data-row]").count()
        assert waiting == 5
        reach, desk.keys = desk.keys, 0
        for number in range(waiting):
            desk.press("n" if number == 1 else "r")
        expect(page.get_by_role("button", name="Enregistrer mes réponses")).to_be_focused()
        with page.expect_navigation():
            desk.press("Enter")
        # One key each and one to send: a page of twenty takes 21 keys, and leaves five seconds to read each.
        assert desk.keys == waiting + 1 <= 2 * waiting
        assert reach <= 12
        assert BATCH == 20
        expect(page.get_by_role("status").filter(has_text="Vos réponses sont enregistrées")).to_be_visible()
        expect(page.get_by_text("Rien n'attend votre réponse")).to_be_visible()


def test_a_magistrate_corrects_an_answer_with_the_keyboard_alone(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, PARQUET) as desk:
        page = desk.page
        page.goto("/parquet")
        row = page.get_by_role("row").filter(has_text="Vasquelin")
        expect(row.get_by_role("cell").first).to_have_text("retenue")
        desk.enter(row.get_by_role("button", name=re.compile(r"^Non retenue \(corriger")))
        expect(row.get_by_role("cell").first).to_have_text("non retenue")
        page.go_back()
        page.goto("/parquet")
        desk.enter(row.get_by_role("button", name=re.compile(r"^Retenue \(corriger")))
        expect(row.get_by_role("cell").first).to_have_text("retenue")


def situation_pages(page: Page) -> list[str]:
    """Give the address of every page of the first situation to qualify, and of its sheet."""
    page.goto("/situations?groupe=a-qualifier")
    sheet = page.get_by_role("rowheader").first.get_by_role("link").get_attribute("href")
    assert sheet is not None
    exits = [f"{sheet}/sortie/{kind.value}" for kind in ExitKind]
    return [sheet, *(f"{sheet}/{decision}" for decision in DECISIONS), *exits]


def test_the_two_exits_are_at_the_head_of_every_page_of_a_situation(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, COORDINATOR) as desk:
        page = desk.page
        for address in situation_pages(page):
            page.goto(address)
            links = page.get_by_role("navigation", name="Issues ouvertes à tout moment").get_by_role("link")
            expect(links).to_have_count(2)
            # Seen without scrolling, and before anything else that the page offers but the way back.
            expect(links.last).to_be_in_viewport()
            for link in links.all():
                href = link.get_attribute("href")
                assert href is not None
                assert href.startswith(situation_pages_root(address))
            links.first.click()
            expect(page.get_by_role("button", name="Enregistrer la sortie")).to_be_visible()
            assert not set(re.split(r"[\s,:·]+", page.title())) & {"Camille", "Verneuil", "Castrévin", "Jade"}


def situation_pages_root(address: str) -> str:
    """Give the address of the situation that a page belongs to."""
    return "/".join(address.split("/")[:3])


def test_escape_twice_hides_a_situation_and_gives_it_back_as_it_was(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, COORDINATOR) as desk:
        page = desk.page
        page.goto(situation_pages(page)[1])
        page.get_by_role("radio", name="Non recevable").check()
        desk.press("Escape", times=2)
        expect(page.get_by_text("Écran masqué.")).to_be_visible()
        assert page.locator("body").aria_snapshot().count("Situation") == 0
        expect(page.get_by_role("heading", level=1)).to_be_hidden()
        desk.press("a")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("radio", name="Non recevable")).to_be_checked()
        # Leave without the warning about unsaved work.
        page.get_by_role("radio", name="Non recevable").evaluate("(radio) => radio.form.reset()")


def test_the_back_button_leads_through_lists_and_pages_as_they_are_now(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, COORDINATOR) as desk:
        page = desk.page
        page.goto("/situations?groupe=retenues")
        page.goto("/situations?groupe=a-qualifier")
        page.get_by_role("rowheader").first.get_by_role("link").click()
        page.go_back()
        expect(page.locator(".tabs [aria-current=page]")).to_have_text("À qualifier")
        page.go_back()
        expect(page.locator(".tabs [aria-current=page]")).to_have_text("Retenues")
        page.go_forward()
        expect(page.locator(".tabs [aria-current=page]")).to_have_text("À qualifier")


def test_after_leaving_the_back_button_shows_nothing(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, COORDINATOR) as desk:
        page = desk.page
        page.goto(situation_pages(page)[0])
        page.get_by_role("button", name="Se déconnecter").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")


def test_after_locking_the_back_button_shows_nothing(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, COORDINATOR) as desk:
        page = desk.page
        page.goto(situation_pages(page)[0])
        page.goto("/compte/connexion")
        page.get_by_role("button", name="Verrouiller maintenant").click()
        locked = page.get_by_role("heading", level=1).inner_text()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text(locked)
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text(locked)
        # Chromium advises a field for the user's name: a locked page names nobody.
        desk.complaints = [line for line in desk.complaints if not line.startswith("[DOM] Password forms")]


def test_without_script_a_signalement_is_sent(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"agent-dpmp@{DOMAIN}", script=False) as desk:
        page = desk.page
        page.get_by_role("link", name="Signaler", exact=True).first.click()
        answer_first_questions(page)
        fill_signalement(page, "", "16/03/2012")
        page.get_by_role("button", name="Envoyer au coordonnateur").click()
        expect(page.locator("#champ-last_name-erreur")).to_be_visible()
        page.get_by_label(re.compile(r"^Nom \(")).fill("Sansécran")
        page.get_by_role("button", name="Envoyer au coordonnateur").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Récépissé")


def test_without_script_the_parquet_answers_and_corrects(chromium: Browser, fresh_demo: str) -> None:
    with seated(chromium, fresh_demo, PARQUET, script=False) as desk:
        page = desk.page
        page.goto("/parquet")
        page.locator("[data-row]").first.get_by_role("radio").first.check()
        page.get_by_role("button", name="Enregistrer mes réponses").click()
        expect(page.get_by_role("status").filter(has_text="Vos réponses sont enregistrées")).to_be_visible()
        expect(page.locator("[data-row]")).to_have_count(4)
        row = page.get_by_role("row").filter(has_text="Okambélé")
        row.get_by_role("button", name=re.compile(r"^Non retenue \(corriger")).click()
        expect(row.get_by_role("cell").first).to_have_text("non retenue")
        row.get_by_role("button", name=re.compile(r"^Retenue \(corriger")).click()
        expect(row.get_by_role("cell").first).to_have_text("retenue")


def test_a_receipt_is_the_same_page_whether_the_situation_was_retained_or_not(chromium: Browser, demo: str) -> None:
    # In the demonstration, a signalement of the commissariat was retained, one of the DPMP's agents was not.
    seen: dict[str, set[str]] = {}
    for who in ("commissariat-13", "education-13", "agent-dpmp"):
        with seated(chromium, demo, f"{who}@{DOMAIN}") as desk:
            page = desk.page
            page.goto("/signalements")
            links = page.get_by_role("rowheader").get_by_role("link")
            addresses = [link.get_attribute("href") or "" for link in links.all()]
            assert len(addresses) > 1
            seen[who] = {read_receipt(page, address) for address in addresses}
    assert len(seen["commissariat-13"] | seen["agent-dpmp"] | seen["education-13"]) == 1


def read_receipt(page: Page, address: str) -> str:
    """Give what a receipt says to a screen reader and to the eyes, without its reference and its date."""
    page.goto(address)
    said = page.locator("main").aria_snapshot() + page.title()
    return re.sub(r"\d{1,2}(er)? \w+ 20\d\d( à \d+ h \d+)?", "JOUR", REFERENCE.sub("RÉFÉRENCE", said))


@pytest.mark.parametrize("who", [COORDINATOR, PARQUET, LANDLORD])
def test_the_console_stays_silent_and_nothing_leaves_for_another_host(chromium: Browser, demo: str, who: str) -> None:
    with seated(chromium, demo, who) as desk:
        page = desk.page
        links = page.get_by_role("navigation", name="Navigation principale").get_by_role("link")
        for address in [link.get_attribute("href") or "" for link in links.all()]:
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()


FAULTS = {
    "inline": """() => {
      const script = document.createElement("script");
      script.textContent = "1";
      document.body.append(script);
    }""",
    "elsewhere": "() => fetch('http://127.0.0.2:9/').catch(() => 0)",
    "console": "() => console.error('faute')",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_desk_notices_what_a_browser_complains_of(chromium: Browser, demo: str, fault: str) -> None:
    with pytest.raises(AssertionError), seated(chromium, demo, LANDLORD) as desk:  # noqa: PT012  the desk complains on leaving
        desk.page.evaluate(FAULTS[fault])
        desk.page.wait_for_timeout(300)
