"""Who has no business with a situation of the 13e sees nothing of it, by every route, and changes nothing.

Real accounts, real sessions and tokens: another cell's people, every role without reading, and everybody who was or
would be a coordinator of the 13e and is not: former, lapsed, excluded, signed out, of an institution without charter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute
from httpx2 import Response
from sqlmodel import col

from backend.app import ROUTERS
from backend.boards.queries.lists import GROUPS
from backend.parquet.models import ParquetAnswer
from backend.signalements.models import Draft, Invitation, Signalement
from backend.situations.models import Situation
from tests.support.cast import WITHOUT_SITUATIONS, Cast, copied
from tests.support.http import links_of
from tests.support.journeys import (
    START,
    TYPED,
    Sent,
    answered,
    at_parquet,
    decided,
    drafted,
    problem,
    qualified,
    rows,
    sent,
)
from tests.support.sessions import send_to_crip

NOWHERE = "0000-0000-0000"
REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")
WRITTEN = ("Zylberkwist", "Wilhelmine", "Obrenovitch", "Peupliersverts", "Moulinbleu", "Squareperdu", "Gardienrouge")
"""What the situations of the 13e say, that stands nowhere else."""

FEATURES = ("situations", "recepisses", "brouillons", "invitations", "transmissions")
"""Parts of the product whose references lead to something nominative, or to what belongs to the 13e."""

TYPES = {
    "last_name": "Zylberkwist",
    "first_name": "Wilhelmine",
    "representative_name": "Obrenovitch",
    "school": "Collège Peupliersverts",
    "address": "3 rue Moulinbleu",
    "place": "Squareperdu",
}
THOROUGHLY = ("coordinator_18", "reporter", "former_13")
"""Who tries every reference at every address, of its kind or not."""

AUTHOR = "town_hall_13"
"""Who sent the signalements: somebody who may, and whose receipts nobody else reads."""


@dataclass(frozen=True)
class Scene:
    """A house in which the 13e has a situation at every stage, a draft, receipts and an invitation."""

    cast: Cast
    references: dict[str, str]

    @property
    def known(self) -> frozenset[str]:
        return frozenset(self.references.values())


@pytest.fixture(scope="module")
def scene(troupe: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    cast = copied(troupe, tmp_path_factory.mktemp("outsiders") / "house")
    done = {name: at_parquet(cast, **TYPES) for name in ("with_parquet", "retained", "not_retained")}
    references = {name: one.situation for name, one in done.items()}
    answered(cast, {references["retained"]: "retained", references["not_retained"]: "not_retained"})
    decided(cast, references["with_parquet"], "sortie/crip", {"channel": "phone"})
    received = sent(cast, AUTHOR, **TYPES)
    admissible, refused = sent(cast, AUTHOR, **TYPES), sent(cast, AUTHOR, **TYPES)
    qualified(cast, admissible.situation)
    qualified(cast, refused.situation, admissible="non", ground="duplicate")
    redirected = sent(cast, AUTHOR, **TYPES, qualification="danger")
    qualified(cast, redirected.situation, concern_answer="yes", concern_channel="phone")
    references |= {"received": received.situation, "admissible": admissible.situation}
    references |= {"refused": refused.situation, "redirected": redirected.situation, "receipt": received.receipt}
    references |= merged(cast, references["received"])
    address = drafted(cast, "education_13")
    cast.browser("education_13").send(address, {**TYPED, **TYPES, "act": "save"})
    references["draft"] = address.rpartition("/")[2]
    references |= invited(cast) | inner(cast) | transmitted_to_crip(cast, references["admissible"])
    yield Scene(cast, references)
    cast.house.stores.dispose()


def merged(cast: Cast, into: str) -> dict[str, str]:
    absorbed: Sent = sent(cast, AUTHOR, **TYPES)
    path = f"/situations/{absorbed.situation}/rattachement"
    coordinator = cast.browser("coordinator_13")
    assert coordinator.post(path, {"csrf": coordinator.csrf(), "version": "1", "into": into}).status_code == 303
    return {"alias": absorbed.situation}


def invited(cast: Cast) -> dict[str, str]:
    coordinator = cast.browser("coordinator_13")
    page = coordinator.get("/invitations")
    choices = dict(re.findall(r'<option value="([\w-]{14})">([^<]+)', page.text))
    by_name = {name: value for value, name in choices.items()}
    fields = {
        "cell": by_name["CENOMED du 13e"],
        "institution": by_name["Bailleur du Sud"],
        "agent_name": "Gardienrouge",
        "agent_function": "gardien",
    }
    assert coordinator.resend(page, fields, "/invitations").status_code == 200
    with cast.house.stores.main.transaction() as session:
        return {"invitation": session.scalars(sa.select(col(Invitation.reference))).one()}


def transmitted_to_crip(cast: Cast, situation: str) -> dict[str, str]:
    """Give what only the coordinator and the CRIP may know of."""
    answer = send_to_crip(cast, situation)
    assert answer.status_code == 200, answer.text
    return {"transmission": answer.json()["reference"]}


def inner(cast: Cast) -> dict[str, str]:
    """Give the references that only the coordinator's pages carry."""
    with cast.house.stores.main.transaction() as session:
        assert len(session.scalars(sa.select(ParquetAnswer)).all()) == 2
        assert len(session.scalars(sa.select(Draft)).all()) == 1
        return {"signalement": session.scalars(sa.select(col(Signalement.reference))).first() or ""}


