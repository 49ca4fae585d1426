"""Every route of every feature: what it declares, whom it turns away, what its answers carry and never repeat."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.routing import APIRoute
from httpx2 import Response

from backend.app import ROUTERS
from backend.web.forms import PLUMBING, Shape
from backend.web.headers import HEADERS
from backend.web.requests import Declaration
from tests.support.cast import Cast, copied
from tests.support.http import form_of, title_of, words_of
from tests.support.journeys import BODY, SIGNALEMENTS, Sent, problem, sent

UNKNOWN = {
    "reference": "0000-0000-0000",
    "kind": "crip",
    "secret": "s" * 43,
    "token": "t" * 43,
    "version": "cenomed-2023",
}
"""What stands for a parameter of a path; an e-mail address for the personas of the demonstration."""

MARK = "Zylberkwist"
"""A name that no page holds, typed wherever something may be typed."""

PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Road:
    """A route, with an address that it answers."""

    method: str
    path: str
    declaration: Declaration | None
    package: str

    @property
    def address(self) -> str:
        """An address of the route, with references that nobody has."""
        return re.sub(r"{(\w+)}", lambda found: UNKNOWN.get(found[1], "personne@demo.invalid"), self.path)

    @property
    def is_open(self) -> bool:
        """Tell whether the route protects no row."""
        return self.declaration is not None and self.declaration.open_to is not None


def roads() -> Iterator[Road]:
    """Walk every router."""
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            declared = [item.dependency for item in route.dependencies if isinstance(item.dependency, Declaration)]
            for method in sorted(route.methods or ()):
                package = ".".join(route.endpoint.__module__.split(".")[:2])
                yield Road(method, route.path, declared[0] if len(declared) == 1 else None, package)


ROADS = tuple(roads())
PAGES = tuple(road for road in ROADS if not road.path.startswith("/api/"))
PROGRAMS = tuple(road for road in ROADS if road.path.startswith("/api/"))


def named(road: object) -> str:
    return f"{road.method} {road.path}" if isinstance(road, Road) else str(road)


@pytest.fixture(scope="module")
def house(troupe: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Share one house: nothing here is meant to change anything."""
    cast = copied(troupe, tmp_path_factory.mktemp("routes") / "house")
    yield cast
    cast.house.stores.dispose()


def asked(cast: Cast, road: Road, who: str | None, **headers: str) -> Response:
    """Ask a route as somebody, with nothing but what the address says."""
    if road.path.startswith("/api/"):
        program = cast.program(who) if who else cast.stranger()
        return program.get(road.address) if road.method == "GET" else program.post(road.address, {})
    browser = cast.browser(who) if who else cast.anonymous()
    return browser.get(road.address) if road.method == "GET" else browser.post(road.address, {}, **headers)


def test_the_routers_hold_the_whole_product() -> None:
    assert len(ROADS) > 90
    assert {"GET", "POST"} == {road.method for road in ROADS}


@pytest.mark.parametrize("road", ROADS, ids=named)
def test_every_route_declares_one_action_or_for_whom_it_is_open(road: Road) -> None:
    assert road.declaration is not None
    assert (road.declaration.action is None) != (road.declaration.open_to is None)


def test_no_two_routes_answer_one_address() -> None:
    known = [(road.method, road.path) for road in ROADS]
    assert len(known) == len(set(known))


