"""ProConnect as an OpenID Connect provider: discovery, code with PKCE, signed answers (R16, R17; OIDC Core, RFC 9207).

The only module that imports authlib, joserfc and httpx2. It talks to the configured issuer alone, within bounds of time
and size, follows no redirect and keeps nothing between two calls: a key that the provider withdraws is refused at once.
Call it outside any transaction. Instants are given: what authlib reads of the system's clock is never used.
"""

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet

from backend.settings import Provider
from policies.sign_in import LEEWAY_SECONDS, Assurance, ProviderFault

ALGORITHM = "ES256"
"""The one algorithm of the id_token and of the userinfo, as registered; a token's own header never chooses."""

SCOPE = "openid idp_id"
"""The identity and who vouches for it: neither name nor address nor SIRET is asked for, none is needed (R17)."""

RETURN_PATH = "/connexion/proconnect/retour"
SIGNED_OUT_PATH = "/deconnexion/proconnect/retour"

PATIENCE = 5.0
"""Seconds that the provider may stay silent."""

DEADLINE = 10.0
"""Seconds that a whole conversation may last."""

LARGEST = 64 * 1024
"""Bytes of an answer."""

CONVERSATIONS = 4
"""Conversations at once in a process: a provider that drags leaves the other places to everybody else."""

_TURNS = threading.BoundedSemaphore(CONVERSATIONS)

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")

_MALFORMED = (ValueError, TypeError, KeyError, RecursionError)
"""What parsers raise on what is not what they expect; nested lists exhaust the one for JSON."""

_FAULTS = {
    "iss": ProviderFault.ISSUER,
    "aud": ProviderFault.AUDIENCE,
    "azp": ProviderFault.AUDIENCE,
    "nonce": ProviderFault.NONCE,
    "exp": ProviderFault.TIME,
    "iat": ProviderFault.TIME,
    "nbf": ProviderFault.TIME,
    "acr": ProviderFault.ASSURANCE,
}


class ProviderError(Exception):
    """What the provider answered cannot be believed, or it did not answer; it keeps the fault and nothing else."""

    def __init__(self, fault: ProviderFault) -> None:
        """Keep which check failed."""
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """One request to the provider: all that its answer is checked against follows from a secret of the browser.

    The secret travels in a cookie and its hash alone is stored; the provider sees neither.
    """

    secret: str

    @property
    def state(self) -> str:
        """Give the value that ties the answer to this browser: 43 characters."""
        return self._derived(b"state")

    @property
    def nonce(self) -> str:
        """Give the value that ties the id_token to this request."""
        return self._derived(b"nonce")

    @property
    def verifier(self) -> str:
        """Give the value that ties the code to this request (PKCE)."""
        return self._derived(b"verifier")

    def _derived(self, use: bytes) -> str:
        return urlsafe_b64encode(hmac.digest(self.secret.encode(), use, "sha256")).decode().rstrip("=")


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Whom the provider vouches for: the identity provider and its `sub`, never an e-mail address (R17)."""

    issuer: str
    idp: str
    sub: str
    assurance: Assurance
    id_token: str

    @property
    def key(self) -> str:
        """Give what tells this identity from any other: a `sub` means nothing without who gave it."""
        return json.dumps([self.issuer, self.idp, self.sub])


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the provider publishes of itself, once every address was seen to be its own."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    names_itself: bool
    """Whether it adds `iss` to its answers (RFC 9207)."""
    algorithms: frozenset[str]
    levels: frozenset[str]


def usable(address: str) -> bool:
    """Tell whether an address may be talked to: over TLS, or on this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    )


def discover(provider: Provider) -> Discovered:
    """Read the discovery document; raise `ProviderError` when it does not answer or is not the issuer's own."""
    with _conversation(provider) as client:
        return _discover(client, provider)


def authorization_address(provider: Provider, asked: Asked) -> str:
    """Give where the browser goes to sign in; `acr` is asked for as essential, and checked on the way back."""
    levels = {"essential": True, "values": [level.value for level in Assurance]}
    with _conversation(provider) as client:
        address, _ = client.create_authorization_url(
            _discover(client, provider).authorization_endpoint,
            state=asked.state,
            code_verifier=asked.verifier,
            nonce=asked.nonce,
            claims=json.dumps({"id_token": {"acr": levels}}),
        )
    return str(address)


