"""Bearer tokens, attacked: forged, unsigned, expired, for somebody else (RFC 8725; architecture.md trap 9)."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from jose import jwt

from backend.crypto.signing import new_es256
from backend.kernel.errors import SignInRequired
from backend.kernel.identifiers import new_id
from backend.members.tokens import AUDIENCE, LIFE, Claims, issue, read

ISSUER = "https://cenacle.invalid"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PRIVATE, PUBLIC = new_es256()
CLAIMS = Claims(new_id(), new_id())


def body(**changes: object) -> dict[str, object]:
    issued = int(NOW.timestamp())
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(CLAIMS.account),
        "jti": str(CLAIMS.session),
        "iat": issued,
        "exp": issued + 600,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def signed(**changes: object) -> str:
    return str(jwt.encode(body(**changes), PRIVATE.decode(), algorithm="ES256"))


def encoded(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def refused(token: str, at: datetime = NOW) -> bool:
    try:
        read(PUBLIC, token, issuer=ISSUER, now=at)
    except SignInRequired:
        return True
    return False


def test_a_token_says_whose_it_is() -> None:
    token = issue(PRIVATE, CLAIMS, issuer=ISSUER, now=NOW)
    assert read(PUBLIC, token, issuer=ISSUER, now=NOW) == CLAIMS
    assert read(PUBLIC, signed(), issuer=ISSUER, now=NOW) == CLAIMS


def test_a_token_ends_after_ten_minutes_and_does_not_come_from_the_future() -> None:
    token = issue(PRIVATE, CLAIMS, issuer=ISSUER, now=NOW)
    assert not refused(token, NOW + LIFE - timedelta(seconds=1))
    assert refused(token, NOW + LIFE)
    assert refused(token, NOW - timedelta(seconds=1))


@pytest.mark.parametrize("now", [datetime(2012, 1, 16, tzinfo=UTC), datetime(2096, 2, 29, tzinfo=UTC)])
def test_no_library_reads_a_clock_the_instant_given_is_the_only_one(now: datetime) -> None:
    token = issue(PRIVATE, CLAIMS, issuer=ISSUER, now=now)
    assert read(PUBLIC, token, issuer=ISSUER, now=now) == CLAIMS
    assert refused(token, now + LIFE)


def test_a_token_that_claims_a_longer_life_is_refused() -> None:
    assert refused(signed(exp=int(NOW.timestamp()) + 3600))


@pytest.mark.parametrize("key", [PUBLIC, PUBLIC.strip(), b"".join(PUBLIC.split(b"\n")[1:-2])])
def test_an_hs256_token_forged_with_the_public_key_is_refused(key: bytes) -> None:
    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + b"." + encoded(json.dumps(body()).encode())
    for secret in (key, base64.b64decode(b"".join(PUBLIC.split(b"\n")[1:-2]))):
        assert refused((head + b"." + encoded(hmac.digest(secret, head, sha256))).decode())


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    head = encoded(json.dumps({"alg": algorithm}).encode()) + b"." + encoded(json.dumps(body()).encode())
    assert refused(head.decode() + ".")


def test_a_token_signed_by_another_key_is_refused() -> None:
    assert refused(issue(new_es256()[0], CLAIMS, issuer=ISSUER, now=NOW))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "jti", "iat", "exp"])
def test_a_token_without_one_of_its_claims_is_refused(claim: str) -> None:
    assert refused(signed(**{claim: None}))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-api"},
        {"iss": "https://elsewhere.invalid"},
        {"sub": "nobody"},
        {"jti": "nothing"},
        {"iat": "yesterday"},
        {"exp": 10**30},
        {"exp": [1]},
        {"iat": {"a": 1}},
    ],
)
def test_a_token_for_somebody_else_or_with_strange_claims_is_refused(changes: dict[str, object]) -> None:
    assert refused(signed(**changes))


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "é.é.é"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(token)
