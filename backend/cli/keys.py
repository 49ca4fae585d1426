"""`cenacle keys`: the key of the backups, and where every key stands (`docs/keys.md`)."""

import base64
import os
from pathlib import Path
from typing import Annotated

import typer

from backend.cli.custody import PRIVATE, PUBLIC
from backend.cli.refusals import refused
from backend.crypto.backups import new_backup_key
from backend.settings import Settings

app = typer.Typer(help="Clés : celle des sauvegardes, leur état.", no_args_is_help=True)


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


def _write(path: Path, prefix: str, key: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "w", encoding="ascii") as file:
        file.write(f"{prefix}{base64.b64encode(key).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
