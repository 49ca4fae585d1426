"""For the session: one Chromium, one set of demonstration data, one crawl of them; one served copy per module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import launch
from tests.support.crawl import Crawl, crawled
from tests.support.demo_server import make_demo, served_copy


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the data of the demonstration, at their first use."""
    return make_demo(tmp_path_factory.mktemp("demonstration"))


@pytest.fixture(scope="module")
def demo(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a copy of the demonstration; give its address."""
    with served_copy(demo_data, tmp_path_factory.mktemp("served") / "copy") as address:
        yield address


@pytest.fixture
def fresh_demo(demo_data: Path, tmp_path: Path) -> Iterator[str]:
    """Serve a copy that no other test has touched, to one that needs the whole list."""
    with served_copy(demo_data, tmp_path / "copy") as address:
        yield address


@pytest.fixture(scope="session")
def crawl(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    """Serve a copy of its own, follow every link of everybody, and leave it served for who looks closer."""
    with served_copy(demo_data, tmp_path_factory.mktemp("crawled") / "copy") as address:
        yield crawled(address)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start a browser."""
    with launch() as browser:
        yield browser
