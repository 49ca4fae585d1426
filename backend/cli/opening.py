"""Opens the house for the commands that work on it, and says plainly when it cannot be opened."""

import typer

from backend.app import open_house
from backend.cli.refusals import refused
from backend.crypto.keystore import IdentityError
from backend.crypto.providers import RootKeyError
from backend.settings import Settings


def open_for(context: typer.Context) -> None:
    """Ouvrir l'installation que décrit l'environnement (CENACLE_…)."""
    if context.resilient_parsing:
        return
    try:
        context.obj = open_house(Settings())
    except (IdentityError, RootKeyError) as error:
        raise refused(str(error)) from None
