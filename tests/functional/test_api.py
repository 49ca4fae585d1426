"""The JSON API: pages by cursor, unknown fields, and everything that may be sent by mistake or malice."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
import schemathesis.openapi
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NotSet
from schemathesis.core.result import Ok

from backend.counts.deltas import total
from policies.indicator_words import Indicator
from tests.support.cast import Cast, copied
from tests.support.http import form_of, words_of
from tests.support.journeys import (
    BODY,
    SIGNALEMENTS,
    START,
    TYPED,
    at_parquet,
    decided,
    drafted,
    opened_by,
    problem,
    rows,
    sent,
)

LIST = "/api/v1/situations"
ENGLISH = ("Traceback", "Internal Server Error", 'detail":[', "value_error", "pydantic", "sqlalchemy", "Invalid")


@pytest.fixture(scope="module")
def shared(troupe: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Share one house: what is refused changes nothing."""
    cast = copied(troupe, tmp_path_factory.mktemp("api") / "house")
    yield cast
    cast.house.stores.dispose()


@pytest.fixture
def house(shared: Cast) -> Iterator[Cast]:
    """Check that no situation came out of what is refused."""
    before = len(rows(shared)["situation"])
    yield shared
    assert len(rows(shared)["situation"]) == before


def refused(answer: Response, *statuses: int) -> None:
    """Check that a refusal is one, in French and without a trace."""
    assert answer.status_code in (statuses or (400, 404, 413, 422)), answer.status_code
    assert not any(word in answer.text for word in ENGLISH)
    if answer.headers["content-type"].startswith("application"):
        problem(answer)


def test_a_list_is_paged_by_cursor_without_gap_nor_repetition(cast: Cast) -> None:
    done = []
    for number in range(53):
        if number % 10 == 0:
            cast.pass_time(timedelta(seconds=1))  # some share an instant: the row decides
        answer = cast.program("reporter").post(SIGNALEMENTS, {**BODY, "facts": None})
        done.append(opened_by(cast, answer.json()["reference"]).situation)
    program = cast.program("coordinator_13")
    first = program.get(LIST).json()
    assert len(first["situations"]) == 50
    second = program.get(f"{LIST}?apres={quote(first['following'])}").json()
    assert second["following"] is None
    listed = [row["reference"] for row in first["situations"] + second["situations"]]
    assert len(listed) == 53
    assert set(listed) == set(done)
    received = [row["received_at"] for row in first["situations"] + second["situations"]]
    assert received == sorted(received, reverse=True)
    page = cast.browser("coordinator_13").get(f"/situations?groupe=a-qualifier&apres={quote(first['following'])}")
    assert all(row["reference"] in page.text for row in second["situations"])
    assert cast.program("coordinator_18").get(f"{LIST}?apres={quote(first['following'])}").json()["situations"] == []


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "~",
        "2026-11-23~",
        "2026-11-23T08:00:00~00000000-0000-0000-0000-000000000000",
        "2026-11-23T08:00:00+00:00~x",
        "0001-01-01T00:00:00+14:00~00000000-0000-0000-0000-000000000000",
        "9999-12-31T23:59:59-14:00~00000000-0000-0000-0000-000000000000",
        "2026-11-23T08:00:00+00:00~00000000-0000-0000-0000-000000000000" * 3,
        "\x00",
        "é" * 2000,
    ],
)
def test_a_cursor_that_is_not_ours_is_not_found(house: Cast, cursor: str) -> None:
    refused(house.program("coordinator_13").get(f"{LIST}?apres={quote(cursor)}"), 404, 422)
    refused(house.browser("coordinator_13").get(f"/situations?apres={quote(cursor)}"), 404, 422)


def test_a_group_that_does_not_exist_is_not_found(house: Cast) -> None:
    for group in ("x", "", "\x00", "a" * 3000):
        refused(house.program("coordinator_13").get(f"{LIST}?groupe={quote(group)}"), 404)


