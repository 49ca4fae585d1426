"""The victims' aid networks through HTTP: organised, convened, published, searched, and never about a person."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from httpx2 import Response
from icalendar import Calendar, Component
from sqlmodel import Session, col

from backend.counts.deltas import total
from backend.mail.models import MailOutbox
from backend.rav.actions.links import HOUR, OPENED_PER_HOUR
from backend.rav.actions.networks import forget_lapsed_contacts
from backend.rav.models.guide import DeskLink, Edition, Structure
from backend.rav.models.networks import Contact
from backend.rav.models.works import Event, Meeting
from backend.rav.queries.guide import search, structure_view
from policies.indicator_words import Indicator
from policies.rav_words import Public, StructureKind, Theme
from tests.support.cast import Cast
from tests.support.http import Values, form_of, forms_of, links_of, words_of
from tests.support.journeys import rows
from tests.support.pdf import unreadable

STRUCTURE: Mapping[str, Values] = {
    "name": "Halte Marguerite",
    "kind": "shelter",
    "publics": ("women", "families"),
    "themes": ("housing", "intimate_violence"),
    "arrondissements": ("14",),
    "phones": "01 99 00 14 01",
    "confidential": "oui",
}


def organised(cast: Cast, who: str = "coordinator_13", **fields: Values) -> str:
    """Create a network over the 13e and the 14e; give its address."""
    page = cast.browser(who).get("/reseaux/nouveau")
    typed: dict[str, Values] = {
        "cell": form_of(page, "/reseaux/nouveau").shown().get("cell", ("",))[0],
        "name": "Réseau du sud",
        "arrondissements": ("13", "14"),
        "themes": ("intimate_violence", "minors"),
    }
    answer = cast.browser(who).resend(page, typed | fields, "/reseaux/nouveau")
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"].partition("?")[0]


def added(cast: Cast, address: str, slug: str, fields: Mapping[str, Values], who: str = "coordinator_13") -> Response:
    return cast.browser(who).send(f"{address}/{slug}", fields)


def structured(cast: Cast, who: str = "coordinator_13", **fields: Values) -> Response:
    return cast.browser(who).send("/reseaux/guide/nouvelle-structure", {**STRUCTURE, **fields})


def found(cast: Cast, text: str, who: str = "coordinator_13") -> str:
    return words_of(cast.browser(who).send("/reseaux/guide", {"search": text}))


def test_coordinateur_13_organises_a_network_convenes_publishes_and_finds(cast: Cast) -> None:
    address = organised(cast)
    browser = cast.browser("coordinator_13")
    assert "13e et 14e" in words_of(browser.get(address))
    meeting: dict[str, Values] = {
        "kind": "plenary",
        "title": "Plénière de rentrée",
        "day": "10/12/2026",
        "hour": "14:30",
        "place": "Salle des mariages, mairie du 13e",
        "agenda": ("Tour de table", "Préparation du 8 mars"),
    }
    assert added(cast, address, "reunions", meeting).status_code == 303
    event = {
        "day": "november_25",
        "title": "Village de la prévention",
        "held_on": "25/11/2026",
        "place": "Place d'Italie",
    }
    assert added(cast, address, "evenements", event).status_code == 303
    sheet = words_of(browser.get(address))
    for words in ("Plénière de rentrée", "Village de la prévention", "25 novembre 2026"):
        assert words in sheet
    assert structured(cast).status_code == 303
    page = browser.get("/reseaux/guide/editions")
    published = browser.resend(page, {"year": "2026"}, "/reseaux/guide/editions")
    assert published.status_code == 303, words_of(published)
    edition = published.headers["location"].partition("?")[0]
    pdf = browser.get(f"{edition}/pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert unreadable(pdf.content, cast.folder) == []
    assert browser.get(f"{edition}/pdf").content == pdf.content
    for typed in ("hébergement d'urgence femmes victimes, 14e", "hébergement fem", "hebergement 14", "HÉBERGEMENT f"):
        assert "Halte Marguerite" in found(cast, typed), typed
    for typed in ("hébergement 18e", "sectes", "commissariat"):
        assert "Halte Marguerite" not in found(cast, typed), typed
    with cast.house.stores.main.transaction() as session:
        cell = cast.cells["13"].id
        assert total(session, Indicator.RAV_NETWORKS, cell) == 1
        assert total(session, Indicator.RAV_EVENTS, cell) == 1
        assert total(session, Indicator.RAV_MEETINGS, cell) == 0


MEMBERS = (
    "coordinator_18",
    "parquet_13",
    "police_13",
    "pjj_13",
    "education_13",
    "social_coordinator_13",
    "town_hall_13",
)
OUTSIDERS = (
    "reporter",
    "recipient",
    "guest_13",
    "steering",
    "dpo",
    "archivist",
    "administrator",
    "unsigned_13",
    "former_13",
)
PERSON = "Situation de Mme Zylberkwist, 34 ans"


def test_other_members_read_a_network_and_change_nothing_in_it(cast: Cast) -> None:
    address = organised(cast)
    for who in MEMBERS:
        browser = cast.browser(who)
        assert browser.get(address).status_code == 200
        if who != "town_hall_13":
            assert browser.get(f"{address}/reunions").status_code == 403
            fields = {"csrf": browser.csrf(), "title": "Fiche réflexe"}
            assert browser.post(f"{address}/outils", fields).status_code == 403
            assert "Convoquer" not in words_of(browser.get(address))


def test_the_town_hall_organises_too(cast: Cast) -> None:
    address = organised(cast, "town_hall_13")
    assert added(cast, address, "outils", {"title": "Fiche réflexe"}, "town_hall_13").status_code == 303


def test_who_is_no_member_knows_of_no_network(cast: Cast) -> None:
    address = organised(cast)
    for who in OUTSIDERS:
        browser = cast.browser(who)
        assert browser.get(address).status_code == 404
        assert "Réseau du sud" not in browser.get("/reseaux").text
        fields = {"csrf": browser.csrf(), "title": "Fiche réflexe"}
        assert browser.post(f"{address}/outils", fields).status_code == 404
    assert cast.anonymous().get(address).status_code == 303


def test_nobody_organises_from_the_cell_of_another(cast: Cast) -> None:
    page = cast.browser("coordinator_18").get("/reseaux/nouveau")
    forged = {
        "cell": cast.cells["13"].reference,
        "name": "Réseau",
        "arrondissements": ("13",),
        "themes": ("minors",),
    }
    assert cast.browser("coordinator_18").resend(page, forged, "/reseaux/nouveau").status_code == 403
    own = forged | {"cell": cast.cells["18"].reference}
    elsewhere = cast.browser("coordinator_18").resend(page, own, "/reseaux/nouveau")
    assert elsewhere.status_code == 422
    assert "Choisissez au moins un arrondissement de la cellule" in words_of(elsewhere)


@pytest.mark.parametrize("slug", ["membres", "reunions", "evenements", "outils", "ameliorations"])
def test_no_form_of_a_network_takes_a_person(cast: Cast, slug: str) -> None:
    address = organised(cast)
    complete: dict[str, dict[str, Values]] = {
        "membres": {"organisation": PERSON, "kind": "other"},
        "reunions": {
            "kind": "plenary",
            "title": "Plénière",
            "day": "10/12/2026",
            "hour": "14:30",
            "place": "Mairie du 13e",
            "agenda": ("Tour de table", PERSON),
        },
        "evenements": {"day": "other", "title": PERSON, "held_on": "25/11/2026", "place": "Mairie du 13e"},
        "outils": {"title": PERSON},
        "ameliorations": {"step": "housing", "title": PERSON},
    }
    answer = added(cast, address, slug, complete[slug])
    assert answer.status_code == 422
    assert "Un réseau ne traite jamais de situation individuelle" in words_of(answer)
    assert "Zylberkwist" in answer.text  # what was typed is given back in its field, and nowhere else
    with cast.house.stores.main.transaction() as session:
        for model in (Meeting, Event):
            assert session.scalars(sa.select(model)).all() == []


def test_a_person_is_refused_in_the_guide_too(cast: Cast) -> None:
    assert structured(cast, name=PERSON).status_code == 422
    assert structured(cast, approach="demander Fatoumata, hébergée chez sa sœur").status_code == 422


def test_a_contact_is_a_professional_confirmed_every_year_or_forgotten(cast: Cast) -> None:
    address = organised(cast)
    added(cast, address, "membres", {"organisation": "Association du quartier", "kind": "association"})
    page = cast.browser("coordinator_13").get(address)
    [member] = {link for link in links_of(page) if link.startswith("/reseaux/membres/")}
    contact = {"name": "Odile Carentan", "function": "juriste", "phone": "01 99 00 13 01", "email": "o@asso.invalid"}
    assert cast.browser("coordinator_13").send(member, contact).status_code == 303
    assert "Odile Carentan" in words_of(cast.browser("parquet_13").get(address))
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.update(Contact).values(confirmed_on=date(2025, 8, 1)))
    assert "Odile Carentan" not in words_of(cast.browser("parquet_13").get(address))
    with cast.house.transaction() as uow:
        assert forget_lapsed_contacts(uow) == 1
        assert forget_lapsed_contacts(uow) == 0
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(Contact)).all() == []


def test_a_meeting_is_held_once_by_organisations_and_counted(cast: Cast) -> None:
    address = organised(cast)
    added(cast, address, "membres", {"organisation": "Mairie du 13e", "kind": "town_hall"})
    meeting: dict[str, Values] = {
        "kind": "project_group",
        "title": "Groupe 8 mars",
        "day": "24/11/2026",
        "hour": "18 h",
        "place": "Mairie du 13e",
        "agenda": ("Programme",),
    }
    assert added(cast, address, "reunions", meeting).status_code == 303
    browser = cast.browser("coordinator_13")
    [held] = {link for link in links_of(browser.get(address)) if link.startswith("/reseaux/reunions/")}
    page = browser.get(held)
    [member] = re.findall(r'name="members" value="([^"]+)"', page.text)
    early = browser.resend(page, {"members": member}, f"{held}/presences")
    assert early.status_code == 409
    cast.pass_time(timedelta(days=2))
    browser = cast.browser("coordinator_13")
    assert browser.send(held, {"members": member}, f"{held}/presences").status_code == 303
    again = browser.resend(page, {"csrf": browser.csrf(), "members": member}, f"{held}/presences")
    assert again.status_code in {409, 412}
    followed = {"title": "Imprimer l'affiche", "member": member, "due_on": "15/12/2026"}
    assert browser.send(held, followed, f"{held}/actions").status_code == 303
    refused = browser.send(held, {**followed, "title": "Coller l'affiche", "due_on": "demain"}, f"{held}/actions")
    assert refused.status_code == 422
    assert form_of(refused, f"{held}/actions").shown()["title"] == ("Coller l'affiche",)
    shown = words_of(browser.get(held))
    assert "Imprimer l'affiche" in shown
    assert "Organisations présentes Mairie du 13e" in shown
    with cast.house.stores.main.transaction() as session:
        assert total(session, Indicator.RAV_MEETINGS, cast.cells["13"].id) == 1


def test_a_tool_is_counted_once_in_use_and_a_point_is_dealt_with_once(cast: Cast) -> None:
    address = organised(cast)
    added(cast, address, "outils", {"title": "Fiche réflexe"})
    added(cast, address, "ameliorations", {"step": "reception", "title": "Pas d'interprète au premier accueil"})
    browser = cast.browser("coordinator_13")
    for kind, count in (("outils", Indicator.RAV_TOOLS), ("ameliorations", None)):
        page = browser.get(address)
        [action] = {form.action for form in forms_of(page) if form.action.startswith(f"/reseaux/{kind}/")}
        assert browser.resend(page, {}, action).status_code == 303
        assert browser.resend(page, {}, action).status_code == 412
        if count:
            with cast.house.stores.main.transaction() as session:
                assert total(session, count, cast.cells["13"].id) == 1


def test_a_closed_network_takes_nothing_more_and_is_counted_no_longer(cast: Cast) -> None:
    address = organised(cast)
    browser = cast.browser("coordinator_13")
    assert browser.send(address, {}, f"{address}/fermeture").status_code == 303
    fields = {"csrf": browser.csrf(), "title": "Fiche réflexe"}
    assert browser.post(f"{address}/outils", fields).status_code == 409
    with cast.house.stores.main.transaction() as session:
        assert total(session, Indicator.RAV_NETWORKS, cast.cells["13"].id) == 0


HIDDEN = "12 rue Cachée"


def test_a_confidential_address_is_refused_and_can_stand_nowhere(cast: Cast) -> None:
    refused = structured(cast, address=HIDDEN)
    assert refused.status_code == 422
    assert "ne s'enregistre pas" in words_of(refused)
    structured(cast)
    session = Session(cast.house.stores.main.engine)
    with session, pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.update(Structure).values(address=HIDDEN))


def test_a_confidential_address_is_shown_nowhere_even_were_it_stored() -> None:
    row = Structure(
        name="Halte",
        kind=StructureKind.SHELTER,
        publics=(Public.WOMEN,),
        themes=(Theme.HOUSING,),
        arrondissements=(14,),
        confidential=True,
        address=HIDDEN,
        transport="métro Cachée",
        phones="3919",
        accessibility=(),
        revised_on=date(2026, 11, 1),
    )
    view = structure_view(row)
    assert (view.address, view.transport) == (None, None)
    assert search([row], "cachee") == ()


def test_the_guide_is_closed_to_the_public_until_the_city_decides_and_closed_again(cast: Cast) -> None:
    structured(cast)
    stranger = cast.anonymous()
    assert stranger.get("/guide").status_code == 404
    assert stranger.post("/guide", {"search": "halte"}).status_code == 404
    for who in ("coordinator_13", "dpo"):
        assert cast.browser(who).get("/reseaux/guide/ouverture").status_code == 403
    for opens, status in (("oui", 200), ("non", 404), ("oui", 200)):
        decision = {"opens": opens, "act": "délibération 2026 DPMP 12", "decided_on": "20/11/2026"}
        assert cast.browser("administrator").send("/reseaux/guide/ouverture", decision).status_code == 303
        assert stranger.get("/guide").status_code == status
        cast.clock.advance(timedelta(minutes=1))
    page = stranger.send("/guide", {"search": "hébergement fem"})
    said = words_of(page)
    for words in ("Halte Marguerite", "confidentielle : appelez", "17", "114", "119", "3919", "Quitter vite"):
        assert words in said
    assert "/guide/quitter" in links_of(page)
    assert stranger.get("/guide/quitter").status_code == 303
    assert "set-cookie" not in page.headers
    assert "sect" not in str(page.url)


def given(cast: Cast) -> tuple[str, str]:
    """Give a desk a link: the link, and the address that revokes it."""
    browser = cast.browser("coordinator_13")
    page = browser.get("/reseaux/guide/accueils")
    [institution] = re.findall(r'<option value="([^"]+)">Mairie du 13e', page.text)
    made = browser.resend(page, {"institution": institution, "desk": "Accueil"}, "/reseaux/guide/accueils")
    assert made.status_code == 200
    [link] = re.findall(r"/accueil/[\w-]+", words_of(made))
    [revoke] = {form.action for form in forms_of(made) if form.action.endswith("/revocation")}
    return link, revoke


def test_a_desk_reads_the_guide_by_its_link_until_it_is_revoked(cast: Cast) -> None:
    structured(cast)
    link, revoke = given(cast)
    stranger = cast.anonymous()
    assert "Halte Marguerite" in words_of(stranger.get(link))
    assert "Halte Marguerite" in words_of(stranger.send(link, {"search": "foyer fem"}))
    with cast.house.stores.main.transaction() as session:
        stored = session.scalars(sa.select(DeskLink)).one()
        assert link.rpartition("/")[2].encode() not in stored.link_hash
    assert (
        cast.browser("coordinator_18")
        .post(revoke, {"csrf": cast.browser("coordinator_18").csrf(), "version": "1"})
        .status_code
        == 404
    )
    assert cast.browser("coordinator_13").send("/reseaux/guide/accueils", {}, revoke).status_code == 303
    assert stranger.get(link).status_code == 404
    assert stranger.get("/accueil/" + "x" * 43).status_code == 404


def test_a_link_ends_after_a_year_and_its_openings_are_bounded(cast: Cast) -> None:
    link, _ = given(cast)
    stranger = cast.anonymous()
    with cast.house.stores.main.transaction() as session:
        hour = int(cast.clock().timestamp()) // HOUR
        session.execute(sa.update(DeskLink).values(hour=hour, opened=OPENED_PER_HOUR - 1))
    assert stranger.get(link).status_code == 200
    throttled = stranger.get(link)
    assert throttled.status_code == 429
    assert "Retry-After" in throttled.headers
    cast.clock.advance(timedelta(hours=1))
    assert stranger.get(link).status_code == 200
    cast.clock.advance(timedelta(days=366))
    assert stranger.get(link).status_code == 404


def test_an_edition_never_changes_and_the_next_one_says_what_did(cast: Cast) -> None:
    structured(cast)
    structured(cast, name="Point d'accès au droit", confidential="non", kind="legal_point", themes="rights")
    browser = cast.browser("coordinator_13")
    first = browser.send("/reseaux/guide/editions", {"year": "2026"})
    assert first.status_code == 303
    assert browser.send("/reseaux/guide/editions", {"year": "2026"}).status_code == 422
    assert browser.send("/reseaux/guide/editions", {"year": "2031"}).status_code == 422
    before = browser.get(first.headers["location"].partition("?")[0] + "/pdf").content
    with cast.house.stores.main.transaction() as session:
        [halte] = session.scalars(sa.select(Structure).where(col(Structure.name) == "Halte Marguerite"))
    sheet = f"/reseaux/guide/structures/{halte.reference}"
    assert browser.send(f"{sheet}/modification", {"phones": "3919"}).status_code == 303
    structured(cast, name="Maison des femmes", confidential="non", kind="women_house")
    second = browser.send("/reseaux/guide/editions", {"year": "2027"})
    said = words_of(browser.get(second.headers["location"]))
    assert "Halte Marguerite Modifiée téléphones" in said
    assert "Maison des femmes Ajoutée" in said
    assert browser.get(first.headers["location"].partition("?")[0] + "/pdf").content == before
    address = second.headers["location"].partition("?")[0]
    diffusion = {"medium": "email", "sent_on": "23/11/2026", "recipients": "42"}
    assert browser.send(address, diffusion).status_code == 303
    assert "Courriel aux accueils" in words_of(browser.get(address))
    with cast.house.stores.main.transaction() as session:
        assert len(session.scalars(sa.select(Edition)).all()) == 2


def test_a_sheet_that_nobody_revised_for_a_year_is_pointed_at(cast: Cast) -> None:
    structured(cast)
    browser = cast.browser("coordinator_13")
    assert "pas été relue" not in words_of(browser.get("/reseaux/guide"))
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.update(Structure).values(revised_on=date(2025, 11, 1)))
        [structure] = session.scalars(sa.select(Structure))
    assert "Une fiche n'a pas été relue depuis un an" in words_of(browser.get("/reseaux/guide"))
    sheet = f"/reseaux/guide/structures/{structure.reference}"
    assert browser.send(sheet, {}, f"{sheet}/revision").status_code == 303
    assert "pas été relue" not in words_of(browser.get("/reseaux/guide"))


GUIDANCE = "/reseaux/situation-individuelle"


def test_a_minor_is_sent_to_119_crip_and_uaped_before_the_form_and_the_form_after_three_questions(cast: Cast) -> None:
    browser = cast.browser("education_13")
    page = browser.send(GUIDANCE, {"who": "minor"})
    said = words_of(page)
    assert said.index("119") < said.index("CRIP") < said.index("UAPED")
    assert "/signalements/nouveau" not in page.text.partition("<main")[2]
    answers = {"immediate_danger": "non", "school_offence": "non", "radicalisation": "non"}
    asked = browser.resend(page, answers, GUIDANCE)
    assert "/signalements/nouveau" in asked.text.partition("<main")[2]
    for question in answers:
        diverted = browser.resend(page, answers | {question: "oui"}, GUIDANCE)
        assert "/signalements/nouveau" not in diverted.text.partition("<main")[2]


def test_an_adult_is_shown_the_structures_that_match_and_nothing_is_kept(cast: Cast) -> None:
    structured(cast)
    browser = cast.browser("police_13")
    browser.get(GUIDANCE)
    before = rows(cast)
    page = browser.send(GUIDANCE, {"who": "adult", "theme": "housing", "arrondissement": "14"})
    assert "Halte Marguerite" in words_of(page)
    other = browser.send(GUIDANCE, {"who": "adult", "theme": "sects", "arrondissement": "14"})
    assert "Halte Marguerite" not in words_of(other)
    after = rows(cast)
    for name in before.keys() - {"account_session"}:
        assert after[name] == before[name], name


API = "/api/v1"


def test_a_program_organises_under_the_same_rules(cast: Cast) -> None:
    body = {
        "cell": cast.cells["13"].reference,
        "name": "Réseau du sud",
        "arrondissements": [13, 14],
        "themes": ["intimate_violence"],
    }
    for who, status in (("coordinator_18", 403), ("police_13", 403), ("administrator", 403), ("reporter", 403)):
        assert cast.program(who).post(f"{API}/reseaux", body).status_code == status, who
    program = cast.program("coordinator_13")
    assert program.post(f"{API}/reseaux", {**body, "name": PERSON}).status_code == 422
    made = program.post(f"{API}/reseaux", body)
    assert made.status_code == 201
    address = f"{API}/reseaux/{made.json()['reference']}"
    named = {"name": "Réseau des deux rives", "arrondissements": [13]}
    assert program.post(address, named).status_code == 428
    assert program.post(address, named, If_Match='"9"').status_code == 412
    assert program.post(address, named, If_Match=made.headers["ETag"]).status_code == 200
    event = {"day": "november_25", "title": "Marche", "held_on": "2026-11-25", "place": "Place d'Italie"}
    assert program.post(f"{address}/evenements", event).status_code == 201
    assert cast.program("police_13").post(f"{address}/evenements", event).status_code == 403
    assert cast.program("reporter").post(f"{address}/evenements", event).status_code == 404
    assert program.post(f"{address}/evenements", event | {"title": PERSON}).status_code == 422
    assert cast.program("police_13").get(address).json()["name"] == "Réseau des deux rives"
    assert cast.program("police_13").get(f"{API}/reseaux").json()[0]["arrondissements"] == "13e"


def test_a_program_never_reads_a_confidential_address(cast: Cast) -> None:
    structured(cast)
    program = cast.program("recipient")
    [found] = program.post(f"{API}/guide/recherche", {"search": "hébergement fem"}).json()
    assert found["confidential"] is True
    assert found["address"] is None
    forged = {
        "cell": cast.cells["13"].reference,
        "name": "Halte",
        "kind": "shelter",
        "publics": ["women"],
        "themes": ["housing"],
        "phones": "3919",
        "confidential": True,
        "address": HIDDEN,
    }
    assert cast.program("coordinator_13").post(f"{API}/guide/structures", forged).status_code == 422
    assert program.post(f"{API}/guide/structures", forged | {"confidential": False}).status_code == 403


def test_the_contacts_of_a_network_are_convened_and_told_of_a_cancellation_with_an_entry_for_their_diary(
    cast: Cast,
) -> None:
    address = organised(cast)
    browser = cast.browser("coordinator_13")
    answer = added(cast, address, "membres", {"organisation": "Association du Sud", "kind": "association"})
    assert answer.status_code == 303, words_of(answer)
    [member] = {link for link in links_of(browser.get(address)) if link.startswith("/reseaux/membres/")}
    for name, email in (("Odile Carentan", "o@asso.invalid"), ("Luc Perdrix", "l@asso.invalid")):
        contact = {"name": name, "function": "juriste", "phone": "01 99 00 13 01", "email": email}
        assert browser.send(member, contact).status_code == 303
    meeting: dict[str, Values] = {
        "kind": "plenary",
        "title": "Plénière",
        "day": "10/12/2026",
        "hour": "14:30",
        "place": "Mairie du 13e",
        "agenda": ("Tour de table",),
    }
    assert added(cast, address, "reunions", meeting).status_code == 303
    [sheet] = {link for link in links_of(browser.get(address)) if link.startswith("/reseaux/reunions/")}
    assert browser.send(sheet, {}, f"{sheet}/annulation").status_code == 303
    with cast.house.stores.main.transaction() as session:
        sent = session.scalars(sa.select(MailOutbox)).all()
    assert {row.recipient for row in sent} == {"o@asso.invalid", "l@asso.invalid"}
    entries = [(row.template, read_calendar(row.calendar)) for row in sent if row.calendar]
    assert len(entries) == 4
    assert len({str(event["uid"]) for _, (_, event) in entries}) == 1
    for template, (method, event) in entries:
        expected = ("REQUEST", 0) if template == "rav_convocation" else ("CANCEL", 1)
        assert (method, event["sequence"]) == expected
        assert str(event["summary"]) == "Réunion d'un réseau d'aide aux victimes"
        assert event.decoded("dtstart") == datetime(2026, 12, 10, 13, 30, tzinfo=UTC)


def read_calendar(text: str) -> tuple[str, Component]:
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    return str(calendar["method"]), event


def test_the_networks_and_their_guide_work_on_postgresql_under_row_level_security(guarded: Cast) -> None:
    test_coordinateur_13_organises_a_network_convenes_publishes_and_finds(guarded)
    test_the_contacts_of_a_network_are_convened_and_told_of_a_cancellation_with_an_entry_for_their_diary(guarded)
