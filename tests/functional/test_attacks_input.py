"""What no page sends: odd numbers, NULs, lists too long for their sealed size; refused in French, never a fault."""

import pytest
import sqlalchemy as sa

from backend.audit.models import JournalLeaf
from policies.vocabulary import Motive, Period, PlaceKind
from tests.support.cast import Cast
from tests.support.journeys import BODY, SIGNALEMENTS, TYPED, answered, at_parquet, drafted, problem, sent

ROW = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("at", ["2026-01-01", "0001-01-01T00:00:00%2B14:00", "%00", "hier"])
def test_a_cursor_that_we_did_not_give_leads_nowhere(cast: Cast, at: str) -> None:
    assert cast.browser("coordinator_13").get(f"/situations?apres={at}~{ROW}").status_code == 404
    assert cast.program("coordinator_13").get(f"/api/v1/situations?apres={at}~{ROW}").status_code == 404


def test_a_page_number_in_other_digits_is_the_first_page(cast: Cast) -> None:
    assert cast.browser("administrator").get("/habilitations?apres=%C2%B2").status_code == 200


def test_an_endless_version_is_an_incomplete_page(cast: Cast) -> None:
    done = sent(cast)
    coordinator = cast.browser("coordinator_13")
    fields = {"csrf": coordinator.csrf(), "version": "9" * 5000, "admissible": "oui"}
    assert coordinator.post(f"/situations/{done.situation}/qualification", fields).status_code == 422
    waiting = at_parquet(cast)
    parquet = cast.browser("parquet_13")
    endless = {f"answer-{waiting.situation}": "retained", f"version-{waiting.situation}": "9" * 5000}
    assert parquet.post("/parquet", {"csrf": parquet.csrf(), **endless}).status_code == 422
    assert answered(cast, {waiting.situation: "retained"}).status_code == 303


@pytest.mark.parametrize("path", ["/situations/%00", "/formulaire/a%00", "/connexion?suite=%00", "/api/v1/moi?a=%00"])
def test_an_address_with_a_nul_leads_nowhere(cast: Cast, path: str) -> None:
    assert cast.browser("coordinator_13").get(path).status_code == 404


def test_a_form_with_a_nul_is_no_form(cast: Cast) -> None:
    address = drafted(cast)
    reporter = cast.browser("reporter")
    assert reporter.send(address, {**TYPED, "last_name": "Du\0rand", "act": "save"}).status_code == 422
    assert cast.anonymous().post("/connexion", {"email": "a\0b", "password": "x"}).status_code == 422
    answer = cast.stranger().post("/api/v1/jetons", {"email": "a\0b", "mot_de_passe": "x", "code": "1"})
    assert problem(answer)["errors"].keys() == {"email"}


@pytest.mark.parametrize(
    "body", [b"[" * 60000, b'{"last_name":"\xff"}', b'{"facts":' + b"[" * 9999 + b"]" * 9999 + b"}"]
)
def test_what_cannot_be_read_as_json_is_said_so(cast: Cast, body: bytes) -> None:
    answer = cast.program("reporter").raw(SIGNALEMENTS, body)
    assert answer.status_code == 422
    assert "JSON" in problem(answer)["detail"]


def test_what_is_ticked_a_thousand_times_counts_once(cast: Cast) -> None:
    body = {**BODY, "motives": ["MOT-02"] * 1000, "periods": ["evening"] * 1000}
    assert cast.program("reporter").post(SIGNALEMENTS, body).status_code == 201


def test_the_longest_answers_that_the_form_accepts_fit_in_their_sealed_size(cast: Cast) -> None:
    full = {
        "motives": [motive.value for motive in Motive],
        **{f"necessity_mot_{number}": "repeated" for number in ("01", "05", "07", "08", "12")},
        "periods": [period.value for period in Period],
        "place_kinds": [kind.value for kind in PlaceKind],
        "facts_from": "2026-10-01",
        "facts_until": "2026-11-20",
        "place": "😀" * 120,
    }
    assert cast.program("reporter").post(SIGNALEMENTS, {**BODY, **full}).status_code == 201


def test_the_description_of_the_api_tells_nothing_of_the_pages(cast: Cast) -> None:
    paths = cast.stranger().get("/api/v1/openapi.json").json()["paths"]
    assert paths
    assert [path for path in paths if not path.startswith("/api/v1/")] == []


@pytest.mark.parametrize("path", ["/static/x.css", "/santex", "/wp-admin", "/api/v2/moi"])
def test_addresses_that_do_not_exist_let_no_stranger_write_the_journal(cast: Cast, path: str) -> None:
    def size() -> int:
        with cast.house.stores.journal.transaction() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(JournalLeaf)) or 0

    before = size()
    assert cast.anonymous().get(path).status_code == 404
    assert size() == before
    assert cast.browser("coordinator_13").get("/situations/7K3M-9QX2-PD4T").status_code == 404
    assert size() > before