def test_what_is_ticked_twice_counts_once(cast: Cast) -> None:
    body = {**BODY, "motives": ["MOT-02", "MOT-02"], "steps": ["none"] * 2000}
    assert cast.program("reporter").post(SIGNALEMENTS, body).status_code == 201
    with cast.house.stores.main.transaction() as session:
        assert total(session, Indicator.SIGNALEMENT_BY_MOTIVE, cast.cells["13"].id) == 1


def test_an_unknown_field_is_refused_wherever_it_stands(cast: Cast) -> None:
    done = at_parquet(cast)
    tag = {"If_Match": '"4"'}
    for who, path, body in (
        ("reporter", SIGNALEMENTS, {**BODY, "nationality": "x"}),
        ("reporter", SIGNALEMENTS, {**BODY, "cell": cast.cells["18"].reference}),
        ("coordinator_13", f"{LIST}/{done.situation}/qualification", {"admissible": True, "stage": "retained"}),
        ("coordinator_13", f"{LIST}/transmission-parquet", {"references": [done.situation], "all": True}),
        ("parquet_13", f"{LIST}/{done.situation}/reponse-parquet", {"answer": "retained", "measure": "x"}),
        ("reporter", "/api/v1/jetons", {"email": "a@b.fr", "mot_de_passe": "x", "code": "123456", "role": "x"}),
    ):
        assert problem(cast.program(who).post(path, body, **tag))["status"] == 422
    assert rows(cast)["parquet_answer"] == []


WRONG_TEXTS: tuple[object, ...] = (
    "",
    " ",
    "\t\n",
    "a\x00b",
    "a\x1b[31mb",
    "a\u202eb",
    "a\u2066b",
    "a\u200bb",
    "a\ufeffb",
    "\ud800",
    "12345",
    "x" * 81,
    "\u0301" * 60,
    ["Durand"],
    {"a": "b"},
    12,
    True,
    1.5,
    None,
)
"""What is no name: controls, bidirectional overrides, invisible characters, too long, of another type."""


@pytest.mark.parametrize("value", WRONG_TEXTS, ids=ascii)
def test_a_name_that_is_none_is_refused_in_french_and_not_repeated(house: Cast, value: object) -> None:
    body = json.dumps({**BODY, "last_name": value}).encode()
    answer = house.program("reporter").raw(SIGNALEMENTS, body)
    assert problem(answer)["errors"].keys() <= {"last_name", ""}
    refused(answer, 422)


TYPED_IN_A_PAGE = [text for text in WRONG_TEXTS if isinstance(text, str) and not {"\ud800", "\x00"} & set(text)]


@pytest.mark.parametrize("value", TYPED_IN_A_PAGE, ids=ascii)
def test_a_page_refuses_the_same_names_and_keeps_what_it_can(cast: Cast, value: str) -> None:
    address = drafted(cast)
    answer = cast.browser("reporter").send(address, {**TYPED, "last_name": value, "act": "send"})
    assert answer.status_code == 422
    assert 'id="champ-last_name-erreur"' in answer.text
    assert form_of(answer, address).shown()["first_name"] == ("Élodie",)
    assert rows(cast)["situation"] == []


@pytest.mark.parametrize("field", ["sex", "residence", "school_level", "qualification"])
@pytest.mark.parametrize("value", ["x", "", 3, None, ["known"], {"a": 1}, "FEMALE", "known\x00"])
def test_a_value_out_of_its_list_is_refused(house: Cast, field: str, value: object) -> None:
    answer = house.program("reporter").post(SIGNALEMENTS, {**BODY, field: value})
    assert problem(answer)["errors"].keys() == {field}


@pytest.mark.parametrize("field", ["motives", "steps", "insufficiencies", "periods", "place_kinds"])
@pytest.mark.parametrize("value", ["MOT-02", ["x"], [["MOT-02"]], {"MOT-02": True}, [None], 5])
def test_a_collection_of_something_else_is_refused(house: Cast, field: str, value: object) -> None:
    refused(house.program("reporter").post(SIGNALEMENTS, {**BODY, field: value}), 413, 422)


