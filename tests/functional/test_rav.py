"""The victims' aid networks through HTTP: organised, convened, published, searched, and never about a person."""

from collections.abc import Mapping

from httpx2 import Response

from backend.counts.deltas import Indicator, total
from tests.support.cast import Cast
from tests.support.http import Values, form_of, words_of

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
    assert pdf.content.startswith(b"%PDF-1.7")
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
