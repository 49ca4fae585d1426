"""The main task of each persona, with the keyboard alone (RGAA 7.3, 12.8, 12.9; WCAG 2.1.1).

The coordinator who reviews, qualifies and transmits, and the magistrate, are in test_journeys. Nothing here uses a
pointer or an address: each starts on the first page and goes on by Tab, arrows, Space and Enter.
"""

import re

from playwright.sync_api import Browser, Page, expect

from backend.kernel.clock import paris_day, system_clock
from policies.personas import DOMAIN
from tests.support.axe import violations
from tests.support.desk import Desk, seated


def menu(desk: Desk, name: str) -> None:
    """Follow a link of the navigation, among the « Autres pages » where it is not in sight."""
    navigation = desk.page.get_by_role("navigation", name="Navigation principale")
    link = navigation.get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        desk.tab_to(navigation.locator("summary"))
        desk.press("Enter")
    desk.enter(link)


def told(page: Page, words: str) -> None:
    """Check what the page says that was done, and that nothing of it is out of reach."""
    expect(page.get_by_role("status").first).to_contain_text(words)
    assert violations(page) == []


def test_an_agent_sends_a_signalement(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"bailleur@{DOMAIN}") as desk:
        page = desk.page
        menu(desk, "Signaler")
        for question in ("danger immédiat", "infraction commise", "radicalisation"):
            asked = page.get_by_role("radiogroup", name=re.compile(question))
            desk.choose(asked.get_by_label("Non", exact=True))
        desk.choose(page.get_by_role("radiogroup", name=re.compile("Où habite")).get_by_role("radio").first)
        desk.pick(page.get_by_label(re.compile("^Arrondissement")), "13")
        desk.enter(page.get_by_role("button", name="Continuer"))
        desk.write(page.get_by_label(re.compile(r"^Nom \(")), "Touchedetab")
        desk.write(page.get_by_label(re.compile(r"^Prénom \(")), "Ondine")
        desk.write(page.get_by_label("Date de naissance"), "28/02/2012")
        desk.choose(page.get_by_label("Féminin"))
        desk.pick(page.get_by_label(re.compile("^Scolarité")), "Coll")
        qualified = page.get_by_role("radiogroup", name=re.compile("^Qualification"))
        desk.choose(qualified.get_by_label("Infra-délinquance", exact=True))
        desk.tick(page.get_by_label("Absentéisme"))
        desk.write(page.get_by_label("Précision sur le lieu"), "Rue du Dessous-des-Berges")
        desk.tick(page.get_by_label("Échange avec la famille"))
        desk.tick(page.get_by_label("Accompagnement interrompu"))
        desk.enter(page.get_by_role("button", name="Envoyer au coordonnateur"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Récépissé")


def test_a_coordinator_composes_an_agenda_and_leads_a_meeting(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"coordinateur-13@{DOMAIN}") as desk:
        page = desk.page
        menu(desk, "Réunions")
        desk.enter(page.get_by_role("table", name=re.compile("^Réunions à venir")).get_by_role("link").first)
        desk.enter(page.get_by_role("button", name=re.compile("^Descendre")).first)
        told(page, "L'ordre est enregistré.")
        desk.enter(page.get_by_role("link", name=re.compile("^Retirer")).last)
        desk.choose(page.get_by_label("Ordre du jour trop chargé"))
        desk.enter(page.get_by_role("button", name="Retirer de cet ordre du jour"))
        told(page, "La situation est retirée")
        desk.enter(page.get_by_role("link", name=re.compile("séance", re.IGNORECASE)).first)
        desk.enter(page.get_by_role("button", name="Ouvrir la réunion"))
        desk.enter(page.get_by_role("button", name=re.compile("^Examiner")).first)
        desk.tick(page.get_by_label("Référent du parquet"))
        desk.choose(page.get_by_label("Poursuivre le suivi"))
        desk.pick(page.get_by_label("Motif, si le suivi se poursuit"), "Accompagnement à construire")
        desk.enter(page.get_by_role("button", name="Enregistrer la décision"))
        told(page, "La décision est enregistrée.")
        desk.enter(page.get_by_role("button", name="Clore la réunion"))
        expect(page.get_by_role("heading", name="Relevé de décisions")).to_be_visible()


def test_a_member_prepares_an_examination(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"education-13@{DOMAIN}") as desk:
        page = desk.page
        menu(desk, "Recherche préalable")
        desk.enter(page.get_by_role("table").get_by_role("link").first)
        desk.choose(page.get_by_label("Des éléments à apporter oralement"))
        desk.write(page.get_by_label("Note pour vous-même"), "Voir le conseiller d'éducation.")
        desk.enter(page.get_by_role("button", name="Enregistrer ma préparation"))
        told(page, "prépar")


def test_a_service_answers_an_orientation(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"reussite-13@{DOMAIN}") as desk:
        page = desk.page
        menu(desk, "Transmissions")
        desk.enter(page.get_by_role("table").get_by_role("link").first)
        desk.enter(page.get_by_role("link", name="Donner le retour"))
        desk.choose(page.get_by_label(re.compile("^Accompagnement possible")))
        desk.enter(page.get_by_role("button", name="Enregistrer le retour"))
        told(page, "retour")


def test_the_data_protection_officer_records_a_request(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"dpo@{DOMAIN}") as desk:
        page = desk.page
        menu(desk, "Droits des personnes")
        desk.enter(page.get_by_role("link", name="Enregistrer une demande"))
        desk.choose(page.get_by_label("Accès (article 15)"))
        desk.choose(page.get_by_label("Le mineur lui-même"))
        desk.choose(page.get_by_label("Pièce présentée et rendue aussitôt"))
        desk.write(page.get_by_label("Jour où la demande est arrivée"), f"{paris_day(system_clock()):%d/%m/%Y}")
        desk.write(page.get_by_label("Nom de la personne concernée"), "Touchedetab")
        desk.write(page.get_by_label(re.compile("^Prénom")), "Ondine")
        desk.enter(page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=False).last)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Demande")


def test_an_administrator_opens_an_account(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"admin@{DOMAIN}") as desk:
        page = desk.page
        menu(desk, "Comptes")
        desk.enter(page.get_by_role("link", name="Inviter une personne"))
        desk.write(page.get_by_label("Prénom et nom"), "Odon Clavier")
        desk.write(page.get_by_label("Fonction"), "agent d'accueil")
        desk.write(page.get_by_label("Adresse de courriel professionnelle"), "clavier@demo.invalid")
        desk.pick(page.get_by_label("Institution"), "Mairie du 13e")
        desk.enter(page.get_by_role("button", name="Inviter"))
        expect(page.get_by_role("main")).to_contain_text("par téléphone")


def test_a_coordinator_makes_a_network(chromium: Browser, demo: str) -> None:
    with seated(chromium, demo, f"coordinateur-18@{DOMAIN}") as desk:
        page = desk.page
        menu(desk, "Réseaux d'aide aux victimes")
        desk.enter(page.get_by_role("link", name="Créer un réseau"))
        desk.write(page.get_by_label("Nom du réseau"), "Réseau du clavier")
        desk.tick(page.get_by_label("18e", exact=True))
        desk.tick(page.get_by_role("group", name=re.compile("^Thèmes")).get_by_role("checkbox").first)
        desk.enter(page.get_by_role("main").get_by_role("button").last)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Réseau du clavier")