def redeem(provider: Provider, asked: Asked, answer: Mapping[str, str], now: datetime) -> Identity:
    """Give whom an answer vouches for; raise `ProviderError` with the first check that it fails."""
    if not hmac.compare_digest(answer.get("state", "").encode(), asked.state.encode()):
        raise ProviderError(ProviderFault.REQUEST)
    with _conversation(provider) as client:
        known = _discover(client, provider)
        if answer.get("iss", "" if known.names_itself else provider.issuer) != provider.issuer:
            raise ProviderError(ProviderFault.MIXED_UP)
        if "error" in answer or not answer.get("code"):
            raise ProviderError(ProviderFault.DECLINED)
        given = _exchange(client, known, asked, answer["code"])
        keys = _keys(client, known)
        claims = _id_token(provider, asked, given, keys, now)
        about = _userinfo(client, provider, known, given["access_token"], keys, now)
    if about.get("sub") != claims["sub"]:
        raise ProviderError(ProviderFault.USERINFO)
    idp = about.get("idp_id")
    if not isinstance(idp, str) or not idp:
        raise ProviderError(ProviderFault.CLAIMS)
    return Identity(provider.issuer, idp, claims["sub"], Assurance.of(claims["acr"]), given["id_token"])


def sign_out_address(provider: Provider, id_token: str, state: str) -> str:
    """Give where the browser goes to leave the provider too; raise `ProviderError` when it does not answer."""
    known = discover(provider)
    asked = {
        "id_token_hint": id_token,
        "state": state,
        "post_logout_redirect_uri": provider.public_url + SIGNED_OUT_PATH,
    }
    return f"{known.end_session_endpoint}?{urlencode(asked)}"


