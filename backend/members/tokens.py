"""Bearer tokens of the API: JWT signed with ES256, ten minutes (architecture.md section 6; RFC 7519, RFC 8725).

The only module that imports python-jose, which accepts a forged HS256 token when `algorithms` is left out: one
constant, never the token's own header. No library reads a clock: `iat` and `exp` are checked here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jose import JWTError, jwt

from backend.kernel.errors import SignInRequired

ALGORITHM = "ES256"
AUDIENCE = "cenacle-api"
LIFE = timedelta(minutes=10)

# `require_exp` and `require_iat` would have python-jose read the system's clock, whatever `verify_exp` says: those two
# claims are demanded by `read`, which also compares them with the clock that it is given.
_REQUIRED = ("aud", "iss", "sub", "jti")
_CLOCK_READERS = ("exp", "iat", "nbf")
_OPTIONS = {f"require_{claim}": True for claim in _REQUIRED} | {f"verify_{claim}": False for claim in _CLOCK_READERS}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, and the session row that can end it."""

    account: UUID
    session: UUID


def issue(private_pem: bytes, claims: Claims, *, issuer: str, now: datetime) -> str:
    """Sign a token for a session, valid for `LIFE` from now."""
    issued = int(now.timestamp())
    return str(
        jwt.encode(
            {
                "iss": issuer,
                "aud": AUDIENCE,
                "sub": str(claims.account),
                "jti": str(claims.session),
                "iat": issued,
                "exp": issued + int(LIFE.total_seconds()),
            },
            private_pem.decode(),
            algorithm=ALGORITHM,
        )
    )


def read(public_pem: bytes, token: str, *, issuer: str, now: datetime) -> Claims:
    """Give what a token says; raise `SignInRequired` for anything that is not a token of ours, in force now."""
    try:
        found = jwt.decode(
            token,
            public_pem.decode(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=issuer,
            options=dict(_OPTIONS),
        )
        claims = Claims(UUID(found["sub"]), UUID(found["jti"]))
        issued, expires = (datetime.fromtimestamp(int(found[claim]), UTC) for claim in ("iat", "exp"))
    except (JWTError, KeyError, TypeError, ValueError, OverflowError, OSError):
        raise SignInRequired("Ce jeton n'est pas valable. Demandez-en un autre.") from None
    if not issued <= now < expires or expires - issued > LIFE:
        raise SignInRequired("Ce jeton n'est plus valable. Demandez-en un autre.")
    return claims