@pytest.mark.parametrize("road", [road for road in ROADS if not road.is_open], ids=named)
def test_nobody_signed_in_is_sent_to_sign_in(house: Cast, road: Road) -> None:
    answer = asked(house, road, None)
    if road.path.startswith("/api/"):
        assert problem(answer)["status"] == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    elif road.method == "GET":
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/connexion?suite=/")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("road", [road for road in PAGES if road.method == "POST"], ids=named)
def test_a_form_from_another_site_is_refused(house: Cast, road: Road) -> None:
    for origin in ("https://ailleurs.example", "null", ""):
        assert asked(house, road, "coordinator_13", Origin=origin).status_code == 403
    cross = asked(house, road, "coordinator_13", **{"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403


@pytest.mark.parametrize("road", [road for road in PAGES if road.method == "POST" and not road.is_open], ids=named)
def test_a_form_without_the_token_of_its_page_is_refused(house: Cast, road: Road) -> None:
    browser = house.browser("coordinator_13")
    for token in ("", "faux", house.browser("coordinator_18").csrf(), house.anonymous().csrf()):
        answer = browser.post(road.address, {"csrf": token})
        assert answer.status_code == 403
        assert "Rechargez-la" in words_of(answer)
    assert browser.post(road.address, {}).status_code == 403


@pytest.mark.parametrize("road", ROADS, ids=named)
@pytest.mark.parametrize("who", [None, "coordinator_13", "administrator"])
def test_every_answer_carries_the_headers_of_protection(house: Cast, who: str | None, road: Road) -> None:
    if who and road.path in {"/deconnexion", "/verrouillage", "/compte/sessions", "/connexion/demo/{email}"}:
        return  # they end the session that the next test needs; another test asks them as nobody
    check_headers(asked(house, road, who))


def check_headers(answer: Response) -> None:
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    assert "Server" not in answer.headers
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", answer.text)
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", answer.text)


def test_errors_of_the_framework_itself_carry_them_too(house: Cast) -> None:
    browser, program = house.browser("reporter"), house.program("reporter")
    for answer, status in (
        (browser.get("/nulle-part"), 404),
        (browser.client.put("/signalements"), 403),
        (browser.client.request("DELETE", "/aide", headers={"Origin": browser.origin}), 405),
        (browser.raw("/signalements/nouveau", b"x" * 70_000), 413),
        (browser.get("/static/nulle-part.css"), 404),
        (browser.client.get("/", headers={"Host": "ailleurs.example"}), 400),
        (program.get("/api/v1/nulle-part"), 404),
        (program.client.put("/api/v1/signalements"), 405),
        (program.raw(SIGNALEMENTS, b"x" * 70_000), 413),
        (program.raw(SIGNALEMENTS, b"{"), 422),
    ):
        check_headers(answer)
        assert answer.status_code == status
        if str(answer.url.path).startswith("/api/"):
            assert problem(answer)["status"] == status


@pytest.mark.parametrize("road", PROGRAMS, ids=named)
def test_every_refusal_of_the_api_is_a_problem_in_french(house: Cast, road: Road) -> None:
    for who in (None, "recipient", "administrator", "excluded_13"):
        answer = asked(house, road, who)
        if answer.status_code >= 400:
            found = problem(answer)
            assert re.search(r"[A-Za-zÀ-ÿ]{3,}.*[.!]$", found["detail"])
            assert not re.search(
                r"\b(?:error|invalid|field|required|not found)\b", found["title"] + found["detail"], re.IGNORECASE
            )


@pytest.mark.parametrize("road", [road for road in PROGRAMS if road.method == "POST"], ids=named)
def test_a_program_never_reads_back_what_it_sent_in_an_error(house: Cast, road: Road) -> None:
    for who in (None, "reporter", "coordinator_13", "parquet_13"):
        program = house.program(who) if who else house.stranger()
        for body in (
            dict.fromkeys([*BODY, "email", "mot_de_passe", "code", "answer", "references", "admissible"], MARK),
            {MARK: MARK},
            [MARK],
            {**BODY, "sex": MARK, "motives": [MARK], "birth_date": MARK, "quartier": MARK},
            {"last_name": {MARK: [MARK]}},
        ):
            answer = program.post(road.address, body, If_Match='"1"')
            assert answer.status_code >= 400
            assert MARK not in answer.text.replace(f'"{MARK}":"Ce champ', "")
        check_unread(program.raw(road.address, f'{{"last_name": "{MARK}'.encode(), If_Match='"1"'))


def check_unread(answer: Response) -> None:
    assert 400 <= answer.status_code < 500
    assert MARK not in answer.text


@pytest.mark.parametrize("road", PAGES, ids=named)
def test_a_page_never_reads_back_its_address_nor_its_query(house: Cast, road: Road) -> None:
    if road.method == "GET" and "suite" not in road.path and road.path != "/connexion":
        browser = house.browser("coordinator_13")
        query = "&".join(f"{name}={MARK}" for name in ("fait", "groupe", "apres", "erreur", "next", MARK))
        answer = browser.get(f"{road.address}?{query}")
        assert answer.status_code < 500
        assert MARK not in answer.text
        at = re.sub(r"{(\w+)}", MARK, road.path)
        if at != road.path and "secret" not in road.path and "token" not in road.path:
            assert MARK not in browser.get(at).text


def shapes_of(road: Road) -> set[frozenset[str]]:
    """Give the fields of each form that the package of a route knows, and those of none."""
    known = [vars(module) for name, module in sys.modules.items() if f"{name}.".startswith(f"{road.package}.")]
    shapes = [value for names in known for value in names.values() if isinstance(value, type)]
    return {frozenset(shape.model_fields) for shape in shapes if issubclass(shape, Shape)} | {frozenset({MARK})}


SEARCHES = {"/reseaux/guide", "/annuaire"}
"""What is looked for is shown back in its field: such an answer is no error."""

PLAIN = [
    road
    for road in PAGES
    if road.method == "POST" and not road.is_open and "{" not in road.path and road.path not in SEARCHES
]


ACTS = ("/compte/", "/verr", "/annuaire/liste-de-depart", "/purge/")
"""What asks for nothing but the press of a button: there is no error to read."""


@pytest.mark.parametrize("road", [road for road in PLAIN if not road.path.startswith(ACTS)], ids=named)
def test_the_sentences_of_an_error_repeat_nothing_that_was_typed(house: Cast, road: Road) -> None:
    shapes = shapes_of(road)
    assert len(shapes) > 1
    for who in ("coordinator_13", "administrator"):
        browser = house.browser(who)
        csrf = browser.csrf()
        for names in shapes:
            answer = browser.post(road.address, {"version": "1", **dict.fromkeys(names, MARK), "csrf": csrf})
            assert answer.status_code in {403, 404, 409, 412, 422}, answer.status_code
            check_sentences(answer)


def check_sentences(answer: Response) -> None:
    said = re.findall(r'<p class="error".*?</p>|<div class="alert.*?</div>', answer.text, re.DOTALL)
    assert MARK not in "".join(said)
    assert MARK not in title_of(answer)


@pytest.fixture(scope="module")
def marked(house: Cast) -> Sent:
    """Signal twice somebody whose name is the mark."""
    sent(house, last_name=MARK)
    return sent(house, last_name=MARK, place=MARK, school=MARK)


NOT_RECEIVED = {"/situations/{reference}/recherche", "/situations/{reference}/invite"}
"""Pages that a situation only received does not have yet."""


def test_the_sentences_of_a_decision_repeat_nothing_that_was_typed(house: Cast, marked: Sent) -> None:
    browser = house.browser("coordinator_13")
    drawn = {road.path for road in PAGES if road.method == "GET"}
    for road in PAGES:
        if road.method == "POST" and road.path.startswith("/situations/{reference}"):
            address = road.path.replace("{reference}", marked.situation).replace("{kind}", "crip")
            if road.path not in drawn or road.path in NOT_RECEIVED:
                answer = browser.post(address, {"version": "1", MARK: MARK, "csrf": browser.csrf()})
                assert answer.status_code in {403, 409, 412, 422}
                check_sentences(answer)
                continue
            shown = [name for name, _ in form_of(browser.get(address), address).filled({}) if name not in PLUMBING]
            for fields in ({MARK: MARK}, *({name: MARK} for name in shown)):
                answer = browser.send(address, fields)
                assert answer.status_code in {404, 422}
                check_sentences(answer)


def test_no_title_and_no_address_holds_a_name(house: Cast, marked: Sent) -> None:
    opened = 0
    for road in PAGES:
        if road.method == "GET":
            address = road.path.replace("{reference}", marked.situation)
            for who in ("coordinator_13", "reporter"):
                answer = house.browser(who).get(re.sub(r"{(\w+)}", lambda found: UNKNOWN.get(found[1], "x"), address))
                assert MARK not in answer.headers.get("location", "")
                if answer.status_code == 200:
                    opened += MARK in answer.text
                    assert MARK not in title_of(answer)
                    assert not re.search(f'(?:href|action|src)="[^"]*{MARK}', answer.text)
    assert opened >= 7


def test_no_cookie_is_given_to_somebody_who_did_not_sign_in(house: Cast) -> None:
    for road in PAGES:
        if road.method == "GET":
            assert "set-cookie" not in asked(house, road, None).headers, road