@pytest.mark.parametrize("field", ["birth_date", "facts_from", "facts_until"])
@pytest.mark.parametrize(
    "value", ["31/02/2010", "0000-00-00", "9" * 5000, 10**30, True, [], "2010-03-16T01:00", "١٦/٠٣/٢٠١٠"], ids=ascii
)
def test_a_day_that_is_none_is_refused(house: Cast, field: str, value: object) -> None:
    refused(house.program("reporter").post(SIGNALEMENTS, {**BODY, field: value}), 422)


@pytest.mark.parametrize("field", ["arrondissement", "estimated_age", "quartier"])
@pytest.mark.parametrize("value", [0, -1, 21, 10**30, "9" * 5000, 1.5, "treize", [], {}, "13\x00"])
def test_a_number_that_cannot_be_is_refused(house: Cast, field: str, value: object) -> None:
    body = {**BODY, "birth_date": None, "estimated_age": 12, "quartier": None, field: value}
    if value in (0, 21) and field != "arrondissement":
        body["quartier"] = 99  # a plausible number elsewhere
    refused(house.program("reporter").post(SIGNALEMENTS, body), 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"Durand"',
        b"{",
        b"{}",
        b'{"last_name": NaN}',
        b'{"last_name": "\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        b"[" * 20_000,
        b'{"a":' * 8_000 + b"1" + b"}" * 8_000,
        b'{"last_name": "a", "last_name": "b"}',
        b"\x00" * 100,
        b"1" * 60_000,
        json.dumps({f"f{number}": 1 for number in range(4000)}).encode(),
        json.dumps({**BODY, "last_name": "x" * 60_000}).encode(),
    ],
    ids=lambda body: ascii(body[:24]),
)
def test_a_body_that_is_no_json_of_ours_is_refused_in_french(house: Cast, body: bytes) -> None:
    for who, path in (
        ("reporter", SIGNALEMENTS),
        ("coordinator_13", f"{LIST}/0000-0000-0000/qualification"),
        ("coordinator_13", f"{LIST}/transmission-parquet"),
        ("parquet_13", f"{LIST}/0000-0000-0000/reponse-parquet"),
        ("reporter", "/api/v1/jetons"),
    ):
        refused(house.program(who).raw(path, body, If_Match='"1"'))


def test_a_name_of_ten_megabytes_is_refused_before_it_is_read(house: Cast) -> None:
    huge = "x" * 10_000_000
    assert problem(house.program("reporter").post(SIGNALEMENTS, {**BODY, "last_name": huge}))["status"] == 413
    browser = house.browser("reporter")
    answer = browser.post("/signalements/nouveau", {**START, "csrf": browser.csrf(), "residence": huge})
    refused(answer, 413)
    assert "Raccourcissez" in words_of(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe=1",
        b"%FF%FE=%ED%A0%80",
        b"&".join(b"f%d=1" % number for number in range(5000)),
        b"=" * 1000,
        b"&" * 1000,
        b"motives=MOT-02&" * 390,
        b"last_name=" + b"%00" * 100,
        b"last_name=" + b"%E2%80%AE" * 10,
        b"act=send&act=abandon2",
        b"version=" + b"9" * 5000,
        b"birth_date=" + b"9" * 5000,
        b'{"json": true}',
        b"",
    ],
    ids=lambda body: ascii(body[:20]),
)
def test_a_form_that_is_none_of_ours_is_refused_in_french(house: Cast, body: bytes) -> None:
    address = drafted(house)
    for who, path in (
        ("reporter", address),
        ("reporter", "/signalements/nouveau"),
        ("coordinator_13", "/invitations"),
        ("coordinator_13", "/situations/0000-0000-0000/qualification"),
        ("coordinator_13", "/situations/transmission-parquet"),
        ("parquet_13", "/parquet"),
        ("administrator", "/institutions"),
        ("administrator", "/comptes/nouveau"),
        ("administrator", "/cellules/nouvelle"),
    ):
        browser = house.browser(who)
        with_token = body + b"&csrf=" + quote(browser.csrf()).encode()
        refused(browser.raw(path, with_token), 403, 404, 422)
        refused(browser.raw(path, body), 403, 422)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 5000, "٣", "1.0", "0x1", " 1"])