class _Bounded(httpx2.BaseTransport):
    """Reads each answer whole, up to a size, and all of them before a deadline; nothing is decompressed."""

    def __init__(self) -> None:
        self._inner = httpx2.HTTPTransport()
        self._until = time.monotonic() + DEADLINE

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and read its answer whole; raise `ProviderError` beyond the bounds."""
        request.headers["Accept-Encoding"] = "identity"
        answer = self._inner.handle_request(request)
        body = bytearray()
        try:
            if "Content-Encoding" in answer.headers:
                raise ProviderError(ProviderFault.UNREACHABLE)
            for part in answer.iter_raw():
                body += part
                if len(body) > LARGEST or time.monotonic() > self._until:
                    raise ProviderError(ProviderFault.UNREACHABLE)
        finally:
            answer.close()
        return httpx2.Response(answer.status_code, headers=answer.headers, content=bytes(body))

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


@contextmanager
def _conversation(provider: Provider) -> Iterator[OAuth2Client]:
    if not _TURNS.acquire(timeout=PATIENCE):
        raise ProviderError(ProviderFault.UNREACHABLE)
    try:
        with OAuth2Client(
            provider.client_id,
            provider.client_secret.get_secret_value(),
            token_endpoint_auth_method="client_secret_post",  # noqa: S106  how the secret travels, not the secret
            scope=SCOPE,
            redirect_uri=provider.public_url + RETURN_PATH,
            code_challenge_method="S256",
            transport=_Bounded(),
            timeout=PATIENCE,
            follow_redirects=False,
        ) as client:
            yield client
    except (httpx2.HTTPError, httpx2.InvalidURL):
        # What such an exception says may hold an address with a code or a state.
        raise ProviderError(ProviderFault.UNREACHABLE) from None
    finally:
        _TURNS.release()


def _discover(client: OAuth2Client, provider: Provider) -> Discovered:
    if not usable(provider.issuer):
        raise ProviderError(ProviderFault.DISCOVERY)
    found = _json(_get(client, provider.issuer.rstrip("/") + "/.well-known/openid-configuration"))
    addresses = {name: found.get(name) for name in _ENDPOINTS}
    own = all(_is_of(address, provider.issuer) for address in addresses.values())
    if found.get("issuer") != provider.issuer or not own:
        raise ProviderError(ProviderFault.DISCOVERY)
    return Discovered(
        **{name: str(address) for name, address in addresses.items()},
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        algorithms=_words(found.get("id_token_signing_alg_values_supported"))
        & _words(found.get("userinfo_signing_alg_values_supported")),
        levels=_words(found.get("acr_values_supported")),
    )


def _exchange(client: OAuth2Client, known: Discovered, asked: Asked, code: str) -> Mapping[str, str]:
    """Give the tokens of a code. A code that was used, or came too late, is refused by the provider."""
    try:
        given = client.fetch_token(
            known.token_endpoint, grant_type="authorization_code", code=code, code_verifier=asked.verifier
        )
    except (AuthlibBaseError, *_MALFORMED):
        raise ProviderError(ProviderFault.CODE) from None
    bearer = given.get("access_token")
    if not isinstance(given.get("id_token"), str) or not isinstance(bearer, str) or not _fits_header(bearer):
        raise ProviderError(ProviderFault.CLAIMS)
    return {name: given[name] for name in ("id_token", "access_token")}


def _keys(client: OAuth2Client, known: Discovered) -> KeySet:
    published = _json(_get(client, known.jwks_uri)).get("keys")
    found = [key for key in published if _signs(key)] if isinstance(published, list) else []
    try:
        return KeySet.import_key_set({"keys": found})
    except (JoseError, *_MALFORMED):
        raise ProviderError(ProviderFault.SIGNATURE) from None


def _signs(key: object) -> bool:
    """Keep the keys of the one algorithm, by name: a token that names none is refused."""
    return (
        isinstance(key, dict)
        and isinstance(key.get("kid"), str)
        and (key.get("kty"), key.get("crv"), key.get("use", "sig")) == ("EC", "P-256", "sig")
        and key.get("alg", ALGORITHM) == ALGORITHM
    )


def _id_token(
    provider: Provider, asked: Asked, given: Mapping[str, str], keys: KeySet, now: datetime
) -> Mapping[str, Any]:
    token = _verified(given["id_token"], keys)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": asked.nonce},
        "acr": {"essential": True, "values": [level.value for level in Assurance]},
    }
    params = {"nonce": asked.nonce, "client_id": provider.client_id, "access_token": given["access_token"]}
    return _checked(CodeIDToken(token.claims, token.header, options, params), now)


def _userinfo(
    client: OAuth2Client, provider: Provider, known: Discovered, access_token: str, keys: KeySet, now: datetime
) -> Mapping[str, Any]:
    answer = _get(client, known.userinfo_endpoint, Authorization=f"Bearer {access_token}")
    if answer.status_code != httpx2.codes.OK:
        raise ProviderError(ProviderFault.UNREACHABLE)
    # A provider that signs says so; JSON without a signature is what anybody on the way could have written.
    if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/jwt":
        raise ProviderError(ProviderFault.USERINFO)
    token = _verified(answer.text, keys)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
    }
    return _checked(JWTClaims(token.claims, token.header, options), now)


def _verified(text: str, keys: KeySet) -> jwt.Token:
    try:
        token = jwt.decode(text, keys, algorithms=[ALGORITHM])
    except UnsupportedAlgorithmError:
        raise ProviderError(ProviderFault.ALGORITHM) from None
    except (JoseError, *_MALFORMED):
        raise ProviderError(ProviderFault.SIGNATURE) from None
    if not token.header.get("kid"):
        raise ProviderError(ProviderFault.SIGNATURE)
    return token


def _checked(claims: JWTClaims, now: datetime) -> Mapping[str, Any]:
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except ExpiredTokenError:
        raise ProviderError(ProviderFault.TIME) from None
    except ClaimError as error:
        raise ProviderError(_FAULTS.get(error.claim, ProviderFault.CLAIMS)) from None
    except (JoseError, AuthlibBaseError, *_MALFORMED):
        raise ProviderError(ProviderFault.CLAIMS) from None
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise ProviderError(ProviderFault.CLAIMS)
    return dict(claims)


def _get(client: OAuth2Client, address: str, **headers: str) -> httpx2.Response:
    # Otherwise authlib adds the token that it holds to any request.
    answer: httpx2.Response = client.request("GET", address, withhold_token=True, headers=headers)
    return answer


def _json(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        found = answer.json() if answer.status_code == httpx2.codes.OK else None
    except _MALFORMED:
        found = None
    if not isinstance(found, dict):
        raise ProviderError(ProviderFault.UNREACHABLE)
    return found


def _fits_header(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_of(address: object, issuer: str) -> bool:
    """Tell whether an address is on the issuer's own host, port and scheme: none else is ever called."""
    return isinstance(address, str) and urlsplit(address)[:2] == urlsplit(issuer)[:2]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(found: object) -> frozenset[str]:
    return frozenset(word for word in found if isinstance(word, str)) if isinstance(found, list) else frozenset()
