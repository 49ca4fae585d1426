"""`cenacle backup` and `cenacle restore`: the stores saved, and brought back without what was destroyed since.

`docs/runbooks/sauvegarde.md` is what an operator follows.
"""

import base64
import binascii
import fcntl
import os
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from backend.app import grant_every_right, open_house, open_stores
from backend.authorization.roles import NotOwnerError
from backend.authorization.timekeeping import clock_is_refused
from backend.authorization.work import House
from backend.cli.installation import NOT_OWNER
from backend.cli.opening import opened
from backend.cli.refusals import refused
from backend.crypto.keystore import IdentityError
from backend.crypto.providers import RootKeyError
from backend.crypto.wrapping import KEY_BYTES
from backend.custody.actions.register import RegisterError
from backend.custody.actions.restoring import (
    RestoreError,
    bring_back,
    choose,
    finish_restoration,
    inspect,
    registers_at,
    require_restorable,
)
from backend.custody.actions.saving import save
from backend.custody.views import RestoredView
from backend.kernel.clock import system_clock
from backend.kernel.dumps import DumpError
from backend.kernel.errors import Unavailable
from backend.settings import Settings
from policies.custody_words import StoreKind
from policies.retention_words import Guard

PUBLIC = "cenacle-backup-public:"
PRIVATE = "cenacle-backup-private:"
"""What the file of each half begins with, so that one is never taken for the other."""


def backup(
    only: Annotated[
        StoreKind | None, typer.Option(help="Un seul magasin, au lieu des trois.", metavar="<magasin>")
    ] = None,
) -> None:
    """Sauvegarder les trois magasins : chiffrés, relus après l'écriture, un fichier chacun."""
    settings = Settings()
    public = read_key(settings.backup_key_path(), PUBLIC)
    house = opened(settings, destroying=False)
    try:
        trusted = not clock_is_refused(house.stores, house.clock())
        saved = save(house, public, settings.backup_path(), tuple(StoreKind) if only is None else (only,))
    except (DumpError, RegisterError) as error:
        raise refused(str(error)) from None
    finally:
        house.stores.dispose()
    for one in saved:
        typer.echo(f"{one.manifest.store.label} : {one.name}, {one.size} octets, SHA-256 {one.digest}")
    typer.echo("Relu et entier. Copiez ces fichiers et le registre des destructions hors de cette machine.")
    if not trusted:
        typer.echo(
            f"Attention : {Guard.CLOCK.label}. Aucune sauvegarde plus ancienne n'a été détruite, et celle-ci ne compte "
            "pas : remettez l'horloge à l'heure, ou faites confirmer le passage de la purge, puis recommencez.",
            err=True,
        )


def restore(
    main: Annotated[Path | None, typer.Option(help="Sauvegarde des données.", dir_okay=False)] = None,
    keys: Annotated[Path | None, typer.Option(help="Sauvegarde des clés.", dir_okay=False)] = None,
    journal: Annotated[Path | None, typer.Option(help="Sauvegarde du journal.", dir_okay=False)] = None,
    private_key: Annotated[
        Path | None, typer.Option(help="Clé privée des sauvegardes, apportée pour l'occasion.", dir_okay=False)
    ] = None,
    register: Annotated[
        list[Path] | None, typer.Option(help="Copie du registre des destructions ; plusieurs fois au besoin.")
    ] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Vérifier les sauvegardes, sans rien changer.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Finir une restauration interrompue.")] = False,
) -> None:
    """Remettre en place des magasins vides, et y appliquer tout ce qui a été détruit depuis."""
    settings = Settings()
    given = {StoreKind.MAIN: main, StoreKind.KEYS: keys, StoreKind.JOURNAL: journal}
    files = {kind: path for kind, path in given.items() if path is not None}
    if resume == bool(files):
        raise refused("Donnez une sauvegarde au moins (--main, --keys, --journal), ou --resume pour finir.")
    lock = _nobody_serves(settings)
    try:
        registers = registers_at(settings.register_path(), tuple(register or ()))
        if files and not _bring_back(settings, files, private_key, registers, check=check):
            return
        _finish(settings, registers)
    except (RestoreError, RegisterError, IdentityError, RootKeyError) as error:
        raise refused(str(error)) from None
    except NotOwnerError:
        raise refused(NOT_OWNER) from None
    except (SQLAlchemyError, Unavailable):
        raise refused("Un magasin ne répond pas : vérifiez les bases et leurs adresses, puis recommencez.") from None
    finally:
        if lock is not None:
            os.close(lock)


