"""ProConnect on loopback: the certified implementation that the tests start, and a provider of ours that lies.

The first is registered as the service would be (legal.md section 4.4); the second says what it is told to say, to the
house's own clock, and remembers what it was asked.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import SecretStr

from backend.settings import Provider
from tests.support.browsing import ADDRESS
from tests.support.server import free_port

FOLDER = Path(__file__).parent / "provider"
CLIENT, SECRET = "cenacle-essai", "secret-d-essai-de-cenacle"
IDP, SUB = "police", "police.agent-7"

Body = str | Mapping[str, object]


def registered(issuer: str, service: str = ADDRESS) -> Provider:
    """Give the registration of the service at a provider."""
    return Provider(issuer, CLIENT, SecretStr(SECRET), service)


def settings_for(issuer: str) -> dict[str, object]:
    """Give the settings that register a house at a provider."""
    return {
        "proconnect_issuer": issuer,
        "proconnect_client_id": CLIENT,
        "proconnect_client_secret": SecretStr(SECRET),
    }


@contextmanager
def certified(service: str = ADDRESS, *, code_seconds: int = 60) -> Iterator[str]:
    """Start the certified implementation for a service; give its issuer."""
    if not (FOLDER / "node_modules").is_dir():
        raise RuntimeError("the provider is not installed: make tests/support/provider/node_modules/.complete")
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    given = {
        **os.environ,
        "ISSUER": issuer,
        "PORT": str(port),
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": SECRET,
        "SERVICE": service,
        "CODE_SECONDS": str(code_seconds),
        "NODE_ENV": "production",
    }
    with subprocess.Popen(
        ["node", "provider.mjs"], cwd=FOLDER, env=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != "ready":
                raise RuntimeError("the provider did not start")
            yield issuer
        finally:
            process.terminate()
            process.wait(10)


def answered(address: str, account: str, acr: str, keeping: httpx2.Client | None = None) -> str:
    """Sign somebody in at the certified implementation; give the path by which the browser comes back."""
    if keeping is None:
        with httpx2.Client() as client:
            return answered(address, account, acr, client)
    origin = origin_of(address)
    answer = keeping.get(address)
    for _ in range(10):
        following = answer.headers.get("Location")
        if following is None:
            answer = keeping.post(str(answer.url), data={"account": account, "acr": acr})
        elif following.startswith((origin, "/")):
            answer = keeping.get(following if following.startswith(origin) else origin + following)
        else:
            back = urlsplit(following)
            return f"{back.path}?{back.query}"
    raise RuntimeError("the provider sends round in circles")


def origin_of(address: str) -> str:
    """Give the scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True)
class Liar:
    """A provider that says what it is told to; without being told, it says the truth."""

    now: datetime
    issuer: str = ""
    nonce: str = ""
    key: ECKey = field(default_factory=lambda: new_key("current"))
    signing: ECKey | None = None
    published: list[ECKey] | None = None
    discovery: dict[str, object] = field(default_factory=dict)
    claims: dict[str, object] = field(default_factory=dict)
    about: dict[str, object] = field(default_factory=dict)
    id_token: Callable[[Mapping[str, Any]], str] | None = None
    userinfo: tuple[str, str] | None = None
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    watch: Callable[[], object] | None = None
    used_codes: set[str] = field(default_factory=set)

    def true_claims(self) -> dict[str, object]:
        """Give what an honest id_token says."""
        at = int(self.now.timestamp())
        return {
            "iss": self.issuer,
            "sub": SUB,
            "aud": CLIENT,
            "iat": at,
            "exp": at + 300,
            "nonce": self.nonce,
            "acr": "eidas2",
        }

    def signed(self, claims: Mapping[str, object], key: ECKey | None = None) -> str:
        """Sign claims as an honest provider does."""
        used = key or self.signing or self.key
        return jwt.encode({"alg": "ES256", "kid": used.kid}, dict(claims), used)

    def say(self, method: str, path: str, fields: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Answer one request."""
        self.asked.append((path, fields))
        if self.watch is not None:
            self.watch()
        if path in self.answers:
            return self.answers[path]
        return {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": self._jwks,
            "/token": lambda: self._token(fields),
            "/userinfo": self._userinfo,
        }[path]()

    def _discovery(self) -> tuple[int, dict[str, str], bytes]:
        names = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
            "end_session_endpoint": "session/end",
        }
        found: dict[str, object] = {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{path}" for name, path in names.items()},
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["ES256", "RS256"],
            "userinfo_signing_alg_values_supported": ["ES256"],
            "acr_values_supported": ["eidas1", "eidas1-mfa", "eidas2", "eidas3"],
        }
        return _json({**found, **self.discovery})

    def _jwks(self) -> tuple[int, dict[str, str], bytes]:
        keys = [self.key] if self.published is None else self.published
        return _json({"keys": [key.as_dict(private=False) for key in keys]})

    def _token(self, fields: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        if fields.get("code", "") in self.used_codes or fields.get("client_secret") != SECRET:
            return _json({"error": "invalid_grant"}, 400)
        self.used_codes.add(fields["code"])
        claims = self.true_claims() | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.signed(claims) if self.id_token is None else self.id_token(claims)
        return _json({"access_token": "acces", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _userinfo(self) -> tuple[int, dict[str, str], bytes]:
        if self.userinfo is not None:
            kind, text = self.userinfo
            return 200, {"Content-Type": kind}, text.encode()
        said = {"iss": self.issuer, "aud": CLIENT, "sub": SUB, "idp_id": IDP} | self.about
        said = {name: value for name, value in said.items() if value is not None}
        return 200, {"Content-Type": "application/jwt"}, self.signed(said).encode()


def new_key(name: str) -> ECKey:
    """Draw a key of the algorithm that is pinned."""
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig", "alg": "ES256"}, private=True, auto_kid=False)


@contextmanager
def lying(now: datetime) -> Iterator[Liar]:
    """Start the provider that lies."""
    liar = Liar(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(dict(parse_qsl(body)))

        def _answer(self, fields: dict[str, str]) -> None:
            status, headers, body = liar.say(self.command, urlsplit(self.path).path, fields)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()


def returned(liar: Liar, address: str, **changes: str | None) -> str:
    """Give the path by which a browser sent to the liar comes back, and let the liar know the nonce."""
    sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    liar.nonce = liar.nonce or sent["nonce"]
    answer: dict[str, str | None] = {"code": "code-1", "state": sent["state"], "iss": liar.issuer, **changes}
    back = urlsplit(sent["redirect_uri"])
    return f"{back.path}?{urlencode({name: value for name, value in answer.items() if value is not None})}"


def _json(found: Mapping[str, object], status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(found).encode()