def test_a_version_that_is_none_is_refused(cast: Cast, version: str) -> None:
    done = at_parquet(cast)
    received = sent(cast, facts="")
    answer = decided(cast, received.situation, "qualification", {"admissible": "oui", "version": version})
    refused(answer, 412, 422)
    parquet = cast.browser("parquet_13")
    fields = {"csrf": parquet.csrf(), f"answer-{done.situation}": "retained", f"version-{done.situation}": version}
    refused(parquet.post("/parquet", fields), 412, 422)
    assert rows(cast)["parquet_answer"] == []


@pytest.mark.parametrize("reference", ["x", "0" * 5000, "%00", "%ff", "'; DROP TABLE situation; --", "é", " "])
def test_a_reference_that_is_none_is_not_found(house: Cast, reference: str) -> None:
    path = quote(reference, safe="%")
    program, browser = house.program("coordinator_13"), house.browser("coordinator_13")
    for answer in (
        program.get(f"{LIST}/{path}"),
        program.post(f"{LIST}/{path}/qualification", {"admissible": True}, If_Match='"1"'),
        browser.get(f"/situations/{path}"),
        browser.get(f"/situations/{path}/sortie/crip"),
        house.browser("reporter").get(f"/recepisses/{path}"),
        house.browser("reporter").get(f"/signalements/brouillons/{path}"),
        house.anonymous().get(f"/formulaire/{path}"),
    ):
        refused(answer, 404, 405)


@pytest.mark.parametrize("key", ["x" * 65, "", "a,b", "a b"], ids=ascii)
def test_an_idempotency_key_of_any_kind_does_no_harm(cast: Cast, key: str) -> None:
    answers = [cast.program("reporter").post(SIGNALEMENTS, dict(BODY), Idempotency_Key=key) for _ in range(2)]
    for answer in answers:
        assert answer.status_code in {201, 422}
    assert len(rows(cast)["situation"]) <= 1


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 7000, "eyJhbGciOiJub25lIn0.e30."], ids=ascii)
def test_a_token_that_is_none_is_refused(house: Cast, token: str) -> None:
    for scheme in ("Bearer", "bearer", "Basic", ""):
        answer = house.stranger().get(LIST, Authorization=f"{scheme} {token}")
        assert problem(answer)["status"] == 401


def test_a_token_lives_ten_minutes(cast: Cast) -> None:
    program = cast.program("coordinator_13")
    cast.pass_time(timedelta(minutes=9, seconds=59))
    assert program.get(LIST).status_code == 200
    cast.pass_time(timedelta(seconds=1))
    assert problem(program.get(LIST))["status"] == 401


def test_whatever_the_description_allows_is_answered_without_a_fault(cast: Cast) -> None:
    document = cast.stranger().get("/api/v1/openapi.json").json()
    program = cast.program("coordinator_13")
    bearer = {"Authorization": f"Bearer {program.token}", "Content-Type": "application/json"}
    tried: Counter[str] = Counter()
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(max_examples=10, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate])
        @given(case=operation.as_strategy())
        def try_one(case: schemathesis.Case[Any]) -> None:
            body = None if isinstance(case.body, NotSet) else json.dumps(case.body).encode()
            answer = program.client.request(
                case.method,
                case.formatted_path,
                params=dict(case.query or {}),
                headers=dict(case.headers or {}) | bearer,
                content=body,
            )
            assert answer.status_code < 500, case.as_curl_command()
            if answer.status_code >= 400:
                refused(answer, 400, 401, 403, 404, 405, 409, 412, 413, 422, 428, 429)
            tried[case.path] += 1

        try_one()
    assert tried.keys() == document["paths"].keys()
