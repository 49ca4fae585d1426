"""`cenacle roles`: what each role of PostgreSQL may do, shown, granted, read back (decision 0019)."""

from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from backend.app import open_stores
from backend.authorization.roles import NotOwnerError, grant_rights, read_back, rendered
from backend.cli.checks import named
from backend.cli.installation import NOT_OWNER
from backend.cli.opening import require_folder
from backend.cli.refusals import refused
from backend.kernel.database import Stores
from backend.settings import Settings


def roles(
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Accorder les droits, sous le rôle « owner ».")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Relire les droits ; code 1 si un rôle peut autre chose que déclaré.")
    ] = False,
) -> None:
    """Montrer les droits de chaque rôle de PostgreSQL, table par table, en SQL ; les accorder ou les relire."""
    if apply and check:
        raise refused("Choisissez --apply ou --check.")
    settings = Settings()
    require_folder(settings)
    stores = open_stores(settings)
    if any(store.embedded for store in named(stores).values()):
        raise refused("Des magasins SQLite n'ont pas de rôles : les droits du fichier en tiennent lieu.")
    try:
        _act(stores, apply=apply, check=check)
    except NotOwnerError:
        raise refused(NOT_OWNER) from None
    except SQLAlchemyError:
        raise refused("Un magasin ne répond pas ou n'est pas à jour : lancez « cenacle doctor ».") from None
    finally:
        stores.dispose()


def _act(stores: Stores, *, apply: bool, check: bool) -> None:
    if check:
        _check(stores)
        return
    for name, store in named(stores).items():
        if apply:
            known = ", ".join(grant_rights(store, name))
            typer.echo(f"{name} : droits accordés ({known}).")
        else:
            typer.echo(f"-- {name}")
            for statement in rendered(store, name):
                typer.echo(f"{statement};")


def _check(stores: Stores) -> None:
    wrong = False
    for name, store in named(stores).items():
        found = read_back(store, name)
        for right in found.wider:
            typer.echo(f"{name}, de trop : {right}", err=True)
        for right in found.missing:
            typer.echo(f"{name}, manque : {right}", err=True)
        for role in found.absent:
            typer.echo(f"{name}, rôle absent de l'instance : {role}", err=True)
        wrong = wrong or bool(found.wider or found.missing or found.absent)
    if wrong:
        raise typer.Exit(1)
    typer.echo("Chaque rôle peut ce qui est déclaré, et rien d'autre.")
