"""The TLS that Caddy speaks with docs/deployment/Caddyfile, seen by `openssl s_client`.

The file under test is the one that compose.yaml mounts. A permissive `openssl s_server` shows each time that the
client could have spoken the weak protocol: the refusal is Caddy's.
"""

import http.client
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CADDYFILE = Path(__file__).parents[2] / "docs" / "deployment" / "Caddyfile"
OLD_PROTOCOLS = ["-tls1", "-tls1_1"]
MODERN_PROTOCOLS = ["-tls1_2", "-tls1_3"]
WEAK_CIPHERS = [
    "AES128-SHA",
    "AES256-SHA",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-RSA-AES256-SHA",
    "ECDHE-RSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA384",
]
STRONG_CIPHERS = [
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305",
]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for localhost and its key."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client reads."""

    status: int
    headers: Message
    body: str


@dataclass(frozen=True, slots=True)
class Front:
    """Caddy in front of a service."""

    port: int
    http_port: int
    log: Path
    certificate: Certificate

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        trust = ssl.create_default_context(cafile=str(self.certificate.chain))
        with closing(http.client.HTTPSConnection("localhost", self.port, context=trust)) as connection:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())


class Upstream(BaseHTTPRequestHandler):
    """Answer the headers received, with headers that the front must replace or hide."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    made = Certificate(folder / "chain.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(made.key), "-out", str(made.chain)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def front(certificate: Certificate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    service = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("caddy")
    with caddy(certificate, f"127.0.0.1:{service.server_port}", folder) as running:
        yield running
    service.shutdown()
    service.server_close()


@pytest.fixture(scope="module")
def permissive(certificate: Certificate) -> Iterator[int]:
    """Run a server that accepts every protocol and cipher that OpenSSL still knows; give its port."""
    port = free_port()
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(certificate.chain)]
    command += ["-key", str(certificate.key), "-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1", "-quiet"]
    with running_process(command, Path(os.devnull), {}, port):
        yield port


@contextmanager
def caddy(certificate: Certificate, upstream: str, folder: Path) -> Iterator[Front]:
    front = Front(free_port(), free_port(), folder / "log", certificate)
    environment = {
        "TLS_HOST": "localhost",
        "TLS_PORT": str(front.port),
        "TLS_HTTP_PORT": str(front.http_port),
        "TLS_CERTIFICATE": str(certificate.chain),
        "TLS_KEY": str(certificate.key),
        "TLS_UPSTREAM": upstream,
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
    with running_process(command, front.log, environment, front.port):
        yield front


@contextmanager
def running_process(command: list[str], log: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, env={**os.environ, **environment}
        )
    with process:
        try:
            wait_for(port, process, log)
            yield
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"{process.args!r} does not answer: {log.read_text()}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def handshake(port: int, *options: str) -> bool:
    """Tell whether a client with these options agrees on a protocol and a cipher."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", *options],
        input=b"", capture_output=True, check=False, timeout=20,
    )  # fmt: skip
    return done.returncode == 0 and b"Cipher is (NONE)" not in done.stdout


@pytest.mark.parametrize("protocol", OLD_PROTOCOLS)
def test_an_old_protocol_is_refused(front: Front, permissive: int, protocol: str) -> None:
    options = (protocol, "-cipher", "ALL:@SECLEVEL=0")
    assert handshake(permissive, *options)
    assert not handshake(front.port, *options)


@pytest.mark.parametrize("protocol", MODERN_PROTOCOLS)
def test_a_modern_protocol_is_accepted(front: Front, protocol: str) -> None:
    assert handshake(front.port, protocol)


@pytest.mark.parametrize("cipher", WEAK_CIPHERS)
def test_a_cipher_without_forward_secrecy_or_authentication_is_refused(
    front: Front, permissive: int, cipher: str
) -> None:
    options = ("-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")
    assert handshake(permissive, *options)
    assert not handshake(front.port, *options)


@pytest.mark.parametrize("cipher", STRONG_CIPHERS)
def test_a_strong_cipher_is_accepted(front: Front, cipher: str) -> None:
    assert handshake(front.port, "-tls1_2", "-cipher", cipher)


def test_the_browser_is_told_once_to_come_back_over_tls_for_two_years(front: Front) -> None:
    headers = front.get("/").headers
    assert headers.get_all("Strict-Transport-Security") == ["max-age=63072000"]


def test_no_server_names_itself(front: Front) -> None:
    headers = front.get("/").headers
    assert headers.get("Server") is None
    assert headers.get("Via") is None


def test_plain_http_only_sends_to_https(front: Front) -> None:
    with closing(http.client.HTTPConnection("localhost", front.http_port)) as connection:
        connection.request("GET", "/connexion")
        answer = connection.getresponse()
    assert answer.status == http.HTTPStatus.MOVED_PERMANENTLY
    assert answer.headers["Location"] == "https://localhost/connexion"
    assert answer.headers.get("Server") is None


def test_the_service_gets_the_real_address_of_the_client_not_the_one_it_claims(front: Front) -> None:
    received = json.loads(front.get("/", {"X-Forwarded-For": "192.0.2.7"}).body)
    assert received["x-forwarded-for"] == "127.0.0.1"
    assert received["x-forwarded-proto"] == "https"


def test_a_service_that_is_down_gives_a_french_sentence_and_leaves_no_address_in_the_log(
    certificate: Certificate, tmp_path: Path
) -> None:
    with caddy(certificate, f"127.0.0.1:{free_port()}", tmp_path) as front:
        answer = front.get("/lien/jeton-secret?code=secret", {"Cookie": "session=secret", "X-Note": "secret"})
    assert answer.status == http.HTTPStatus.BAD_GATEWAY
    assert "momentanément indisponible" in answer.body
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    log = front.log.read_text()
    assert '"status":502' in log
    assert "secret" not in log
