"""`cenacle demo`: fictitious data in embedded stores, made once, then served on this machine only."""

import time
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from backend.app import initialise, migrate_stores, open_house
from backend.authorization.work import House
from backend.cli.demonstration.loading import first_instant, length, load
from backend.cli.refusals import refused
from backend.cli.replay.figures import figures
from backend.cli.replay.history import YEARS
from backend.cli.serving import require_port, serve_house
from backend.cli.tokens import DEMO_DATA
from backend.crypto.keystore import IdentityError
from backend.crypto.providers import RootKeyError
from backend.kernel.clock import DrivenClock, system_clock
from backend.settings import Settings
from policies.personas import PERSONAS

HOST = "127.0.0.1"
"""A demonstration enters anybody in one click: it never leaves the machine."""

DEFAULT_PORT = 8000

PROGRAM = "cenacle"

NOTE = "LISEZ-MOI.txt"
"""Written last in the folder: with it, the folder is a whole demonstration set."""


def demo(
    *,
    data: Annotated[Path, typer.Option(help="Dossier de la démonstration, créé s'il n'existe pas.")] = DEMO_DATA,
    port: Annotated[int, typer.Option(help="Port d'écoute, sur cette machine seulement.", min=1, max=65535)] = (
        DEFAULT_PORT
    ),
    size: Annotated[
        int,
        typer.Option(
            help="Taille du passé rejoué : 1 pour les 184 situations de 2012-2014, 0 pour aucune.", min=0, max=100
        ),
    ] = 1,
    keep_live: Annotated[
        bool, typer.Option("--keep-live", help="Ne rien purger : le passé rejoué reste lisible, pour comparer.")
    ] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Préparer les données, sans servir.")] = False,
) -> None:
    """Charger des données fictives, une seule fois, puis servir la démonstration sur cette machine."""
    settings = _settings(data, port)
    if not no_serve:
        require_port(HOST, port)
    if (data / NOTE).is_file():
        typer.echo(f"Démonstration reprise dans {data}.")
    else:
        _require_free(settings)
        _make(settings, size, keep=keep_live)
    house = _open(settings)
    _announce(settings)
    if no_serve:
        house.stores.dispose()
        return
    typer.echo("Pour arrêter : Ctrl+C.")
    serve_house(house, HOST, port)


def _settings(data: Path, port: int) -> Settings:
    """Give the settings of a demonstration: embedded stores in its folder, whatever the environment names."""
    return Settings(
        mode="demo",
        data=data,
        public_url=f"http://{HOST}:{port}",
        main_url=None,
        keys_url=None,
        journal_url=None,
        root_key_file=None,
    )


def _require_free(settings: Settings) -> None:
    data, key = settings.data, settings.root_key_path()
    if data.exists() and not (data.is_dir() and next(data.iterdir(), None) is None):
        raise refused(
            f"{data} existe et n'est pas une démonstration complète : rien n'a été touché. Choisissez un autre dossier "
            f"avec --data ou, si un chargement y a été interrompu, supprimez {data} et {key}, puis recommencez."
        )
    if key.exists():
        raise refused(
            f"{data} n'existe pas, mais sa clé {key} existe : rien n'a été touché. Remettez le dossier à sa place ou, "
            "si vous n'en avez plus besoin, supprimez cette clé, puis recommencez."
        )


def _make(settings: Settings, size: int, *, keep: bool) -> None:
    typer.echo(f"Création des données fictives dans {settings.data}.")
    begun, present = time.monotonic(), system_clock()
    clock = DrivenClock(first_instant(present, size))
    house = initialise(settings, clock)
    try:
        with typer.progressbar(length=length(size), label="Rejeu" if size else "Chargement") as bar:
            load(house, clock, present, size, lambda: bar.update(1), keep=keep)
        if size:
            _show_figures(house)
    finally:
        house.stores.dispose()
    (settings.data / NOTE).write_text(
        "Démonstration de Cénacle : toutes ces données sont fictives.\n"
        f"Pour recommencer, arrêtez le service, puis supprimez ce dossier et {settings.root_key_path().name}.\n",
        encoding="utf-8",
    )
    typer.echo(f"Données prêtes en {time.monotonic() - begun:.0f} secondes.")


def _show_figures(house: House) -> None:
    """Print what the counters say of the years that were replayed."""
    typer.echo(f"\nAnnées {YEARS[0]} à {YEARS[-1]}, d'après les compteurs :\n")
    for label, number in figures(house):
        typer.echo(f"  {number:>5}  {label}")
    typer.echo("")


def _open(settings: Settings) -> House:
    try:
        migrate_stores(settings)
        return open_house(settings)
    except (IdentityError, RootKeyError) as error:
        raise refused(str(error)) from None


def _announce(settings: Settings) -> None:
    """Say where to go, as whom, and how to drive the JSON API."""
    typer.echo(f"\nOuvrez {settings.public_url}/connexion et choisissez une personne, en un clic :\n")
    width = max(len(persona.email) for persona in PERSONAS)
    for persona in PERSONAS:
        typer.echo(f"  {persona.email:<{width}}  {persona.label}")
    folder = "" if settings.data == DEMO_DATA else f" --data {settings.data}"
    typer.echo("\nJeton d'API de dix minutes, dans un autre terminal :\n")
    program = PROGRAM if which(PROGRAM) else f".venv/bin/{PROGRAM}"
    typer.echo(f"  {program} token --as coordinateur-13@demo.invalid{folder}\n")