def routes(method: str) -> list[str]:
    """Give the paths of every route that takes a reference of something nominative, or of something of the 13e."""
    paths = [
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and method in (route.methods or ())
    ]
    return [path for path in paths if "{reference}" in path and any(part in path for part in FEATURES)]


def about(scene: Scene, path: str, *, thorough: bool) -> dict[str, str]:
    """Give the references worth trying at a path: those of its kind, or every one."""
    kinds = {
        "recepisses": {"receipt"},
        "brouillons": {"draft"},
        "invitations": {"invitation"},
        "/transmissions/": {"transmission"},
    }
    names = next((names for part, names in kinds.items() if part in path), {"received", "with_parquet", "alias"})
    return {name: reference for name, reference in scene.references.items() if thorough or name in names}


def filled(path: str, reference: str) -> str:
    return path.replace("{reference}", reference).replace("{kind}", "crip")


def ask(cast: Cast, who: str, path: str) -> Response:
    return cast.program(who).get(path) if path.startswith("/api/") else cast.browser(who).get(path)


def said(answer: Response, reference: str) -> tuple[int, str, str]:
    """Give what an answer says, without the reference that was asked for."""
    location = answer.headers.get("location", "").replace(reference, "REF")
    return answer.status_code, location, answer.text.replace(reference, "REF")


def test_the_coordinator_and_the_parquet_do_read_what_the_others_do_not(scene: Scene) -> None:
    for name in ("with_parquet", "retained", "not_retained"):
        for who in ("coordinator_13", "parquet_13"):
            assert "Zylberkwist" in ask(scene.cast, who, f"/situations/{scene.references[name]}").text
    for name in ("received", "admissible", "refused", "redirected"):
        assert "Zylberkwist" in ask(scene.cast, "coordinator_13", f"/situations/{scene.references[name]}").text
        assert ask(scene.cast, "parquet_13", f"/situations/{scene.references[name]}").status_code == 404
    assert ask(scene.cast, "coordinator_13", f"/situations/{scene.references['alias']}").status_code == 303
    assert len(routes("GET")) >= 10
    assert len(routes("POST")) >= 11


@pytest.mark.parametrize("who", WITHOUT_SITUATIONS)
def test_an_existing_reference_and_a_random_one_are_answered_alike(scene: Scene, who: str) -> None:
    own = {"receipt"} if who == AUTHOR else {"draft"} if who == "education_13" else set()
    for path in routes("GET"):
        nowhere = said(ask(scene.cast, who, filled(path, NOWHERE)), NOWHERE)
        refused = {303, 401, 404} | ({422} if who == "social_coordinator_13" and "recherche" in path else set())
        assert nowhere[0] in refused, (path, nowhere[0])
        for name, reference in about(scene, path, thorough=who in THOROUGHLY).items():
            if name in own:
                continue
            answer = ask(scene.cast, who, filled(path, reference))
            assert said(answer, reference) == nowhere, (path, name)
            assert not any(word in answer.text for word in WRITTEN)


