"""The boundary under real sockets: crowds, slow clients, oversized bodies; each request waits its turn."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
import uvicorn
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import House, UnitOfWork
from backend.kernel.clock import DrivenClock
from backend.web import boundary, problems
from backend.web.boundary import BODY_LIMIT, Boundary
from backend.web.forms import OpenForm
from backend.web.headers import Headers
from backend.web.pages import environment
from backend.web.protocol import BoundedHead
from backend.web.requests import Identified, Work, open_to
from tests.support.house import MORNING, new_house
from tests.support.server import free_port

POOL = 5
CROWD = 200
ENDLESS = 20_000_000


@dataclass(frozen=True)
class Running:
    """A server of this process, on a real socket."""

    address: str
    port: int


@pytest.fixture
def running(store_urls: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    house = new_house(store_urls, tmp_path, DrivenClock(MORNING), pool_size=POOL)
    with _serving(house) as served:
        yield served


def test_two_hundred_simultaneous_requests_all_succeed_with_a_pool_of_five(running: Running) -> None:
    def ask(number: int) -> int:
        with httpx2.Client(timeout=60) as client:
            if number % 2:
                return client.get(f"{running.address}/essai").status_code
            return client.post(f"{running.address}/essai", content="a=1", headers=_form(running)).status_code

    with ThreadPoolExecutor(CROWD) as crowd:
        statuses = list(crowd.map(ask, range(CROWD)))
    assert statuses == [200] * CROWD


def test_five_clients_that_never_finish_their_body_block_nobody(running: Running) -> None:
    head = "POST /essai HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {}\r\nContent-Length: 100\r\n\r\na="
    slow = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(POOL)]
    try:
        for client in slow:
            client.sendall(head.format(running.address).encode())
        started = time.monotonic()
        assert httpx2.get(f"{running.address}/essai", timeout=5).status_code == 200
        assert time.monotonic() - started < 5
    finally:
        for client in slow:
            client.close()


def test_a_client_that_never_reads_its_answers_holds_no_slot(running: Running) -> None:
    deaf = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(POOL)]
    try:
        for client in deaf:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            client.sendall(b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        time.sleep(0.5)
        assert httpx2.get(f"{running.address}/essai", timeout=5).status_code == 200
    finally:
        for client in deaf:
            client.close()


def test_a_body_that_never_comes_is_given_up(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "BODY_DEADLINE", 0.3)
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as client:
        lines = ("POST /essai HTTP/1.1", "Host: 127.0.0.1", f"Origin: {running.address}", "Content-Length: 9", "", "")
        client.sendall("\r\n".join(lines).encode())
        assert b" 503 " in client.recv(4096)


@pytest.mark.parametrize("declared", [True, False])
def test_an_oversized_body_is_refused_declared_or_not(running: Running, *, declared: bool) -> None:
    body = b"a=" + b"x" * BODY_LIMIT
    content: object = body if declared else (body[start : start + 4096] for start in range(0, len(body), 4096))
    answer = httpx2.post(f"{running.address}/essai", content=content, headers=_form(running))  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert "volumineux" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://ailleurs.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://ailleurs.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "none", "Origin": "null"},
    ],
)
def test_a_form_sent_by_another_site_is_refused(running: Running, headers: dict[str, str]) -> None:
    answer = httpx2.post(f"{running.address}/essai", content="a=1", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["null", "own", None])
def test_a_form_of_our_own_pages_is_accepted_as_browsers_send_it(running: Running, origin: str | None) -> None:
    # Chromium and Firefox write « null » on every form of a page whose policy is no-referrer.
    sent = {} if origin is None else {"Origin": running.address if origin == "own" else origin}
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    answer = httpx2.post(f"{running.address}/essai", content="a=1", headers=kind | sent)
    assert answer.status_code != 403


def test_a_full_queue_answers_503_with_retry_after(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "QUEUE_LIMIT", 0)
    answer = httpx2.get(f"{running.address}/essai")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_a_request_that_waits_too_long_is_answered_503(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "QUEUE_PATIENCE", 0.1)
    with ThreadPoolExecutor(CROWD) as crowd:
        asked = [crowd.submit(httpx2.get, f"{running.address}/lent", timeout=30) for _ in range(POOL * 4)]
        statuses = {answer.result().status_code for answer in asked}
    assert statuses == {200, 503}


def test_every_answer_carries_the_headers_of_protection(running: Running) -> None:
    for path in ("/essai", "/nulle-part", "/panne"):
        headers = httpx2.get(f"{running.address}{path}").headers
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.parametrize("filler", ["X-Long: ", "X-A: b\r\n"])
def test_a_head_that_never_ends_is_cut_and_takes_no_memory(running: Running, filler: str) -> None:
    sent = 0
    with socket.create_connection(("127.0.0.1", running.port)) as client:
        client.sendall(b"GET /essai HTTP/1.1\r\nHost: 127.0.0.1\r\n" + filler.encode())
        with suppress(ConnectionError):
            while sent < ENDLESS:
                sent += client.send(filler.encode() * 500 if filler.endswith("\n") else b"a" * 4000)
        with suppress(ConnectionError):
            assert client.recv(12) in {b"HTTP/1.1 431", b""}
    assert sent < ENDLESS
    assert httpx2.get(f"{running.address}/essai", headers={"X-Long": "a" * 20_000}).status_code == 200


def test_requests_that_follow_on_one_connection_are_counted_apart(running: Running) -> None:
    with httpx2.Client() as client:
        for _ in range(20):
            answer = client.post(f"{running.address}/essai", content="a=1", headers=_form(running) | {"X": "a" * 9000})
            assert answer.status_code == 200


def test_a_fault_shows_neither_trace_nor_value(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    answer = httpx2.get(f"{running.address}/panne")
    assert answer.status_code == 500
    assert "Durand" not in answer.text + caplog.text
    assert "Traceback" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def _form(running: Running) -> dict[str, str]:
    return {"Content-Type": "application/x-www-form-urlencoded", "Origin": running.address}


def _router() -> APIRouter:
    router = APIRouter()

    @router.get("/essai", dependencies=[open_to("un essai")])
    def read(uow: Work) -> Response:
        uow.session.execute(sa.text("select 1"))
        return JSONResponse({"ok": True})

    @router.post("/essai", dependencies=[open_to("un essai")])
    def write(uow: Work, form: OpenForm) -> Response:
        uow.session.execute(sa.text("select 1"))
        return JSONResponse({"a": form.one("a")})

    @router.get("/lent", dependencies=[open_to("un essai")])
    def slow(_uow: Work) -> Response:
        time.sleep(0.4)
        return JSONResponse({})

    @router.get("/long", dependencies=[open_to("un essai")])
    def long(_uow: Work) -> Response:
        return JSONResponse({"x": "y" * 5_000_000})

    @router.get("/panne", dependencies=[open_to("un essai")])
    def fault(_uow: Work) -> Response:
        raise ValueError("Durand")

    return router


@contextmanager
def _serving(house: House) -> Iterator[Running]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = FastAPI()
    app.state.house, app.state.jinja, app.state.identify = house, environment(), _nobody
    app.include_router(_router())
    problems.install(app)
    app.add_middleware(
        Boundary, slots=POOL, origins=frozenset({address}), answer=problems.answer, on_fault=problems.on_fault
    )
    app.add_middleware(Headers)
    config = uvicorn.Config(app, http=BoundedHead, host="127.0.0.1", port=port, access_log=False, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _until(lambda: server.started)
        yield Running(address, port)
    finally:
        server.should_exit = True
        thread.join(20)
        house.stores.dispose()


def _nobody(_uow: UnitOfWork, _request: Request) -> Identified:
    return Identified(ANONYMOUS, None, "")


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
