"""Bodies: canonical, read back to the byte or not at all, authenticated."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from backend.audit.bodies import Body, authenticate, body_of, is_authentic, leaf_data, read_body
from tests.support.journal import ACCOUNT, MAC_KEY, NOON, OTHER, SITUATION, SituationsRead

EVENT = UUID("10000000-0000-4000-8000-000000000001")
WRITER = UUID("20000000-0000-4000-8000-000000000002")
TEXT = (
    '{"account":"6b1d2c3e-4f50-4a61-8b72-9c83ad94be05","at":"2026-11-21T11:00:00.000000Z",'
    '"event":"10000000-0000-4000-8000-000000000001","name":"support:situation:read","sequence":0,'
    '"values":{"pages":2,"situations":["7K3M-9QX2-PD4T","00AB-CDEF-GHJK"]},"void":[],'
    '"writer":"20000000-0000-4000-8000-000000000002"}'
)


def body(at: datetime = NOON, account: UUID | None = ACCOUNT) -> Body:
    return body_of(SituationsRead((SITUATION, OTHER), 2), event_id=EVENT, writer=WRITER, account=account, at=at)


def test_the_body_of_an_event_is_canonical() -> None:
    assert body().text() == TEXT


def test_an_instant_is_written_in_utc_wherever_it_comes_from() -> None:
    assert body(at=NOON.astimezone(timezone(timedelta(hours=1)))).text() == TEXT


@pytest.mark.parametrize("account", [ACCOUNT, None])
def test_a_body_is_read_back(account: UUID | None) -> None:
    assert read_body(body(account=account).text()) == body(account=account)
    assert read_body(TEXT).at.tzinfo is not None


def test_a_body_names_its_references_and_nothing_else() -> None:
    assert body().references() == {SITUATION, OTHER}
    nested = Body(EVENT, WRITER, 1, (), NOON.astimezone(UTC), None, "a:b:c", {"pairs": [[SITUATION, 1]], "word": "pjj"})
    assert nested.references() == {SITUATION}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{}",
        "[]",
        TEXT + " ",
        TEXT.replace(":0,", ": 0,"),
        TEXT.replace('"sequence":0', '"sequence":0,"more":1'),
        TEXT.replace("10000000-0000", "100000000000"),
        TEXT.replace("00.000000Z", "00Z"),
        TEXT.replace('"void":[]', '"void":3'),
        TEXT.replace('"at":"2026-11-21T11:00:00.000000Z"', '"at":7'),
        TEXT.replace('"account":"6b1d2c3e-4f50-4a61-8b72-9c83ad94be05"', '"account":7'),
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not the body of an event|Expecting value|badly formed"):
        read_body(text)


def test_the_code_covers_every_byte_of_the_body() -> None:
    mac = authenticate(MAC_KEY, TEXT)
    assert is_authentic(MAC_KEY, TEXT, mac)
    for position in range(len(TEXT)):
        altered = TEXT[:position] + chr(ord(TEXT[position]) ^ 1) + TEXT[position + 1 :]
        assert not is_authentic(MAC_KEY, altered, mac)


def test_a_forged_code_or_another_key_is_not_authentic() -> None:
    mac = authenticate(MAC_KEY, TEXT)
    assert not is_authentic(bytes(32), TEXT, mac)
    assert not is_authentic(MAC_KEY, TEXT, bytes(32))
    assert not is_authentic(MAC_KEY, TEXT, b"")


def test_a_leaf_begins_with_its_salt_and_its_code() -> None:
    assert leaf_data(b"s" * 32, b"m" * 32, "{}") == b"s" * 32 + b"m" * 32 + b"{}"


def test_a_body_is_json_that_anybody_reads() -> None:
    assert json.loads(TEXT)["values"]["situations"] == [SITUATION, OTHER]
