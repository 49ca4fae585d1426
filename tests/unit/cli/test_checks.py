"""What `cenacle doctor` refuses of a machine: one cluster for three stores, an exposed key, a silent mail server."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from backend.cli import checks
from backend.cli.checks import Level
from backend.crypto.providers import FileRoot
from backend.kernel.database import Store, Stores, open_store
from backend.settings import Settings
from tests.support.house import MORNING
from tests.support.postgresql import Cluster, start_cluster
from tests.support.proconnect import SECRET, Liar, lying, settings_for

PASSWORD = "mot-de-passe-a-ne-pas-montrer"


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings.model_validate({"data": tmp_path / "donnees", **given})


def opened(urls: dict[str, str]) -> Stores:
    return Stores(**{name: open_store(url, 1) for name, url in urls.items()})


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'keys.sqlite'}", 1)
    with store.transaction() as session:
        session.execute(sa.text("CREATE TABLE t (a INTEGER)"))
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def keys_cluster() -> Iterator[Cluster]:
    cluster = start_cluster("wal_recycle=off", "archive_mode=off")
    cluster.create_database("keys")
    yield cluster
    cluster.stop()


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_one_cluster_for_three_stores_is_refused_in_production(store_urls: dict[str, str], tmp_path: Path) -> None:
    stores = opened(store_urls)
    assert checks.clusters(settings(tmp_path), stores).level is Level.ERROR
    assert checks.clusters(settings(tmp_path, mode="demo"), stores).level is Level.WARNING
    stores.dispose()


def test_two_stores_on_one_cluster_are_refused_even_when_the_third_is_apart(
    postgresql: Cluster, keys_cluster: Cluster, tmp_path: Path
) -> None:
    postgresql.create_database("doctor")
    shared = postgresql.url("doctor")
    stores = opened({"main": shared, "keys": keys_cluster.url("keys"), "journal": shared})
    assert checks.clusters(settings(tmp_path), stores).level is Level.ERROR
    stores.dispose()
    apart = opened({"main": shared, "keys": keys_cluster.url("keys"), "journal": f"sqlite:///{tmp_path / 'j'}"})
    assert checks.clusters(settings(tmp_path), apart).level is Level.OK
    apart.dispose()
    postgresql.drop_database("doctor")


def test_one_file_for_two_stores_is_refused(tmp_path: Path) -> None:
    same = f"sqlite:///{tmp_path / 'main.sqlite'}"
    stores = opened({"main": same, "keys": f"sqlite:///{tmp_path}/../{tmp_path.name}/main.sqlite", "journal": same})
    assert checks.clusters(settings(tmp_path), stores).level is Level.ERROR
    stores.dispose()


def test_a_store_that_does_not_answer_is_an_error_that_shows_no_password(tmp_path: Path) -> None:
    down = f"postgresql+psycopg://cenacle:{PASSWORD}@127.0.0.1:{free_port()}/main"
    stores = opened({"main": down, "keys": down, "journal": down})
    for finding in (
        checks.clusters(settings(tmp_path), stores),
        checks.keys_cluster(settings(tmp_path), stores.keys),
    ):
        assert finding.level is Level.ERROR
        assert PASSWORD not in finding.sentence
    stores.dispose()


def test_a_keys_cluster_that_recycles_its_wal_is_refused_in_production(postgresql: Cluster, tmp_path: Path) -> None:
    postgresql.create_database("recycling")
    store = open_store(postgresql.url("recycling"), 1)
    finding = checks.keys_cluster(settings(tmp_path), store)
    assert finding.level is Level.ERROR
    assert "wal_recycle = on" in finding.sentence
    assert checks.keys_cluster(settings(tmp_path, mode="demo"), store).level is Level.WARNING
    store.engine.dispose()
    postgresql.drop_database("recycling")


def test_a_keys_cluster_that_keeps_no_wal_passes(keys_cluster: Cluster, tmp_path: Path) -> None:
    store = open_store(keys_cluster.url("keys"), 1)
    assert checks.keys_cluster(settings(tmp_path), store).level is Level.OK
    store.engine.dispose()


def test_a_sqlite_store_has_no_wal_of_a_cluster(sqlite_store: Store, tmp_path: Path) -> None:
    assert checks.keys_cluster(settings(tmp_path), sqlite_store).level is Level.OK


def test_a_sqlite_file_that_others_may_read_is_a_warning(sqlite_store: Store) -> None:
    file = Path(str(sqlite_store.engine.url.database))
    file.chmod(0o644)
    assert checks.sqlite_file("keys", sqlite_store).level is Level.WARNING
    file.chmod(0o600)
    assert checks.sqlite_file("keys", sqlite_store).level is Level.OK


@pytest.mark.parametrize("pragma", ["secure_delete", "foreign_keys"])
def test_a_sqlite_store_that_keeps_what_it_deletes_or_its_orphans_is_an_error(sqlite_store: Store, pragma: str) -> None:
    connection = sqlite_store.engine.raw_connection()
    connection.cursor().execute(f"PRAGMA {pragma}=OFF")
    connection.close()
    assert checks.sqlite_file("keys", sqlite_store).level is Level.ERROR


def test_a_missing_root_key_is_an_error(tmp_path: Path) -> None:
    assert checks.root_key(settings(tmp_path), [1]).level is Level.ERROR


def test_a_root_key_that_others_may_read_is_an_error(tmp_path: Path) -> None:
    given = settings(tmp_path)
    FileRoot.create(given.root_key_path(), given.data)
    assert checks.root_key(given, [1]).level is Level.OK
    given.root_key_path().chmod(0o640)
    assert checks.root_key(given, [1]).level is Level.ERROR


def test_a_root_key_among_the_data_is_an_error(tmp_path: Path) -> None:
    given = settings(tmp_path)
    FileRoot.create(given.root_key_path(), given.data)
    given.data.mkdir()
    inside = given.root_key_path().rename(given.data / "cle")
    assert checks.root_key(settings(tmp_path, root_key_file=inside), [1]).level is Level.ERROR


def test_a_clear_text_address_is_refused_in_production_only(tmp_path: Path) -> None:
    assert checks.address(settings(tmp_path, public_url="http://cenacle.test")).level is Level.ERROR
    assert checks.address(settings(tmp_path, public_url="https://cenacle.test")).level is Level.OK
    assert checks.address(settings(tmp_path, mode="demo")).level is Level.OK


def test_without_a_mail_server_mail_waits(tmp_path: Path) -> None:
    assert checks.mail(settings(tmp_path)).level is Level.WARNING


def test_a_silent_mail_server_is_an_error_that_shows_no_password(tmp_path: Path) -> None:
    for url in (f"smtp://cenacle:{PASSWORD}@127.0.0.1:{free_port()}", f"smtps://127.0.0.1:{free_port()}", "smtp://a:b"):
        finding = checks.mail(settings(tmp_path, smtp_url=SecretStr(url)))
        assert finding.level is Level.ERROR
        assert PASSWORD not in finding.sentence


def test_a_mail_server_that_answers_passes_and_one_that_refuses_the_account_does_not(tmp_path: Path) -> None:
    server = Controller(Silent(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        answering = SecretStr(f"smtp://127.0.0.1:{server.port}")
        assert checks.mail(settings(tmp_path, smtp_url=answering)).level is Level.OK
        refused = SecretStr(f"smtp://cenacle:{PASSWORD}@127.0.0.1:{server.port}")
        assert checks.mail(settings(tmp_path, smtp_url=refused)).level is Level.ERROR
    finally:
        server.stop()


class Silent:
    """Accepts the connection; nobody sends it anything."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying(MORNING) as started:
        yield started