@pytest.mark.parametrize("who", WITHOUT_SITUATIONS)
def test_every_page_that_leads_to_another_shows_nothing(scene: Scene, who: str) -> None:
    browser, program = scene.cast.browser(who), scene.cast.program(who)
    seen: set[str] = set()
    awaiting = ["/", "/parquet", "/invitations", "/signalements", "/cellules", "/comptes", "/habilitations"]
    awaiting += [f"/situations?groupe={group}" for group in GROUPS]
    while awaiting:
        page = awaiting.pop()
        seen.add(page)
        answer = browser.get(page)
        assert not any(word in answer.text for word in WRITTEN), page
        shown = scene.known & set(REFERENCE.findall(answer.text))
        allowed = {scene.references["receipt"]} if who == AUTHOR else set()
        allowed |= {scene.references["draft"]} if who == "education_13" else set()
        assert shown <= allowed, page
        links = {link for link in links_of(answer) if link.startswith("/") and "brouillons" not in link}
        awaiting += sorted(links - seen - set(awaiting))
    for path in ("/api/v1/situations", "/api/v1/situations?groupe=retenues", "/api/v1/situations?groupe=non-retenues"):
        answer = program.get(path)
        if answer.status_code == 200:
            assert answer.json() == {"situations": [], "following": None}
        else:
            assert problem(answer)["status"] == 401


@pytest.mark.parametrize("who", WITHOUT_SITUATIONS)
def test_nothing_that_is_sent_changes_anything(scene: Scene, who: str) -> None:
    cast = scene.cast
    browser, program = cast.browser(who), cast.program(who)
    csrf = browser.csrf()
    fields = {
        **TYPED,
        "csrf": csrf,
        "admissible": "oui",
        "reason": "motive_unclear",
        "into": scene.references["received"],
        "arrondissement": "18",
        "signalement": scene.references["signalement"],
        "outcome": "dropped",
        "channel": "phone",
        "made_on": "20/11/2026",
        "act": "abandon",
        "value": "nothing",
        "guest": NOWHERE,
        "mode": "letter",
        **dict.fromkeys(("first_holder", "second_holder", "minor"), "informed"),
        "institution": NOWHERE,
        "ground": "secrecy",
        "undertaking": "oui",
        "answered_on": "20/11/2026",
    }
    shapes = {
        "qualification": ("admissible",),
        "renvoi": ("reason",),
        "rattachement": ("into",),
        "transfert": ("arrondissement",),
        "relecture": ("signalement", "outcome"),
        "crip": ("channel", "made_on"),
        "recherche": ("value",),
        "invite": ("guest",),
        "famille": ("mode", "made_on", "first_holder", "second_holder", "minor"),
        "exception": ("ground",),
        "lettre": (),
        "transmission-crip": ("institution",),
        "transmission": ("institution",),
        "engagement": ("undertaking",),
        "retour": ("value", "answered_on"),
    }
    bodies: dict[str, dict[str, object]] = {
        "qualification": {"admissible": True},
        "recherche": {"value": "nothing"},
        "invite": {"guest": NOWHERE},
        "cloture": {"reason": "moved_away"},
        "famille": {
            "made_on": "2026-11-20",
            "mode": "letter",
            **dict.fromkeys(("first_holder", "second_holder", "minor"), "informed"),
        },
        "exception": {"ground": "secrecy"},
        "transmission-crip": {"institution": NOWHERE},
        "transmission": {"institution": NOWHERE},
        "engagement": {"undertaking": True},
        "retour": {"value": "possible", "answered_on": "2026-11-20"},
    }
    refused = {401, 403, 404}

    def charter(path: str) -> set[int]:
        return {422} if who == "social_coordinator_13" and path.endswith("/recherche") else set()

    before = nominative(cast)
    versions = versions_of(cast)
    tried = 0
    for path in routes("POST"):
        for name, reference in about(scene, path, thorough=who == "coordinator_18").items():
            if (name, who) == ("draft", "education_13"):
                continue
            if path.startswith("/api/"):
                body = bodies.get(filled(path, "").rpartition("/")[2], {"answer": "retained"})
                answer = program.post(filled(path, reference), body, If_Match=f'"{versions.get(reference, 1)}"')
                assert answer.status_code in refused | charter(path), (path, name)
                tried += 1
                continue
            names = shapes.get(filled(path, "").rpartition("/")[2])
            kept = fields if names is None else {key: fields[key] for key in ("csrf", *names)}
            version = str(versions.get(reference, 1))
            if path.endswith("/retour"):
                kept = {**kept, "value": "possible"}
            answer = browser.post(filled(path, reference), {**kept, "version": version})
            assert answer.status_code in refused | charter(path), (path, name, answer.status_code)
            assert not any(word in answer.text for word in WRITTEN)
            tried += 1
    for reference in (scene.references["admissible"], scene.references["with_parquet"]):
        answer = browser.post("/situations/transmission-parquet", {"csrf": csrf, "references": reference})
        assert answer.status_code in {401, 403, 404}
        given = {"csrf": csrf, f"answer-{reference}": "not_retained", f"version-{reference}": str(versions[reference])}
        assert browser.post("/parquet", given).status_code in {401, 403, 404}
        sending = program.post("/api/v1/situations/transmission-parquet", {"references": [reference]})
        assert sending.status_code in {401, 403, 404}
    assert nominative(cast) == before
    assert tried >= 20