def _bring_back(
    settings: Settings,
    files: dict[StoreKind, Path],
    private_key: Path | None,
    registers: tuple[Path, ...],
    *,
    check: bool,
) -> bool:
    """Load the backups, or only read them; tell whether they were loaded."""
    if private_key is None:
        raise refused("Donnez la clé privée des sauvegardes avec --private-key.")
    chosen = choose(files, read_key(private_key, PRIVATE))
    for kind, one in chosen.items():
        found = one.manifest
        typer.echo(
            f"{kind.label} : sauvegarde du {found.taken_at:%d/%m/%Y à %H:%M} UTC, version {found.revision}, "
            f"{found.tombstones} traces de destruction"
        )
    inspect(chosen)
    if check:
        typer.echo("Ces sauvegardes sont entières et s'ouvrent avec cette clé. Rien n'a été changé.")
        return False
    if not settings.main_url:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    stores = open_stores(settings)
    try:
        require_restorable(stores, settings.mode, chosen, system_clock(), register=bool(registers))
        bring_back(stores, settings.mode, chosen, system_clock)
    finally:
        stores.dispose()
    return True


def _finish(settings: Settings, registers: tuple[Path, ...]) -> None:
    house: House = open_house(settings, restoring=True)
    try:
        # A dump brings the tables back without anybody's rights.
        grant_every_right(house.stores)
        _tell(finish_restoration(house, registers))
    finally:
        house.stores.dispose()


def _tell(done: RestoredView) -> None:
    typer.echo(f"Traces de destruction connues : {done.tombstones}.")
    typer.echo(f"Situations détruites depuis la sauvegarde, et détruites de nouveau : {done.destroyed_again}.")
    typer.echo(f"Clés remplacées depuis la sauvegarde, rendues à leur cellule : {done.reinstated}.")
    typer.echo(f"Situations remises sous limitation, verrouillées ou archivées : {done.protected_again}.")
    typer.echo("Toutes les sessions et tous les liens d'inscription ont été fermés.")
    if done.unreadable:
        typer.echo(
            f"Attention : {done.unreadable} clés manquent, ce qu'elles scellaient reste illisible. Restaurez une "
            "sauvegarde plus récente des clés si vous en avez une.",
            err=True,
        )
    if done.purge_stopped:
        typer.echo(
            "La purge est arrêtée : le délégué la remettra en marche quand ce qui suit aura été refait.", err=True
        )
    for change in done.to_do_again:
        typer.echo(f"À refaire avant de servir : {change.label} ({', '.join(change.references)})", err=True)
    typer.echo("La restauration est terminée : « cenacle doctor », puis « cenacle serve ».")


def read_key(path: Path, prefix: str) -> bytes:
    """Read one half of the key of the backups, 32 bytes; refuse a missing file, or the other half."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise refused(
            f"La clé des sauvegardes {path} ne peut pas être lue : voyez « cenacle keys backup-key »."
        ) from None
    try:
        key = base64.b64decode(text.removeprefix(prefix), validate=True) if text.startswith(prefix) else b""
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise refused(
            f"{path} n'est pas la moitié {'publique' if prefix == PUBLIC else 'privée'} d'une clé de sauvegarde."
        )
    return key


def _nobody_serves(settings: Settings) -> int | None:
    """Hold the place of the server of embedded stores; refuse when somebody serves them."""
    if settings.main_url is not None or not settings.data.is_dir():
        return None
    handle = os.open(settings.data / "main.sqlite.server", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise refused("Un processus sert ces données. Arrêtez-le d'abord.") from None
    return handle
