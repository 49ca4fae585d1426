"""`cenacle keys`: the key of the backups, the root key in shares; `rotation` renews keys (`docs/keys.md`)."""

import base64
import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from backend.app import open_house, open_stores
from backend.cli.custody import PRIVATE, PUBLIC
from backend.cli.opening import opened, require_folder
from backend.cli.refusals import refused
from backend.crypto.backups import new_backup_key
from backend.crypto.keyring.rooted import generation_of_key, root_generations
from backend.crypto.keyring.standing import active_root_of
from backend.crypto.keystore import IdentityError
from backend.crypto.providers import FileRoot, RootKeyError, generation_path, read_root_key
from backend.crypto.roots import open_root
from backend.crypto.shares import SharesError, TypedShare, read_share
from backend.crypto.shares import rebuild as join_shares
from backend.crypto.shares import split as make_shares
from backend.custody.events import RootKeyRebuilt, RootKeySplit
from backend.settings import Settings
from policies.rotation import RootPlace

WORDS_CHECKED = 3
"""How many words of a share its keeper types back, to be sure that it was written down."""

WIPE = "\x1b[H\x1b[2J\x1b[3J"
"""Clears a terminal and what it would scroll back to (ECMA-48, and xterm's erasure of saved lines)."""

app = typer.Typer(
    help="Clés : leur état, leur renouvellement, celle des sauvegardes, la clé racine en parts.", no_args_is_help=True
)


@app.command("backup-key")
def backup_key(
    private: Annotated[Path, typer.Option(help="Fichier de la moitié privée, sur un support qui sera emporté.")],
) -> None:
    """Tirer la clé des sauvegardes : la moitié publique reste ici, la moitié privée part au coffre."""
    public = Settings().backup_key_path()
    if public.exists() or private.exists():
        raise refused(f"{public if public.exists() else private} existe déjà : rien n'a été remplacé.")
    secret, known = new_backup_key()
    _write(private, PRIVATE, secret, 0o600)
    _write(public, PUBLIC, known, 0o644)
    typer.echo(f"Moitié publique, à garder sur cette machine : {public}")
    typer.echo(f"Moitié privée, à mettre au coffre, jamais sur cette machine : {private}")


@app.command()
def split(
    count: Annotated[int, typer.Option("--of", help="Nombre de parts, une par personne.", min=2, max=16)] = 3,
    needed: Annotated[int, typer.Option("--needs", help="Nombre de parts qui suffisent.", min=2, max=16)] = 2,
) -> None:
    """Partager la clé racine : chaque personne, seule devant l'écran, écrit sa part sur papier."""
    if needed > count:
        raise refused("Il ne peut pas falloir plus de parts qu'il n'y en a.")
    settings = Settings()
    house = opened(settings)
    try:
        generation = active_root_of(house.stores.keys)
        if open_root(settings).place_of(generation) is RootPlace.MODULE:
            raise refused(
                "La clé racine est dans un module de sécurité, d'où elle ne sort pas : il n'y a rien à partager."
            )
        path = generation_path(settings.root_key_path(), generation)
        shares = make_shares(read_root_key(path, settings.data), needed, count)
        typer.echo(f"{count} personnes, {needed} suffiront. Rien n'est écrit sur cette machine : papier et stylo.")
        for number, share in enumerate(shares, start=1):
            _hand_over(number, count, share)
        with house.transaction() as uow:
            uow.record(RootKeySplit(needed, count))
    finally:
        house.stores.dispose()
    typer.echo("Chaque part va dans un coffre différent. Refaites l'exercice de reconstitution une fois par an.")


def _hand_over(number: int, count: int, share: str) -> None:
    """Show a share to one person, until some of its words, asked at random, come back right."""
    words = share.split()
    typer.prompt(f"Personne {number} sur {count}, seule devant l'écran : tapez Entrée", default="", show_default=False)
    while True:
        for position, word in enumerate(words, start=1):
            typer.echo(f"{position:>3}. {word}")
        typer.prompt("Tout est écrit ? Entrée efface l'écran", default="", show_default=False)
        typer.echo(WIPE, nl=False)
        asked = sorted(secrets.SystemRandom().sample(range(len(words)), WORDS_CHECKED))
        typed = [typer.prompt(f"Mot {position + 1}").strip().lower() for position in asked]
        typer.echo(WIPE, nl=False)
        if typed == [words[position] for position in asked]:
            return
        typer.echo("Un de ces mots n'est pas le bon : relisez votre part.", err=True)


@app.command()
def rebuild() -> None:
    """Reconstituer la clé racine perdue : chaque personne tape sa part, autant qu'il en faut."""
    settings = Settings()
    if settings.pkcs11_library is not None:
        raise refused("La clé racine est dans un module de sécurité : restaurez la copie de son jeton.")
    require_folder(settings)
    stores = open_stores(settings)
    try:
        with stores.keys.transaction() as session:
            places = [generation_path(settings.root_key_path(), row.generation) for row in root_generations(session)]
        if places and all(path.exists() for path in places):
            raise refused(f"Une clé racine existe déjà : {places[-1]}. Rien n'a été remplacé.")
        shares = _typed_shares()
        key = join_shares([share.words for share in shares])
        with stores.keys.transaction() as session:
            # Checked against the stores before it takes its place.
            generation = generation_of_key(session, key)
        FileRoot.create(settings.root_key_path(), settings.data, key, generation)
        house = open_house(settings)
        with house.transaction() as uow:
            uow.record(RootKeyRebuilt(len(shares)))
        house.stores.dispose()
    except (RootKeyError, SharesError, IdentityError) as error:
        raise refused(str(error)) from None
    finally:
        stores.dispose()
    path = generation_path(settings.root_key_path(), generation)
    typer.echo(f"La clé racine est de nouveau à sa place : {path}. Lancez « cenacle doctor ».")


def _typed_shares() -> list[TypedShare]:
    """Ask for shares, one person after another, until the first one's split has as many as it needs."""
    found: dict[int, TypedShare] = {}
    needed = 1
    while len(found) < needed:
        of = f" sur {needed}" if found else ""
        typed = typer.prompt(f"Personne {len(found) + 1}{of} : vos mots, dans l'ordre, séparés par des espaces")
        typer.echo(WIPE, nl=False)
        try:
            share = read_share(typed)
        except SharesError as error:
            typer.echo(str(error), err=True)
            continue
        if any(share.split != other.split for other in found.values()):
            typer.echo("Cette part vient d'un autre partage que la première : prenez l'autre.", err=True)
        elif share.number in found:
            typer.echo("Cette part a déjà été saisie : il en faut une autre.", err=True)
        else:
            found[share.number] = share
            needed = share.needed
    return list(found.values())


def _write(path: Path, prefix: str, key: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "w", encoding="ascii") as file:
        file.write(f"{prefix}{base64.b64encode(key).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