def versions_of(cast: Cast) -> dict[str, int]:
    """Give the version of every situation, which an attacker could guess."""
    with cast.house.stores.main.transaction() as session:
        found = session.execute(sa.select(col(Situation.reference), col(Situation.version)))
        return {row.reference: row.version for row in found}


def nominative(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    """Give the rows of what is nominative, and of what counts it: sessions and the journal move at every request."""
    moving = {"account_session", "journal_outbox", "journal_watermark", "account", "idempotency_key"}
    return {name: found for name, found in rows(cast).items() if name not in moving}


def test_a_refusal_leaves_a_line_in_the_journal_that_names_nobody(scene: Scene) -> None:
    cast, reference = scene.cast, scene.references["received"]
    cast.browser("coordinator_18").get(f"/situations/{reference}")
    with cast.house.stores.journal.transaction() as session:
        bodies = session.execute(sa.text("SELECT name, body FROM journal_entry WHERE name LIKE '%refus%'")).all()
    assert any(reference in body for _, body in bodies)
    assert not any(word in body for _, body in bodies for word in WRITTEN)


def test_a_token_is_no_cookie_and_a_cookie_is_no_token(scene: Scene) -> None:
    cast = scene.cast
    path = f"/api/v1/situations/{scene.references['received']}"
    browser, stranger = cast.browser("coordinator_13"), cast.stranger()
    assert browser.get(path).status_code == 401
    secret = browser.client.cookies["cenacle"]
    assert stranger.get(path, Authorization=f"Bearer {secret}").status_code == 401
    token = cast.program("coordinator_13").token
    anonymous = cast.anonymous()
    anonymous.client.cookies.set("cenacle", token or "")
    assert anonymous.get(f"/situations/{scene.references['received']}").status_code == 303
    bearer = anonymous.client.get(
        f"/situations/{scene.references['received']}", headers={"Authorization": f"Bearer {token}"}
    )
    assert bearer.status_code == 303


def test_an_invitation_that_was_not_opened_gives_no_session(scene: Scene) -> None:
    anonymous = scene.cast.anonymous()
    anonymous.client.cookies.set("cenacle-formulaire", scene.references["invitation"])
    assert anonymous.get("/formulaire").status_code == 404
    assert anonymous.post("/formulaire", {**START, **TYPED}).status_code in {404, 422}
