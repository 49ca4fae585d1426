"""`cenacle serve`: the HTTP service; one process on embedded stores, as many workers as asked on PostgreSQL."""

import fcntl
import os
import socket
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from prometheus_client import start_http_server

from backend.app import create_app, open_house
from backend.authorization.work import House
from backend.cli.loops import start_loops
from backend.cli.opening import opened
from backend.cli.refusals import refused
from backend.crypto.hardening import harden_process
from backend.purge.actions.running import finish_interrupted
from backend.settings import Settings
from backend.web.protocol import BoundedHead

KEEP_ALIVE = 10
"""Seconds that an idle connection is kept."""


_run = partial(
    uvicorn.run,
    http=BoundedHead,
    access_log=False,  # addresses of one-time links would end there
    server_header=False,
    timeout_keep_alive=KEEP_ALIVE,
    log_level="warning",
)


def serve(
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port d'écoute.")] = 8000,
    workers: Annotated[int, typer.Option(help="Nombre de processus ; plusieurs demandent PostgreSQL.")] = 1,
) -> None:
    """Servir Cénacle, derrière un serveur qui termine TLS."""
    settings = Settings()
    if settings.mode == "demo" and host not in {"127.0.0.1", "localhost", "::1"}:
        raise refused("En démonstration, le service n'écoute que sur cette machine.")
    require_port(host, port)
    if workers == 1:
        serve_house(opened(settings), host, port)
        return
    if settings.store_url("main").startswith("sqlite"):
        raise refused("Plusieurs processus demandent PostgreSQL : les fichiers SQLite n'en servent qu'un.")
    _run("backend.cli.serving:from_environment", factory=True, workers=workers, host=host, port=port)


def require_port(host: str, port: int) -> None:
    """Refuse an address that is taken before anything is opened: the server would say so too late, and in English."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise refused(f"Le port {port} de {host} n'est pas libre : choisissez-en un autre avec --port.") from None


def serve_house(house: House, host: str, port: int) -> None:
    """Serve an open house until it is stopped; refuse a second server beside it on embedded stores."""
    harden_process()
    lock = _only_server(house)
    finish_interrupted(house)
    if house.settings.metrics_port is not None:
        start_http_server(house.settings.metrics_port, addr="127.0.0.1")
    loops = start_loops(house)
    try:
        _run(create_app(house), host=host, port=port)
    finally:
        loops.set()
        house.stores.dispose()
        if lock is not None:
            os.close(lock)


def from_environment() -> FastAPI:
    """Build the application of one worker."""
    harden_process()
    house = open_house(Settings())
    finish_interrupted(house)
    start_loops(house)
    return create_app(house)


def _only_server(house: House) -> int | None:
    database = house.stores.main.engine.url.database
    if not house.stores.main.embedded or database is None:
        return None
    handle = os.open(Path(f"{database}.server"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise refused("Un autre processus sert déjà ces données. Arrêtez-le d'abord.") from None
    return handle
