"""What stands in production, read from the files that describe it: no engine of containers runs in these tests."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from backend.cli.command import app
from backend.settings import Settings
from tests.support.tree import ROOT, text

STORES = ("db-main", "db-keys", "db-journal")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text(Path("compose.yaml")))
    return loaded


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return text(Path("Dockerfile"))


def test_the_three_stores_are_three_clusters_that_share_nothing(compose: dict[str, Any]) -> None:
    data = [volume.split(":")[0] for store in STORES for volume in compose["services"][store]["volumes"][:1]]
    assert len(set(data)) == len(STORES)
    assert set(data) <= set(compose["volumes"])
    credentials = [name for store in STORES for name in compose["services"][store]["env_file"]]
    assert len(set(credentials)) == len(STORES)


def test_the_keys_cluster_keeps_no_log_of_what_it_destroyed(compose: dict[str, Any]) -> None:
    command = compose["services"]["db-keys"]["command"]
    for setting in ("wal_recycle=off", "archive_mode=off", "max_wal_senders=0"):
        assert setting in command


def test_only_tls_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, container in compose["services"].items() if "ports" in container] == ["tls"]
    assert compose["networks"]["stores"]["internal"] is True
    for store in STORES:
        assert compose["services"][store]["networks"] == ["stores"]


def test_the_tls_file_is_the_one_that_is_tested(compose: dict[str, Any]) -> None:
    tls = compose["services"]["tls"]
    assert "./docs/deployment/Caddyfile:/etc/caddy/Caddyfile:ro" in tls["volumes"]
    given = set(tls["environment"]) | {"TLS_HOST"}
    required = set(re.findall(r"\{\$(\w+)\}", text(Path("docs/deployment/Caddyfile"))))
    assert required <= given


def test_containers_that_we_write_can_change_nothing_of_themselves(compose: dict[str, Any]) -> None:
    for name in ("migrate", "service", "sealer", "tls"):
        container = compose["services"][name]
        assert container["read_only"] is True
        assert container["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in container["security_opt"]


def test_the_service_is_in_production_mode_and_starts_once_the_stores_are_migrated(compose: dict[str, Any]) -> None:
    service = compose["services"]["service"]
    assert service["environment"]["CENACLE_MODE"] == "production"
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_every_command_of_a_container_exists(compose: dict[str, Any], dockerfile: str) -> None:
    commands = [container["command"] for container in compose["services"].values() if "command" in container]
    commands += [json.loads(command) for command in re.findall(r"^CMD (.+)$", dockerfile, re.MULTILINE)]
    ours = [arguments[1:] for arguments in commands if arguments[0] == "cenacle"]
    assert len(ours) > 1
    for arguments in ours:
        assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0, arguments


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    for container in compose["services"].values():
        assert not [name for name in container.get("environment", {}) if re.search(r"PASSWORD|SECRET|TOKEN|_URL", name)]


def test_every_setting_named_in_the_deployment_exists() -> None:
    known = {f"CENACLE_{name.upper()}" for name in Settings.model_fields} | {"CENACLE_CONFIG"}
    for path in ("compose.yaml", "Dockerfile", "docs/deployment/README.md"):
        assert set(re.findall(r"\bCENACLE_[A-Z_]+", text(Path(path)))) <= known


def test_the_image_installs_with_hashes_and_does_not_run_as_root(dockerfile: str) -> None:
    assert "RUN make .venv/.service" in dockerfile
    assert "--require-hashes" in text(Path("Makefile"))
    users = re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE)
    assert users == ["cenacle"]
    assert dockerfile.index("USER cenacle") < dockerfile.index('CMD ["cenacle", "serve"')


def test_the_image_says_whether_it_is_alive(dockerfile: str) -> None:
    assert re.search(r"^HEALTHCHECK .*\\\n\s+CMD .*/health.py", dockerfile, re.MULTILINE)


def test_what_the_image_copies_is_not_ignored(dockerfile: str) -> None:
    copied = {name for line in re.findall(r"^COPY (?!--)(.*) \S+$", dockerfile, re.MULTILINE) for name in line.split()}
    kept = {line.removeprefix("!") for line in text(Path(".dockerignore")).splitlines() if line.startswith("!")}
    assert copied == kept
    assert {name for name in copied if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("status,code", [(200, 0), (503, 1)])
def test_the_state_of_the_image_is_the_answer_to_the_public_name(status: int, code: int) -> None:
    asked_for = []

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_for.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        settings = {"PORT": str(service.server_port), "CENACLE_PUBLIC_URL": "https://cenacle.exemple.invalid"}
        script = ROOT / "docs" / "deployment" / "health.py"
        done = subprocess.run([sys.executable, str(script)], env={**os.environ, **settings}, check=False)
        service.shutdown()
    assert done.returncode == code
    assert asked_for == [("/sante", "cenacle.exemple.invalid")]


def test_the_scripts_are_executable_and_well_formed() -> None:
    bash = shutil.which("bash")
    assert bash
    for script in (".ci/run", ".ci/lock", "docs/deployment/roles.sh"):
        assert (ROOT / script).stat().st_mode & stat.S_IXUSR
        subprocess.run([bash, "-n", str(ROOT / script)], check=True)