def of_provider(tmp_path: Path, **given: object) -> list[tuple[Level, str]]:
    return [(found.level, found.sentence) for found in checks.provider(settings(tmp_path, **given))]


def test_nothing_is_said_of_a_provider_that_is_not_set(tmp_path: Path) -> None:
    assert of_provider(tmp_path) == []


def test_a_provider_that_is_half_set_is_an_error(tmp_path: Path) -> None:
    [(level, sentence)] = of_provider(tmp_path, proconnect_issuer="https://fournisseur.invalid")
    assert level is Level.ERROR
    assert "à moitié" in sentence


@pytest.mark.parametrize("issuer", ["http://fournisseur.invalid", "fournisseur.invalid", "ftp://127.0.0.1"])
def test_a_provider_that_is_not_reached_over_tls_is_an_error(tmp_path: Path, issuer: str) -> None:
    [(level, sentence)] = of_provider(tmp_path, **settings_for(issuer))
    assert level is Level.ERROR
    assert "https" in sentence


def test_a_provider_is_checked_against_its_discovery_document(tmp_path: Path, liar: Liar) -> None:
    [(level, _)] = of_provider(tmp_path, **settings_for(liar.issuer))
    assert level is Level.OK
    for said, word in (
        ({"issuer": "https://fournisseur.invalid"}, "n'est pas celui de cet émetteur"),
        ({"token_endpoint": "https://fournisseur.invalid/token"}, "n'est pas celui de cet émetteur"),
        ({"userinfo_signing_alg_values_supported": ["RS256"]}, "ES256"),
        ({"userinfo_signing_alg_values_supported": None}, "ES256"),
        ({"acr_values_supported": ["eidas1"]}, "niveau de garantie"),
    ):
        liar.discovery = dict(said)
        [(level, sentence)] = of_provider(tmp_path, **settings_for(liar.issuer))
        assert level is Level.ERROR
        assert word in sentence
        assert SECRET not in sentence


class Unsigned(ThreadingHTTPServer):
    """A server whose clients hang up, as they should, without a word of it."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


def test_a_provider_that_is_silent_or_without_a_certificate_is_an_error(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    [(level, sentence)] = of_provider(tmp_path, **settings_for("http://127.0.0.1:9"))
    assert (level, "ne répond pas" in sentence) == (Level.ERROR, True)
    server = Unsigned(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        [(level, sentence)] = of_provider(tmp_path, **settings_for(f"https://127.0.0.1:{server.server_port}"))
    finally:
        server.shutdown()
        server.server_close()
    assert (level, "ne répond pas" in sentence) == (Level.ERROR, True)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Give a certificate that nobody signed, and its key."""
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, *names, "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key
