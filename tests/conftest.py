"""Fixtures for every suite: databases on both engines, a closed network, deterministic examples."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from tests.support.network import loopback_only
from tests.support.postgresql import Cluster, start_cluster

STORES = ("main", "keys", "journal")

# The same examples on every machine and at every run; no deadline, a shared machine has slow moments.
hypothesis.settings.register_profile("cenacle", derandomize=True, deadline=None)
hypothesis.settings.load_profile("cenacle")


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """Let no test leave the machine."""
    with loopback_only():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """Start one cluster per test process, at its first use."""
    cluster = start_cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Run a test once per engine."""
    return str(request.param)


@pytest.fixture
def store_urls(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Give the URLs of three empty stores, by name: `main`, `keys` and `journal`."""
    if engine_kind == "sqlite":
        yield {store: f"sqlite:///{tmp_path / store}.sqlite" for store in STORES}
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    suffix = uuid4().hex[:12]
    with ExitStack() as databases:
        for store in STORES:
            cluster.create_database(f"{store}_{suffix}")
            databases.callback(cluster.drop_database, f"{store}_{suffix}")
        yield {store: cluster.url(f"{store}_{suffix}") for store in STORES}
